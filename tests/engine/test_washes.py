"""Ink washes: dark takes ink, light stays bare, dim scenes are raised."""

import numpy as np

from restyle.engine.frames import Abstraction, FrameReader
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.washes import Washes

SIZE = 256


def soaked(picture: Bytes) -> Floats:
    frame = FrameReader(Abstraction(2, 34, 5), keep_faces=False).read(picture)
    return Washes().soak(frame, np.zeros(frame.half_size, np.float32))


def halves(dark: int, light: int) -> Bytes:
    picture = np.full((SIZE, SIZE, 3), light, np.uint8)
    picture[:, : SIZE // 2] = dark
    return picture


def test_dark_takes_ink_and_light_stays_bare_paper() -> None:
    ink = soaked(halves(20, 235))
    assert ink[:, : SIZE // 4 - 12].min() > 0.3
    assert ink[:, SIZE // 4 + 12 :].max() < 0.02


def test_ink_is_between_none_and_full() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    ink = soaked(noise)
    assert ink.min() >= 0
    assert ink.max() <= 1


def test_the_middle_of_a_dark_scene_is_not_drowned_in_ink() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, SIZE)[None, :, None], (SIZE, SIZE, 3))
    dim = np.asarray(255 * ramp**1.8, np.uint8)
    # 0.24, were its tones taken as they are.
    assert soaked(dim)[:, SIZE // 4 - 6 : SIZE // 4 + 6].mean() < 0.19


def test_what_enters_on_one_side_does_not_lighten_the_ink_on_the_other() -> None:
    reader, washes = FrameReader(Abstraction(2, 34, 5), keep_faces=False), Washes()
    frame = reader.read(halves(90, 235))
    edges = np.zeros((SIZE // 2, SIZE // 2), np.float32)
    edges[:, 10:14] = -0.02
    before = washes.soak(frame, edges)[:, :20].mean()
    entered = edges.copy()
    entered[:, -30:] = -0.06
    after = washes.soak(reader.read(halves(90, 235)), entered)[:, :20].mean()
    assert abs(after - before) < 0.08 * before

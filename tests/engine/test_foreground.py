"""The foreground: people are in front and found; scenery has none; both hold still."""

from functools import cache

import numpy as np
from skimage import data

from restyle.engine.foreground import Foreground
from restyle.engine.frames import Abstraction, FrameReader
from restyle.engine.kernels import Bytes, Floats

ABSTRACTION = Abstraction(passes=2, range_sigma=34, radius=3)


def _read(*frames: Bytes) -> list[tuple[Floats, float]]:
    reader, foreground = FrameReader(ABSTRACTION, keep_faces=False), Foreground()
    return [foreground.read(reader.read(frame)) for frame in frames]


@cache
def _astronaut() -> Bytes:
    return np.ascontiguousarray(data.astronaut()[:400, :480])


def test_a_person_is_in_front_of_the_wall() -> None:
    ((front, presence),) = _read(_astronaut())
    assert presence > 0.9
    assert front.shape == (100, 120)
    assert front[25:40, 50:62].min() > 0.9  # the face
    assert front[5:30, 75:85].max() < 0.3  # the wall


def test_scenery_has_no_foreground() -> None:
    rocket = np.ascontiguousarray(data.rocket()[:400, :480])
    ((front, presence),) = _read(rocket)
    assert presence < 0.2
    assert presence * front.mean() < 0.01


def test_the_mask_holds_still_in_a_still_scene() -> None:
    dice = np.random.default_rng(2)
    noisy = [
        np.clip(_astronaut() + dice.normal(0, 4, _astronaut().shape), 0, 255).astype(np.uint8)
        for _ in range(4)
    ]
    (_, _), (_, _), (before, _), (now, _) = _read(*noisy)
    assert np.abs(now - before).mean() < 0.01


def test_after_a_cut_it_is_looked_for_anew() -> None:
    rocket = np.ascontiguousarray(data.rocket()[:400, :480])
    (alone,) = _read(rocket)
    _, after = _read(_astronaut(), rocket)
    np.testing.assert_allclose(after[0], alone[0], atol=1e-5)
    assert after[1] == alone[1]

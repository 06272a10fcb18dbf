"""Night: dark scenes come up, others stay as they are."""

import numpy as np
import pytest

from restyle.engine.exposure import Exposure
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.pictures import luma

SIZE = (288, 512)


def _read(picture: Bytes) -> Frame:
    return FrameReader(Abstraction(2, 30, 3.0), keep_faces=False).read(picture)


def _scene(darkness: float) -> Bytes:
    """A wall that is lit from the left, and a lamp."""
    wall = np.linspace(0.2, 0.9, SIZE[1]) * darkness
    picture = np.broadcast_to(wall[None, :, None], (*SIZE, 3)).copy()
    picture[40:70, 300:340] = 1
    return np.asarray(picture * 255, np.uint8)


def test_a_dark_scene_comes_up_and_its_lamp_does_not_burn_out() -> None:
    frame = _read(_scene(0.3))
    developed = Exposure().develop(frame)
    before, after = luma(frame.abstract), luma(developed.abstract)
    assert np.median(after) > 1.4 * np.median(before)
    assert after.max() <= 1
    assert (np.diff(after[120, 8:-8]) > -0.01).all(), "what was lighter stays lighter"


def test_a_bright_scene_stays_the_very_same() -> None:
    frame = _read(_scene(1))
    assert Exposure().develop(frame) is frame


def test_the_development_changes_slowly_and_anew_with_a_cut() -> None:
    exposure = Exposure()
    dark, bright = _read(_scene(0.3)), _read(_scene(1))
    exposure.develop(dark)
    bright.is_cut = False
    assert exposure.develop(bright) is not bright
    bright.is_cut = True
    assert exposure.develop(bright) is bright


@pytest.mark.parametrize("level", [0, 3, 255])
def test_flat_frames_do_not_break_it(level: int) -> None:
    developed = Exposure().develop(_read(np.full((*SIZE, 3), level, np.uint8)))
    assert np.isfinite(developed.abstract).all()

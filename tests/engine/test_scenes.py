"""Cuts are found; flashes, fades and exposure changes are not taken for cuts."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from skimage import data

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.motion import MotionReader
from restyle.engine.pictures import grey_of

SIZE = (320, 180)


def shot(name: str, frames: int = 5) -> list[Floats]:
    """A slow pan over a photograph, grey, with noise."""
    picture = np.ascontiguousarray(getattr(data, name)()[..., :3])
    wide = cv2.resize(grey_of(picture), (SIZE[0] + 24, SIZE[1] + 24), interpolation=cv2.INTER_AREA)
    dice = np.random.default_rng(3)
    views = [wide[4 + i : 4 + i + SIZE[1], 2 * i : 2 * i + SIZE[0]] for i in range(frames)]
    return [view + dice.normal(0, 2, view.shape).astype(np.float32) for view in views]


def cuts(frames: Sequence[Floats]) -> list[int]:
    """The numbers of the frames that begin a shot."""
    reader = MotionReader()
    seen: list[Bytes] = [np.clip(frame, 0, 255).astype(np.uint8) for frame in frames]
    return [i for i, grey in enumerate(seen) if reader.read(grey, (2, 2)).is_cut]


PAIRS = [("astronaut", "coffee"), ("coffee", "chelsea"), ("rocket", "astronaut")]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_hard_cut_is_found_at_its_frame(pair: tuple[str, str]) -> None:
    assert cuts(shot(pair[0]) + shot(pair[1])) == [0, 5]


def test_a_cut_between_dark_scenes_is_found() -> None:
    dark = [0.35 * frame for frame in shot("astronaut") + shot("coffee")]
    assert cuts(dark) == [0, 5]


@pytest.mark.parametrize(("gain", "lift"), [(1.6, 60), (1, 110), (0, 255), (0.2, 0)], ids=str)
def test_a_flash_or_a_blackout_is_no_cut(gain: float, lift: float) -> None:
    frames = shot("astronaut", 7)
    frames[3] = gain * frames[3] + np.float32(lift)
    assert cuts(frames) == [0]


def test_a_fade_to_black_and_back_is_no_cut() -> None:
    frames = shot("coffee", 11)
    strengths = [1, 1, 0.7, 0.4, 0.1, 0, 0.1, 0.4, 0.7, 1, 1]
    assert cuts([s * f for s, f in zip(strengths, frames, strict=True)]) == [0]


def test_a_fade_through_black_to_another_scene_is_one_cut() -> None:
    frames = shot("coffee") + [np.zeros((SIZE[1], SIZE[0]), np.float32)] * 2 + shot("astronaut")
    strengths = [1, 1, 0.7, 0.4, 0.1, 0, 0, 0.1, 0.4, 0.7, 1, 1]
    found = cuts([s * f for s, f in zip(strengths, frames, strict=True)])
    assert len(found) == 2
    assert 7 <= found[1] <= 8


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize("length", [3, 6])
def test_a_dissolve_is_one_cut_at_most(pair: tuple[str, str], length: int) -> None:
    before, after = (shot(name, length + 6) for name in pair)
    shares = np.clip((np.arange(length + 6) - 2) / (length + 1), 0, 1).astype(np.float32)
    mixed = [a + s * (b - a) for a, b, s in zip(before, after, shares, strict=True)]
    assert len(cuts(mixed)) <= 2


def test_a_cut_right_after_a_flash_is_found() -> None:
    before, after = shot("astronaut"), shot("coffee")
    before[4] = 0.3 * before[4] + np.float32(170)
    assert cuts(before + after) == [0, 5]


def test_a_fast_pan_is_no_cut() -> None:
    picture = np.ascontiguousarray(data.astronaut())
    wide = cv2.resize(grey_of(picture), (640, 400)).astype(np.float32)
    assert cuts([wide[60:240, 16 * i : 16 * i + 320] for i in range(6)]) == [0]

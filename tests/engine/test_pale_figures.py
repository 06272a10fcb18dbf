"""Pale figures: what is white in dim light is known as such, colours and scenery are not."""

from functools import cache

import numpy as np
import pytest
from skimage import data

from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.pale_figures import EVERY, SELDOM, WHITE, Pale, PaleFigures, _measured

ABSTRACTION = Abstraction(passes=2, range_sigma=30, radius=3)


@cache
def scene(who: str) -> Bytes:
    """Somebody in a dim room with a bright window, in white or in her own colours, or nobody."""
    picture = {"rocket": data.rocket, "white": data.astronaut, "coloured": data.astronaut}[who]()
    frame = picture[:400, :480].astype(np.float32)
    if who == "white":
        frame = 110 + 0.25 * frame.mean(2, keepdims=True) * np.array([1.06, 1, 0.92])
    frame[4:60, 6:60], frame[4:60, 430:] = 255, 10
    return np.clip(frame, 0, 255).astype(np.uint8)


def read(*scenes: str, cut: bool = True) -> tuple[list[Pale], Frame]:
    reader, figures = FrameReader(ABSTRACTION, keep_faces=False), PaleFigures()
    found = []
    for name in scenes:
        frame = reader.read(scene(name))
        frame.is_cut = frame.index == 0 or (frame.is_cut and cut)
        found.append(figures.read(frame))
    return found, frame


def test_what_a_white_figure_lacks_to_be_white_is_told() -> None:
    ((front, share, gain),), frame = read("white")
    assert share > 0.8
    low, high = frame.levels
    tone = (frame.grey[front > 0.95] / 255 - low) / (high - low)
    assert np.percentile(tone, 70) < 0.7, "dim, beside the window"
    assert np.percentile(tone, 70) * gain == pytest.approx(WHITE, abs=0.15)
    assert front[50:80, 100:124].min() > 0.9  # her face
    assert front[5:30, 160:175].max() < 0.1  # the wall


@pytest.mark.parametrize("who", ["coloured", "rocket"])
def test_where_nothing_pale_is_in_front_there_is_nothing(who: str) -> None:
    ((front, share, gain),), frame = read(who)
    assert (share, gain) == (0, 1)
    assert front.shape == frame.half_size
    assert not front.any()


def test_its_light_comes_slowly_and_with_a_cut_at_once() -> None:
    scenes = ["rocket", *["white"] * (SELDOM + EVERY)]
    slow, _ = read(*scenes, cut=False)
    steps = np.diff([pale.share for pale in slow])
    assert 0 < slow[-1].share < 0.8
    assert np.abs(steps).max() < 0.08
    assert read("rocket", "white")[0][-1].share > 0.8


def test_its_light_goes_slowly_too() -> None:
    shares = [pale.share for pale in read("white", *["rocket"] * EVERY, cut=False)[0]]
    assert np.diff(shares).max() < 0.01
    assert 0.4 < shares[-1] <= shares[0]


def test_people_whose_faces_are_seen_keep_their_own_light() -> None:
    reader = FrameReader(ABSTRACTION, keep_faces=True)
    frame = reader.read(scene("white"))
    assert frame.faces
    assert PaleFigures().read(frame).share == 0


@pytest.mark.parametrize(("side", "counts"), [(20, False), (24, False), (70, True)])
def test_what_is_small_does_not_count(side: int, counts: bool) -> None:
    frame = FrameReader(ABSTRACTION, keep_faces=False).read(scene("white"))
    front = np.zeros((100, 120), np.float32)
    front[20 : 20 + side, 40 : 40 + side] = 1
    share, _ = _measured(frame, front)
    assert (share > 0.5) == counts
    assert counts or share == 0

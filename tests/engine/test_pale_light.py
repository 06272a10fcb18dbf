"""The light of pale figures: white with one cool shadow, in every look that lights them so."""

from functools import cache

import numpy as np
import pytest
from skimage import data

from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.motion import Memory
from restyle.engine.pale_figures import Pale, PaleFigures
from restyle.engine.pale_light import Light, lit
from restyle.engine.pictures import grey_of
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

SIZE = (480, 400)  # width, height
SUIT, WALL = np.s_[290:380, 90:330], np.s_[40:200, 320:350]
LIGHT = Light(white=(1, 1, 1), shade=(0.6, 0.6, 0.8), edge=(0.8, 0.84), ground=(0.3, 0.2, 0.1))
LOOKS = pytest.mark.parametrize("style", [Style.JAPANESE_MANGA, Style.FRESH_COMIC])


@cache
def scene(*, white: bool) -> Bytes:
    """Somebody before a dim wall beside a bright window, in white or in her own colours."""
    frame = data.astronaut()[:400, :480].astype(np.float32)
    if white:
        frame = 110 + 0.25 * frame.mean(2, keepdims=True) * np.array([1.06, 1, 0.92])
    frame[4:60, 6:60], frame[4:60, 430:] = 255, 10
    return np.clip(frame, 0, 255).astype(np.uint8)


@cache
def painted(style: Style) -> Bytes:
    picture = scene(white=True)
    return Stylizer(Options(style, animate_emotion=False), SIZE, [picture]).render(picture)


def seen(*, white: bool) -> tuple[Frame, Pale]:
    abstraction = Abstraction(passes=2, range_sigma=30, radius=3)
    frame = FrameReader(abstraction, keep_faces=False).read(scene(white=white))
    return frame, PaleFigures().read(frame)


def tone(picture: Bytes, place: tuple[slice, slice]) -> float:
    return float(np.median(grey_of(picture)[place]))


@LOOKS
def test_a_look_paints_a_pale_figure_white_before_a_darker_wall(style: Style) -> None:
    assert tone(scene(white=True), SUIT) < tone(scene(white=True), WALL)
    assert tone(painted(style), SUIT) > 215
    assert tone(painted(style), SUIT) > tone(painted(style), WALL) + 15


@LOOKS
def test_the_shadow_of_its_white_is_cool(style: Style) -> None:
    suit = painted(style)[SUIT].reshape(-1, 3).astype(int)
    shade = suit[(grey_of(painted(style))[SUIT].ravel() < 235)]
    assert np.median(shade[:, 2] - shade[:, 0]) > 3


def test_its_abstraction_alone_is_lit() -> None:
    frame, pale = seen(white=True)
    light = lit(frame, pale, LIGHT, Memory())
    inside = pale.front > 0.95
    assert np.median(light.abstract[inside]) > np.median(frame.abstract[inside]) + 0.1
    assert light.light is frame.light
    assert light.guide is frame.guide


def test_a_frame_without_a_pale_figure_stays_itself() -> None:
    frame, pale = seen(white=False)
    assert lit(frame, pale, LIGHT, Memory()) is frame

"""Chinese cartoon: a pale figure glows before mineral green, all others stay as they are."""

from functools import cache

import numpy as np
from skimage import data

from restyle.engine.kernels import Bytes
from restyle.engine.pictures import grey_of
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

SIZE = (480, 400)  # width, height
SUIT, WALL = np.s_[290:380, 90:330], np.s_[40:200, 320:350]


@cache
def painted(*, white: bool) -> tuple[Bytes, Bytes]:
    """Source and painting: somebody before a dim wall, in white or in her own colours."""
    frame = data.astronaut()[:400, :480].astype(np.float32)
    if white:
        frame = 110 + 0.25 * frame.mean(2, keepdims=True) * np.array([1.06, 1, 0.92])
    frame[4:60, 6:60], frame[4:60, 430:] = 255, 10
    picture = np.clip(frame, 0, 255).astype(np.uint8)
    stylizer = Stylizer(Options(Style.CHINESE_CARTOON, animate_emotion=False), SIZE, [picture])
    return picture, stylizer.render(picture)


def tone(picture: Bytes, place: tuple[slice, slice]) -> float:
    return float(np.median(grey_of(picture)[place]))


def test_a_pale_figure_in_dim_light_is_white_and_lighter_than_the_wall_behind_it() -> None:
    source, painting = painted(white=True)
    assert tone(source, SUIT) < tone(source, WALL)
    assert tone(painting, SUIT) > 195
    assert tone(painting, SUIT) > tone(painting, WALL) + 20


def test_the_ground_behind_it_is_mineral_green() -> None:
    red, green, blue = np.median(painted(white=True)[1][WALL], axis=(0, 1))
    assert green > red + 12
    assert green > blue


def test_a_figure_in_colours_has_its_ground_of_bare_silk() -> None:
    red, green, blue = np.median(painted(white=False)[1][WALL], axis=(0, 1))
    assert red >= green >= blue

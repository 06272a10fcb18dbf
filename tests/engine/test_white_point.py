"""The white point: greys have a cast, light and dark ones their own, and dark cloth loses it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.clusters import Pixels
from restyle.engine.white_point import WhitePoint, white_point

Floats = NDArray[np.float32]

WALL, BLACK, RED = (75.0, -6.0, 2.0), (22.0, -4.0, -1.0), (45.0, 50.0, 30.0)
NO_HAIR = np.empty((0, 3), np.float32)


def _pixels(*parts: tuple[tuple[float, float, float], int]) -> Pixels:
    lab = np.concatenate([np.tile(np.array(tone, np.float32), (n, 1)) for tone, n in parts])
    none = np.zeros(len(lab), np.float32)
    return Pixels(lab, none, none, none, none, ((1, len(lab)),), none)


def _ab(found: WhitePoint, lightness: float) -> Floats:
    return np.asarray(found.at(np.array([lightness], np.float32))[0])


def test_greys_are_as_the_camera_shows_them_and_between() -> None:
    found = white_point(_pixels((WALL, 60), (BLACK, 20), (RED, 20)), NO_HAIR)
    assert found.is_known
    np.testing.assert_allclose(_ab(found, 75), WALL[1:])
    np.testing.assert_allclose(_ab(found, 10), BLACK[1:])
    np.testing.assert_allclose(_ab(found, 48.5), [-5, 0.5], atol=0.01)


@pytest.mark.parametrize("dark", [(22.0, 3.0, -9.0), (24.0, 8.0, 9.0)], ids=["navy", "brown"])
def test_a_dark_colour_is_no_grey_and_dark_greys_have_less_of_a_cast(
    dark: tuple[float, float, float],
) -> None:
    found = white_point(_pixels((WALL, 60), (dark, 40)), NO_HAIR)
    np.testing.assert_allclose(_ab(found, 25), np.array(WALL[1:]) * 41 / 91, atol=0.01)


def test_hair_is_not_compared_with_itself() -> None:
    hair = np.array([[24, -1, 2]], np.float32)
    found = white_point(_pixels((WALL, 60), ((24, -1, 2), 40)), hair)
    np.testing.assert_allclose(_ab(found, 25), np.array(WALL[1:]) * 41 / 91, atol=0.01)


def test_where_little_is_grey_nothing_is_known_of_the_light() -> None:
    found = white_point(_pixels((RED, 95), (WALL, 5)), NO_HAIR)
    assert not found.is_known
    np.testing.assert_array_equal(_ab(found, 75), 0)


@pytest.mark.parametrize(
    ("tone", "loses"),
    [
        ((50, -5, -4), True),
        (BLACK, True),
        (WALL, False),
        ((50, -8, -25), False),
        ((50, 30, 20), False),
    ],
    ids=["cloth in haze", "black", "a wall", "blue", "red"],
)
def test_dark_dull_tones_alone_lose_the_cast(tone: tuple[float, float, float], loses: bool) -> None:
    found = white_point(_pixels((WALL, 60), (BLACK, 40)), NO_HAIR)
    lab = np.array([tone, tone], np.float32)
    of_skin, seen = found.without_cast(lab, n_skin=1)
    np.testing.assert_array_equal(of_skin, lab[0])
    wanted = lab[1, 1:] - (_ab(found, tone[0]) if loses else 0)
    np.testing.assert_allclose(seen, [tone[0], *wanted], atol=0.01)


def test_a_slight_cast_is_the_mood_of_the_picture() -> None:
    found = white_point(_pixels(((75, 2, 3), 60), ((20, 1, 1), 40)), NO_HAIR)
    lab = np.array([[40, 3, 5]], np.float32)
    np.testing.assert_array_equal(found.without_cast(lab, n_skin=0), lab)

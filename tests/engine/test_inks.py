"""Inks: light on black cloth is slate blue, where there are people; skin is told from the rest."""

import numpy as np
import pytest

from restyle.engine.inks import skin_pixel, slate_row
from restyle.engine.kernels import F, Floats
from restyle.engine.tones import luma_pixel


def printed(colour: tuple[float, ...], people: float = 1.0, face: float = 0.0) -> Floats:
    """A colour as the row prints it."""
    paint = np.array(colour, np.float32)[:, None].copy()
    tone = np.array([luma_pixel(*paint[:, 0])], np.float32)
    slate_row(paint, tone, np.array([face], np.float32), F(people))
    return paint[:, 0]


def test_dark_greys_are_slate_and_as_light_as_before() -> None:
    slate = printed((0.32, 0.31, 0.30))
    assert slate[2] > slate[1] > slate[0]
    assert slate[2] - slate[0] > 0.1
    assert abs(luma_pixel(*slate) - 0.31) < 0.02


def test_half_as_sure_of_people_is_half_as_blue() -> None:
    grey = (0.3, 0.3, 0.3)
    whole, half = (float(np.ptp(printed(grey, people))) for people in (1.0, 0.5))
    assert half == pytest.approx(whole / 2, rel=0.01)


@pytest.mark.parametrize(
    ("colour", "people", "face"),
    [
        ((0.3, 0.3, 0.3), 0.0, 0.0),
        ((0.3, 0.3, 0.3), 1.0, 1.0),
        ((0.7, 0.7, 0.7), 1.0, 0.0),
        ((0.4, 0.3, 0.2), 1.0, 0.0),
    ],
    ids=["nobody", "a face", "a light wall", "brown"],
)
def test_all_else_keeps_its_colour(colour: tuple[float, ...], people: float, face: float) -> None:
    assert np.allclose(printed(colour, people, face), colour)


@pytest.mark.parametrize(
    ("colour", "is_skin"),
    [
        ((0.8, 0.62, 0.52), True),
        ((0.45, 0.32, 0.25), True),
        ((0.5, 0.5, 0.5), False),
        ((0.9, 0.3, 0.1), False),
        ((0.3, 0.5, 0.8), False),
    ],
)
def test_skin_is_between_red_and_yellow_and_of_middling_strength(
    colour: tuple[float, float, float], is_skin: bool
) -> None:
    strength = (max(colour) - min(colour)) / max(colour)
    how = skin_pixel(*(F(c) for c in colour), F(strength))
    assert (how > 0.6) if is_skin else (how < 0.1)

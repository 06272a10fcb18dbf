"""Depth: places tell what is near, light what is deep among the tones of one colour."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.clusters import Pixels
from restyle.engine.depth import heights, of_one_hue

Floats = NDArray[np.float32]

PALE, PEACH, ORANGE, RED = (85, 12, 25), (72, 30, 45), (58, 45, 55), (38, 50, 42)
WHITE, SLATE, BLUE = (92, 0, 2), (35, -2, -5), (45, 5, -40)


def _rings(*lab: tuple[float, float, float]) -> tuple[Pixels, Floats]:
    """Rings of colours, the last one in the middle, and the colours."""
    y, x = np.mgrid[0:90, 0:90].astype(np.float32) / np.float32(90)
    outward = np.maximum(abs(x - 0.5), abs(y - 0.5)) * 2
    ring = np.minimum(((1 - outward) * len(lab)).astype(int), len(lab) - 1)
    entries = np.array(lab, np.float32)
    none = np.zeros(x.size, np.float32)
    seen = entries[ring].reshape(-1, 3)
    return Pixels(seen, x.ravel(), y.ravel(), none, none, ((90, 90),), none), entries


def test_the_hollows_of_a_flower_lie_below_its_petals() -> None:
    order = heights(*_rings(PALE, PEACH, ORANGE, RED), 0, 0)
    assert order[:2].min() > order[2] > order[3]


def test_what_is_in_the_middle_lies_over_what_is_around_it() -> None:
    order = heights(*_rings(WHITE, BLUE, SLATE), 0, 0)
    assert order[0] == order.min()


def test_a_little_of_a_hue_is_ordered_by_its_place() -> None:
    pixels, lab = _rings(WHITE, WHITE, WHITE, ORANGE, RED)
    order = heights(pixels, lab[2:], 0, 0)
    assert order[2] > order[1] > order[0]


def test_heights_are_even_and_skin_and_hair_lie_on_top() -> None:
    order = heights(*_rings(RED, SLATE, WHITE, PALE, BLUE), 1, 1)
    assert order[1] == order.max() == 1
    assert order[0] == sorted(order)[-2]
    np.testing.assert_allclose(np.sort(order), np.linspace(0, 1, 5), atol=1e-6)


@pytest.mark.parametrize(
    ("one", "two", "least", "most"),
    [
        (PEACH, ORANGE, 0.8, 1.0),
        (ORANGE, RED, 0.4, 0.9),
        (PEACH, BLUE, 0.0, 0.01),
        (WHITE, SLATE, 0.0, 0.0),
        (PEACH, WHITE, 0.0, 0.0),
    ],
)
def test_tones_of_one_hue_are_found(
    one: tuple[float, float, float],
    two: tuple[float, float, float],
    least: float,
    most: float,
) -> None:
    kin = of_one_hue(np.array([one, two], np.float32))
    np.testing.assert_array_equal(kin, kin.T)
    assert least <= kin[0, 1] <= most

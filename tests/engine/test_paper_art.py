"""Paper art: sheets throw shadows to the lower right, on other sheets alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.looks.paper_art import (
    CAST,
    CONTACT,
    HOLLOW,
    Shadow,
    _cast,
    _hollows,
    _petals,
)

Floats = NDArray[np.float32]

SIZE = 80


def _square(value: float) -> Floats:
    """Something in the middle, from 25 to 55."""
    field = np.zeros((SIZE, SIZE), np.float32)
    field[25:55, 25:55] = value
    return field


@pytest.mark.parametrize("shadow", [CONTACT, CAST], ids=["contact", "cast"])
def test_a_higher_sheet_throws_its_shadow_to_the_right_and_down(shadow: Shadow) -> None:
    lost = _cast(_square(1), _square(1).astype(np.uint8), shadow, 1.0)
    beside, below = lost[30:50, 56:58].mean(), lost[56:58, 30:50].mean()
    assert min(beside, below) > 0.3
    assert max(lost[30:50, 18:20].mean(), lost[18:20, 30:50].mean()) < 0.01
    assert lost[38:42, 38:42].max() < 0.01


@pytest.mark.parametrize("shadow", [CONTACT, CAST], ids=["contact", "cast"])
def test_a_cut_out_lies_in_the_shadow_of_the_sheet_around_it(shadow: Shadow) -> None:
    lost = _cast(1 - _square(1), _square(1).astype(np.uint8), shadow, 1.0)
    assert lost[30:50, 25:27].mean() > 0.3
    assert lost[45:53, 56:60].mean() < 0.01


def test_within_a_sheet_there_is_no_shadow_whatever_stands_in_front() -> None:
    lost = _cast(_square(1), np.zeros((SIZE, SIZE), np.uint8), CONTACT, 1.0)
    assert lost.max() == 0


@pytest.mark.parametrize(
    ("lab", "petals"),
    [
        ([(88, 12, 36), (72, 30, 45), (64, 38, 52), (58, 45, 55)], True),
        ([(58, 45, 55), (44, 42, 48), (92, 0, 2), (30, 2, -6)], False),
        ([(90, 1, 4), (70, 1, 3), (50, 0, 3), (30, 0, 2)], False),
    ],
    ids=["many tones of a loud hue", "a red coat", "greys"],
)
def test_many_loud_tones_of_a_hue_are_petals(
    lab: list[tuple[float, float, float]], petals: bool
) -> None:
    found = _petals(np.array(lab, np.float32))
    assert (found[: len(lab)].max() > 0.5) == petals
    assert petals or found.max() == 0
    assert found[len(lab) :].max() == 0


def test_the_gap_between_two_petals_is_in_shadow_and_a_faint_shade_is_not() -> None:
    tone = np.full((SIZE, SIZE), 0.8, np.float32)
    tone[:, 38:44] = 0.4
    assert _hollows(tone, 1.0)[:, 39:43].min() > 0.9
    assert _hollows(tone, 1.0)[:, : round(40 - 3 * HOLLOW)].max(initial=0) == 0
    tone[:, 38:44] = 0.78
    assert _hollows(tone, 1.0).max() == 0

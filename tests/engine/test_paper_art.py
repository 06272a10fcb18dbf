"""Paper art: sheets throw shadows to the lower right, on other sheets alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.looks.paper_art import (
    CAST,
    CONTACT,
    Shadow,
    _cast,
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

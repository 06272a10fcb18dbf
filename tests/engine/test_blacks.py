"""Where black ends: over a pixel, wherever between pixels that is."""

import numpy as np
import pytest

from restyle.engine.blacks import INK_AT, ink_row
from restyle.engine.kernels import Floats

WIDTH = 32


def inked(edge: float, fall: float, strokes: float = 0) -> Floats:
    """A row of ink, of a tone that is INK_AT at a place and rises by so much a pixel."""
    tone = (INK_AT + fall * (np.arange(WIDTH) - edge)).astype(np.float32)
    added, ink = np.full(WIDTH, strokes, np.float32), np.empty(WIDTH, np.float32)
    ink_row(tone, tone, tone, added, ink)
    return ink


@pytest.mark.parametrize("edge", [15.0, 15.25, 15.5, 15.9])
def test_ink_ends_between_pixels(edge: float) -> None:
    assert inked(edge, 0.15).sum() == pytest.approx(edge + 0.5, abs=0.08)


def test_ink_is_whole_and_ends_within_two_pixels_where_tone_is_steep() -> None:
    ink = inked(15.5, 0.15)
    assert ink[:15].min() > 0.99
    assert ink[17:].max() < 0.01


def test_strokes_are_added_to_the_tone() -> None:
    assert inked(15, 0.05, strokes=0.1).sum() == pytest.approx(inked(13, 0.05).sum(), abs=0.01)

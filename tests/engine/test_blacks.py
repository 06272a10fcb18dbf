"""Where black ends."""

import cv2
import numpy as np
import pytest

from restyle.engine.blacks import INK_AT, ink_row
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

HEIGHT, WIDTH = 360, 480
COLUMNS = 32  # of a row of ink alone


def printed(row: Bytes) -> Floats:
    """The brightness of a still scene, grey in columns like `row`, in American comic's print."""
    scene = np.repeat(np.repeat(row[None, :, None], HEIGHT, axis=0), 3, axis=2)
    scene[:20], scene[-20:] = 0, 240
    stylizer = Stylizer(Options(Style.AMERICAN_COMIC), (WIDTH, HEIGHT))
    last = [stylizer.render(scene) for _ in range(3)][-1]
    return cv2.cvtColor(last, cv2.COLOR_RGB2GRAY)[90:-90].astype(np.float32)


@pytest.mark.parametrize(("dark", "light"), [(5, 70), (5, 100), (10, 120)])
def test_black_ends_crisp_in_a_sky_however_slowly_it_falls(dark: int, light: int) -> None:
    sky = np.linspace(dark, light, WIDTH).astype(np.uint8)
    print_ = np.median(printed(sky), axis=0)
    black, clear = (print_ < 25).nonzero()[0], (print_ > 70).nonzero()[0]
    assert black.size
    assert clear.size
    assert clear.min() - black.max() < 24


def inked(edge: float, fall: float, strokes: float = 0) -> Floats:
    """A row of ink, of a tone that is INK_AT at a place and rises by so much a pixel."""
    tone = (INK_AT + fall * (np.arange(COLUMNS) - edge)).astype(np.float32)
    added, ink = np.full(COLUMNS, strokes, np.float32), np.empty(COLUMNS, np.float32)
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

"""The printer's screens lie on the ground."""

import numpy as np

from restyle.engine.carrying import Ground
from restyle.engine.kernels import F, Floats
from restyle.engine.screens import placed, screens_row

HEIGHT, WIDTH = 96, 160


def screens(shift_px: float = 0, tone: float = 0.3, torn: bool = False) -> tuple[Floats, Floats]:
    """The dots and strokes of a whole picture of one tone, on a ground that has moved."""
    offset = np.full((6, 10, 2), shift_px, np.float32)
    if torn:
        offset[:, ::2] = 90
    lies = placed(Ground(offset, offset, 0.0), offset, WIDTH)
    tones = np.full((HEIGHT // 2, WIDTH // 2), tone, np.float32)
    dots, strokes = (np.empty((HEIGHT, WIDTH), np.float32) for _ in range(2))
    for y in range(HEIGHT):
        screens_row(tones, y, (HEIGHT, WIDTH), F(1 / 6.5), lies, dots[y], strokes[y])
    return dots, strokes


def test_dots_and_strokes_move_with_the_ground() -> None:
    for still, moved in zip(screens(), screens(shift_px=4), strict=True):
        assert np.abs(still[4:-8, 4:-8] - still[8:-4, 8:-4]).mean() > 0.02
        np.testing.assert_allclose(moved[:-4, :-4], still[4:, 4:], atol=1e-3)


def test_dots_grow_as_the_tone_falls() -> None:
    inks = [screens(tone=tone)[0].mean() for tone in (0.2, 0.4, 0.9)]
    assert inks[0] > 1.5 * inks[1] > 0
    assert inks[2] == 0


def test_strokes_take_from_black_as_much_as_they_give() -> None:
    strokes = screens()[1]
    assert abs(strokes.mean()) < 0.01
    assert -0.5 <= strokes.min() < -0.4
    assert 0.4 < strokes.max() <= 0.5


def test_nothing_is_printed_on_torn_ground() -> None:
    dots, strokes = screens(torn=True)
    assert dots.max() == 0
    assert np.abs(strokes).max() == 0

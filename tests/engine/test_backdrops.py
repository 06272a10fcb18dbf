"""What lies behind a figure is calmer, and nothing of the figure runs out into it."""

import numpy as np

from restyle.engine.backdrops import behind
from restyle.engine.kernels import Floats

SIDE = 96


def _front() -> Floats:
    front = np.zeros((SIDE, SIDE), np.float32)
    front[30:, 30:60] = 1
    return front


def test_a_figure_stays_as_it_is() -> None:
    colour = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype(np.float32)
    out = behind(colour, _front(), 1.0)
    np.testing.assert_array_equal(out[_front() == 1], colour[_front() == 1])


def test_what_is_behind_loses_contrast_but_not_its_tone() -> None:
    colour = np.random.default_rng(1).random((SIDE, SIDE, 3)).astype(np.float32)
    out = behind(colour, _front(), 1.0)[:, :24]
    assert out.std() < 0.7 * colour[:, :24].std()
    assert abs(float(out.mean() - colour[:, :24].mean())) < 0.01


def test_nothing_of_the_figure_runs_out_and_the_seam_of_light_beside_it_is_gone() -> None:
    front = _front()
    colour = np.full((SIDE, SIDE, 3), 0.6, np.float32)
    colour[front == 1] = (1.0, 0.1, 0.0)
    colour[31:, 29] = 1.0
    out = behind(colour, front, 1.0)
    np.testing.assert_allclose(out[front == 0], 0.6, atol=0.02)


def test_without_a_figure_nothing_changes() -> None:
    colour = np.random.default_rng(2).random((SIDE, SIDE, 3)).astype(np.float32)
    np.testing.assert_array_equal(behind(colour, np.zeros((SIDE, SIDE), np.float32), 1.0), colour)


def test_a_figure_that_fills_the_picture_is_no_trouble() -> None:
    colour = np.random.default_rng(3).random((SIDE, SIDE, 3)).astype(np.float32)
    assert np.isfinite(behind(colour, np.ones((SIDE, SIDE), np.float32), 1.0)).all()

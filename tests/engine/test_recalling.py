"""Recalling: the past counts where it is trusted and much alike; what was shown is held to."""

import numpy as np
import pytest

from restyle.engine.kernels import Bytes, F
from restyle.engine.palette import LANES
from restyle.engine.recalling import hold, recalled

HEIGHT, WIDTH = 12, 16
ALONE = np.array([1, 0, 0, 0, 0], np.float32)
STILL = np.zeros((HEIGHT, WIDTH, 2), np.float32)
TRUSTED = np.ones((HEIGHT, WIDTH), np.float32)


def _membership(first: int) -> Bytes:
    """Entry 0 has `first` of 255, entry 1 the rest."""
    of = np.zeros((HEIGHT, WIDTH, LANES), np.uint8)
    of[..., 0], of[..., 1] = first, 255 - first
    return of


def _rows(of: Bytes) -> Bytes:
    return of.reshape(HEIGHT, WIDTH * LANES)


def test_without_a_past_the_strongest_two_are_those_of_now() -> None:
    found = recalled(_rows(_membership(200)), None, STILL, TRUSTED, ALONE, 0.9, 0.2)
    assert (found.membership == _membership(200)).all()
    assert (found.label == 0).all()
    assert (found.second == 1).all()
    assert (found.share > 0.5).all()


@pytest.mark.parametrize(("trust", "kept"), [(1.0, True), (0.0, False)])
def test_a_trusted_past_keeps_a_label_that_wavers(trust: float, kept: bool) -> None:
    args = (_membership(220), STILL, np.full_like(TRUSTED, trust), ALONE, 0.9, 0.2)
    found = recalled(_rows(_membership(110)), *args)
    assert (found.label == (0 if kept else 1)).all()


def test_a_past_that_has_nothing_in_common_is_forgotten() -> None:
    found = recalled(_rows(_membership(0)), _membership(255), STILL, TRUSTED, ALONE, 0.9, 0.2)
    assert (found.label == 1).all()


def test_the_past_comes_along_the_flow() -> None:
    past = _membership(240)
    past[:, 8:] = _membership(120)[:, 8:]
    flow = STILL.copy()
    flow[..., 0] = -4
    found = recalled(_rows(_membership(120)), past, flow, TRUSTED, ALONE, 0.9, 0.2)
    assert (found.label[:, 4:12] == 0).all()
    assert (found.label[:, 12:] == 1).all()


def test_holding_pulls_towards_what_was_shown() -> None:
    of = _membership(120)
    shown, other = np.zeros((HEIGHT, WIDTH), np.uint8), np.ones((HEIGHT, WIDTH), np.uint8)
    hold(of, shown, other, TRUSTED, F(0.2))
    assert (of[..., 0] > of[..., 1]).all()
    assert abs(of.astype(int).sum(-1) - 255).max() <= 2

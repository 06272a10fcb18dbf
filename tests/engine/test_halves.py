"""Halves: labels lose half their size and get it back without their borders moving."""

import numpy as np
import pytest

from restyle.engine.borders import near_borders
from restyle.engine.halves import bring_back, halved

HEIGHT, WIDTH = 60, 81


@pytest.mark.parametrize("border", [30, 31, 40.5, 43.25])
def test_a_border_is_where_it_was_when_it_is_back(border: float) -> None:
    part = np.clip(border - np.arange(WIDTH, dtype=np.float32), 0, 1)
    label = np.broadcast_to(np.where(part >= 0.5, 3, 7), (HEIGHT, WIDTH)).astype(np.uint8)
    share = np.broadcast_to(np.maximum(part, 1 - part), label.shape).astype(np.float32)
    small = halved(label, np.where(label == 3, 7, 3).astype(np.uint8), share, (41, 30))
    assert small[0].shape == (30, 41)
    out = np.zeros_like(label), np.zeros_like(label), np.zeros_like(share)
    everywhere = np.ones(small[0].shape, np.uint8)
    bring_back(*small, everywhere, near_borders(small[0], 1), *out)
    of_three = np.where(out[0] == 3, out[2], np.where(out[1] == 3, 1 - out[2], 0))
    assert abs(of_three.sum(1).mean() - border) < 0.6
    assert of_three[:, : int(border) - 4].min() > 0.99
    assert of_three[:, int(border) + 5 :].max() < 0.01


def test_what_is_not_asked_for_stays() -> None:
    label = np.full((HEIGHT, WIDTH), 5, np.uint8)
    small = halved(label, label, np.ones(label.shape, np.float32), (41, 30))
    out = np.zeros_like(label), np.zeros_like(label), np.zeros(label.shape, np.float32)
    left = np.zeros(small[0].shape, np.uint8)
    left[:, :10] = 1
    bring_back(*small, left, near_borders(small[0], 1), *out)
    assert (out[0][:, :18] == 5).all()
    assert (out[0][:, 22:] == 0).all()

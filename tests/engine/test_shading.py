"""Volumes from flat regions: cushions, figure and ground."""

import numpy as np
import pytest
from discs import HEIGHT, WIDTH, disc, joined

from restyle.engine import shading


def test_a_disc_is_inflated_to_a_dome() -> None:
    height = shading.inflate(joined(disc()), reach=80)
    row = height[HEIGHT // 2, WIDTH // 2 - 30 : WIDTH // 2 + 31]
    assert row[30] == row.max()
    assert row.min() < 0.45 * row[30]
    assert (np.diff(row[2:30]) > -0.05).all()


def test_a_picture_without_edges_stays_flat() -> None:
    height = shading.inflate(joined(disc(inside=0.4, outside=0.4)), reach=40)
    middle = height[20:-20, 20:-20]
    assert middle.max() - middle.min() < 0.1 * middle.max()


def test_fine_texture_makes_no_bumps() -> None:
    dice = np.random.default_rng(1)
    noisy = 0.5 + 0.004 * dice.standard_normal((HEIGHT, WIDTH, 3)).astype(np.float32)
    height = shading.inflate(joined(noisy.astype(np.float32)), reach=40)
    middle = height[20:-20, 20:-20]
    assert middle.std() < 0.1 * middle.mean()


@pytest.mark.parametrize(("y", "x", "stands_out"), [(60, 90, True), (5, 5, False), (60, 10, False)])
def test_the_figure_is_what_does_not_touch_the_border(y: int, x: int, stands_out: bool) -> None:
    found = shading.figure(disc())
    assert bool(found[y, x] > 0.5) is stands_out
    assert bool(found[y, x] < 0.1) is not stands_out


@pytest.mark.parametrize("shape", [(33, 47), (17, 64), (128, 20)])
def test_odd_sizes_give_finite_heights(shape: tuple[int, int]) -> None:
    dice = np.random.default_rng(4)
    colour = dice.random((*shape, 3)).astype(np.float32)
    linked = shading.links(colour, np.ones(shape, np.float32), edge=0.03, texture=0.01)
    assert np.isfinite(shading.inflate(linked, reach=20)).all()
    assert np.isfinite(shading.figure(colour)).all()

"""Surfaces: smoothing that keeps edges, upsampling that follows the guide, glow."""

import numpy as np
import pytest

from restyle.engine.frames import tangent_field
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import enlarge, luma
from restyle.engine.rows import columns, sample_colour_row, sample_row, upsample_row
from restyle.engine.surfaces import (
    glow,
    kuwahara,
    place_pixel,
    sample_pixel,
)


def halves(noise: float = 0) -> Floats:
    """Dark left, bright right, with noise."""
    picture = np.full((60, 80, 3), 0.2, np.float32)
    picture[:, 40:] = 0.8
    return picture + np.random.default_rng(0).normal(0, noise, picture.shape).astype(np.float32)


@pytest.mark.parametrize("sharpness", [2, 4])
@pytest.mark.parametrize("radius", [2.0, 5.0])
def test_kuwahara_smooths_both_sides_and_keeps_the_edge(radius: float, sharpness: float) -> None:
    noisy = halves(0.05)
    out = kuwahara(noisy, *tangent_field(luma(noisy) * 255, 2.6), radius, sharpness)
    assert out[5:-5, 8:32].std() < 0.6 * noisy[5:-5, 8:32].std()
    assert out[30, 36].mean() < 0.4
    assert out[30, 43].mean() > 0.6


def test_kuwahara_leaves_a_flat_colour_alone() -> None:
    flat = np.full((40, 50, 3), (0.1, 0.5, 0.9), np.float32)
    out = kuwahara(flat, *tangent_field(luma(flat) * 255, 2.6), 3.0, 4)
    assert np.abs(out - flat).max() < 1e-4


@pytest.mark.parametrize("size", [(120, 160), (121, 163)])
def test_upsampling_puts_edges_where_the_guide_has_them(size: tuple[int, int]) -> None:
    half = halves()
    guide = np.full(size, 51, np.uint8)
    edge = size[1] // 2 + 1
    guide[:, edge:] = 204
    across = columns(size[1], 80)
    rows = [upsample_row(half, luma(half) * 255, guide, y, across, F(10.8)) for y in range(size[0])]
    out = np.array(rows).transpose(0, 2, 1)
    assert out.shape == (*size, 3)
    assert out[:, : edge - 1].max() < 0.25
    assert out[:, edge + 1 :].min() > 0.75


@pytest.mark.parametrize("size", [(40, 64), (41, 65)])
def test_rows_are_enlarged_as_whole_pictures_are(size: tuple[int, int]) -> None:
    dice = np.random.default_rng(3)
    colour, grey = dice.random((20, 32, 3), np.float32), dice.random((20, 32), np.float32)
    across = columns(size[1], 32)
    rows = np.array([sample_colour_row(colour, y, size[0], across).T for y in range(size[0])])
    one = np.array([sample_row(grey, y, size[0], across) for y in range(size[0])])
    assert np.abs(rows - enlarge(colour, size)).max() < 1e-3
    assert np.abs(one - enlarge(grey, size)).max() < 1e-3
    y, x = size[0] // 3, size[1] // 2
    assert one[y, x] == pytest.approx(sample_pixel(grey, *place_pixel(y, x, size, (20, 32))))


def test_only_what_is_bright_glows_and_its_light_bleeds() -> None:
    dark = np.full((80, 80, 3), 0.5, np.float32)
    assert not glow(dark, 0.7, 18, 0.3).any()
    dark[30:50, 30:50] = 1
    light = glow(dark, 0.7, 18, 0.3)
    assert light.shape == (80, 80, 3)
    assert 0 < light.max() <= 0.3
    assert light[40, 20].min() > 0

"""Tiles without a seam that keep their strength while they move."""

import numpy as np
import pytest

from restyle.engine import textures
from restyle.engine.carrying import Ground
from restyle.engine.kernels import Floats

RECIPES = [textures.silk, textures.fiber, textures.grain, textures.pigment]
SIZE = (200, 136)


@pytest.fixture(params=RECIPES, ids=lambda recipe: recipe.__name__)
def tile(request: pytest.FixtureRequest) -> textures.Tile:
    made: textures.Tile = request.param(SIZE, 0.6)
    return made


def test_a_tile_has_mean_0_and_variance_1(tile: textures.Tile) -> None:
    assert tile.values.dtype == np.float32
    assert abs(float(tile.values.mean())) < 1e-4
    assert float(tile.values.std()) == pytest.approx(1, abs=1e-3)


def test_a_tile_covers_the_frame(tile: textures.Tile) -> None:
    assert tile.values.shape[0] >= SIZE[1]
    assert tile.values.shape[1] >= SIZE[0]


@pytest.mark.parametrize("axis", [0, 1])
def test_the_step_across_the_seam_is_like_any_other(tile: textures.Tile, axis: int) -> None:
    steps = np.abs(tile.values - np.roll(tile.values, 1, axis))
    seam = np.take(steps, 0, axis).mean()
    assert seam < 1.5 * steps.mean()


def test_a_smooth_field_has_no_seam_either() -> None:
    field = textures.cloud(SIZE, 20.0, 5).values
    inner = np.abs(np.diff(field, axis=1)).mean()
    assert np.abs(field[:, 0] - field[:, -1]).mean() < 2.5 * inner


def lain(tile: textures.Tile, x: float, y: float) -> Floats:
    """The tile where all of the scene has moved by (x, y) pixels."""
    offset = np.empty((8, 12, 2), np.float32)
    offset[:] = x, y
    return tile.lay(SIZE, Ground(offset, offset, 0.0))


def test_a_whole_pixel_drift_moves_the_grain_exactly(tile: textures.Tile) -> None:
    moved = lain(tile, 7.0, -3.0)
    np.testing.assert_allclose(moved[3:, :-7], lain(tile, 0, 0)[:-3, 7:], atol=1e-5)


def test_a_drift_of_a_whole_tile_changes_nothing(tile: textures.Tile) -> None:
    rows, columns = tile.values.shape
    still = lain(tile, 0.3, 0.8)
    np.testing.assert_allclose(lain(tile, columns + 0.3, 0.8 - rows), still, atol=1e-4)


def test_grain_keeps_its_strength_between_pixels(tile: textures.Tile) -> None:
    still = float(lain(tile, 0, 0).std())
    assert float(lain(tile, 0.5, 0.5).std()) == pytest.approx(still, rel=0.08)


def test_tiles_are_the_same_in_every_run() -> None:
    again = textures.silk.__wrapped__(SIZE, 0.6)
    np.testing.assert_array_equal(again.values, textures.silk(SIZE, 0.6).values)

"""Wide blurs on a smaller picture, and dark parts that grow."""

import numpy as np
import pytest

from restyle.engine.blurs import darkest, soft_blur, wide_blur
from restyle.engine.kernels import Floats
from restyle.engine.pictures import blur


def spotted(shape: tuple[int, ...] = (120, 160)) -> Floats:
    return np.random.default_rng(4).random(shape, np.float32)


@pytest.mark.parametrize("times", [2, 4, 8])
@pytest.mark.parametrize("shape", [(120, 160), (121, 163), (96, 128, 3)], ids=str)
def test_a_wide_blur_is_nearly_what_the_slow_one_gives(shape: tuple[int, ...], times: int) -> None:
    soft = blur(spotted(shape), 6)
    quick, slow = wide_blur(soft, 20, times), blur(soft, 20)
    assert quick.shape == shape
    assert quick.dtype == np.float32
    inner = np.s_[24:-24, 24:-24]
    assert np.abs(quick[inner] - slow[inner]).max() < 0.1 * float(np.ptp(soft))


@pytest.mark.parametrize("sigma", [0.8, 4.0, 7.0, 30.0])
def test_a_soft_blur_is_nearly_the_slow_one_at_any_width(sigma: float) -> None:
    soft = blur(spotted(), 2)
    inner = np.s_[24:-24, 24:-24]
    change = np.abs(soft_blur(soft, sigma) - blur(soft, sigma))[inner].max()
    assert change < 0.1 * float(np.ptp(soft))


def test_a_wide_blur_leaves_a_flat_picture_alone() -> None:
    flat = np.full((70, 90), 0.4, np.float32)
    assert wide_blur(flat, 15) == pytest.approx(0.4, abs=1e-5)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_darkest_value_nearby_spreads_over_its_square(size: int) -> None:
    light = np.ones((21, 21), np.float32)
    light[10, 10] = 0.2
    dark = darkest(light, size) < 0.5
    assert dark.sum() == size * size
    assert dark[10 - size // 2 : 11 + size // 2, 10 - size // 2 : 11 + size // 2].all()

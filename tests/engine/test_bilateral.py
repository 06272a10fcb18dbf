"""The bilateral filter smooths what is alike, as OpenCV's does, and keeps edges."""

import cv2
import numpy as np
import pytest

from restyle.engine.bilateral import bilateral
from restyle.engine.kernels import Bytes


def halves(noise: float, size: tuple[int, int] = (60, 80)) -> Bytes:
    """Dark left, bright right, with noise of this σ; 8 bits."""
    picture = np.full((*size, 3), 50.0)
    picture[:, size[1] // 2 :] = (200, 150, 180)
    picture += np.random.default_rng(0).normal(0, noise, picture.shape)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def test_passes_smooth_noise_and_no_pass_changes_nothing() -> None:
    noisy = halves(8)
    assert bilateral(noisy, 0, 26) is noisy
    out = bilateral(noisy, 3, 26)
    assert out[:, :38].std() < 0.7 * noisy[:, :38].std()
    assert np.abs(out[:, 41:].mean((0, 1)) - noisy[:, 41:].mean((0, 1))).max() < 1


def test_an_edge_stays_where_and_as_it_is() -> None:
    sharp = halves(0)
    assert np.abs(bilateral(sharp, 3, 26).astype(int) - sharp).max() <= 1


@pytest.mark.parametrize("size", [(60, 80), (61, 83), (2, 2), (1, 7)])
@pytest.mark.parametrize("noise", [4, 20])
@pytest.mark.parametrize("range_sigma", [20, 34])
def test_it_is_the_filter_of_opencv(size: tuple[int, int], noise: float, range_sigma: int) -> None:
    noisy = halves(noise, size)
    edge = cv2.BORDER_REPLICATE
    expected = cv2.bilateralFilter(noisy, 5, range_sigma, 3, borderType=edge)
    apart = np.abs(bilateral(noisy, 1, range_sigma).astype(int) - expected)
    assert apart.mean() < 0.3
    assert apart.max() <= 4

"""Whole-picture steps."""

import cv2
import numpy as np
import pytest

from restyle.engine.pictures import BLUR_REACH, blur, layered, layers, least, most

RNG = np.random.default_rng(11)


@pytest.mark.parametrize("sigma", [0.7, 1.3, 2.6, 8.0])
@pytest.mark.parametrize("shape", [(48, 60), (31, 64, 3)])
def test_a_blur_is_gaussian_for_all_that_eyes_can_tell_and_reaches_no_farther(
    shape: tuple[int, ...], sigma: float
) -> None:
    noise = RNG.random(shape, np.float32)
    np.testing.assert_allclose(
        blur(noise, sigma), cv2.GaussianBlur(noise, (0, 0), sigma), atol=2e-3
    )
    point = np.zeros((120, 120), np.float32)
    point[60, 60] = 1
    spread = blur(point, sigma)
    assert spread.sum() == pytest.approx(1, abs=1e-4)
    assert np.count_nonzero(spread[60]) <= 2 * np.ceil(BLUR_REACH * sigma) + 1


def test_the_least_blur_is_none() -> None:
    noise = RNG.random((20, 20), np.float32)
    np.testing.assert_allclose(blur(noise, 0), noise, atol=0.02)


@pytest.mark.parametrize("colour", [RNG.random((7, 9, 3), np.float32), RNG.random((40, 3))])
def test_the_largest_and_the_smallest_channel_of_pictures_and_lists(colour: np.ndarray) -> None:
    np.testing.assert_array_equal(most(colour), colour.max(-1))
    np.testing.assert_array_equal(least(colour), colour.min(-1))


def test_maps_of_one_layer_and_of_several_lie_side_by_side_in_order() -> None:
    colour, map_ = RNG.random((6, 8, 3), np.float32), RNG.random((6, 8), np.float32)
    together = layered(colour, map_)
    np.testing.assert_array_equal(together, np.dstack([colour, map_]))
    np.testing.assert_array_equal(layers(together)[3], map_)

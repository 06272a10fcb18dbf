"""Whole-picture steps."""

import numpy as np
import pytest

from restyle.engine.pictures import layered, layers, least, most

RNG = np.random.default_rng(11)


@pytest.mark.parametrize("colour", [RNG.random((7, 9, 3), np.float32), RNG.random((40, 3))])
def test_the_largest_and_the_smallest_channel_of_pictures_and_lists(colour: np.ndarray) -> None:
    np.testing.assert_array_equal(most(colour), colour.max(-1))
    np.testing.assert_array_equal(least(colour), colour.min(-1))


def test_maps_of_one_layer_and_of_several_lie_side_by_side_in_order() -> None:
    colour, map_ = RNG.random((6, 8, 3), np.float32), RNG.random((6, 8), np.float32)
    together = layered(colour, map_)
    np.testing.assert_array_equal(together, np.dstack([colour, map_]))
    np.testing.assert_array_equal(layers(together)[3], map_)

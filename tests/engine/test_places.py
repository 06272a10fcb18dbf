"""Where pixels were."""

import numpy as np

from restyle.engine.places import brought, followed, way_of


def test_several_pictures_may_go_one_way() -> None:
    dice = np.random.default_rng(12)
    flow = dice.normal(0, 3, (20, 30, 2)).astype(np.float32)
    pictures = dice.integers(0, 256, (3, 40, 60, 4), np.uint8)
    way = way_of(flow, (40, 60))
    for picture in pictures:
        np.testing.assert_array_equal(followed(picture, way), brought(picture, flow))

"""Maps averaged along edges."""

import numpy as np

from restyle.engine.kernels import Floats
from restyle.engine.strokes import stroke_weights
from restyle.engine.tracing import traced

SHAPE = (40, 60)
EVEN = [np.ones(7, np.float32)]


def noise() -> Floats:
    return np.random.default_rng(0).standard_normal((1, *SHAPE)).astype(np.float32)


def level(sign: Floats | float = 1.0) -> Floats:
    tangents = np.zeros((2, *SHAPE), np.float32)
    tangents[0] = sign
    return tangents


def test_maps_are_averaged_along_the_tangents_and_not_across_them() -> None:
    (drawn,) = traced(noise(), level(), EVEN)
    along, across = (np.abs(np.diff(drawn[:, 8:-8], axis=axis)).mean() for axis in (1, 0))
    assert along < 0.5 * across
    (source,) = noise()
    assert np.isclose(drawn[20, 30], source[20, 24:37].mean(), atol=1e-5)


def test_the_sign_of_a_tangent_means_nothing() -> None:
    signs = np.where(np.arange(SHAPE[1]) % 3 == 0, -1, 1).astype(np.float32)
    turned = traced(noise(), level(signs), EVEN)
    # Weights are the same both ways, but sums are taken in another order.
    assert np.allclose(turned, traced(noise(), level(), EVEN), atol=1e-5)


def test_what_is_even_stays_as_it_is_up_to_the_border() -> None:
    flat = np.full((1, *SHAPE), 0.3, np.float32)
    assert np.allclose(traced(flat, level(), EVEN), flat)


def test_several_maps_walk_together_each_with_its_own_weights() -> None:
    (source,) = noise()
    short, long = stroke_weights(3), stroke_weights(7)
    together = traced([source, source], level(), [short, long])
    assert np.allclose(together[0], traced(noise(), level(), [short])[0])
    assert np.allclose(together[1], traced(noise(), level(), [long])[0])
    assert together[1].std() < together[0].std()

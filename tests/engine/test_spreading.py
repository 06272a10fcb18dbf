"""Spreading: one label for what no edge divides, whatever its shading; edges and details stay."""

import numpy as np

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.palette import LANES
from restyle.engine.spreading import spread

HEIGHT, WIDTH = 60, 90
NOTHING = np.zeros((HEIGHT, WIDTH), np.float32)


def _spread(
    colour: Floats, walls: Floats = NOTHING, front: Floats = NOTHING, wall: float = 30
) -> Bytes:
    """What is agreed on, where label 0 is dark, label 1 is light, and the middle is either."""
    light = np.clip((colour.mean(-1) - 0.3) / 0.4, 0, 1)
    own = np.zeros((HEIGHT, WIDTH, LANES), np.uint8)
    own[..., 1] = np.rint(255 * light)
    own[..., 0] = 255 - own[..., 1]
    return spread(own, colour, walls, front, 1.0, wall)


def _grey(values: Floats) -> Floats:
    return np.repeat(np.broadcast_to(values, (HEIGHT, WIDTH))[..., None], 3, -1).astype(np.float32)


def test_a_thing_in_uneven_light_gets_one_label() -> None:
    agreed = _spread(_grey(np.linspace(0.47, 0.7, WIDTH, dtype=np.float32)))
    assert (agreed[..., 1] > agreed[..., 0]).all()


def test_an_edge_of_the_same_contrast_divides() -> None:
    colour = _grey(np.where(np.arange(WIDTH) < 30, 0.38, 0.7).astype(np.float32))
    label = _spread(colour).argmax(-1)
    assert (label[:, :30] == 0).all()
    assert (label[:, 30:] == 1).all()


def test_the_higher_the_wall_the_fainter_an_edge_divides() -> None:
    faint = np.where(np.arange(WIDTH) < 30, 0.49, 0.53).astype(np.float32)
    low, high = (_spread(_grey(faint), wall=wall).argmax(-1)[0] for wall in (5, 300))
    assert len(np.unique(low)) == 1
    assert (high[:30] == 0).all()
    assert (high[30:] == 1).all()


def test_a_wall_divides_what_colours_do_not() -> None:
    colour = _grey(np.linspace(0.47, 0.7, WIDTH, dtype=np.float32))
    walls = np.zeros((HEIGHT, WIDTH), np.float32)
    walls[:, 25:] = 1
    label = _spread(colour, walls).argmax(-1)
    assert (label[:, :25] == 0).all()
    assert (label[:, 25:] == 1).all()


def test_a_small_thing_with_clear_edges_stays() -> None:
    colour = _grey(np.full(WIDTH, 0.7, np.float32))
    colour[28:32, 40:44] = 0.1
    label = _spread(colour).argmax(-1)
    assert (label[28:32, 40:44] == 0).all()
    assert (label == 0).sum() == 16


def test_memberships_sum_to_255_but_for_rounding() -> None:
    noise = np.random.default_rng(1).random((HEIGHT, WIDTH, 3), np.float32)
    total = _spread(noise).astype(int).sum(-1)
    assert abs(total - 255).max() <= LANES // 2


def test_what_is_in_front_hears_only_what_is_near() -> None:
    # Light on the left, and a long way of what could be either.
    colour = _grey(np.where(np.arange(WIDTH) < 10, 0.52, 0.49).astype(np.float32))
    ground, front = (_spread(colour, front=np.full_like(NOTHING, x)) for x in (0, 1))
    assert (ground[..., 1] > ground[..., 0]).mean() > (front[..., 1] > front[..., 0]).mean()

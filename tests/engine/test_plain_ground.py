"""Plain ground moves as what is around it, whatever optical flow imagines there."""

import numpy as np
import pytest

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.plain_ground import cells_of, told, told_around

HEIGHT, WIDTH = 120, 240


def half_plain() -> Bytes:
    """Checks on the left, a plain wall on the right."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    checks = ((x // 16 + y // 16) % 2) * 120 + 60
    return np.where(x < WIDTH // 2, checks, 120).astype(np.uint8)


def imagined() -> Floats:
    """Two pixels to the left on the checks, nonsense on the wall."""
    flow = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    flow[..., 0] = 2
    flow[:60, WIDTH // 2 + 16 :] = (-5, 4)
    flow[60:, WIDTH // 2 + 16 :] = (6, -3)
    return flow


def settled_flow(flow: Floats, grey: Bytes) -> Floats:
    return told(flow, told_around(cells_of(flow, grey.astype(np.float32))))


def test_a_plain_wall_moves_as_the_structure_beside_it() -> None:
    found = settled_flow(imagined(), half_plain())
    wall = found[:, WIDTH // 2 + 40 :]
    assert np.abs(wall[..., 0] - 2).max() < 0.5
    assert np.abs(wall[..., 1]).max() < 0.5


def test_structure_keeps_its_own_flow() -> None:
    dice = np.random.default_rng(0)
    checks = np.concatenate([half_plain()[:, : WIDTH // 2]] * 2, axis=1)
    flow = dice.normal(0, 1, (HEIGHT // 24, WIDTH // 24, 2)).astype(np.float32)
    flow = np.repeat(np.repeat(flow, 24, axis=0), 24, axis=1)
    assert np.abs(settled_flow(flow, checks) - flow).mean() < 0.1


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_without_structure_has_one_motion_or_none(value: int) -> None:
    found = settled_flow(imagined(), np.full((HEIGHT, WIDTH), value, np.uint8))
    assert np.isfinite(found).all()
    assert np.abs(found - found[:1, :1]).max() < 0.01


@pytest.mark.parametrize(
    ("shares", "expected"), [((0, 0), 0), ((1, 0), 2), ((0, 1), 5), ((1, 1), 5), ((0.5, 0.5), 3)]
)
def test_the_later_saying_counts_by_its_share_before_the_earlier_one(
    shares: tuple[float, float], expected: float
) -> None:
    first, second = (
        np.broadcast_to(np.array([move, 0, share], np.float32), (4, 6, 3))
        for move, share in zip((2, 5), shares, strict=True)
    )
    mixed = told(np.zeros((32, 48, 2), np.float32), first, second)
    assert mixed[..., 0] == pytest.approx(expected, abs=1e-5)

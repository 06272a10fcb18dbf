"""Textures that lie on what moves: each part with its own motion, never stretched for long."""

import numpy as np
import pytest

from restyle.engine import textures
from restyle.engine.carrying import CELL, FADE, LEAST_AGE, STRETCHED, Carrier
from restyle.engine.kernels import Floats
from restyle.engine.motion import Motion

HEIGHT, WIDTH = 128, 192
SIZE = (2 * WIDTH, 2 * HEIGHT)


def motion(flow: Floats, *, cut: bool = False) -> Motion:
    """Trusted motion (half-size pixels, back to the previous frame)."""
    field = np.broadcast_to(np.asarray(flow, np.float32), (HEIGHT, WIDTH, 2))
    return Motion(np.ascontiguousarray(field), np.ones((HEIGHT, WIDTH), np.float32), is_cut=cut)


def zoomed() -> Floats:
    """The camera comes closer by 2 % a frame."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    return np.dstack([x - WIDTH / 2, y - HEIGHT / 2]) * np.float32(-0.02)


def test_a_pan_carries_everything_alike_in_full_size_pixels() -> None:
    carrier = Carrier()
    carrier.carry(motion(np.zeros(2), cut=True), (2, 2))
    for _ in range(5):
        ground = carrier.carry(motion(np.array([1.5, -0.5])), (2, 2))
    assert ground.offset == pytest.approx(np.broadcast_to([15, -5], ground.offset.shape), abs=0.05)
    assert ground.share == 0
    assert ground.whole(ground.offset).min() == 1


def test_two_halves_that_move_apart_each_keep_their_texture() -> None:
    flow = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    flow[:, WIDTH // 2 :, 1] = 2
    carrier, tile = Carrier(), textures.grain(SIZE, 1.0)
    still = tile.lay(SIZE, carrier.carry(motion(np.zeros(2), cut=True), (2, 2)))
    ground = carrier.carry(motion(flow), (2, 2))
    laid = tile.lay(SIZE, ground)
    edge = 12 * CELL
    np.testing.assert_allclose(laid[:, : WIDTH - edge], still[:, : WIDTH - edge], atol=0.06)
    np.testing.assert_allclose(laid[:-4, WIDTH + edge :], still[4:, WIDTH + edge :], atol=0.06)
    for _ in range(4):
        ground = carrier.carry(motion(flow), (2, 2))
    torn = ground.whole(ground.offset) < 1
    assert torn.any()
    assert torn.mean() < 0.35


def test_the_slightest_motion_does_not_let_still_textures_creep() -> None:
    carrier = Carrier()
    carrier.carry(motion(np.zeros(2), cut=True), (2, 2))
    for _ in range(9):
        ground = carrier.carry(motion(np.array([0.04, -0.05])), (2, 2))
    assert not ground.offset.any()


def test_a_cut_begins_at_nothing() -> None:
    carrier = Carrier()
    carrier.carry(motion(np.zeros(2), cut=True), (2, 2))
    carrier.carry(motion(np.array([3.0, 0])), (2, 2))
    assert not carrier.carry(motion(np.zeros(2), cut=True), (2, 2)).offset.any()


def test_a_stretched_texture_is_renewed_softly() -> None:
    carrier = Carrier()
    carrier.carry(motion(np.zeros(2), cut=True), (2, 2))
    shares, worst = [0.0], 0.0
    for _ in range(3 * (LEAST_AGE + FADE)):
        ground = carrier.carry(motion(zoomed()), (2, 2))
        shares.append(ground.share)
        slope = np.abs(np.diff(ground.offset, axis=1)).max() / ground.cell
        worst = max(worst, float(slope) * (1 - ground.share))
    assert max(shares) > 0.8
    assert worst < 2.5 * STRETCHED
    steps = np.diff(shares)
    assert steps.max() < 0.2, "a texture came in at once"


def test_a_texture_keeps_its_strength_wherever_it_lies_and_while_it_is_renewed() -> None:
    carrier, tile = Carrier(), textures.grain(SIZE, 1.0)
    carrier.carry(motion(np.zeros(2), cut=True), (2, 2))
    for _ in range(LEAST_AGE + FADE):
        ground = carrier.carry(motion(zoomed()), (2, 2))
        assert float(tile.lay(SIZE, ground).std()) == pytest.approx(1, abs=0.15)


def test_laying_without_any_motion_is_the_tile_itself() -> None:
    tile = textures.pigment(SIZE, 0.7)
    ground = Carrier().carry(motion(np.zeros(2), cut=True), (2, 2))
    # To the last bit but one: some processors take roots a little short.
    np.testing.assert_allclose(
        tile.lay(SIZE, ground), tile.values[: SIZE[1], : SIZE[0]], rtol=2.5e-7, atol=0
    )

"""Memberships: a colour's own, mixed where faces are, and outweighed by what is agreed on."""

import numpy as np
import pytest

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.memberships import AGREED, OWN, belong
from restyle.engine.palette import GRID, LANES

ALONE = np.array([1, 0, 0, 0, 0], np.float32)
NOTHING = np.zeros((1, 1, LANES), np.uint8)
NOWHERE = np.zeros((1, 1), np.float32)
DICE = np.random.default_rng(3)


def _shares(*shape: int) -> Bytes:
    """Random memberships with sums of about 255."""
    weights = DICE.random((*shape, LANES)) ** 6
    return np.rint(255 * weights / weights.sum(-1, keepdims=True)).astype(np.uint8)


# Plain, face, cheek, hair and head.
TABLES = [_shares(GRID, GRID, GRID) for _ in range(5)]


def _belonging(colour: Floats, gate: Floats, agreed: Bytes, taps: Floats = ALONE) -> Floats:
    height, width = colour.shape[:2]
    out = np.empty((height, width * LANES), np.uint8)
    belong(colour, *TABLES, gate, agreed, taps, out)
    return out.reshape(height, width, LANES).astype(np.float32)


def _looked_up(table: Bytes, colour: Floats) -> Floats:
    r, g, b = np.moveaxis((colour * (GRID - 1) + 0.5).astype(int), -1, 0)
    return table[r, g, b].astype(np.float32)


@pytest.mark.parametrize(
    ("gate", "of", "and_of", "share"),
    [(0, 0, 0, 0), (0.5, 0, 1, 0.5), (1.25, 1, 2, 0.25), (-0.5, 0, 3, 0.5), (-1.75, 3, 4, 0.75)],
    ids=["elsewhere", "forehead", "cheeks", "hair may be", "hair must be"],
)
def test_the_gate_mixes_the_tables(gate: float, of: int, and_of: int, share: float) -> None:
    colour = DICE.random((9, 23, 3), np.float32)
    gates = np.zeros((9, 23), np.float32)
    gates[2:7, 4:19] = gate
    plain = _looked_up(TABLES[0], colour)
    one, two = (_looked_up(TABLES[k], colour) for k in (of, and_of))
    wanted = np.where((gates == gate)[..., None], one + share * (two - one), plain)
    assert np.abs(_belonging(colour, gates, NOTHING) - wanted).max() <= 1


def _between(small: Floats, axis: int, count: int) -> Floats:
    """A map enlarged linearly along one axis, its places told apart in sixteenths."""
    last = small.shape[axis] - 1
    place = np.clip((np.arange(count) + 0.5) * (last + 1) / count - 0.5, 0, last)
    left = np.minimum(place.astype(int), last - 1)
    part = np.expand_dims(np.round(16 * (place - left)) / 16, (1, 2) if axis == 0 else (0, 2))
    one, two = np.take(small, left, axis), np.take(small, left + 1, axis)
    return np.asarray(one + part * (two - one), np.float32)


@pytest.mark.parametrize("size", [(16, 24), (17, 25), (30, 41)])
def test_what_is_agreed_on_outweighs_the_colour(size: tuple[int, int]) -> None:
    colour = DICE.random((*size, 3), np.float32)
    agreed = _shares(size[0] // 2, size[1] // 2)
    heard = _between(_between(agreed.astype(np.float32), 0, size[0]), 1, size[1]) + AGREED
    own = _looked_up(TABLES[0], colour)
    both = (own * heard).sum(-1, keepdims=True)
    wanted = (own + OWN * np.maximum(1 - both / 255**2, 0)) * heard
    wanted *= 255 / wanted.sum(-1, keepdims=True)
    assert np.abs(_belonging(colour, NOWHERE, agreed) - wanted).max() <= 1


def test_memberships_run_along_the_row() -> None:
    colour = np.zeros((3, 11, 3), np.float32)
    colour[:, 5] = 1
    taps = np.array([0.5, 0.25, 0, 0, 0], np.float32)
    found = _belonging(colour, NOWHERE, NOTHING, taps)
    black, white = _looked_up(TABLES[0], colour)[1, [0, 5]]
    for place, share in ((3, 0), (4, 0.25), (5, 0.5), (6, 0.25), (7, 0)):
        assert np.abs(found[1, place] - (black + share * (white - black))).max() <= 1

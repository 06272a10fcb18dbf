"""Pieces of a label map that are too small to be cut out."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from restyle.engine.crumbs import merge_crumbs
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.palette import LANES

LEAST = 40
LEFT, RIGHT, SPECK, INNER = 1, 2, 3, 4
NEVER = 255


def halves() -> Bytes:
    """Two large pieces, side by side."""
    label = np.full((24, 40), LEFT, np.uint8)
    label[:, 20:] = RIGHT
    return label


def apart(**shares: float) -> Floats:
    """How much of LEAST a speck needs beside LEFT and RIGHT: all, unless said."""
    needed = np.ones((LANES, LANES), np.float32)
    needed[SPECK, LEFT], needed[SPECK, RIGHT] = shares.get("left", 1), shares.get("right", 1)
    return needed


@dataclass
class Case:
    """A speck at `rows` and `columns`; what was shown of it, and by how much it has moved."""

    rows: slice
    columns: slice
    becomes: int
    apart: Floats = field(default_factory=apart)
    was_shown: bool = False
    moved: int = 0


CASES = {
    "a speck goes to what it borders on": Case(slice(5, 10), slice(5, 10), LEFT),
    "to that along which its border is longest": Case(slice(5, 8), slice(15, 22), LEFT),
    "or to what is like it, a shorter border or not": Case(
        slice(5, 8), slice(15, 22), RIGHT, apart(left=0.9, right=4)
    ),
    "one that is large enough stays": Case(slice(5, 12), slice(5, 12), SPECK),
    "a smaller one stays that stands out": Case(
        slice(5, 10), slice(5, 10), SPECK, apart(left=0.5, right=0.5)
    ),
    "a smaller one stays that was there": Case(slice(5, 10), slice(5, 10), SPECK, was_shown=True),
    "one stays that was there before it moved": Case(
        slice(5, 10), slice(5, 10), SPECK, was_shown=True, moved=6
    ),
    "the smallest goes, even so": Case(slice(5, 8), slice(5, 8), LEFT, was_shown=True),
}


@pytest.mark.parametrize("name", CASES)
def test_a_piece_stays_if_it_is_large_for_what_it_is(name: str) -> None:
    case = CASES[name]
    label = halves()
    label[case.rows, case.columns] = SPECK
    shown = np.full_like(label, NEVER)
    if case.was_shown:
        was = slice(case.columns.start + case.moved, case.columns.stop + case.moved)
        shown[case.rows, was] = SPECK
    flow = np.zeros((*label.shape, 2), np.float32)
    flow[..., 0] = case.moved
    second, share = np.zeros_like(label), np.full(label.shape, 0.5, np.float32)
    expected = halves()
    expected[case.rows, case.columns] = case.becomes
    merge_crumbs(label, shown, flow, LEAST, case.apart, second, share)
    np.testing.assert_array_equal(label, expected)
    if case.becomes != SPECK:
        # Nothing is left of the border that it had.
        assert set(second[case.rows, case.columns].flat) == {case.becomes}
        assert set(share[case.rows, case.columns].flat) == {1.0}
    assert share[0, 0] == 0.5


def test_crumbs_within_crumbs_go_to_what_is_whole() -> None:
    label = halves()
    label[4:10, 4:10] = SPECK
    label[6:8, 6:8] = INNER
    second, share = np.zeros_like(label), np.ones(label.shape, np.float32)
    flow = np.zeros((*label.shape, 2), np.float32)
    merge_crumbs(label, np.full_like(label, NEVER), flow, LEAST, apart(), second, share)
    np.testing.assert_array_equal(label, halves())

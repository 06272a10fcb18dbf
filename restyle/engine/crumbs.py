"""Crumbs: pieces of a label map too small to be cut out, merged into their neighbours.

Pieces are found as runs of equal labels along the rows, joined where they touch: there are some
thousand runs where there are some hundred thousand pixels.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Bytes, F, Floats, brush, loop
from restyle.engine.palette import LANES

FAMILIAR = 0.5  # of the area it would need, at which a piece stays that was shown just so
ROUNDS = 3  # crumbs among crumbs: how often those that touch something larger are given away

_Numbers = NDArray[np.int32]


class _Runs(NamedTuple):
    """Runs of equal labels: those of row y are `first`[y] up to `first`[y + 1]."""

    first: _Numbers
    start: _Numbers
    end: _Numbers
    label: Bytes


class _Contacts(NamedTuple):
    """Which runs touch, and along how many pixels."""

    one: _Numbers
    two: _Numbers
    length: _Numbers


@loop
def merge_crumbs(
    label: Bytes,
    shown: Bytes,
    flow: Floats,
    least: int,
    apart: Floats,
    second: Bytes,
    share: Floats,
) -> None:
    """Give pieces smaller than `least` pixels, in place, to the neighbour of longest border,
    a border with what is alike counting as longer: hair goes to hair rather than to a wall.

    A piece may be smaller the more it stands out: `apart` (LANES, LANES) is the share of `least`
    that one entry needs beside another. So may one that was shown in the last frame (`shown`,
    along `flow`). Both count by degrees: a piece that comes and goes is worse than either.
    """
    runs = _runs(label)
    contacts = _contacts(runs)
    piece = _pieces(runs, contacts)
    count = len(piece)
    area = np.zeros(count, np.int32)
    for run in range(count):
        area[piece[run]] += runs.end[run] - runs.start[run]
    row_of = np.full(count, -1, np.int32)
    small = np.int64(0)  # A bare 0 is a type of its own to numba, for which all below is compiled.
    for p in range(count):
        if 0 < area[p] < least:
            row_of[p] = small
            small += 1
    if small == 0:
        return
    # Whole: every piece counts as a neighbour; later crumbs don't.
    is_crumb = np.zeros(count, np.bool_)
    border = _borders(runs.label, contacts, piece, row_of, small, is_crumb)
    familiar = _familiar(runs, piece, row_of, small, shown, flow)
    crumbs = 0
    for p in range(count):
        row = row_of[p]
        if row >= 0:
            kept = 1 - (1 - FAMILIAR) * familiar[row] / area[p]
            is_crumb[p] = area[p] < least * kept * _needed(border[row], apart[runs.label[p]])
            crumbs += is_crumb[p]
    entry = runs.label.copy()  # of each piece, at the run that stands for it
    for _ in range(ROUNDS):
        if crumbs == 0:
            break
        border = _borders(entry, contacts, piece, row_of, small, is_crumb)
        for p in range(count):
            if is_crumb[p] and border[row_of[p]].max() > 0:
                entry[p] = _heir(border[row_of[p]], apart[runs.label[p]])
                is_crumb[p] = False
                crumbs -= 1
    for y in range(label.shape[0]):
        for run in range(runs.first[y], runs.first[y + 1]):
            given = entry[piece[run]]
            if given != runs.label[run]:
                for x in range(runs.start[run], runs.end[run]):
                    label[y, x] = given
                    second[y, x] = given
                    share[y, x] = 1


@brush
def _runs(label: Bytes) -> _Runs:
    height, width = label.shape
    first = np.empty(height + 1, np.int32)
    count = 0
    for y in range(height):
        first[y] = count
        count += 1
        for x in range(1, width):
            count += label[y, x] != label[y, x - 1]
    first[height] = count
    start, end = np.empty(count, np.int32), np.empty(count, np.int32)
    of = np.empty(count, np.uint8)
    run = -1
    for y in range(height):
        for x in range(width):
            if x == 0 or label[y, x] != label[y, x - 1]:
                run += 1
                start[run] = x
                of[run] = label[y, x]
            end[run] = x + 1
    return _Runs(first, start, end, of)


@brush
def _contacts(runs: _Runs) -> _Contacts:
    count = len(runs.label)
    # Side by side: one a run; above one another: less than the runs of both rows.
    one, two = np.empty(3 * count, np.int32), np.empty(3 * count, np.int32)
    length = np.empty(3 * count, np.int32)
    n = 0
    for y in range(len(runs.first) - 1):
        above = runs.first[y - 1] if y > 0 else runs.first[y]
        for run in range(runs.first[y], runs.first[y + 1]):
            if runs.start[run] > 0:
                one[n], two[n], length[n] = run - 1, run, 1
                n += 1
            while above < runs.first[y]:
                begin = max(runs.start[run], runs.start[above])
                shared = min(runs.end[run], runs.end[above]) - begin
                if shared > 0:
                    one[n], two[n], length[n] = above, run, shared
                    n += 1
                if runs.end[above] > runs.end[run]:
                    break
                above += 1
    return _Contacts(one[:n], two[:n], length[:n])


@brush
def _root(parent: _Numbers, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@brush
def _pieces(runs: _Runs, contacts: _Contacts) -> _Numbers:
    """For each run the first run of its piece, which stands for it."""
    parent = np.arange(len(runs.label)).astype(np.int32)
    for i in range(len(contacts.one)):
        if runs.label[contacts.one[i]] == runs.label[contacts.two[i]]:
            a = _root(parent, contacts.one[i])
            b = _root(parent, contacts.two[i])
            parent[max(a, b)] = min(a, b)
    for run in range(len(parent)):
        parent[run] = _root(parent, run)
    return parent


@brush
def _borders(
    entry: Bytes,
    contacts: _Contacts,
    piece: _Numbers,
    row_of: _Numbers,
    small: np.int64,
    is_crumb: NDArray[np.bool_],
) -> _Numbers:
    """How long each small piece borders on each entry (small, LANES), crumbs not counted."""
    border = np.zeros((small, LANES), np.int32)
    for i in range(len(contacts.one)):
        p, q = piece[contacts.one[i]], piece[contacts.two[i]]
        if p == q:
            continue
        if row_of[p] >= 0 and not is_crumb[q]:
            border[row_of[p], entry[q]] += contacts.length[i]
        if row_of[q] >= 0 and not is_crumb[p]:
            border[row_of[q], entry[p]] += contacts.length[i]
    return border


@brush
def _familiar(
    runs: _Runs, piece: _Numbers, row_of: _Numbers, small: np.int64, shown: Bytes, flow: Floats
) -> _Numbers:
    """How many pixels of each small piece had the same label in the last frame."""
    height, width = shown.shape
    familiar = np.zeros(small, np.int32)
    for y in range(height):
        for run in range(runs.first[y], runs.first[y + 1]):
            row = row_of[piece[run]]
            if row < 0:
                continue
            for x in range(runs.start[run], runs.end[run]):
                px = min(max(int(x + flow[y, x, 0] + 0.5), 0), width - 1)
                py = min(max(int(y + flow[y, x, 1] + 0.5), 0), height - 1)
                familiar[row] += shown[py, px] == runs.label[run]
    return familiar


@brush
def _heir(border: _Numbers, apart: Floats) -> int:
    """The entry to which a piece is given."""
    best = 0
    for k in range(1, LANES):
        if F(border[k]) * apart[k] > F(border[best]) * apart[best]:
            best = k
    return best


@brush
def _needed(border: _Numbers, apart: Floats) -> float:
    """The share of the least area that a piece needs, by what its neighbours ask for.

    A mean over its border that leans to the largest: what lies between two colours, as a blend
    at their border does, stands out from neither.
    """
    total = 0.0
    asked = 0.0
    for k in range(LANES):
        total += border[k]
        asked += border[k] * apart[k] ** 4
    return float((asked / max(total, 1.0)) ** 0.25)

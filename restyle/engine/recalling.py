"""Recalling: memberships mixed with their past along the motion, and held to what was shown.

As in `memberships`, LANES bytes a pixel, in 255ths, and rows are worked on by brushes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restyle.engine.interleaving import unzip_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.memberships import ALL_BYTES, Eights
from restyle.engine.palette import LANES
from restyle.engine.places import SNAP, Source, empty_source, moves_row

CRISP = 3.0  # slope from the margin between two entries to the share of the first

_PIXEL = np.uint32(LANES)  # bytes
_Ranks = NDArray[np.uint16]
_EVEN = np.uint64(0x00FF00FF00FF00FF)
_QUARTERS = np.uint64(0x0001000100010001)


class Recalled(NamedTuple):
    """`membership` (h, w, LANES), each pixel's two strongest entries and the first one's share,
    0.5–1 (h, w)."""

    membership: Bytes
    label: Bytes
    second: Bytes
    share: Floats


def recalled(
    across: Bytes,
    past: Bytes | None,
    flow: Floats,
    confidence: Floats,
    taps: Floats,
    inertia: float,
    common: float,
) -> Recalled:
    """Memberships (h, w·LANES) blurred down the columns, then mixed with their past, if any.

    The past (h, w, LANES), sampled along the flow, counts up to `inertia`: wholly where it has
    more than `common` (0–1) in common with what is there now.
    """
    height, width = confidence.shape
    out = Recalled(
        np.empty((height, width, LANES), np.uint8),
        np.empty((height, width), np.uint8),
        np.empty((height, width), np.uint8),
        np.empty((height, width), np.float32),
    )
    kept = F(0) if past is None else F(inertia)
    before = out.membership if past is None else past
    _recall(across, before, flow, confidence, taps, kept, F(common), *out)
    return out


@kernel
def _recall(
    band: Band,
    across: Bytes,
    past: Bytes,
    flow: Floats,
    confidence: Floats,
    taps: Floats,
    inertia: F,
    common: F,
    out: Bytes,
    label: Bytes,
    second: Bytes,
    share: Floats,
) -> None:
    height, width, _ = past.shape
    source = empty_source(width)
    for y in rows_in(band, height):
        # Pixels are weighed as two numbers of eight bytes, mixed as LANES bytes.
        now = np.empty(2 * width, np.uint64)
        old = np.empty(2 * width, np.uint64)
        weight = np.empty(2 * width, np.uint64)
        trusted = np.empty(width, np.float32)
        _blur_column(across, y, taps, now.view(np.uint8))
        unzip_row(flow[y].reshape(-1), source.fx, source.fy)
        _snap_row(source.fx, source.fy)
        moves_row(y, height, source)
        _trust_row(source.inside, confidence[y], trusted)
        _carry_row(past, source, old.view(np.uint8))
        _common_row(now.view(np.uint8), old.view(np.uint8), weight.view(np.uint8))
        _weigh_row(weight, trusted, inertia, common)
        _mix_row(now.view(np.uint8), old.view(np.uint8), weight.view(np.uint8), out[y].ravel())
        _best_two_row(out[y], label[y], second[y], share[y])


@brush
def _blur_column(across: Bytes, y: int, taps: Floats, out: Bytes) -> None:
    """Row `y` of a picture of rows, blurred with the rows above and below, into `out`."""
    last = across.shape[0] - 1
    t0, t1, t2, t3, t4 = taps[0], taps[1], taps[2], taps[3], taps[4]
    u1, d1 = across[max(y - 1, 0)], across[min(y + 1, last)]
    u2, d2 = across[max(y - 2, 0)], across[min(y + 2, last)]
    u3, d3 = across[max(y - 3, 0)], across[min(y + 3, last)]
    u4, d4 = across[max(y - 4, 0)], across[min(y + 4, last)]
    middle = across[y]
    if t1 == F(0):
        _copy_row(middle, out)
        return
    for i in range(out.shape[0]):
        # Pairs are added as whole numbers: half as many become floats.
        blurred = (
            t0 * F(middle[i])
            + t1 * F(np.uint16(np.uint16(u1[i]) + np.uint16(d1[i])))
            + t2 * F(np.uint16(np.uint16(u2[i]) + np.uint16(d2[i])))
            + t3 * F(np.uint16(np.uint16(u3[i]) + np.uint16(d3[i])))
            + t4 * F(np.uint16(np.uint16(u4[i]) + np.uint16(d4[i])))
        )
        out[i] = np.uint8(np.int32(blurred + F(0.5)))


@brush
def _copy_row(of: Bytes, to: Bytes) -> None:
    for i in range(to.shape[0]):
        to[i] = of[i]


@brush
def _snap_row(along: Floats, down: Floats) -> None:
    """What stands still is not resampled: thin pieces would wear away."""
    for x in range(along.shape[0]):
        moves = F(1) if along[x] * along[x] + down[x] * down[x] >= F(SNAP) else F(0)
        along[x] *= moves
        down[x] *= moves


@brush
def _trust_row(inside: Floats, confidence: Floats, trusted: Floats) -> None:
    for x in range(trusted.shape[0]):
        trusted[x] = inside[x] * confidence[x]


@brush
def _carry_row(past: Bytes, source: Source, old: Bytes) -> None:
    """The past (h, w, LANES) of each pixel of a row, between the four pixels where it was."""
    flat, below = past.ravel(), np.uint32(past.shape[1]) * _PIXEL
    for x in range(source.at.shape[0]):
        # Unsigned: numba asks of every signed index whether it counts from the end.
        i, j = source.at[x] * _PIXEL, np.uint32(x) * _PIXEL
        _between(
            flat[i : i + _PIXEL],
            flat[i + _PIXEL : i + _PIXEL + _PIXEL],
            flat[i + below : i + below + _PIXEL],
            flat[i + below + _PIXEL : i + below + _PIXEL + _PIXEL],
            source.fx[x],
            source.fy[x],
            old[j : j + _PIXEL],
        )


@brush
def _between(a: Bytes, b: Bytes, c: Bytes, d: Bytes, along: F, down: F, out: Bytes) -> None:
    """One pixel between two and the two below them."""
    for k in range(LANES):
        above = F(a[k]) + along * (F(b[k]) - F(a[k]))
        below = F(c[k]) + along * (F(d[k]) - F(c[k]))
        out[k] = np.uint8(above + down * (below - above) + F(0.5))


@brush
def _common_row(now: Bytes, old: Bytes, out: Bytes) -> None:
    """What two memberships have in common, entry by entry."""
    for i in range(out.shape[0]):
        out[i] = np.uint8(_in_255ths(np.uint16(np.uint16(now[i]) * np.uint16(old[i]))))


@brush
def _in_255ths(product: np.uint16) -> np.uint16:
    """A product of two bytes by 255, cut off; exactly, in sixteen bits."""
    more = np.uint16(product + np.uint16(1))
    return np.uint16(np.uint16(more + np.uint16(more >> np.uint16(8))) >> np.uint16(8))


@brush
def _sum(bytes_: np.uint64) -> np.uint64:
    """The sum of eight bytes."""
    pairs = (bytes_ & _EVEN) + ((bytes_ >> np.uint64(8)) & _EVEN)
    return (pairs * _QUARTERS) >> np.uint64(48)


@brush
def _weigh_row(weight: Eights, trusted: Floats, inertia: F, common: F) -> None:
    """How much each pixel keeps of its past, from what both have in common; in place."""
    for x in range(trusted.shape[0]):
        likeness = F(np.int32(_sum(weight[2 * x]) + _sum(weight[2 * x + 1]))) * F(1 / 255)
        # Nothing in common: another colour came, whatever the (grey) flow believes.
        alike = min(max((likeness / common - F(0.2)), F(0)), F(1))
        kept = np.uint64(np.int32(inertia * trusted[x] * alike * F(255) + F(0.5))) * ALL_BYTES
        weight[2 * x] = kept
        weight[2 * x + 1] = kept


@brush
def _mix_row(now: Bytes, old: Bytes, weight: Bytes, out: Bytes) -> None:
    for i in range(out.shape[0]):
        kept = np.uint16(weight[i])
        rest = np.uint16(np.uint16(255) - kept)
        both = np.uint16(np.uint16(now[i]) * rest + np.uint16(old[i]) * kept)
        out[i] = np.uint8(_in_255ths(np.uint16(both + np.uint16(127))))


@brush
def _best_two_row(membership: Bytes, label: Bytes, second: Bytes, share: Floats) -> None:
    """The two strongest entries of each pixel and the first one's share, 0.5–1."""
    # Value and place in one number, so that the largest is found without a branch; by knock-out, so
    # that each round is one loop over the whole row.
    width = label.shape[0]
    ranks = np.empty(LANES * width, np.uint16)
    _rank_row(membership.ravel(), ranks)
    top, next_top = np.empty(LANES // 2 * width, np.uint16), np.empty(LANES // 2 * width, np.uint16)
    _first_round(ranks, top, next_top)
    while top.shape[0] > width:
        best, other = np.empty(top.shape[0] // 2, np.uint16), np.empty(top.shape[0] // 2, np.uint16)
        _next_round(top, next_top, best, other)
        top, next_top = best, other
    for x in range(width):
        one, two = F(top[x] // LANES), F(next_top[x] // LANES)
        margin = (one - two) / max(one + two, F(1))
        share[x] = F(0.5) + F(0.5) * min(F(CRISP) * margin, F(1))
    for x in range(width):
        label[x] = LANES - 1 - top[x] % LANES
        second[x] = LANES - 1 - next_top[x] % LANES


@brush
def _rank_row(values: Bytes, ranks: _Ranks) -> None:
    """Each value and its place, the first of a pixel's being the largest, as one number."""
    last = np.uint64(LANES - 1)
    for i in range(ranks.shape[0]):
        place = last - (np.uint64(i) & last)
        ranks[i] = np.uint16(np.uint16(values[i]) * LANES + np.uint16(place))


@brush
def _first_round(ranks: _Ranks, top: _Ranks, next_top: _Ranks) -> None:
    for i in range(top.shape[0]):
        top[i] = max(ranks[2 * i], ranks[2 * i + 1])
        next_top[i] = min(ranks[2 * i], ranks[2 * i + 1])


@brush
def _next_round(winner: _Ranks, loser: _Ranks, top: _Ranks, next_top: _Ranks) -> None:
    """Two winners and whom they beat last: the best two of the four."""
    for i in range(top.shape[0]):
        top[i] = max(winner[2 * i], winner[2 * i + 1])
        beaten = max(loser[2 * i], loser[2 * i + 1])
        next_top[i] = max(min(winner[2 * i], winner[2 * i + 1]), beaten)


@kernel
def hold(
    band: Band, membership: Bytes, label: Bytes, second: Bytes, share: Floats, pull: F
) -> None:
    """Pull each pixel's memory towards what was shown: hysteresis against flicker."""
    for y in rows_in(band, label.shape[0]):
        _fade_row(membership[y].ravel(), F(1) - pull)
        _hold_row(membership[y].ravel(), label[y], second[y], share[y], F(255) * pull)


@brush
def _fade_row(values: Bytes, kept: F) -> None:
    for i in range(values.shape[0]):
        values[i] = np.uint8(kept * F(values[i]) + F(0.5))


@brush
def _hold_row(values: Bytes, label: Bytes, second: Bytes, share: Floats, given: F) -> None:
    for x in range(label.shape[0]):
        part = given * share[x]
        i = np.uint32(x) * _PIXEL
        values[i + np.uint32(label[x])] += np.uint8(part)
        values[i + np.uint32(second[x])] += np.uint8(given - part)

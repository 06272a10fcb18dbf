"""Memberships: how much each pixel belongs to each palette entry, smooth and steady.

LANES floats a pixel, so that a pixel is one cache line and the innermost loops vectorise. Rows are
worked on by brushes of their own: inside a parallel loop numba doesn't vectorise as well.
"""

import numba
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats, brush, kernel
from restyle.engine.palette import GRID, LANES
from restyle.engine.places import SNAP

BLUR_REACH = 4
CRISP = 3.0  # slope from the margin between two entries to the share of the first


@brush
def _blur_row(padded: Floats, taps: Floats, out: Floats) -> None:
    """A row of memberships, padded by BLUR_REACH pixels on either side, blurred into `out`."""
    t0, t1, t2, t3, t4 = taps[0], taps[1], taps[2], taps[3], taps[4]
    for i in range(out.shape[0]):
        out[i] = (
            t0 * padded[i + 4 * LANES]
            + t1 * (padded[i + 3 * LANES] + padded[i + 5 * LANES])
            + t2 * (padded[i + 2 * LANES] + padded[i + 6 * LANES])
            + t3 * (padded[i + LANES] + padded[i + 7 * LANES])
            + t4 * (padded[i] + padded[i + 8 * LANES])
        )


@kernel
def belong(
    abstract: Floats,
    table: Floats,
    face_table: Floats,
    cheek_table: Floats,
    hair_table: Floats,
    gate: Floats,
    taps: Floats,
    out: Floats,
) -> None:
    """Memberships of each pixel's colour, blurred along the row: out (h, w·LANES).

    `gate` (h, w), −1 … 2, mixes in the hair table where negative, the face table up to 1, the
    cheek table up to 2; a gate of shape (1, 1) means no faces.
    """
    height, width, _ = abstract.shape
    faces = gate.shape[0] == height
    reach = BLUR_REACH * LANES
    for y in numba.prange(height):
        row = np.empty((width + 2 * BLUR_REACH) * LANES, np.float32)
        for x in range(width):
            r = np.int32(min(max(abstract[y, x, 0], F(0)), F(1)) * F(GRID - 1) + F(0.5))
            g = np.int32(min(max(abstract[y, x, 1], F(0)), F(1)) * F(GRID - 1) + F(0.5))
            b = np.int32(min(max(abstract[y, x, 2], F(0)), F(1)) * F(GRID - 1) + F(0.5))
            at = (x + BLUR_REACH) * LANES
            part = gate[y, x] if faces else F(0)
            if part > F(1):
                for k in range(LANES):
                    brow = face_table[r, g, b, k]
                    row[at + k] = brow + (part - F(1)) * (cheek_table[r, g, b, k] - brow)
            elif part > F(0):
                for k in range(LANES):
                    plain = table[r, g, b, k]
                    row[at + k] = plain + part * (face_table[r, g, b, k] - plain)
            elif part < F(0):
                for k in range(LANES):
                    plain = table[r, g, b, k]
                    row[at + k] = plain - part * (hair_table[r, g, b, k] - plain)
            else:
                for k in range(LANES):
                    row[at + k] = table[r, g, b, k]
        last = (width + BLUR_REACH - 1) * LANES
        for i in range(BLUR_REACH):
            for k in range(LANES):
                row[i * LANES + k] = row[reach + k]
                row[last + (i + 1) * LANES + k] = row[last + k]
        _blur_row(row, taps, out[y])


@brush
def _blur_column(across: Floats, y: int, taps: Floats, out: Floats) -> None:
    """Row `y` of a picture of rows, blurred with the rows above and below, into `out`."""
    last = across.shape[0] - 1
    t0, t1, t2, t3, t4 = taps[0], taps[1], taps[2], taps[3], taps[4]
    u1, d1 = across[max(y - 1, 0)], across[min(y + 1, last)]
    u2, d2 = across[max(y - 2, 0)], across[min(y + 2, last)]
    u3, d3 = across[max(y - 3, 0)], across[min(y + 3, last)]
    u4, d4 = across[max(y - 4, 0)], across[min(y + 4, last)]
    middle = across[y]
    for i in range(out.shape[0]):
        out[i] = (
            t0 * middle[i]
            + t1 * (u1[i] + d1[i])
            + t2 * (u2[i] + d2[i])
            + t3 * (u3[i] + d3[i])
            + t4 * (u4[i] + d4[i])
        )


@brush
def _recall_row(
    row: Floats, y: int, past: Floats, flow: Floats, confidence: Floats, inertia: F, out: Floats
) -> None:
    """One row of `recall`. `past` (h, w, LANES); `row` and `out` (w·LANES); the rest of the row."""
    height, width, _ = past.shape
    old = np.empty(LANES, np.float32)
    for x in range(width):
        at = x * LANES
        u = flow[x, 0]
        v = flow[x, 1]
        # What stands still is not resampled: thin pieces would wear away.
        moves = F(1) if u * u + v * v >= F(SNAP) else F(0)
        px = F(x) + moves * u
        py = F(y) + moves * v
        w = inertia * confidence[x]
        inside = px >= F(0) and py >= F(0) and px <= F(width - 1) and py <= F(height - 1)
        if not inside or w < F(0.001):
            for k in range(LANES):
                out[at + k] = row[at + k]
            continue
        likeness = F(0)
        if moves == F(0):
            for k in range(LANES):
                old[k] = past[y, x, k]
                likeness += old[k] * row[at + k]
        else:
            x0 = min(np.int32(px), np.int32(width - 2))
            y0 = min(np.int32(py), np.int32(height - 2))
            fx = px - F(x0)
            fy = py - F(y0)
            w00 = (F(1) - fx) * (F(1) - fy)
            w01 = fx * (F(1) - fy)
            w10 = (F(1) - fx) * fy
            w11 = fx * fy
            for k in range(LANES):
                then = (
                    w00 * past[y0, x0, k]
                    + w01 * past[y0, x0 + 1, k]
                    + w10 * past[y0 + 1, x0, k]
                    + w11 * past[y0 + 1, x0 + 1, k]
                )
                old[k] = then
                likeness += then * row[at + k]
        # Nothing in common: another colour came, whatever the (grey) flow believes.
        w *= min(max((likeness - F(0.04)) / F(0.20), F(0)), F(1))
        for k in range(LANES):
            out[at + k] = row[at + k] + w * (old[k] - row[at + k])


@kernel
def recall(
    across: Floats,
    past: Floats,
    flow: Floats,
    confidence: Floats,
    taps: Floats,
    inertia: F,
    out: Floats,
) -> None:
    """Blur down the columns, then mix with the past sampled along the flow: out (h, w·LANES).

    `past` (h, w, LANES).
    """
    height, lanes = across.shape
    for y in numba.prange(height):
        row = np.empty(lanes, np.float32)
        _blur_column(across, y, taps, row)
        _recall_row(row, y, past, flow[y], confidence[y], inertia, out[y])


@brush
def best_two_pixel(values: Floats) -> tuple[int, int, F]:
    """The places of the two largest of LANES values, and their margin, 0–1."""
    top = F(-1)
    next_top = F(-1)
    first = 0
    second = 0
    for k in range(LANES):
        value = values[k]
        if value > top:
            next_top = top
            second = first
            top = value
            first = k
        elif value > next_top:
            next_top = value
            second = k
    return first, second, (top - next_top) / max(top + next_top, F(1e-6))


@kernel
def best_two(membership: Floats, label: Bytes, second: Bytes, share: Floats) -> None:
    """The two strongest entries of each pixel and the first one's share, 0.5–1."""
    height, width = label.shape
    for y in numba.prange(height):
        for x in range(width):
            one, two, margin = best_two_pixel(membership[y, x])
            label[y, x] = one
            second[y, x] = two
            share[y, x] = F(0.5) + F(0.5) * min(F(CRISP) * margin, F(1))


@kernel
def hold(membership: Floats, label: Bytes, second: Bytes, share: Floats, pull: F) -> None:
    """Pull each pixel's memory towards what was shown: hysteresis against flicker."""
    height, width = label.shape
    for y in numba.prange(height):
        for x in range(width):
            values = membership[y, x]
            for k in range(LANES):
                values[k] *= F(1) - pull
            part = pull * share[y, x]
            values[label[y, x]] += part
            values[second[y, x]] += pull - part

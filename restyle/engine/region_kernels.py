"""The compiled loops of `regions`: memberships, crumbs, votes along borders.

Memberships are LANES floats a pixel, stored flat, so that a pixel is one cache line and the
innermost loops vectorise. Half-size unless said; `share` is how much of a pixel is its first label.
"""

import numba
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.palette import GRID, LANES

BLUR_REACH = 4
ROUND_REACH = 4
_CRISP = 3.0  # slope from the margin between two memberships to the share of the first
_EDGE = 5.5  # slope from the margin of votes at full size to an edge about one pixel wide


@kernel
def belong(
    abstract: Floats,
    table: Floats,
    face_table: Floats,
    hair_table: Floats,
    gate: Floats,
    taps: Floats,
    out: Floats,
) -> None:
    """Memberships of each pixel's colour, blurred along the row: out (h, w·LANES).

    `gate` (h, w), −1 … 1, mixes in the face table where positive, the hair table where negative;
    a gate of shape (1, 1) means no faces.
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
            if part > F(0):
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
        for i in range(width * LANES):
            c = i + reach
            out[y, i] = (
                taps[0] * row[c]
                + taps[1] * (row[c - LANES] + row[c + LANES])
                + taps[2] * (row[c - 2 * LANES] + row[c + 2 * LANES])
                + taps[3] * (row[c - 3 * LANES] + row[c + 3 * LANES])
                + taps[4] * (row[c - 4 * LANES] + row[c + 4 * LANES])
            )


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
    """Blur down the columns, then mix with the past sampled along the flow: out (h·w, LANES)."""
    height, lanes = across.shape
    width = lanes // LANES
    for y in numba.prange(height):
        now = np.empty(lanes, np.float32)
        u1 = across[max(y - 1, 0)]
        u2 = across[max(y - 2, 0)]
        u3 = across[max(y - 3, 0)]
        u4 = across[max(y - 4, 0)]
        d1 = across[min(y + 1, height - 1)]
        d2 = across[min(y + 2, height - 1)]
        d3 = across[min(y + 3, height - 1)]
        d4 = across[min(y + 4, height - 1)]
        middle = across[y]
        for i in range(lanes):
            now[i] = (
                taps[0] * middle[i]
                + taps[1] * (u1[i] + d1[i])
                + taps[2] * (u2[i] + d2[i])
                + taps[3] * (u3[i] + d3[i])
                + taps[4] * (u4[i] + d4[i])
            )
        for x in range(width):
            target = out[y * width + x]
            at = x * LANES
            px = F(x) + flow[y, x, 0]
            py = F(y) + flow[y, x, 1]
            w = inertia * confidence[y, x]
            inside = px >= F(0) and py >= F(0) and px <= F(width - 1) and py <= F(height - 1)
            if not inside or w < F(0.001):
                for k in range(LANES):
                    target[k] = now[at + k]
                continue
            x0 = min(np.int32(px), np.int32(width - 2))
            y0 = min(np.int32(py), np.int32(height - 2))
            fx = px - F(x0)
            fy = py - F(y0)
            w00 = w * (F(1) - fx) * (F(1) - fy)
            w01 = w * fx * (F(1) - fy)
            w10 = w * (F(1) - fx) * fy
            w11 = w * fx * fy
            p00 = past[y0 * width + x0]
            p01 = past[y0 * width + x0 + 1]
            p10 = past[(y0 + 1) * width + x0]
            p11 = past[(y0 + 1) * width + x0 + 1]
            likeness = F(0)
            for k in range(LANES):
                old = w00 * p00[k] + w01 * p01[k] + w10 * p10[k] + w11 * p11[k]
                target[k] = old
                likeness += old * now[at + k]
            # Nothing in common: another colour came, whatever the (grey) flow believes.
            keep = min(max((likeness / w - F(0.01)) / F(0.12), F(0)), F(1))
            rest = F(1) - w * keep
            for k in range(LANES):
                target[k] = keep * target[k] + rest * now[at + k]


@kernel
def best_two(membership: Floats, label: Bytes, second: Bytes, share: Floats) -> None:
    """The two strongest entries of each pixel and the first one's share, 0.5–1."""
    height, width = label.shape
    for y in numba.prange(height):
        for x in range(width):
            values = membership[y * width + x]
            top = F(-1)
            next_top = F(-1)
            i1 = 0
            i2 = 0
            for k in range(LANES):
                v = values[k]
                if v > top:
                    next_top = top
                    i2 = i1
                    top = v
                    i1 = k
                elif v > next_top:
                    next_top = v
                    i2 = k
            label[y, x] = i1
            second[y, x] = i2
            margin = (top - next_top) / max(top + next_top, F(1e-6))
            share[y, x] = F(0.5) + F(0.5) * min(F(_CRISP) * margin, F(1))


@kernel
def hold(membership: Floats, label: Bytes, pull: F) -> None:
    """Pull each pixel's memory towards the label that was shown: hysteresis against flicker."""
    height, width = label.shape
    for y in numba.prange(height):
        for x in range(width):
            values = membership[y * width + x]
            for k in range(LANES):
                values[k] *= F(1) - pull
            values[label[y, x]] += pull


@numba.njit(cache=True, nogil=True)
def _root(parent: np.ndarray, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@numba.njit(cache=True, nogil=True)
def merge_crumbs(
    label: Bytes, shown: Bytes, flow: Floats, least: int, second: Bytes, share: Floats
) -> None:
    """Give pieces smaller than `least` pixels, in place, to the neighbour of longest border.

    A piece that was already shown in the last frame may stay down to half that size.
    """
    height, width = label.shape
    parent = np.empty(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            i = y * width + x
            parent[i] = i
            here = label[y, x]
            left = x > 0 and label[y, x - 1] == here
            up = y > 0 and label[y - 1, x] == here
            if left:
                parent[i] = parent[i - 1]
                if up and label[y - 1, x - 1] != here:
                    a = _root(parent, i - 1)
                    b = _root(parent, i - width)
                    if a < b:
                        parent[b] = a
                        parent[i] = a
                    else:
                        parent[a] = b
                        parent[i] = b
            elif up:
                parent[i] = parent[i - width]
    area = np.zeros(height * width, np.int32)
    for i in range(height * width):
        parent[i] = _root(parent, i)
        area[parent[i]] += 1
    familiar = np.zeros(height * width, np.int32)
    row_of = np.full(height * width, -1, np.int32)
    for y in range(height):
        for x in range(width):
            p = parent[y * width + x]
            if least > area[p] >= least // 2:
                px = min(max(int(x + flow[y, x, 0] + 0.5), 0), width - 1)
                py = min(max(int(y + flow[y, x, 1] + 0.5), 0), height - 1)
                if shown[py, px] == label[y, x]:
                    familiar[p] += 1
    crumbs = 0
    for i in range(height * width):
        if parent[i] == i and area[i] < least and 2 * familiar[i] < area[i]:
            row_of[i] = crumbs
            crumbs += 1
    for _ in range(3):
        if crumbs == 0:
            return
        crumbs = _absorb(label, parent, row_of, crumbs, second, share)


@numba.njit(cache=True, nogil=True)
def _absorb(
    label: Bytes,
    parent: np.ndarray,
    row_of: np.ndarray,
    crumbs: int,
    second: Bytes,
    share: Floats,
) -> int:
    """Relabel crumbs that touch something larger; the number of those left."""
    height, width = label.shape
    border = np.zeros((crumbs, LANES), np.int32)
    for y in range(height):
        for x in range(width):
            row = row_of[parent[y * width + x]]
            if row < 0:
                continue
            if x > 0 and row_of[parent[y * width + x - 1]] < 0:
                border[row, label[y, x - 1]] += 1
            if x < width - 1 and row_of[parent[y * width + x + 1]] < 0:
                border[row, label[y, x + 1]] += 1
            if y > 0 and row_of[parent[(y - 1) * width + x]] < 0:
                border[row, label[y - 1, x]] += 1
            if y < height - 1 and row_of[parent[(y + 1) * width + x]] < 0:
                border[row, label[y + 1, x]] += 1
    given = np.full(crumbs, -1, np.int32)
    for row in range(crumbs):
        best = 0
        for k in range(LANES):
            if border[row, k] > best:
                best = border[row, k]
                given[row] = k
    for y in range(height):
        for x in range(width):
            row = row_of[parent[y * width + x]]
            if row >= 0 and given[row] >= 0:
                label[y, x] = given[row]
                second[y, x] = given[row]
                share[y, x] = 1
    left = 0
    for i in range(height * width):
        if row_of[i] >= 0:
            if given[row_of[i]] >= 0:
                row_of[i] = -1
            else:
                row_of[i] = left
                left += 1
    return left


@kernel
def vote(
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    taps: Floats,
    new_label: Bytes,
    new_second: Bytes,
    new_share: Floats,
) -> None:
    """Near borders, the two labels with most Gaussian-weighted votes around, and the share."""
    height, width = label.shape
    for y in numba.prange(height):
        votes = np.zeros(LANES, np.float32)
        for x in range(width):
            if near[y, x] == 0:
                continue
            votes[:] = F(0)
            for dy in range(-ROUND_REACH, ROUND_REACH + 1):
                v = min(max(y + dy, 0), height - 1)
                wy = taps[abs(dy)]
                for dx in range(-ROUND_REACH, ROUND_REACH + 1):
                    u = min(max(x + dx, 0), width - 1)
                    w = wy * taps[abs(dx)]
                    part = w * share[v, u]
                    votes[label[v, u]] += part
                    votes[second[v, u]] += w - part
            i1 = 0
            i2 = 0
            top = F(-1)
            next_top = F(-1)
            for k in range(LANES):
                v1 = votes[k]
                if v1 > top:
                    next_top = top
                    i2 = i1
                    top = v1
                    i1 = k
                elif v1 > next_top:
                    next_top = v1
                    i2 = k
            new_label[y, x] = i1
            new_second[y, x] = i2
            margin = (top - next_top) / max(top + next_top, F(1e-6))
            new_share[y, x] = F(0.5) + F(0.5) * min(F(_CRISP) * margin, F(1))


@kernel
def resolve(
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    first: Bytes,
    other: Bytes,
    part: Bytes,
) -> None:
    """Full size from half size: copied off borders, voted by 6 × 6 pixels near them."""
    rows, columns = label.shape
    height, width = first.shape
    step_y = F(rows) / F(height)
    step_x = F(columns) / F(width)
    for y in numba.prange(height):
        votes = np.zeros(LANES, np.float32)
        wx = np.empty(6, np.float32)
        wy = np.empty(6, np.float32)
        cy = (F(y) + F(0.5)) * step_y - F(0.5)
        y0 = np.int32(np.floor(cy))
        for j in range(6):
            d = F(y0 + j - 2) - cy
            wy[j] = np.exp(-d * d / F(2.2))
        near_y = min(np.int32(cy + F(0.5)), np.int32(rows - 1))
        for x in range(width):
            cx = (F(x) + F(0.5)) * step_x - F(0.5)
            near_x = min(np.int32(cx + F(0.5)), np.int32(columns - 1))
            if near[near_y, near_x] == 0:
                first[y, x] = label[near_y, near_x]
                other[y, x] = label[near_y, near_x]
                part[y, x] = 255
                continue
            x0 = np.int32(np.floor(cx))
            for i in range(6):
                d = F(x0 + i - 2) - cx
                wx[i] = np.exp(-d * d / F(2.2))
            votes[:] = F(0)
            for j in range(6):
                v = min(max(y0 + j - 2, 0), rows - 1)
                for i in range(6):
                    u = min(max(x0 + i - 2, 0), columns - 1)
                    w = wy[j] * wx[i]
                    mine = w * share[v, u]
                    votes[label[v, u]] += mine
                    votes[second[v, u]] += w - mine
            i1 = 0
            i2 = 0
            top = F(-1)
            next_top = F(-1)
            for k in range(LANES):
                v1 = votes[k]
                if v1 > top:
                    next_top = top
                    i2 = i1
                    top = v1
                    i1 = k
                elif v1 > next_top:
                    next_top = v1
                    i2 = k
            margin = (top - next_top) / max(top + next_top, F(1e-6))
            t = F(0.5) + F(0.5) * min(F(_EDGE) * margin, F(1))
            first[y, x] = i1
            other[y, x] = i2
            part[y, x] = np.uint8(t * F(255) + F(0.5))

"""Borders of regions: rounded by votes at half size, resolved with smooth edges at full size.

A vote is threshold dynamics (Merriman, Bence, Osher 1992): borders move with their curvature, as
if cut with scissors. `share` is how much of a pixel is its first label, the rest is its second.
"""

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Bytes, F, Floats, brush, kernel
from restyle.engine.memberships import CRISP, best_two_pixel
from restyle.engine.palette import LANES

_ROUND_NEAR, _EDGE_NEAR = 2, 1  # half-size pixels round a border that are looked at
_EDGE = 2.0  # slope from the margin of votes at full size to an edge about 1.5 pixels wide


def _near_borders(label: Bytes, reach: int) -> Bytes:
    """1 where another label lies within `reach`, 0 elsewhere."""
    window = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    border: Bytes = (cv2.dilate(label, window) != cv2.erode(label, window)).view(np.uint8)
    return border


def rounded(
    label: Bytes, second: Bytes, share: Floats, sigma: float
) -> tuple[Bytes, Bytes, Floats]:
    """One vote with a Gaussian of `sigma` half-size pixels: labels, second labels, shares."""
    near = _near_borders(label, _ROUND_NEAR)
    places, weights = _voters(sigma)
    out = label.copy(), second.copy(), np.ones_like(share)
    _vote(label, second, share, near, places, weights, *out)
    return out


def _voters(sigma: float) -> tuple[NDArray[np.int32], Floats]:
    """Every other pixel of a disc, Gaussian weights: as good as all of them, at half the cost."""
    reach = max(2, min(round(2.2 * sigma), 7))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    taken = ((x + y) % 2 == 0) & (x * x + y * y <= (reach + 0.5) ** 2)
    places = np.stack([y[taken], x[taken]], 1).astype(np.int32)
    weights = np.exp(-(places.astype(np.float64) ** 2).sum(1) / (2 * max(sigma, 0.5) ** 2))
    return places, np.asarray(weights / weights.sum(), np.float32)


def resolved(
    label: Bytes, second: Bytes, share: Floats, size: tuple[int, int]
) -> tuple[Bytes, Bytes, Bytes]:
    """First label, second label and share (0–255) at `size` (width, height)."""
    near = _near_borders(label, _EDGE_NEAR)
    shape = (size[1], size[0])
    first, other, part = (np.empty(shape, np.uint8) for _ in range(3))
    _resolve(label, second, share, near, first, other, part)
    return first, other, part


@brush
def _vote_row(
    y: int,
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    places: NDArray[np.int32],
    weights: Floats,
    new_label: Bytes,
    new_second: Bytes,
    new_share: Floats,
) -> None:
    """One row of `_vote`; `near` and the new maps are the row's."""
    height, width = label.shape
    voters = weights.shape[0]
    votes = np.zeros(LANES, np.float32)
    for x in range(width):
        if near[x] == 0:
            continue
        votes[:] = F(0)
        for i in range(voters):
            v = min(max(y + places[i, 0], 0), height - 1)
            u = min(max(x + places[i, 1], 0), width - 1)
            part = weights[i] * share[v, u]
            votes[label[v, u]] += part
            votes[second[v, u]] += weights[i] - part
        one, two, margin = best_two_pixel(votes)
        new_label[x] = one
        new_second[x] = two
        new_share[x] = F(0.5) + F(0.5) * min(F(CRISP) * margin, F(1))


@kernel
def _vote(
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    places: NDArray[np.int32],
    weights: Floats,
    new_label: Bytes,
    new_second: Bytes,
    new_share: Floats,
) -> None:
    """Near borders, the two labels with most votes around, and the first one's share.

    `places` (n, 2) are the voters' offsets (y, x), `weights` (n,) their weights.
    """
    for y in numba.prange(label.shape[0]):
        _vote_row(
            y,
            label,
            second,
            share,
            near[y],
            places,
            weights,
            new_label[y],
            new_second[y],
            new_share[y],
        )


@brush
def _spline(d: F) -> F:
    """The cubic B-spline at a distance of less than 2."""
    if d < F(1):
        return F(2 / 3) - d * d * (F(1) - F(0.5) * d)
    rest = F(2) - d
    return rest * rest * rest * F(1 / 6)


@brush
def _resolve_row(
    cy: F,
    step_x: F,
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    first: Bytes,
    other: Bytes,
    part: Bytes,
) -> None:
    """One full-size row of `_resolve`, at `cy` in half-size rows."""
    rows, columns = label.shape
    votes = np.zeros(LANES, np.float32)
    wx = np.empty(4, np.float32)
    wy = np.empty(4, np.float32)
    y0 = np.int32(np.floor(cy)) - 1
    for j in range(4):
        wy[j] = _spline(abs(F(y0 + j) - cy))
    near_y = min(np.int32(cy + F(0.5)), np.int32(rows - 1))
    for x in range(first.shape[0]):
        cx = (F(x) + F(0.5)) * step_x - F(0.5)
        near_x = min(np.int32(cx + F(0.5)), np.int32(columns - 1))
        if near[near_y, near_x] == 0:
            first[x] = label[near_y, near_x]
            other[x] = label[near_y, near_x]
            part[x] = 255
            continue
        x0 = np.int32(np.floor(cx)) - 1
        for i in range(4):
            wx[i] = _spline(abs(F(x0 + i) - cx))
        votes[:] = F(0)
        for j in range(4):
            v = min(max(y0 + j, 0), rows - 1)
            for i in range(4):
                u = min(max(x0 + i, 0), columns - 1)
                w = wy[j] * wx[i]
                mine = w * share[v, u]
                votes[label[v, u]] += mine
                votes[second[v, u]] += w - mine
        one, two, margin = best_two_pixel(votes)
        first[x] = one
        other[x] = two
        part[x] = np.uint8((F(0.5) + F(0.5) * min(F(_EDGE) * margin, F(1))) * F(255) + F(0.5))


@kernel
def _resolve(
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    first: Bytes,
    other: Bytes,
    part: Bytes,
) -> None:
    """Full size from half size: copied off borders, near them voted by 4 × 4 pixels (B-spline)."""
    height, width = first.shape
    step_y = F(label.shape[0]) / F(height)
    step_x = F(label.shape[1]) / F(width)
    for y in numba.prange(height):
        cy = (F(y) + F(0.5)) * step_y - F(0.5)
        _resolve_row(cy, step_x, label, second, share, near, first[y], other[y], part[y])

"""Borders of regions: rounded by votes at half size, resolved with smooth edges at full size.

A vote is threshold dynamics (Merriman, Bence, Osher 1992): borders move with their curvature, as
if cut with scissors. `share` is how much of a pixel is its first label, the rest is its second.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, inlined, kernel, rows_in
from restyle.engine.lanes import Lanes, best_two, every, with_more
from restyle.engine.marks import empty_marks, marked

_ROUND_NEAR, _EDGE_NEAR = 2, 1  # half-size pixels round a border that are looked at
_VOTERS_REACH, _LEAST_REACH = 2.1, 2.9  # in σ, and in half-size pixels
# Slopes from the margin of votes to the share of the first: at half size so gradual that it tells
# where between two pixels a border runs, at full size to an edge about 1.5 pixels wide.
GRADUAL, _EDGE = 1.0, 3.6


def near_borders(label: Bytes, reach: int) -> Bytes:
    """1 where another label lies within `reach`, 0 elsewhere."""
    window = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    border: Bytes = (cv2.dilate(label, window) != cv2.erode(label, window)).view(np.uint8)
    return border


def rounded(
    label: Bytes, second: Bytes, share: Floats, sigma: float, where: Bytes | None = None
) -> tuple[Bytes, Bytes, Floats]:
    """One vote with a Gaussian of `sigma` pixels: labels, second labels, shares.

    Only where `where` (h, w) isn't 0, if given.
    """
    near = near_borders(label, _ROUND_NEAR)
    if where is not None:
        near *= where
    places, weights = _voters(sigma)
    out = label.copy(), second.copy(), np.ones_like(share)
    _vote(label, second, share, near, places, weights, *out)
    return out


def _voters(sigma: float) -> tuple[NDArray[np.int32], Floats]:
    """Every other pixel of a disc, Gaussian weights: as good as all of them, at half the cost."""
    reach = max(_VOTERS_REACH * sigma, _LEAST_REACH)
    y, x = np.mgrid[-int(reach) : int(reach) + 1, -int(reach) : int(reach) + 1]
    taken = ((x + y) % 2 == 0) & (x * x + y * y <= reach**2)
    places = np.stack([y[taken], x[taken]], 1).astype(np.int32)
    weights = np.exp(-(places.astype(np.float64) ** 2).sum(1) / (2 * max(sigma, 0.5) ** 2))
    return places, np.asarray(weights / weights.sum(), np.float32)


def resolved(
    label: Bytes, second: Bytes, share: Floats, size: tuple[int, int]
) -> tuple[Bytes, Bytes, Bytes]:
    """First label, second label and share (0–255) at `size` (width, height)."""
    near = near_borders(label, _EDGE_NEAR)
    shape = (size[1], size[0])
    first, other, part = (np.empty(shape, np.uint8) for _ in range(3))
    _resolve(label, second, share, near, first, other, part)
    return first, other, part


@inlined
def count_vote(flat: tuple[Bytes, Bytes, Floats], at: np.uint64, weight: F, votes: Lanes) -> Lanes:
    """The votes, with that of one pixel of labels, second labels and shares."""
    # Unsigned: numba asks of every signed index whether it counts from the end.
    first = weight * flat[2][at]
    votes = with_more(votes, np.uint32(flat[0][at]), first)
    return with_more(votes, np.uint32(flat[1][at]), weight - first)


@inlined
def outcome(votes: Lanes) -> tuple[np.uint32, np.uint32, F]:
    """The two entries with most votes, and their margin, 0–1."""
    first, second, top, next_top = best_two(votes)
    return first, second, (top - next_top) / max(top + next_top, F(1e-6))


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
    flat = label.ravel(), second.ravel(), share.ravel()
    steps = np.empty(weights.shape[0], np.uint64)
    reach = 0
    for i in range(weights.shape[0]):
        steps[i] = np.uint64(places[i, 0] * width + places[i, 1])
        reach = max(reach, max(abs(places[i, 0]), abs(places[i, 1])))
    inside = reach <= y < height - reach
    for x in range(width):
        if near[x] == 0:
            continue
        votes = every(F(0))
        if inside and reach <= x < width - reach:
            here = np.uint64(y * width + x)
            for i in range(weights.shape[0]):
                votes = count_vote(flat, here + steps[i], weights[i], votes)
        else:
            for i in range(weights.shape[0]):
                v = min(max(y + places[i, 0], 0), height - 1)
                u = min(max(x + places[i, 1], 0), width - 1)
                votes = count_vote(flat, np.uint64(v * width + u), weights[i], votes)
        one, two, margin = outcome(votes)
        new_label[x] = one
        new_second[x] = two
        new_share[x] = F(0.5) + F(0.5) * min(F(GRADUAL) * margin, F(1))


@kernel
def _vote(
    band: Band,
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
    for y in rows_in(band, label.shape[0]):
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


@inlined
def spline_weights(offset: F, weights: Floats) -> None:
    """Of the pixels before, at and after a place `offset` (−½ … ½) from the middle one's centre.

    The quadratic B-spline.
    """
    weights[0] = F(0.5) * (F(0.5) - offset) * (F(0.5) - offset)
    weights[1] = F(0.75) - offset * offset
    weights[2] = F(0.5) * (F(0.5) + offset) * (F(0.5) + offset)


@inlined
def count_around(
    flat: tuple[Bytes, Bytes, Floats],
    shape: tuple[int, int],
    middle: tuple[Any, Any],
    wy: Floats,
    wx: Floats,
) -> Lanes:
    """The votes of 3 × 3 pixels, by weights down and across (`spline_weights`)."""
    rows, columns = shape
    votes = every(F(0))
    for j in range(3):
        v = min(max(middle[0] + j - 1, 0), rows - 1)
        for i in range(3):
            u = min(max(middle[1] + i - 1, 0), columns - 1)
            votes = count_vote(flat, np.uint64(v * columns + u), wy[j] * wx[i], votes)
    return votes


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
    wx = np.empty(3, np.float32)
    wy = np.empty(3, np.float32)
    flat = label.ravel(), second.ravel(), share.ravel()
    middle_y = min(np.int32(cy + F(0.5)), np.int32(rows - 1))
    spline_weights(min(cy - F(middle_y), F(0.5)), wy)
    here, close = label[middle_y], near[middle_y]
    middles = np.empty(first.shape[0], np.uint32)
    marks = empty_marks(first.shape[0])
    _nearest_row(here, close, step_x, middles, first, marks)
    for x in range(first.shape[0]):
        other[x] = first[x]
    for x in range(first.shape[0]):
        part[x] = np.uint8(255)
    for x in marked(marks):
        cx = (F(x) + F(0.5)) * step_x - F(0.5)
        middle_x = np.int32(middles[x])
        spline_weights(min(cx - F(middle_x), F(0.5)), wx)
        votes = count_around(flat, (rows, columns), (middle_y, middle_x), wy, wx)
        one, two, margin = outcome(votes)
        first[x] = one
        other[x] = two
        part[x] = np.uint8((F(0.5) + F(0.5) * min(F(_EDGE) * margin, F(1))) * F(255) + F(0.5))


@brush
def _nearest_row(
    label: Bytes,
    close: Bytes,
    step_x: F,
    middles: NDArray[np.uint32],
    first: Bytes,
    marks: Bytes,
) -> None:
    """The nearest half-size pixel of each of a full-size row, its label, whether it is `close`."""
    columns = label.shape[0]
    for x in range(middles.shape[0]):
        cx = (F(x) + F(0.5)) * step_x - F(0.5)
        middles[x] = np.uint32(min(np.int32(cx + F(0.5)), np.int32(columns - 1)))
    if middles.shape[0] == 2 * columns:
        for i in range(columns):
            first[2 * i] = label[i]
            first[2 * i + 1] = label[i]
        for i in range(columns):
            marks[2 * i] = close[i]
            marks[2 * i + 1] = close[i]
        return
    for x in range(middles.shape[0]):
        first[x] = label[middles[x]]
        marks[x] = close[middles[x]]


@kernel
def _resolve(
    band: Band,
    label: Bytes,
    second: Bytes,
    share: Floats,
    near: Bytes,
    first: Bytes,
    other: Bytes,
    part: Bytes,
) -> None:
    """Full size from half size: copied off borders, near them voted by 3 × 3 pixels (B-spline)."""
    height, width = first.shape
    step_y = F(label.shape[0]) / F(height)
    step_x = F(label.shape[1]) / F(width)
    for y in rows_in(band, height):
        cy = (F(y) + F(0.5)) * step_y - F(0.5)
        _resolve_row(cy, step_x, label, second, share, near, first[y], other[y], part[y])

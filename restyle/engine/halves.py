"""Labels at half their size, and back: what is cut in long curves needs no more (see `scissors`).

Both ways the pixels vote, as in `borders`, so that borders keep their place between pixels.
"""

import numpy as np

from restyle.engine.borders import GRADUAL, count_around, count_vote, outcome, spline_weights
from restyle.engine.kernels import Band, Bytes, F, Floats, kernel, rows_in
from restyle.engine.lanes import every


def halved(
    label: Bytes, second: Bytes, share: Floats, size: tuple[int, int]
) -> tuple[Bytes, Bytes, Floats]:
    """Labels, second labels and shares at half their size, `size` (width, height)."""
    width, height = size
    first, other = (np.empty((height, width), np.uint8) for _ in range(2))
    part = np.empty((height, width), np.float32)
    _halve(label, second, share, first, other, part)
    return first, other, part


@kernel
def _halve(
    band: Band,
    label: Bytes,
    second: Bytes,
    share: Floats,
    first: Bytes,
    other: Bytes,
    part: Floats,
) -> None:
    height, width = label.shape
    flat = label.ravel(), second.ravel(), share.ravel()
    for y in rows_in(band, first.shape[0]):
        above = min(2 * y, height - 1)
        below = min(2 * y + 1, height - 1)
        for x in range(first.shape[1]):
            left = min(2 * x, width - 1)
            right = min(2 * x + 1, width - 1)
            one = label[above, left]
            alike = one == label[above, right] and one == label[below, left]
            alike = alike and one == label[below, right]
            whole = share[above, left] + share[above, right] + share[below, left]
            if alike and whole + share[below, right] >= F(4):
                first[y, x] = one
                other[y, x] = one
                part[y, x] = F(1)
                continue
            votes = every(F(0))
            votes = count_vote(flat, np.uint64(above * width + left), F(0.25), votes)
            votes = count_vote(flat, np.uint64(above * width + right), F(0.25), votes)
            votes = count_vote(flat, np.uint64(below * width + left), F(0.25), votes)
            votes = count_vote(flat, np.uint64(below * width + right), F(0.25), votes)
            most, next_most, margin = outcome(votes)
            first[y, x] = most
            other[y, x] = next_most
            part[y, x] = F(0.5) + F(0.5) * margin


@kernel
def bring_back(
    band: Band,
    label: Bytes,
    second: Bytes,
    share: Floats,
    where: Bytes,
    near: Bytes,
    first: Bytes,
    other: Bytes,
    part: Floats,
) -> None:
    """Labels, second labels and shares into larger ones, in place, where `where` isn't 0.

    Voted where they are `near` borders, copied elsewhere.
    """
    height, width = first.shape
    rows, columns = label.shape
    flat = label.ravel(), second.ravel(), share.ravel()
    wx = np.empty(3, np.float32)
    wy = np.empty(3, np.float32)
    for y in rows_in(band, height):
        cy = (F(y) + F(0.5)) * F(0.5) - F(0.5)
        middle_y = min(np.int32(cy + F(0.5)), np.int32(rows - 1))
        spline_weights(min(cy - F(middle_y), F(0.5)), wy)
        here, loose, close = label[middle_y], where[middle_y], near[middle_y]
        for x in range(width):
            cx = (F(x) + F(0.5)) * F(0.5) - F(0.5)
            middle_x = min(np.int32(cx + F(0.5)), np.int32(columns - 1))
            if loose[middle_x] == 0:
                continue
            if close[middle_x] == 0:
                first[y, x] = here[middle_x]
                other[y, x] = here[middle_x]
                part[y, x] = F(1)
                continue
            spline_weights(min(cx - F(middle_x), F(0.5)), wx)
            votes = count_around(flat, (rows, columns), (middle_y, middle_x), wy, wx)
            one, two, margin = outcome(votes)
            first[y, x] = one
            other[y, x] = two
            part[y, x] = F(0.5) + F(0.5) * min(F(GRADUAL) * margin, F(1))

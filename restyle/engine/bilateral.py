"""The bilateral filter: colours averaged with those around them that are like them; edges stay.

Tomasi and Manduchi 1998, as abstraction Winnemöller and others 2006; over the 13 pixels within two
of each. Red, green and blue are planes of their own, whose rows are worked on as wholes: that takes
half of what OpenCV's filter does.
"""

from typing import cast

import cv2
import numpy as np

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in

_REACH = 2
_ROWS = 2 * _REACH + 1
_NEARBY_SIGMA = 3.0  # pixels
# The pixels around, in twos: of either its row from two above on, and its column from two before.
_PAIRS = np.array(
    [
        [[2, 1], [2, 3]],
        [[1, 2], [3, 2]],
        [[1, 1], [1, 3]],
        [[3, 1], [3, 3]],
        [[2, 0], [2, 4]],
        [[0, 2], [4, 2]],
    ]
)
_PARTS = np.exp(-((_PAIRS[:, 0] - _REACH) ** 2).sum(1) / (2 * _NEARBY_SIGMA**2)).astype(np.float32)


def bilateral(image: Bytes, passes: int, range_sigma: float) -> Bytes:
    """`passes` bilateral filters of an RGB picture (h, w, 3), 8 bits; `range_sigma` in 0–255."""
    if not passes:
        return image
    planes: Bytes = np.asarray(cv2.split(image), np.uint8)
    for _ in range(passes):
        out = np.empty_like(planes)
        _filter(planes, F(1 / (64 * range_sigma**2)), out)
        planes = out
    return cast(Bytes, cv2.merge(list(planes)))


@kernel
def _filter(band: Band, planes: Bytes, narrow: F, out: Bytes) -> None:
    """One filter of planes (3, h, w); a difference of 1 / √(32 · narrow) counts 1 / e."""
    _, height, width = planes.shape
    rows = rows_in(band, height)
    # Rows y − 2 … y + 2, each at its number modulo five.
    near = np.empty((_ROWS, 3, width + 2 * _REACH), np.float32)
    sums = np.empty((4, width), np.float32)
    for below in range(rows.start - _REACH, rows.stop + _REACH):
        source = min(max(below, 0), height - 1)
        for k in range(3):
            _widened(planes[k, source], near[(below + _ROWS) % _ROWS, k])
        y = below - _REACH
        if y >= rows.start:
            _filter_row(near, y, narrow, sums)
            for k in range(3):
                _share_out(sums[k], sums[3], out[k, y])


@brush
def _widened(row: Bytes, out: Floats) -> None:
    """A row as floats, its ends repeated."""
    inner = out[_REACH:]
    for x in range(row.shape[0]):
        inner[x] = F(row[x])
    for x in range(_REACH):
        out[x] = F(row[0])
        out[out.shape[0] - 1 - x] = F(row[row.shape[0] - 1])


@brush
def _filter_row(near: Floats, y: int, narrow: F, sums: Floats) -> None:
    """Sums of what is near row `y` by its weight (red, green, blue), and of the weights."""
    here = near[y % _ROWS]
    for x in range(sums.shape[1]):
        sums[0, x] = here[0, x + _REACH]
        sums[1, x] = here[1, x + _REACH]
        sums[2, x] = here[2, x + _REACH]
        sums[3, x] = F(1)
    top = y + _ROWS - _REACH
    for i in range(_PAIRS.shape[0]):
        one, two = near[(top + _PAIRS[i, 0, 0]) % _ROWS], near[(top + _PAIRS[i, 1, 0]) % _ROWS]
        _add_two(here, one, _PAIRS[i, 0, 1], two, _PAIRS[i, 1, 1], _PARTS[i], narrow, sums)


@brush
def _add_two(
    here: Floats, one: Floats, at: int, two: Floats, and_at: int, part: F, narrow: F, sums: Floats
) -> None:
    """Add two pixels around each, from columns `at` and `and_at` on of rows (3, w)."""
    red, green, blue = here[0][_REACH:], here[1][_REACH:], here[2][_REACH:]
    red_1, green_1, blue_1 = one[0][at:], one[1][at:], one[2][at:]
    red_2, green_2, blue_2 = two[0][and_at:], two[1][and_at:], two[2][and_at:]
    reds, greens, blues, weights = sums[0], sums[1], sums[2], sums[3]
    for x in range(weights.shape[0]):
        off_1 = abs(red[x] - red_1[x]) + abs(green[x] - green_1[x]) + abs(blue[x] - blue_1[x])
        off_2 = abs(red[x] - red_2[x]) + abs(green[x] - green_2[x]) + abs(blue[x] - blue_2[x])
        weight_1, weight_2 = part * _alike(off_1, narrow), part * _alike(off_2, narrow)
        reds[x] += weight_1 * red_1[x] + weight_2 * red_2[x]
        greens[x] += weight_1 * green_1[x] + weight_2 * green_2[x]
        blues[x] += weight_1 * blue_1[x] + weight_2 * blue_2[x]
        weights[x] += weight_1 + weight_2


@brush
def _alike(off: F, narrow: F) -> F:
    """exp(−32 · narrow · off²), as a power: that is vectorised."""
    near = max(F(1) - narrow * off * off, F(0))
    near *= near
    near *= near
    near *= near
    near *= near
    return near * near


@brush
def _share_out(sums: Floats, weights: Floats, out: Bytes) -> None:
    for x in range(out.shape[0]):
        out[x] = np.uint8(sums[x] / weights[x] + F(0.5))

"""Maps averaged along edges: a short walk both ways from every pixel, led by the tangents.

Line integral convolution (Cabral and Leedom 1993). A whole row of pixels takes each step together,
and all maps are averaged on one walk: four times as fast as each pixel on its own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in


def traced(maps: Sequence[Floats], tangents: Floats, weights: Sequence[Floats]) -> Floats:
    """`maps` (h, w), averaged along `tangents` (2, h, w: x and y of unit vectors): (n, h, w).

    `weights`, for each map, are those of the pixel itself and of 1, 2 … pixels further; a walk
    that would leave the picture waits at its border.
    """
    shares = np.zeros((len(weights), max(map(len, weights))), np.float32)
    for share, those in zip(shares, weights, strict=True):
        share[: len(those)] = those / (2 * those.sum() - those[0])
    stacked = np.stack(maps)
    out = np.empty_like(stacked)
    _trace(stacked, tangents, shares, out)
    return out


@kernel
def _trace(band: Band, maps: Floats, tangents: Floats, weights: Floats, out: Floats) -> None:
    count, height, width = maps.shape
    flat = maps.reshape((count, height * width))
    tangents_x, tangents_y = tangents[0].reshape(-1), tangents[1].reshape(-1)
    for y in rows_in(band, height):
        px, py = np.empty(width, np.float32), np.empty(width, np.float32)
        dx, dy = np.empty(width, np.float32), np.empty(width, np.float32)
        at = np.empty(width, np.uint32)
        for n in range(count):
            _begin_row(maps[n, y], weights[n, 0], out[n, y])
        for way in range(2):
            _set_out_row(tangents[0, y], tangents[1, y], y, F(1 - 2 * way), px, py, dx, dy)
            for step in range(1, weights.shape[1]):
                _walk_row(px, py, dx, dy, height, at)
                for n in range(count):
                    if weights[n, step] > F(0):
                        _add_row(flat[n], at, weights[n, step], out[n, y])
                if step + 1 < weights.shape[1]:
                    _turn_row(tangents_x, tangents_y, at, dx, dy)


@brush
def _begin_row(values: Floats, weight: F, out: Floats) -> None:
    for x in range(out.shape[0]):
        out[x] = weight * values[x]


@brush
def _set_out_row(
    along: Floats, down: Floats, y: int, way: F, px: Floats, py: Floats, dx: Floats, dy: Floats
) -> None:
    for x in range(px.shape[0]):
        px[x], py[x] = F(x) + F(0.5), F(y) + F(0.5)
        dx[x], dy[x] = way * along[x], way * down[x]


@brush
def _walk_row(
    px: Floats, py: Floats, dx: Floats, dy: Floats, height: int, at: NDArray[np.uint32]
) -> None:
    width = np.int32(px.shape[0])
    right, bottom = F(width - 1), F(height - 1)
    for x in range(px.shape[0]):
        px[x] = min(max(px[x] + dx[x], F(0)), right)
        py[x] = min(max(py[x] + dy[x], F(0)), bottom)
        # Unsigned: numba asks of every signed index whether it counts from the end.
        at[x] = np.uint32(np.int32(py[x]) * width + np.int32(px[x]))


@brush
def _add_row(values: Floats, at: NDArray[np.uint32], weight: F, out: Floats) -> None:
    for x in range(out.shape[0]):
        out[x] += weight * values[at[x]]


@brush
def _turn_row(along: Floats, down: Floats, at: NDArray[np.uint32], dx: Floats, dy: Floats) -> None:
    """Tangents have no sign of their own: keep going the way we came."""
    for x in range(at.shape[0]):
        tx, ty = along[at[x]], down[at[x]]
        same = F(1) if tx * dx[x] + ty * dy[x] >= F(0) else F(-1)
        dx[x], dy[x] = same * tx, same * ty

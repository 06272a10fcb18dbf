"""Where each pixel was a frame before, and what lay there: bilinear sampling along the flow.

Rows for kernels: `source_row` gives the places of a row of pixels, `bilinear_row` what a map has
there; every loop over a row is vectorised. `brought` does the same to whole 8-bit pictures, with
OpenCV's fixed-point remapping.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.interleaving import unzip_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in

Indices = NDArray[np.uint32]
_Fine = NDArray[np.int32]
SNAP = 0.06  # squared flow under which a pixel counts as still, and is not resampled
_FRACTIONS = 32  # of a pixel: what OpenCV's fixed-point maps distinguish


class Source(NamedTuple):
    """The places of a row of pixels within a map: for kernels, one entry a pixel.

    `at` is the flat index of the upper left of four neighbours, `fx` and `fy` the rest beyond it,
    `inside` 1 where the place lies within the picture and 0 where it does not.
    """

    at: Indices
    fx: Floats
    fy: Floats
    inside: Floats


@brush
def empty_source(width: int) -> Source:
    """Room for the places of a row."""
    return Source(
        np.empty(width, np.uint32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
    )


@brush
def source_row(flow: Floats, y: int, height: int, source: Source) -> None:
    """Where the pixels of row `y` were, by their flow (w, 2), in maps (height, w)."""
    # First side by side: a loop that also parts them is not vectorised.
    unzip_row(flow.reshape(-1), source.fx, source.fy)
    moves_row(y, height, source)


@brush
def moves_row(y: int, height: int, source: Source) -> None:
    """The same of moves, to the right and down, that stand in `fx` and `fy` of `source`."""
    at, fx, fy, inside = source.at, source.fx, source.fy, source.inside
    width = at.shape[0]
    right, bottom = F(width - 1), F(height - 1)
    for x in range(width):
        px, py = F(x) + fx[x], F(y) + fy[x]
        within_x, within_y = min(max(px, F(0)), right), min(max(py, F(0)), bottom)
        inside[x] = F(1) if abs(px - within_x) + abs(py - within_y) <= F(0) else F(0)
        x0 = min(np.int32(within_x), np.int32(width - 2))
        y0 = min(np.int32(within_y), np.int32(height - 2))
        fx[x], fy[x] = within_x - F(x0), within_y - F(y0)
        # Unsigned: numba asks of every signed index whether it counts from the end.
        at[x] = np.uint32(y0 * np.int32(width) + x0)


@brush
def bilinear_row(
    flat: Floats, stride: int, layer: int, layers: int, source: Source, out: Floats
) -> None:
    """One of the `layers` of a map (h, w, layers), given `flat`, at the places of a row.

    `stride` is the map's width.
    """
    at, fx, fy = source.at, source.fx, source.fy
    upper_left, upper_right = flat[layer:], flat[layer + layers :]
    lower_left = flat[layer + stride * layers :]
    lower_right = flat[layer + (stride + 1) * layers :]
    times = np.uint32(layers)
    for x in range(out.shape[0]):
        i = at[x] * times
        above = upper_left[i] + fx[x] * (upper_right[i] - upper_left[i])
        below = lower_left[i] + fx[x] * (lower_right[i] - lower_left[i])
        out[x] = above + fy[x] * (below - above)


class Way(NamedTuple):
    """Where each pixel was, for `cv2.remap`: whole pixels (h, w, 2) x, y, and 1/32 of them."""

    places: NDArray[np.int16]
    fractions: NDArray[np.uint16]


def brought(picture: Bytes, flow: Floats) -> Bytes:
    """The picture before, 8 bits (H, W) or (H, W, n), each pixel where the motion has taken it.

    `flow` (h, w, 2) is the backward flow in its own pixels; the slightest counts as none, and what
    comes from outside repeats the border.
    """
    return followed(picture, way_of(flow, (picture.shape[0], picture.shape[1])))


def way_of(flow: Floats, size: tuple[int, int]) -> Way:
    """Where the pixels of a picture of `size` (height, width) were, for `followed`."""
    way = Way(np.empty((*size, 2), np.int16), np.empty(size, np.uint16))
    _places(flow, way.places, way.fractions)
    return way


def followed(picture: Bytes, way: Way) -> Bytes:
    """What `brought` gives, where several pictures go one way."""
    how = cv2.INTER_LINEAR
    return cast(Bytes, cv2.remap(picture, *way, how, borderMode=cv2.BORDER_REPLICATE))


@kernel
def _places(
    band: Band, flow: Floats, places: NDArray[np.int16], fractions: NDArray[np.uint16]
) -> None:
    """Where each pixel was, for `cv2.remap`: whole pixels (x, y), and 1/32 of them.

    All pixels over one of the flow move as it does: flow is too smooth for that to be seen.
    """
    height, width = fractions.shape
    small_height, small_width = flow.shape[:2]
    times = F(width) / F(small_width), F(height) / F(small_height)
    nearest = np.empty(width, np.uint32)
    for x in range(width):
        nearest[x] = x * small_width // width
    along, down = np.empty(small_width, np.float32), np.empty(small_width, np.float32)
    steps_x, steps_y = np.empty(small_width, np.int32), np.empty(small_width, np.int32)
    fine_x, fine_y = np.empty(width, np.int32), np.empty(width, np.int32)
    known = -1
    for y in rows_in(band, height):
        above = y * small_height // height
        if above != known:
            unzip_row(flow[above].reshape(-1), along, down)
            _step_row(along, down, times, steps_x, steps_y)
            known = above
        _fine_row(steps_x, steps_y, nearest, y, height, fine_x, fine_y)
        _place_row(fine_x, fine_y, places[y].reshape(-1), fractions[y])


@brush
def _step_row(
    along: Floats, down: Floats, times: tuple[F, F], steps_x: _Fine, steps_y: _Fine
) -> None:
    """How far each pixel of the flow moves, in 1/32 of a pixel that is `times` as small."""
    for u in range(along.shape[0]):
        moves = F(1) if along[u] * along[u] + down[u] * down[u] >= F(SNAP) else F(0)
        steps_x[u] = np.int32(np.floor(moves * along[u] * times[0] * F(_FRACTIONS) + F(0.5)))
        steps_y[u] = np.int32(np.floor(moves * down[u] * times[1] * F(_FRACTIONS) + F(0.5)))


@brush
def _fine_row(
    steps_x: _Fine,
    steps_y: _Fine,
    nearest: Indices,
    y: int,
    height: int,
    fine_x: _Fine,
    fine_y: _Fine,
) -> None:
    """Where the pixels of a row were, in 1/32 of a pixel, within the picture."""
    row = np.int32(_FRACTIONS * y)
    right = np.int32(_FRACTIONS * (fine_x.shape[0] - 1))
    bottom = np.int32(_FRACTIONS * (height - 1))
    for x in range(fine_x.shape[0]):
        u = nearest[x]
        column = np.int32(_FRACTIONS) * np.int32(x)
        fine_x[x] = min(max(column + steps_x[u], np.int32(0)), right)
        fine_y[x] = min(max(row + steps_y[u], np.int32(0)), bottom)


@brush
def _place_row(
    fine_x: _Fine, fine_y: _Fine, places: NDArray[np.int16], fractions: NDArray[np.uint16]
) -> None:
    for x in range(fine_x.shape[0]):
        places[2 * x] = np.int16(fine_x[x] >> np.int32(5))
        places[2 * x + 1] = np.int16(fine_y[x] >> np.int32(5))
    for x in range(fine_x.shape[0]):
        within = (fine_y[x] & np.int32(31)) << np.int32(5) | (fine_x[x] & np.int32(31))
        fractions[x] = np.uint16(within)

"""Half-size maps brought to full size one row at a time: three times as fast as pixel by pixel.

Called inside a kernel's `prange` over rows; `columns` once before it. What they give is a fresh
row of floats, which the kernel's inner loop then reads like any other array.
"""

import numpy as np
import numpy.typing as npt

from restyle.engine.kernels import Bytes, F, Floats, brush
from restyle.engine.tones import byte_pixel, curve_pixel, luma_pixel

Columns = tuple[npt.NDArray[np.int32], Floats]


@brush
def columns(full: int, small: int) -> Columns:
    """For each of `full` columns the left neighbour among `small` ones, and the rest beyond it."""
    left = np.empty(full, np.int32)
    rest = np.empty(full, np.float32)
    for x in range(full):
        place = (F(x) + F(0.5)) * F(small) / F(full) - F(0.5)
        place = min(max(place, F(0)), F(small - 1))
        below = min(np.int32(place), np.int32(small - 2))
        left[x] = below
        rest[x] = place - F(below)
    return left, rest


@brush
def upsample_row(
    colour: Floats, grey: Floats, guide: Floats, y: int, across: Columns, range_sigma: F
) -> Floats:
    """Row `y` of half-size colour at full size, its edges snapped to those of `guide`: (3, W).

    Joint bilateral upsampling (Kopf and others 2007) from four neighbours: `grey` half-size and
    `guide` full-size, both 0–255, as is `range_sigma`, the difference across which paint does
    not spread.
    """
    left, rest = across
    full_height, width = guide.shape
    height = grey.shape[0]
    place = (F(y) + F(0.5)) * F(height) / F(full_height) - F(0.5)
    place = min(max(place, F(0)), F(height - 1))
    above = min(np.int32(place), np.int32(height - 2))
    fy = place - F(above)
    narrow = F(1) / (range_sigma * range_sigma)
    grey_above, grey_below = grey[above], grey[above + 1]
    colour_above, colour_below = colour[above], colour[above + 1]
    here = guide[y]
    row = np.empty((3, width), np.float32)
    red, green, blue = row[0], row[1], row[2]
    for x in range(width):
        i = left[x]
        fx = rest[x]
        e00 = here[x] - grey_above[i]
        e01 = here[x] - grey_above[i + 1]
        e10 = here[x] - grey_below[i]
        e11 = here[x] - grey_below[i + 1]
        d00 = F(1) + e00 * e00 * narrow
        d01 = F(1) + e01 * e01 * narrow
        d10 = F(1) + e10 * e10 * narrow
        d11 = F(1) + e11 * e11 * narrow
        # The .02 lets a farther neighbour of the right grey win over a near one of the wrong grey.
        w00 = ((F(1) - fx) * (F(1) - fy) + F(0.02)) / (d00 * d00)
        w01 = (fx * (F(1) - fy) + F(0.02)) / (d01 * d01)
        w10 = ((F(1) - fx) * fy + F(0.02)) / (d10 * d10)
        w11 = (fx * fy + F(0.02)) / (d11 * d11)
        whole = F(1) / (w00 + w01 + w10 + w11)
        w00 *= whole
        w01 *= whole
        w10 *= whole
        w11 *= whole
        red[x] = (
            w00 * colour_above[i, 0]
            + w01 * colour_above[i + 1, 0]
            + w10 * colour_below[i, 0]
            + w11 * colour_below[i + 1, 0]
        )
        green[x] = (
            w00 * colour_above[i, 1]
            + w01 * colour_above[i + 1, 1]
            + w10 * colour_below[i, 1]
            + w11 * colour_below[i + 1, 1]
        )
        blue[x] = (
            w00 * colour_above[i, 2]
            + w01 * colour_above[i + 1, 2]
            + w10 * colour_below[i, 2]
            + w11 * colour_below[i + 1, 2]
        )
    return row


@brush
def sample_row(field: Floats, y: int, full_height: int, across: Columns) -> Floats:
    """Row `y` of a (h, w) map enlarged bilinearly to `full_height`: (W,)."""
    left, rest = across
    height, small = field.shape
    place = (F(y) + F(0.5)) * F(height) / F(full_height) - F(0.5)
    place = min(max(place, F(0)), F(height - 1))
    above = min(np.int32(place), np.int32(height - 2))
    fy = place - F(above)
    mixed = np.empty(small, np.float32)
    for x in range(small):
        mixed[x] = field[above, x] + fy * (field[above + 1, x] - field[above, x])
    row = np.empty(left.shape[0], np.float32)
    for x in range(left.shape[0]):
        i = left[x]
        row[x] = mixed[i] + rest[x] * (mixed[i + 1] - mixed[i])
    return row


@brush
def sample_colour_row(field: Floats, y: int, full_height: int, across: Columns) -> Floats:
    """Row `y` of a (h, w, 3) map enlarged bilinearly to `full_height`: (3, W)."""
    left, rest = across
    height, small, _ = field.shape
    place = (F(y) + F(0.5)) * F(height) / F(full_height) - F(0.5)
    place = min(max(place, F(0)), F(height - 1))
    above = min(np.int32(place), np.int32(height - 2))
    fy = place - F(above)
    mixed = np.empty((3, small), np.float32)
    for x in range(small):
        for k in range(3):
            mixed[k, x] = field[above, x, k] + fy * (field[above + 1, x, k] - field[above, x, k])
    row = np.empty((3, left.shape[0]), np.float32)
    for k in range(3):
        for x in range(left.shape[0]):
            i = left[x]
            row[k, x] = mixed[k, i] + rest[x] * (mixed[k, i + 1] - mixed[k, i])
    return row


@brush
def normalise_row(row: Floats, low: F, gain: F) -> Floats:
    """Stretch a row of colour (3, W) between the levels, in place; gives its luma, at least .02.

    A loop of its own, as are `curve_row` and `store_row`: a loop that also looks up a table or
    writes bytes is not vectorised by the compiler, and takes four times as long.
    """
    tones = np.empty(row.shape[1], np.float32)
    for x in range(row.shape[1]):
        red = (row[0, x] - low) * gain
        green = (row[1, x] - low) * gain
        blue = (row[2, x] - low) * gain
        row[0, x] = red
        row[1, x] = green
        row[2, x] = blue
        tones[x] = max(luma_pixel(red, green, blue), F(0.02))
    return tones


@brush
def curve_row(table: Floats, tones: Floats) -> Floats:
    """A tone curve over a row: (W,)."""
    out = np.empty(tones.shape[0], np.float32)
    for x in range(tones.shape[0]):
        out[x] = curve_pixel(table, tones[x])
    return out


@brush
def store_row(row: Floats, out: Bytes) -> None:
    """A finished row of colour (3, W), 0–1, into one of the picture's (W, 3), 8 bits."""
    for x in range(row.shape[1]):
        out[x, 0] = byte_pixel(row[0, x])
        out[x, 1] = byte_pixel(row[1, x])
        out[x, 2] = byte_pixel(row[2, x])

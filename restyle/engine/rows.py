"""Half-size maps brought to full size one row at a time, and rows of colour.

Called inside a kernel's loop over rows; `columns` once before it. What they give is a fresh
row of floats, which the kernel's inner loop then reads like any other array.

Each loop is a brush of its own: within a loop over rows, many arrays at once are not vectorised,
and take up to seven times as long. A kernel that counts calls one brush a row for its own loop too.
"""

import numpy as np
import numpy.typing as npt

from restyle.engine.interleaving import unzip_row, unzip_three_row, zip_row, zip_three_row
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
def place_row(y: int, full_height: int, height: int) -> tuple[np.int32, F]:
    """For full-size row `y` the row above it among `height` ones, and the rest beyond it."""
    place = (F(y) + F(0.5)) * F(height) / F(full_height) - F(0.5)
    place = min(max(place, F(0)), F(height - 1))
    above = min(np.int32(place), np.int32(height - 2))
    return above, place - F(above)


@brush
def upsample_row(
    colour: Floats, grey: Floats, guide: Bytes, y: int, across: Columns, range_sigma: F
) -> Floats:
    """Row `y` of half-size colour at full size, its edges snapped to those of `guide`: (3, W).

    Joint bilateral upsampling (Kopf and others 2007) from four neighbours: `grey` half-size and
    `guide` full-size, both 0–255, as is `range_sigma`, the difference across which paint does
    not spread.
    """
    left, rest = across
    full_height, width = guide.shape
    small = grey.shape[1]
    y0, fy = place_row(y, full_height, grey.shape[0])
    above, below = np.empty((4, small), np.float32), np.empty((4, small), np.float32)
    unzip_three_row(colour[y0].reshape(-1), above[0], above[1], above[2])
    unzip_three_row(colour[y0 + 1].reshape(-1), below[0], below[1], below[2])
    _copy(grey[y0], above[3])
    _copy(grey[y0 + 1], below[3])
    here = np.empty(width, np.float32)
    _floats(guide[y], here)
    row = np.empty((3, width), np.float32)
    narrow = F(1) / (range_sigma * range_sigma)
    if width != 2 * small:
        for x in range(width):
            i = left[x]
            _mix(above[:, i:], below[:, i:], here[x : x + 1], rest[x], fy, narrow, row[:, x:])
        return row
    # Pixels lie a quarter and three quarters of the way between the same neighbours.
    one, two = np.empty((4, small - 1), np.float32), np.empty((4, small - 1), np.float32)
    unzip_row(here[1:-1], one[3], two[3])
    _mix(above, below, one[3], F(0.25), fy, narrow, one)
    _mix(above, below, two[3], F(0.75), fy, narrow, two)
    for k in range(3):
        zip_row(one[k], two[k], row[k, 1:-1])
    _mix(above, below, here[:1], F(0), fy, narrow, row)
    _mix(above[:, -2:], below[:, -2:], here[-1:], F(1), fy, narrow, row[:, -1:])
    return row


@brush
def _mix(above: Floats, below: Floats, here: Floats, fx: F, fy: F, narrow: F, out: Floats) -> None:
    """Each of `here` from its four neighbours: i and i + 1 of (red, green, blue, grey) rows."""
    red_a, green_a, blue_a, grey_a = above[0], above[1], above[2], above[3]
    red_b, green_b, blue_b, grey_b = below[0], below[1], below[2], below[3]
    red, green, blue = out[0], out[1], out[2]
    # The .02 lets a farther neighbour of the right grey win over a near one of the wrong grey.
    n00 = (F(1) - fx) * (F(1) - fy) + F(0.02)
    n01 = fx * (F(1) - fy) + F(0.02)
    n10 = (F(1) - fx) * fy + F(0.02)
    n11 = fx * fy + F(0.02)
    for i in range(here.shape[0]):
        e00 = here[i] - grey_a[i]
        e01 = here[i] - grey_a[i + 1]
        e10 = here[i] - grey_b[i]
        e11 = here[i] - grey_b[i + 1]
        d00 = F(1) + e00 * e00 * narrow
        d01 = F(1) + e01 * e01 * narrow
        d10 = F(1) + e10 * e10 * narrow
        d11 = F(1) + e11 * e11 * narrow
        # Weights n / d² without a division each: all times the product of all d².
        upper = d00 * d01 * d00 * d01
        lower = d10 * d11 * d10 * d11
        w00 = n00 * d01 * d01 * lower
        w01 = n01 * d00 * d00 * lower
        w10 = n10 * d11 * d11 * upper
        w11 = n11 * d10 * d10 * upper
        whole = F(1) / (w00 + w01 + w10 + w11)
        w00 *= whole
        w01 *= whole
        w10 *= whole
        w11 *= whole
        red[i] = w00 * red_a[i] + w01 * red_a[i + 1] + w10 * red_b[i] + w11 * red_b[i + 1]
        green[i] = w00 * green_a[i] + w01 * green_a[i + 1] + w10 * green_b[i] + w11 * green_b[i + 1]
        blue[i] = w00 * blue_a[i] + w01 * blue_a[i + 1] + w10 * blue_b[i] + w11 * blue_b[i + 1]


@brush
def _floats(values: Bytes, out: Floats) -> None:
    for x in range(values.shape[0]):
        out[x] = F(values[x])


@brush
def between_rows(upper: Floats, lower: Floats, part: F, out: Floats) -> None:
    """A row that lies `part` of the way from one to another."""
    for x in range(out.shape[0]):
        out[x] = upper[x] + part * (lower[x] - upper[x])


@brush
def colours_between(
    upper: Floats, lower: Floats, part: F, red: Floats, green: Floats, blue: Floats
) -> None:
    """The same of rows of colour (w, 3), given flat; gives them apart."""
    for x in range(red.shape[0]):
        red[x] = upper[3 * x] + part * (lower[3 * x] - upper[3 * x])
        green[x] = upper[3 * x + 1] + part * (lower[3 * x + 1] - upper[3 * x + 1])
        blue[x] = upper[3 * x + 2] + part * (lower[3 * x + 2] - upper[3 * x + 2])


@brush
def _copy(row: Floats, out: Floats) -> None:
    # A loop: numba would compile the words of an exception with `out[:] = row`.
    for x in range(out.shape[0]):
        out[x] = row[x]


@brush
def widen_row(small: Floats, across: Columns, row: Floats) -> None:
    """A row of `small` pixels enlarged linearly."""
    left, rest = across
    last = small.shape[0] - 1
    if row.shape[0] == small.shape[0]:
        _copy(small, row)
        return
    if row.shape[0] != 2 * small.shape[0]:
        for x in range(row.shape[0]):
            i = left[x]
            row[x] = small[i] + rest[x] * (small[i + 1] - small[i])
        return
    one, two = np.empty(last, np.float32), np.empty(last, np.float32)
    between_rows(small[:last], small[1:], F(0.25), one)
    between_rows(small[:last], small[1:], F(0.75), two)
    zip_row(one, two, row[1:-1])
    row[0] = small[0]
    row[-1] = small[last]


@brush
def sample_row(field: Floats, y: int, full_height: int, across: Columns) -> Floats:
    """Row `y` of a (h, w) map enlarged bilinearly to `full_height`: (W,)."""
    above, fy = place_row(y, full_height, field.shape[0])
    mixed = np.empty(field.shape[1], np.float32)
    between_rows(field[above], field[above + 1], fy, mixed)
    row = np.empty(across[0].shape[0], np.float32)
    widen_row(mixed, across, row)
    return row


@brush
def sample_colour_row(field: Floats, y: int, full_height: int, across: Columns) -> Floats:
    """Row `y` of a (h, w, 3) map enlarged bilinearly to `full_height`: (3, W)."""
    above, fy = place_row(y, full_height, field.shape[0])
    mixed = np.empty((3, field.shape[1]), np.float32)
    upper, lower = field[above].reshape(-1), field[above + 1].reshape(-1)
    colours_between(upper, lower, fy, mixed[0], mixed[1], mixed[2])
    row = np.empty((3, across[0].shape[0]), np.float32)
    for k in range(3):
        widen_row(mixed[k], across, row[k])
    return row


@brush
def normalise_row(row: Floats, low: F, gain: F) -> Floats:
    """Stretch a row of colour (3, W) between the levels, in place; gives its luma, at least .02."""
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
    width = row.shape[1]
    red, green, blue = (
        np.empty(width, np.uint8),
        np.empty(width, np.uint8),
        np.empty(width, np.uint8),
    )
    _rounded(row[0], red)
    _rounded(row[1], green)
    _rounded(row[2], blue)
    zip_three_row(red, green, blue, out.reshape(-1))


@brush
def _rounded(values: Floats, out: Bytes) -> None:
    for x in range(values.shape[0]):
        out[x] = byte_pixel(values[x])

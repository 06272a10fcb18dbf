"""Pictures as video keeps them: brightness at full size, colour at half size.

8 bits, BT.709, 16–235 and 16–240 (ITU-R BT.709-6, item 3; the 4:2:0 layout that ffmpeg calls
NV12). Half the bytes of RGB: what is done last to every frame costs half as much on them.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.interleaving import zip_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in

# From R′G′B′ 0–255; the rows are Y′, Cb, Cr.
_TO = np.array(
    [[0.2126, 0.7152, 0.0722], [-0.114572, -0.385428, 0.5], [0.5, -0.454153, -0.045847]]
) * np.array([[219], [224], [224]])
TO_PLANES = np.asarray(_TO / 255, np.float32)
TO_RGB = np.asarray(np.linalg.inv(_TO / 255), np.float32)

_Sums = NDArray[np.uint16]


class Planes(NamedTuple):
    """`luma` (H, W) and `chroma` (⌈H/2⌉, ⌈W/2⌉, 2: Cb, Cr), 8 bits each, contiguous."""

    luma: Bytes
    chroma: Bytes


def to_planes(rgb: Bytes) -> Planes:
    """The planes of an RGB picture (H, W, 3); colour is the mean of 2 × 2 pixels."""
    height, width = rgb.shape[:2]
    made = Planes(
        np.empty((height, width), np.uint8),
        np.empty(((height + 1) // 2, (width + 1) // 2, 2), np.uint8),
    )
    # Parted by OpenCV, which is faster at every third byte than a loop.
    red, green, blue = (np.asarray(plane, np.uint8) for plane in cv2.split(rgb))
    _to_planes(red, green, blue, TO_PLANES, made.luma, made.chroma)
    return made


def to_rgb(planes: Planes) -> Bytes:
    """The RGB picture (H, W, 3) that a player shows."""
    height, width = planes.luma.shape
    size = 2 * planes.chroma.shape[1], 2 * planes.chroma.shape[0]
    chroma = cast(Bytes, cv2.resize(planes.chroma, size, interpolation=cv2.INTER_LINEAR))
    out = np.empty((height, width, 3), np.uint8)
    _to_rgb(planes.luma, chroma, TO_RGB, out)
    return out


@kernel
def _to_planes(
    band: Band,
    red: Bytes,
    green: Bytes,
    blue: Bytes,
    matrix: Floats,
    luma: Bytes,
    chroma: Bytes,
) -> None:
    height = luma.shape[0]
    pairs = chroma.shape[1]
    # Step by step, each over a whole row: all at once is not vectorised, and takes seven times as
    # long.
    sums = np.empty((3, 2 * pairs), np.uint16)
    tints = np.empty((2, 2 * pairs), np.float32)
    shown = np.empty((2, pairs), np.uint8)
    for v in rows_in(band, chroma.shape[0]):
        # The last row of an odd height, and the last column of an odd width, count twice.
        above, below = 2 * v, min(2 * v + 1, height - 1)
        _luma_row(red[above], green[above], blue[above], matrix[0], luma[above])
        _luma_row(red[below], green[below], blue[below], matrix[0], luma[below])
        _sum_row(red[above], red[below], sums[0])
        _sum_row(green[above], green[below], sums[1])
        _sum_row(blue[above], blue[below], sums[2])
        for k in range(2):
            _tint_row(sums[0], sums[1], sums[2], matrix[1 + k], tints[k])
            _mean_row(tints[k], shown[k])
        zip_row(shown[0], shown[1], chroma[v].reshape(-1))


@brush
def _luma_row(red: Bytes, green: Bytes, blue: Bytes, matrix: Floats, luma: Bytes) -> None:
    of_red, of_green, of_blue = matrix[0], matrix[1], matrix[2]
    for x in range(luma.shape[0]):
        bright = of_red * F(red[x]) + of_green * F(green[x]) + of_blue * F(blue[x])
        luma[x] = np.uint8(bright + F(16.5))


@brush
def _sum_row(above: Bytes, below: Bytes, sums: _Sums) -> None:
    width = above.shape[0]
    for x in range(width):
        sums[x] = np.uint16(above[x]) + np.uint16(below[x])
    sums[-1] = np.uint16(above[width - 1]) + np.uint16(below[width - 1])


@brush
def _tint_row(red: _Sums, green: _Sums, blue: _Sums, matrix: Floats, tint: Floats) -> None:
    of_red, of_green, of_blue = matrix[0], matrix[1], matrix[2]
    for x in range(tint.shape[0]):
        tint[x] = of_red * F(red[x]) + of_green * F(green[x]) + of_blue * F(blue[x])


@brush
def _mean_row(tint: Floats, shown: Bytes) -> None:
    """Of sums of two rows the mean of two columns."""
    for u in range(shown.shape[0]):
        shown[u] = np.uint8(F(0.25) * (tint[2 * u] + tint[2 * u + 1]) + F(128.5))


@kernel
def _to_rgb(band: Band, luma: Bytes, chroma: Bytes, matrix: Floats, out: Bytes) -> None:
    height, width = luma.shape
    for y in rows_in(band, height):
        for x in range(width):
            bright = F(luma[y, x]) - F(16)
            blueish = F(chroma[y, x, 0]) - F(128)
            reddish = F(chroma[y, x, 1]) - F(128)
            for k in range(3):
                value = matrix[k, 0] * bright + matrix[k, 1] * blueish + matrix[k, 2] * reddish
                out[y, x, k] = np.uint8(min(max(value + F(0.5), F(0)), F(255)))

"""Pictures as video keeps them: brightness at full size, colour at half size.

8 bits, BT.709, 16–235 and 16–240 (ITU-R BT.709-6, item 3; the 4:2:0 layout that ffmpeg calls
NV12). Half the bytes of RGB: what is done last to every frame costs half as much on them.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in

# From R′G′B′ 0–255; the rows are Y′, Cb, Cr.
_TO = np.array(
    [[0.2126, 0.7152, 0.0722], [-0.114572, -0.385428, 0.5], [0.5, -0.454153, -0.045847]]
) * np.array([[219], [224], [224]])
TO_PLANES = np.asarray(_TO / 255, np.float32)
TO_RGB = np.asarray(np.linalg.inv(_TO / 255), np.float32)


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
    _to_planes(rgb, TO_PLANES, made.luma, made.chroma)
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
def _to_planes(band: Band, rgb: Bytes, matrix: Floats, luma: Bytes, chroma: Bytes) -> None:
    height = luma.shape[0]
    for v in rows_in(band, chroma.shape[0]):
        # The last row of an odd height, and the last column of an odd width, count twice.
        colours = np.empty((2, 3, 2 * chroma.shape[1]), np.uint8)
        for i in range(2):
            y = min(2 * v + i, height - 1)
            red, green, blue = colours[i, 0], colours[i, 1], colours[i, 2]
            _apart(rgb[y], red, green, blue)
            _luma_row(red, green, blue, matrix[0], luma[y])
        above, below = colours[0], colours[1]
        _chroma_row(above[0], above[1], above[2], below[0], below[1], below[2], matrix, chroma[v])


@brush
def _apart(rgb: Bytes, red: Bytes, green: Bytes, blue: Bytes) -> None:
    width = rgb.shape[0]
    for x in range(width):
        red[x] = rgb[x, 0]
        green[x] = rgb[x, 1]
        blue[x] = rgb[x, 2]
    red[-1], green[-1], blue[-1] = rgb[width - 1, 0], rgb[width - 1, 1], rgb[width - 1, 2]


@brush
def _luma_row(red: Bytes, green: Bytes, blue: Bytes, matrix: Floats, luma: Bytes) -> None:
    of_red, of_green, of_blue = matrix[0], matrix[1], matrix[2]
    for x in range(luma.shape[0]):
        bright = of_red * F(red[x]) + of_green * F(green[x]) + of_blue * F(blue[x])
        luma[x] = np.uint8(bright + F(16.5))


@brush
def _chroma_row(
    red: Bytes,
    green: Bytes,
    blue: Bytes,
    red_below: Bytes,
    green_below: Bytes,
    blue_below: Bytes,
    matrix: Floats,
    chroma: Bytes,
) -> None:
    to_blueish, to_reddish = F(0.25) * matrix[1], F(0.25) * matrix[2]
    for u in range(chroma.shape[0]):
        i, j = 2 * u, 2 * u + 1
        r = F(red[i]) + F(red[j]) + F(red_below[i]) + F(red_below[j])
        g = F(green[i]) + F(green[j]) + F(green_below[i]) + F(green_below[j])
        b = F(blue[i]) + F(blue[j]) + F(blue_below[i]) + F(blue_below[j])
        blueish = to_blueish[0] * r + to_blueish[1] * g + to_blueish[2] * b
        reddish = to_reddish[0] * r + to_reddish[1] * g + to_reddish[2] * b
        chroma[u, 0] = np.uint8(blueish + F(128.5))
        chroma[u, 1] = np.uint8(reddish + F(128.5))


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

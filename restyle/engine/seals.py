"""A vermilion seal as an ink painting bears one: four carved characters, drawn from bars.

No font is needed: 山 中 一 日 ("a day in the mountains") are made of straight strokes, read from
top to bottom and from right to left. The stone is worn and the paste uneven.
"""

from functools import lru_cache

import numpy as np

from restyle.engine import textures
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import blur, shrink

VERMILION = (0.74, 0.16, 0.12)
SIDE = 50  # pixels at 720p
MARGIN = 34
ROOM = 0.28  # how much may be painted where a seal goes

# Bars (x, y, width, height) on a grid of 10 × 10 for each character.
_MOUNTAIN = ((4.4, 0.8, 1.2, 8.2), (1, 3.6, 1.2, 5.4), (7.8, 3.6, 1.2, 5.4), (1, 7.8, 8, 1.2))
_MIDDLE = (
    (4.4, 0.6, 1.2, 8.8),
    (1.4, 2.6, 7.2, 1.2),
    (1.4, 6, 7.2, 1.2),
    (1.4, 2.6, 1.2, 4.6),
    (7.4, 2.6, 1.2, 4.6),
)
_ONE = ((1, 4.4, 8, 1.3),)
_DAY = ((2, 1, 6, 1.2), (2, 4.4, 6, 1.2), (2, 7.8, 6, 1.2), (2, 1, 1.2, 8), (6.8, 1, 1.2, 8))
_CHARACTERS = (
    (_MOUNTAIN, 1, 0),
    (_MIDDLE, 1, 1),
    (_ONE, 0, 0),
    (_DAY, 0, 1),
)
_CORNERS = ((1, 1), (0, 1), (1, 0), (0, 0))  # (right?, bottom?), the likeliest first


@lru_cache(maxsize=8)
def seal(scale: float) -> Floats:
    """How much paste covers each pixel: float32 (n, n), 0–1; `scale` is short side / 720."""
    fine = 4
    side = max(round(SIDE * scale), 16)
    n = side * fine
    inset = round(0.03 * n)
    square = np.zeros((n, n), np.float32)
    square[inset : n - inset, inset : n - inset] = 1
    # Blurred and cut off again: rounded corners.
    paste = np.clip((blur(square, 0.035 * n) - F(0.5)) * F(6) + F(0.5), F(0), F(1))
    cell = 0.40 * n
    for bars, column, row in _CHARACTERS:
        left, top = 0.09 * n + column * 0.42 * n, 0.09 * n + row * 0.42 * n
        for x, y, width, height in bars:
            x0, y0 = round(left + x * cell / 10), round(top + y * cell / 10)
            x1, y1 = round(x0 + width * cell / 10), round(y0 + height * cell / 10)
            paste[y0:y1, x0:x1] = 0
    paste = blur(paste, 0.008 * n)
    wear = textures.fractal(
        (n, n),
        [textures.Octave(0.012 * n, 0.012 * n, 1.0), textures.Octave(0.05 * n, 0.05 * n, 0.9)],
        seed=7,
    ).values[:n, :n]
    worn = np.clip((paste - 0.5 - 0.16 * wear) * 4 + 0.5, 0, 1) * np.clip(0.93 - 0.07 * wear, 0, 1)
    return shrink(worn.astype(np.float32), fine)


def emptiest_corner(painted: Floats, scale: float) -> tuple[int, int] | None:
    """Where a seal fits: (right, bottom) as 0 or 1, or None where no corner is empty enough.

    `painted` is how much is painted, (h, w) 0–1, at the size for which `scale` is its short
    side / 720. Neither much ink nor a single line may be under the seal.
    """
    height, width = painted.shape
    outer, inner = round((MARGIN + SIDE + 6) * scale), round((MARGIN - 6) * scale)
    best, least = None, ROOM
    for right, bottom in _CORNERS:
        rows = slice(height - outer, height - inner) if bottom else slice(inner, outer)
        columns = slice(width - outer, width - inner) if right else slice(inner, outer)
        under = painted[rows, columns]
        if under.size == 0:
            continue
        ink = float(under.mean()) + 0.4 * float(np.percentile(under, 98))
        if ink < least - 0.02:
            best, least = (right, bottom), ink
    return best


def stamp(picture: Bytes, corner: tuple[int, int], scale: float) -> None:
    """Print the seal into an 8-bit RGB picture, in place."""
    paste = seal(scale)
    side = paste.shape[0]
    margin = round(MARGIN * scale)
    height, width = picture.shape[:2]
    x0 = width - margin - side if corner[0] else margin
    y0 = height - margin - side if corner[1] else margin
    if min(x0, y0) < 0 or max(x0 + side - width, y0 + side - height) > 0:
        return
    under = picture[y0 : y0 + side, x0 : x0 + side]
    cover = (F(0.92) * paste)[..., None]
    colour = np.array(VERMILION, np.float32) * 255
    under[:] = (under + cover * (colour - under) + F(0.5)).astype(np.uint8)

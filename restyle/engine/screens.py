"""The printer's screens: Ben-Day dots at 45°, and strokes by which black feathers out into tone.

Both lie on the ground (`carrying`), so that they move with what they are printed on; kernels ask
for them a row at a time.
"""

import numpy as np
from numpy.typing import NDArray

from restyle.engine.carrying import Ground
from restyle.engine.kernels import F, Floats, brush
from restyle.engine.pictures import enlarge
from restyle.engine.rows import colours_between, place_row
from restyle.engine.tones import smoothstep_pixel

DOT_INK = 0.34
FEATHERS = 0.62  # strokes to a pitch of the dots
UNEVEN = 0.5  # by how much the shortest is shorter than the longest


def placed(ground: Ground, offset: Floats, width: int) -> Floats:
    """A layer of the ground in rows of full width, with how whole it is: (rows, width, 3)."""
    cells = np.dstack([offset, ground.whole(offset)])
    return enlarge(np.asarray(cells, np.float32), (cells.shape[0], width))


@brush
def mix_row(row: Floats, other: Floats, share: F) -> None:
    """`share` of another row in the place of this one's, in place."""
    for x in range(row.shape[0]):
        row[x] += share * (other[x] - row[x])


@brush
def screens_row(
    tones: Floats,
    y: int,
    size: tuple[int, int],
    per_pitch: F,
    lies: Floats,
    cover: Floats,
    feathers: Floats,
) -> None:
    """The printer's screens on row `y`: the dots' ink, 0 – DOT_INK, and strokes, −0.5 – 0.5.

    A dot's size follows the tone at its centre, so that each is round; where the grid is torn
    (`lies`: see `placed`) there are neither.
    """
    height, width = size
    moved = np.empty((3, width), np.float32)
    above, part = place_row(y, height, lies.shape[0])
    upper, lower = lies[above].reshape(-1), lies[above + 1].reshape(-1)
    colours_between(upper, lower, part, moved[0], moved[1], moved[2])
    at = np.empty((2, width), np.int32)
    _nearest_dot_row(moved[0], moved[1], y, per_pitch, cover, at[0], at[1])
    _feather_row(moved[0], moved[1], moved[2], y, per_pitch, feathers)
    tone = np.empty(width, np.float32)
    _tone_row(at[0], at[1], tones.reshape(-1), tones.shape, size, tone)
    _dot_ink_row(cover, tone, moved[2], F(0.9) * per_pitch)


@brush
def _tone_row(
    at_x: NDArray[np.int32],
    at_y: NDArray[np.int32],
    tones: Floats,
    small: tuple[int, int],
    size: tuple[int, int],
    tone: Floats,
) -> None:
    """The tones, a map of `small` size given flat, at places in a picture of `size`."""
    height, width = np.int32(small[0]), np.int32(small[1])
    down, along = F(small[0]) / F(size[0]), F(small[1]) / F(size[1])
    for x in range(tone.shape[0]):
        hx = min(max(np.int32(F(at_x[x]) * along), np.int32(0)), np.int32(width - np.int32(1)))
        hy = min(max(np.int32(F(at_y[x]) * down), np.int32(0)), np.int32(height - np.int32(1)))
        # Unsigned: numba asks of every signed index whether it counts from the end.
        tone[x] = tones[np.uint32(hy * width + hx)]


@brush
def _feather_row(
    along: Floats, down: Floats, whole: Floats, y: int, per_pitch: F, feathers: Floats
) -> None:
    """Strokes at 45°: −0.5 in their middle, 0.5 between them."""
    across = F(0.70710678 * FEATHERS) * per_pitch
    for x in range(feathers.shape[0]):
        u = (F(x) + along[x] + F(y) + down[x]) * across
        stroke = np.floor(u)
        from_middle = abs(u - stroke - F(0.5))
        # No two neighbours are of one length.
        turn = F(0.618) * stroke
        length = F(1 - UNEVEN) + F(UNEVEN) * (turn - np.floor(turn))
        feathers[x] = whole[x] * length * (F(2) * from_middle - F(0.5))


@brush
def _nearest_dot_row(
    along: Floats,
    down: Floats,
    y: int,
    per_pitch: F,
    near: Floats,
    at_x: NDArray[np.int32],
    at_y: NDArray[np.int32],
) -> None:
    """How far the nearest dot's centre is, in pitches, and where, in full-size pixels."""
    diagonal = F(0.70710678) * per_pitch
    back = F(0.70710678) / per_pitch
    for x in range(near.shape[0]):
        u = (F(x) + along[x] + F(y) + down[x]) * diagonal
        v = (F(x) + along[x] - F(y) - down[x]) * diagonal
        du = u - np.floor(u) - F(0.5)
        dv = v - np.floor(v) - F(0.5)
        near[x] = np.sqrt(du * du + dv * dv)
        at_x[x] = np.int32(F(x) - (du + dv) * back)
        at_y[x] = np.int32(F(y) - (du - dv) * back)


@brush
def _dot_ink_row(near: Floats, tone: Floats, whole: Floats, edge: F) -> None:
    """From the distance of each pixel to its dot to the ink there, in place."""
    for x in range(near.shape[0]):
        dark = F(1) - smoothstep_pixel(F(0.24), F(0.70), tone[x])
        radius = F(0.60) * dark * smoothstep_pixel(F(0), F(0.12), dark)
        ink = F(1) - smoothstep_pixel(radius - edge, radius + edge, near[x])
        # The smallest dots would only look like dirt.
        near[x] = F(DOT_INK) * ink * smoothstep_pixel(F(0.08), F(0.14), radius) * whole[x]

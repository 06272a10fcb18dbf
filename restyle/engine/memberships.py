"""Memberships: how much each pixel belongs to each palette entry, smooth and steady.

LANES bytes a pixel, in 255ths: a picture's memberships then stay in the processor's cache from
one step to the next. Rows are worked on by brushes of their own: inside a parallel loop numba
doesn't vectorise as well.
"""

import numpy as np

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.palette import GRID, LANES

BLUR_REACH = 4
# Of 255: what every entry has at least by colour, and by agreement. The first being larger, a
# colour is overruled where nothing around speaks for it.
OWN, AGREED = 14.0, 2.0


@kernel
def belong(
    band: Band,
    abstract: Floats,
    table: Bytes,
    face_table: Bytes,
    cheek_table: Bytes,
    hair_table: Bytes,
    head_table: Bytes,
    gate: Floats,
    agreed: Bytes,
    taps: Floats,
    out: Bytes,
) -> None:
    """Memberships of each pixel's colour, blurred along the row: out (h, w·LANES).

    `agreed` (any size, LANES) says what surroundings agree on; where it is clear it outweighs the
    colour, which decides on where exactly borders run. Of size (1, 1, LANES): nothing is agreed.

    `gate` (h, w), −2 … 2, mixes in the hair table down to −1, the head table down to −2, the face
    table up to 1, the cheek table up to 2; a gate of shape (1, 1) means no faces.
    """
    height, width, _ = abstract.shape
    faces = gate.shape[0] == height
    for y in rows_in(band, height):
        row = np.empty((width + 2 * BLUR_REACH) * LANES, np.float32)
        inner = row[BLUR_REACH * LANES :]
        if faces:
            _face_row(
                abstract[y], gate[y], table, face_table, cheek_table, hair_table, head_table, inner
            )
        else:
            _plain_row(abstract[y], table, inner)
        if agreed.shape[0] > 1:
            _agree_row(agreed, y, height, inner)
        _pad(row)
        _blur_row(row, taps, out[y])


@brush
def _cell(colour: Floats) -> tuple[np.int32, np.int32, np.int32]:
    """Where a colour is in the tables."""
    r = np.int32(min(max(colour[0], F(0)), F(1)) * F(GRID - 1) + F(0.5))
    g = np.int32(min(max(colour[1], F(0)), F(1)) * F(GRID - 1) + F(0.5))
    b = np.int32(min(max(colour[2], F(0)), F(1)) * F(GRID - 1) + F(0.5))
    return r, g, b


@brush
def _plain_row(abstract: Floats, table: Bytes, row: Floats) -> None:
    for x in range(abstract.shape[0]):
        r, g, b = _cell(abstract[x])
        here = row[x * LANES : (x + 1) * LANES]
        entries = table[r, g, b]
        for k in range(LANES):
            here[k] = F(entries[k])


@brush
def _face_row(
    abstract: Floats,
    gate: Floats,
    table: Bytes,
    face_table: Bytes,
    cheek_table: Bytes,
    hair_table: Bytes,
    head_table: Bytes,
    row: Floats,
) -> None:
    for x in range(abstract.shape[0]):
        r, g, b = _cell(abstract[x])
        here = row[x * LANES : (x + 1) * LANES]
        one, two = table[r, g, b], table[r, g, b]
        part = abs(gate[x])
        if gate[x] < F(-1):
            one, two = hair_table[r, g, b], head_table[r, g, b]
            part -= F(1)
        elif gate[x] < F(0):
            two = hair_table[r, g, b]
        elif part > F(1):
            one, two = face_table[r, g, b], cheek_table[r, g, b]
            part -= F(1)
        elif part > F(0):
            two = face_table[r, g, b]
        for k in range(LANES):
            here[k] = F(one[k]) + part * (F(two[k]) - F(one[k]))


@brush
def _agree_row(agreed: Bytes, y: int, height: int, row: Floats) -> None:
    """Each pixel's own memberships times what is agreed on around it, to a sum of 255."""
    rows, columns, _ = agreed.shape
    width = row.shape[0] // LANES - BLUR_REACH
    across = F(columns) / F(width)
    py = min(max((F(y) + F(0.5)) * F(rows) / F(height) - F(0.5), F(0)), F(rows - 1))
    y0 = min(np.int32(py), np.int32(rows - 2))
    fy = py - F(y0)
    said = np.empty(columns * LANES, np.float32)
    above, below = agreed[y0].ravel(), agreed[y0 + 1].ravel()
    for i in range(said.shape[0]):
        said[i] = F(AGREED) + F(above[i]) + fy * (F(below[i]) - F(above[i]))
    for x in range(width):
        px = min(max((F(x) + F(0.5)) * across - F(0.5), F(0)), F(columns - 1))
        x0 = min(np.int32(px), np.int32(columns - 2))
        fx = px - F(x0)
        one, two = said[x0 * LANES : (x0 + 1) * LANES], said[(x0 + 1) * LANES : (x0 + 2) * LANES]
        here = row[x * LANES : (x + 1) * LANES]
        both = F(0)
        for k in range(LANES):
            both += here[k] * (one[k] + fx * (two[k] - one[k]))
        # What is agreed with the colour already needs no help, or borders would be drawn to it.
        least = F(OWN) * max(F(1) - both * F(1 / 255 / 255), F(0))
        total = F(0)
        for k in range(LANES):
            here[k] = (here[k] + least) * (one[k] + fx * (two[k] - one[k]))
            total += here[k]
        rest = F(255) / total
        for k in range(LANES):
            here[k] *= rest


@brush
def _pad(row: Floats) -> None:
    """The first and the last pixel of a row again, BLUR_REACH times before and after it."""
    reach = BLUR_REACH * LANES
    end = row.shape[0] - reach
    for i in range(reach):
        row[i] = row[reach + i % LANES]
        row[end + i] = row[end - LANES + i % LANES]


@brush
def _blur_row(padded: Floats, taps: Floats, out: Bytes) -> None:
    """A row of memberships, padded by BLUR_REACH pixels on either side, blurred into `out`."""
    t0, t1, t2, t3, t4 = taps[0], taps[1], taps[2], taps[3], taps[4]
    for i in range(out.shape[0]):
        blurred = (
            t0 * padded[i + 4 * LANES]
            + t1 * (padded[i + 3 * LANES] + padded[i + 5 * LANES])
            + t2 * (padded[i + 2 * LANES] + padded[i + 6 * LANES])
            + t3 * (padded[i + LANES] + padded[i + 7 * LANES])
            + t4 * (padded[i] + padded[i + 8 * LANES])
        )
        out[i] = np.uint8(blurred + F(0.5))

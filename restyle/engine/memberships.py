"""Memberships: how much each pixel belongs to each palette entry, smooth and steady.

LANES bytes a pixel, in 255ths: a picture's memberships then stay in the processor's cache from
one step to the next. Rows are worked on by brushes of their own, in loops over all their bytes at
once: loops over the few of one pixel are not vectorised where arrays could overlap.
"""

import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.palette import GRID, LANES
from restyle.engine.rows import columns, place_row

BLUR_REACH = 4
# Of 255: what every entry has at least by colour, and by agreement. The first being larger, a
# colour is overruled where nothing around speaks for it.
OWN, AGREED = 14.0, 2.0

Eights = NDArray[np.uint64]  # eight entries to a number
ALL_BYTES = np.uint64(0x0101010101010101)  # times a byte: that byte, eight times
_ALL_WORDS = np.uint64(0x0001000100010001)
_Cells = NDArray[np.uint32]
_Sixteenths = NDArray[np.uint16]


def belong(
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
    # Viewed here: within the kernel it would be a quarter of all that is compiled.
    tables = (table, face_table, cheek_table, hair_table, head_table)
    plain, face, cheek, hair, head = (one.reshape(-1).view(np.uint64) for one in tables)
    _belong(abstract, plain, face, cheek, hair, head, gate, agreed, taps, out)


@kernel
def _belong(
    band: Band,
    abstract: Floats,
    plain: Eights,
    face: Eights,
    cheek: Eights,
    hair: Eights,
    head: Eights,
    gate: Floats,
    agreed: Bytes,
    taps: Floats,
    out: Bytes,
) -> None:
    height, width, _ = abstract.shape
    faces = gate.shape[0] == height
    for y in rows_in(band, height):
        # Pixels are copied as two numbers of eight bytes, and weighed as LANES bytes.
        at = np.empty(width, np.uint32)
        _cells_row(abstract[y].reshape(-1), at)
        own = np.empty(2 * width, np.uint64)
        _plain_row(at, plain, own)
        if faces:
            _face_row(at, gate[y], face, cheek, hair, head, own)
        row = np.empty((width + 2 * BLUR_REACH) * LANES, np.float32)
        inner = row[BLUR_REACH * LANES : (BLUR_REACH + width) * LANES]
        if agreed.shape[0] > 1:
            _agree_row(agreed, y, height, own.view(np.uint8), inner)
        else:
            _floats_row(own.view(np.uint8), inner)
        _pad(row)
        _blur_row(row, taps, out[y])


@brush
def _step(value: F) -> np.uint32:
    return np.uint32(min(max(value, F(0)), F(1)) * F(GRID - 1) + F(0.5))


@brush
def _cells_row(abstract: Floats, at: _Cells) -> None:
    """Where the colours of a row are in the tables."""
    for x in range(at.shape[0]):
        i = 3 * x
        red, green, blue = _step(abstract[i]), _step(abstract[i + 1]), _step(abstract[i + 2])
        # Unsigned: numba asks of every signed index whether it counts from the end.
        at[x] = (red * np.uint32(GRID) + green) * np.uint32(GRID) + blue


@brush
def _copy(of: Eights, at: np.uint32, to: Eights, x: int) -> None:
    """A cell's entries, to pixel `x` of a row."""
    i, j = np.uint32(2) * at, np.uint32(2 * x)
    to[j] = of[i]
    to[j + np.uint32(1)] = of[i + np.uint32(1)]


@brush
def _plain_row(at: _Cells, table: Eights, own: Eights) -> None:
    for x in range(at.shape[0]):
        _copy(table, at[x], own, x)


@brush
def _face_row(
    at: _Cells,
    gate: Floats,
    face: Eights,
    cheek: Eights,
    hair: Eights,
    head: Eights,
    own: Eights,
) -> None:
    """Mix the tables of faces into a row, from the first pixel that the gate opens to the last."""
    start, end = 0, at.shape[0]
    while start < end and gate[start] == F(0):
        start += 1
    while end > start and gate[end - 1] == F(0):
        end -= 1
    mine = own[2 * start : 2 * end]
    other = np.empty(mine.shape[0], np.uint64)
    share = np.empty(mine.shape[0], np.uint64)
    for x in range(end - start):
        opened, cell = gate[start + x], at[start + x]
        part = abs(opened)
        if opened < F(-1):
            _copy(hair, cell, mine, x)
            _copy(head, cell, other, x)
            part -= F(1)
        elif opened > F(1):
            _copy(face, cell, mine, x)
            _copy(cheek, cell, other, x)
            part -= F(1)
        else:
            _copy(hair if opened < F(0) else face, cell, other, x)
        of_255 = np.uint64(np.int32(part * F(255) + F(0.5))) * ALL_BYTES
        share[np.uint32(2 * x)] = of_255
        share[np.uint32(2 * x + 1)] = of_255
    _mix_row(mine.view(np.uint8), other.view(np.uint8), share.view(np.uint8))


@brush
def _mix_row(mine: Bytes, other: Bytes, share: Bytes) -> None:
    for i in range(mine.shape[0]):
        part = F(share[i]) * F(1 / 255)
        mine[i] = np.uint8(F(mine[i]) + part * (F(other[i]) - F(mine[i])) + F(0.5))


@brush
def _floats_row(own: Bytes, row: Floats) -> None:
    for i in range(own.shape[0]):
        row[i] = F(own[i])


@brush
def _agree_row(agreed: Bytes, y: int, height: int, own: Bytes, row: Floats) -> None:
    """Each pixel's own memberships times what is agreed on around it, to a sum of 255."""
    columns, width = agreed.shape[1], own.shape[0] // LANES
    said = np.empty(columns * LANES, np.uint16)
    _said_row(agreed, y, height, said)
    heard = np.empty(row.shape[0], np.float32)
    if width == 2 * columns:
        _heard_twice(said, heard)
    else:
        one, two = np.empty(4 * width, np.uint64), np.empty(4 * width, np.uint64)
        share = np.empty(4 * width, np.uint64)
        _neighbours_row(said.view(np.uint64), columns, one, two, share)
        _heard_row(one.view(np.uint16), two.view(np.uint16), share.view(np.uint16), heard)
    _floats_row(own, row)
    for x in range(width):
        here, given = row[x * LANES : (x + 1) * LANES], heard[x * LANES : (x + 1) * LANES]
        both, total = F(0), F(0)
        for k in range(LANES):
            both += here[k] * given[k]
            total += given[k]
        # What is agreed with the colour already needs no help, or borders would be drawn to it.
        least = F(OWN) * max(F(1) - both * F(1 / 255 / 255), F(0))
        rest = F(255) / (both + least * total)
        # In place, or they could overlap; over its length, for a known one is only unrolled.
        for k in range(here.shape[0]):
            here[k] = (here[k] + least) * rest
    for i in range(row.shape[0]):
        row[i] *= heard[i]


@brush
def _said_row(agreed: Bytes, y: int, height: int, said: _Sixteenths) -> None:
    """What is agreed on at a full-size row, in sixteenths: between two rows."""
    y0, part = place_row(y, height, agreed.shape[0])
    down = np.uint16(part * F(16) + F(0.5))
    up = np.uint16(16) - down
    above, below = agreed[y0].ravel(), agreed[y0 + 1].ravel()
    for i in range(said.shape[0]):
        said[i] = np.uint16(np.uint16(above[i]) * up + np.uint16(below[i]) * down)


@brush
def _heard_twice(said: _Sixteenths, heard: Floats) -> None:
    """What each pixel hears where there are just two to each of those that said something."""
    # Pixels lie a quarter and three quarters of the way between the same neighbours.
    near, far = np.empty(said.shape[0], np.uint16), np.empty(said.shape[0], np.uint16)
    _between_row(said, said[LANES:], np.uint16(4), near)
    _between_row(said, said[LANES:], np.uint16(12), far)
    both = np.empty(2 * said.shape[0], np.uint16)
    _alternate_row(near.view(np.uint64), far.view(np.uint64), both.view(np.uint64)[4:-4])
    end = said.shape[0] - LANES
    for k in range(LANES):
        both[k] = np.uint16(16) * said[k]
        both[2 * end + LANES + k] = np.uint16(16) * said[end + k]
    for i in range(heard.shape[0]):
        heard[i] = F(both[i]) * F(1 / 256) + F(AGREED)


@brush
def _between_row(one: _Sixteenths, two: _Sixteenths, share: np.uint16, out: _Sixteenths) -> None:
    for i in range(two.shape[0]):
        out[i] = np.uint16(one[i] * np.uint16(np.uint16(16) - share) + two[i] * share)


@brush
def _alternate_row(one: Eights, two: Eights, out: Eights) -> None:
    """Pixels of four numbers each from one row and another in turn."""
    for i in range(0, out.shape[0] // 2, 4):
        for k in range(4):
            out[np.uint32(2 * i + k)] = one[np.uint32(i + k)]
            out[np.uint32(2 * i + 4 + k)] = two[np.uint32(i + k)]


@brush
def _neighbours_row(said: Eights, small: int, one: Eights, two: Eights, share: Eights) -> None:
    """Of each pixel what the two of `small` around it say, and how near the second is, in 16ths:
    four entries to a number."""
    left, rest = columns(one.shape[0] // 4, small)
    for x in range(left.shape[0]):
        near = np.uint64(np.int32(rest[x] * F(16) + F(0.5))) * _ALL_WORDS
        i, j = np.uint32(4 * left[x]), np.uint32(4 * x)
        for k in range(4):
            one[j + np.uint32(k)] = said[i + np.uint32(k)]
            two[j + np.uint32(k)] = said[i + np.uint32(4 + k)]
            share[j + np.uint32(k)] = near


@brush
def _heard_row(one: _Sixteenths, two: _Sixteenths, share: _Sixteenths, heard: Floats) -> None:
    for i in range(heard.shape[0]):
        said = np.uint16(one[i] * np.uint16(np.uint16(16) - share[i]) + two[i] * share[i])
        heard[i] = F(said) * F(1 / 256) + F(AGREED)


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

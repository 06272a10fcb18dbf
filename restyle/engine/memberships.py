"""Memberships: how much each pixel belongs to each palette entry, smooth and steady.

LANES bytes a pixel, in 255ths: a picture's memberships then stay in the processor's cache from
one step to the next. Rows are worked on by brushes of their own, in loops over all their bytes at
once: loops over the few of one pixel are not vectorised where arrays could overlap.
"""

import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, inlined, kernel, rows_in
from restyle.engine.lanes import Lanes, every, load, rounded, store, total
from restyle.engine.palette import GRID, LANES
from restyle.engine.rows import Columns, columns, place_row

BLUR_REACH = 4
# Of 255: what every entry has at least by colour, and by agreement. The first being larger, a
# colour is overruled where nothing around speaks for it.
OWN, AGREED = 14.0, 2.0

Eights = NDArray[np.uint64]  # eight entries to a number
_RING = 16  # pixels that a blur looks back on, at least: a power of two
ALL_BYTES = np.uint64(0x0101010101010101)  # times a byte: that byte, eight times
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
    at = np.empty(width, np.uint32)
    own = np.empty(2 * width, np.uint64)
    said = np.empty(agreed.shape[1] * LANES, np.uint16)
    heard = np.empty(width * LANES, np.uint16)
    columns_of = columns(width, agreed.shape[1]) if agreed.shape[0] > 1 else columns(2, 2)
    for y in rows_in(band, height):
        # Pixels are copied as two numbers of eight bytes, and weighed as LANES.
        _cells_row(abstract[y].reshape(-1), at)
        _plain_row(at, plain, own)
        if faces:
            _face_row(at, gate[y], face, cheek, hair, head, own)
        if agreed.shape[0] > 1:
            _said_row(agreed, y, height, said)
            _heard_row(said, columns_of, heard)
        if taps[1] == F(0):
            _agree_row(own.view(np.uint8), heard, agreed.shape[0] > 1, out[y])
        else:
            _blur_row(own.view(np.uint8), heard, agreed.shape[0] > 1, taps, out[y])


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


@inlined
def _belonging(own: Bytes, heard: _Sixteenths, is_agreed: bool, x: int) -> Lanes:
    """A pixel's own memberships times what is agreed on around it, to a sum of 255."""
    i = np.uint32(LANES * x)
    here = load(own, i)
    if not is_agreed:
        return here
    given = F(1 / 256) * load(heard, i) + every(F(AGREED))
    # What is agreed with the colour already needs no help, or borders would be drawn to it.
    both, whole = total(here * given), total(given)
    least = F(OWN) * max(F(1) - both * F(1 / 255 / 255), F(0))
    return (here + every(least)) * (F(255) / (both + least * whole)) * given


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
def _heard_row(said: _Sixteenths, across: Columns, heard: _Sixteenths) -> None:
    """What each pixel of a row hears, in 256ths: between two of those that said something."""
    left, rest = across
    for x in range(left.shape[0]):
        i, share = np.uint32(LANES * left[x]), F(np.uint32(rest[x] * F(16) + F(0.5)))
        between = (F(16) - share) * load(said, i) + share * load(said, i + np.uint32(LANES))
        store(heard, np.uint32(LANES * x), between)


@brush
def _agree_row(own: Bytes, heard: _Sixteenths, is_agreed: bool, out: Bytes) -> None:
    for x in range(out.shape[0] // LANES):
        store(out, np.uint32(LANES * x), rounded(_belonging(own, heard, is_agreed, x)))


@brush
def _blur_row(own: Bytes, heard: _Sixteenths, is_agreed: bool, taps: Floats, out: Bytes) -> None:
    """The same, blurred; beyond a row its first and its last pixel go on."""
    width = out.shape[0] // LANES
    # As many as there are room for in the nearest cache, over and over.
    ring = np.empty(_RING * LANES, np.float32)
    for i in range(-BLUR_REACH, width + BLUR_REACH):
        if i <= 0 or i < width:
            last = _belonging(own, heard, is_agreed, max(i, 0))
        store(ring, _in_ring(i), last)
        x = i - BLUR_REACH
        if x < 0:
            continue
        blurred = taps[0] * load(ring, _in_ring(x))
        for k in range(1, BLUR_REACH + 1):
            blurred += taps[k] * (load(ring, _in_ring(x - k)) + load(ring, _in_ring(x + k)))
        store(out, np.uint32(LANES * x), rounded(blurred))


@inlined
def _in_ring(x: int) -> np.uint32:
    return np.uint32((x & (_RING - 1)) * LANES)

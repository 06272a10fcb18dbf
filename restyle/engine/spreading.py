"""Spreading: what each pixel belongs to, agreed on with all that no edge divides from it.

A thing in uneven light is of many colours but has no edges within: it gets one label. Shares of
the labels spread through the picture but hardly over edges (the recursive filter of the domain
transform, Gastal and Oliveira 2011), and each pixel answers with what its own colour says of what
it hears, over and over: mean-field inference as in Krähenbühl and Koltun, 2011.
"""

import numpy as np

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, inlined, kernel, rows_in
from restyle.engine.lanes import Lanes, every, load, store, total
from restyle.engine.palette import LANES

SIGMAS = (140.0, 60.0, 20.0)  # pixels of the map at 720p that a round reaches through; one a round
FAINT = 0.016  # a step between neighbours (0–1) that is shading or noise
# What a pixel in front costs, as such a step does: prints, hands and folds are small, walls large.
IN_FRONT = 0.003
DOUBT = 0.02  # what each label is heard of at least


def spread(
    membership: Bytes, colour: Floats, walls: Floats, front: Floats, scale: float, wall: float
) -> Bytes:
    """Memberships (h, w, LANES), sums of 255, agreed on by all that no edge divides.

    `colour` (h, w, 3), 0–1, tells where edges are; `walls` (h, w) is a map whose steps are edges
    too, whatever the colours; within `front` (h, w; 0–1) only what is near is heard. `scale` is
    that of the frame; `wall` what a step beyond FAINT costs, in reaches (σ), at 1 from black to
    white.
    """
    height, width, _ = membership.shape
    steps = np.empty((2, height, width), np.float32)
    _steps(colour, walls, steps)
    steps += F(IN_FRONT) * front
    heard = np.empty(membership.shape, np.float32)
    _start(membership, heard)
    for sigma in SIGMAS:
        away = F(np.sqrt(2) / max(sigma * scale, 1.0))
        _along_rows(heard, np.exp(-(away + F(wall) * steps[0])))
        _down_columns(heard, np.exp(-(away + F(wall) * steps[1])), membership)
    out = np.empty_like(membership)
    _finish(heard, out)
    return out


@brush
def _step(one: Floats, two: Floats) -> F:
    """How much of an edge is between two colours: a step of hue counts more than of brightness."""
    red, green, blue = one[0] - two[0], one[1] - two[1], one[2] - two[2]
    bright = F(0.3) * red + F(0.6) * green + F(0.1) * blue
    size = F(0.7) * abs(bright) + abs(red - bright) + F(0.7) * abs(blue - bright)
    return max(size - F(FAINT), F(0))


@kernel
def _steps(band: Band, colour: Floats, walls: Floats, steps: Floats) -> None:
    """Between each pixel and the one to its left, and the one above: (2, h, w)."""
    height, width, _ = colour.shape
    for y in rows_in(band, height):
        up = max(y - 1, 0)
        for x in range(width):
            left = max(x - 1, 0)
            across = _step(colour[y, x], colour[y, left]) + abs(walls[y, x] - walls[y, left])
            down = _step(colour[y, x], colour[up, x]) + abs(walls[y, x] - walls[up, x])
            steps[0, y, x] = across
            steps[1, y, x] = down


@kernel
def _start(band: Band, membership: Bytes, heard: Floats) -> None:
    for y in rows_in(band, membership.shape[0]):
        _start_row(membership[y].reshape(-1), heard[y].reshape(-1))


@brush
def _start_row(given: Bytes, heard: Floats) -> None:
    for i in range(heard.shape[0]):
        heard[i] = F(given[i]) * F(1 / 255)


@kernel
def _along_rows(band: Band, heard: Floats, ease: Floats) -> None:
    """`ease` (h, w) is how much of what the pixel to the left says gets through."""
    height, width, _ = heard.shape
    for y in rows_in(band, height):
        row, eases = heard[y].reshape(-1), ease[y]
        said = load(row, np.uint32(0))
        for x in range(1, width):
            said = _hear(row, x, said, eases[x])
        for i in range(1, width):
            x = width - 1 - i
            said = _hear(row, x, said, eases[x + 1])


@inlined
def _hear(row: Floats, x: int, other: Lanes, ease: F) -> Lanes:
    """Pixel `x` of a row, having heard the other, of which so much gets through."""
    i = np.uint32(LANES * x)
    mine = load(row, i)
    # Only one step waits for the other's.
    mine = ease * other + (F(1) - ease) * mine
    store(row, i, mine)
    return mine


@kernel
def _down_columns(band: Band, heard: Floats, ease: Floats, membership: Bytes) -> None:
    """The same from above and below, each pixel then answering what its colour says of it."""
    height, width, _ = heard.shape
    columns = rows_in(band, width)
    first, count = columns.start, len(columns)
    for y in range(1, height):
        above, row = heard[y - 1].reshape(-1), heard[y].reshape(-1)
        for x in columns:
            _hear(row, x, load(above, np.uint32(LANES * x)), ease[y, x])
    below = np.empty(LANES * count, np.float32)
    for i in range(count):
        at = np.uint32(LANES * i)
        store(below, at, load(heard[height - 1].reshape(-1), np.uint32(LANES * (first + i))))
    for i in range(height):
        y = height - 1 - i
        row, own = heard[y].reshape(-1), membership[y].reshape(-1)
        eases = ease[min(y + 1, height - 1)]
        for j in range(count):
            x, at = first + j, np.uint32(LANES * j)
            said = load(row, np.uint32(LANES * x))
            if i > 0:
                said = _hear(row, x, load(below, at), eases[x])
                store(below, at, said)
            _answer(said, own, row, np.uint32(LANES * x))


@inlined
def _answer(heard: Lanes, own: Bytes, row: Floats, at: np.uint32) -> None:
    voice = heard + every(F(DOUBT))
    said = (load(own, at) * F(1 / 255) + every(F(1e-3))) * voice * voice
    store(row, at, said * (F(1) / total(said)))


@kernel
def _finish(band: Band, heard: Floats, out: Bytes) -> None:
    for y in rows_in(band, out.shape[0]):
        _finish_row(heard[y].reshape(-1), out[y].reshape(-1))


@brush
def _finish_row(heard: Floats, out: Bytes) -> None:
    for i in range(out.shape[0]):
        out[i] = np.uint8(np.int32(F(255) * heard[i] + F(0.5)))

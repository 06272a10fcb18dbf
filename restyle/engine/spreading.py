"""Spreading: what each pixel belongs to, agreed on with all that no edge divides from it.

A thing in uneven light is of many colours but has no edges within: it gets one label. Shares of
the labels spread through the picture but hardly over edges (the recursive filter of the domain
transform, Gastal and Oliveira 2011), and each pixel answers with what its own colour says of what
it hears, over and over: mean-field inference as in Krähenbühl and Koltun, 2011.
"""

import numpy as np

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
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
    own = np.empty(membership.shape, np.float32)
    heard = np.empty(membership.shape, np.float32)
    _start(membership, own, heard)
    for sigma in SIGMAS:
        away = F(np.sqrt(2) / max(sigma * scale, 1.0))
        _along_rows(heard, np.exp(-(away + F(wall) * steps[0])))
        _down_columns(heard, np.exp(-(away + F(wall) * steps[1])))
        _answer(own, heard)
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
def _start(band: Band, membership: Bytes, own: Floats, heard: Floats) -> None:
    height, width, lanes = membership.shape
    for y in rows_in(band, height):
        given, mine, first = membership[y].ravel(), own[y].ravel(), heard[y].ravel()
        for i in range(width * lanes):
            part = F(given[i]) * F(1 / 255)
            mine[i] = part + F(1e-3)
            first[i] = part


@kernel
def _along_rows(band: Band, heard: Floats, ease: Floats) -> None:
    """`ease` (h, w) is how much of what the pixel to the left says gets through."""
    height, width, _ = heard.shape
    for y in rows_in(band, height):
        for x in range(1, width):
            _hear(heard[y, x], heard[y, x - 1], ease[y, x])
        for i in range(1, width):
            x = width - 1 - i
            _hear(heard[y, x], heard[y, x + 1], ease[y, x + 1])


@kernel
def _down_columns(band: Band, heard: Floats, ease: Floats) -> None:
    height, width, _ = heard.shape
    columns = rows_in(band, width)
    for y in range(1, height):
        for x in columns:
            _hear(heard[y, x], heard[y - 1, x], ease[y, x])
    for i in range(1, height):
        y = height - 1 - i
        for x in columns:
            _hear(heard[y, x], heard[y + 1, x], ease[y + 1, x])


@brush
def _hear(mine: Floats, other: Floats, ease: F) -> None:
    for k in range(LANES):
        mine[k] += ease * (other[k] - mine[k])


@kernel
def _answer(band: Band, own: Floats, heard: Floats) -> None:
    for y in rows_in(band, own.shape[0]):
        _speak_row(own[y].ravel(), heard[y].ravel())
        for x in range(own.shape[1]):
            said = heard[y, x]
            total = F(0)
            for k in range(LANES):
                total += said[k]
            rest = F(1) / total
            # Over its length: a loop of known length is unrolled, not vectorised.
            for k in range(said.shape[0]):
                said[k] *= rest


@brush
def _speak_row(own: Floats, heard: Floats) -> None:
    for i in range(own.shape[0]):
        voice = heard[i] + F(DOUBT)
        heard[i] = own[i] * voice * voice


@kernel
def _finish(band: Band, heard: Floats, out: Bytes) -> None:
    height, width, lanes = heard.shape
    for y in rows_in(band, height):
        given, rounded = heard[y].ravel(), out[y].ravel()
        for i in range(width * lanes):
            rounded[i] = np.uint8(F(255) * given[i] + F(0.5))

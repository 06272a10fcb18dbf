"""Volume from a flat picture: inflate what lies between edges, find the figure, light it all.

Regions bounded by strong colour edges are inflated by a screened Poisson equation (Johnston's
Lumo, NPAR 2002, gave the idea; a pyramid makes it cheap), the figure is told from its ground by
the minimum barrier distance from the border (Zhang and others, ICCV 2015).
"""

from dataclasses import dataclass

import numpy as np

from restyle.engine.kernels import Band, F, Floats, brush, kernel, loop, rows_in
from restyle.engine.pictures import enlarge
from restyle.engine.tones import smoothstep_pixel

LEVELS = 5
SWEEPS = (4, 6, 8, 10, 30)  # relaxations on each level, finest first

_Four = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True)
class Links:
    """How freely each pixel is joined to its right and its lower neighbour, 0–1, float32 (h, w)."""

    right: Floats
    down: Floats


def links(colour: Floats, clear: Floats, *, edge: float, texture: float) -> Links:
    """Links of a float32 RGB picture 0–1: 1 where neighbours are alike, near 0 across an edge.

    A difference of `texture` between neighbours counts as none, one of `edge` beyond it as half
    an edge; both count by `clear` (h, w) 0–1, the anisotropy: a border runs on, a speck doesn't.
    Blur the picture first: fine texture then vanishes, while real edges remain.
    """
    shape = colour.shape[:2]
    made = Links(np.empty(shape, np.float32), np.empty(shape, np.float32))
    _links(colour, clear, F(texture), F(1 / edge), made.right, made.down)
    return made


def inflate(joined: Links, *, reach: float, levels: int = LEVELS, pull: float = 1.0) -> Floats:
    """Height of the picture as if each region were a cushion: float32 (h, w), in pixels.

    Weak links are held at the ground by `pull`; regions wider than `reach` pixels stay flat in
    their middle: a short reach needs fewer `levels` of the pyramid. Solves
    Σ w (h′ − h) + 1 − h/reach² − pull Σ(1 − w) h = 0 from coarse to fine; a strip then has a
    parabola, of which the root is a half-circle.
    """
    pyramid = [joined]
    for _ in range(levels - 1):
        fine = pyramid[-1]
        shape = ((fine.right.shape[0] + 1) // 2, (fine.right.shape[1] + 1) // 2)
        coarse = Links(np.empty(shape, np.float32), np.empty(shape, np.float32))
        _coarsen(fine.right, fine.down, coarse.right, coarse.down)
        pyramid.append(coarse)
    solved = np.zeros(pyramid[-1].right.shape, np.float32)
    for level in range(levels - 1, -1, -1):
        here = pyramid[level]
        if level < levels - 1:
            solved = enlarge(solved, (here.right.shape[0], here.right.shape[1]))
        area = 4.0**level
        held = F(area), F(area / reach**2), F(pull)
        _relax(here.right, here.down, solved, np.empty_like(solved), SWEEPS[level], *held)
    root: Floats = np.sqrt(np.maximum(F(2) * solved, F(0)))
    return root


def figure(colour: Floats, *, passes: int = 3) -> Floats:
    """How much each pixel stands out from all that touches the border: float32 (h, w), 0–1.

    The minimum barrier distance on luma-weighted channels from seeds along the top and the upper
    two thirds of the sides (a figure may leave the picture at the bottom), by raster scans.
    """
    levels = np.ascontiguousarray(colour, np.float32)
    height, width = levels.shape[:2]
    distance = np.full((height, width), 4, np.float32)
    sides = 2 * height // 3
    distance[0] = 0
    distance[:sides, 0] = 0
    distance[:sides, -1] = 0
    low, high = levels.copy(), levels.copy()
    for turn in range(passes):
        if turn % 2 == 0:
            _barrier_scan(levels, distance, low, high)
        else:
            flipped = [np.ascontiguousarray(m[::-1, ::-1]) for m in (levels, distance, low, high)]
            _barrier_scan(*flipped)
            distance, low, high = (np.ascontiguousarray(m[::-1, ::-1]) for m in flipped[1:])
    return distance


@kernel
def _links(
    band: Band, colour: Floats, clear: Floats, texture: F, per_edge: F, right: Floats, down: Floats
) -> None:
    height, width, _ = colour.shape
    for y in rows_in(band, height):
        here, below = colour[y].reshape(-1), colour[min(y + 1, height - 1)].reshape(-1)
        step = np.zeros(width, np.float32)
        _step_row(here, here[3:], step[:-1])
        _link_row(step, clear[y], texture, per_edge, right[y])
        _step_row(here, below, step)
        _link_row(step, clear[y], texture, per_edge, down[y])


@brush
def _step_row(one: Floats, two: Floats, step: Floats) -> None:
    """The largest difference of red, green or blue between two rows of colour, given flat."""
    for x in range(step.shape[0]):
        i = 3 * x
        red, green, blue = one[i] - two[i], one[i + 1] - two[i + 1], one[i + 2] - two[i + 2]
        step[x] = max(abs(red), max(abs(green), abs(blue)))


@brush
def _link_row(step: Floats, clear: Floats, texture: F, per_edge: F, link: Floats) -> None:
    for x in range(link.shape[0]):
        runs = smoothstep_pixel(F(0.25), F(0.65), clear[x]) * per_edge
        d = max(step[x] - texture, F(0)) * runs
        link[x] = F(1) / (F(1) + d * d)


@loop
def _coarsen(right: Floats, down: Floats, right_out: Floats, down_out: Floats) -> None:
    """Links between 2×2 blocks: the weaker of two in a row, the mean of two side by side."""
    rows, columns = right.shape
    height, width = right_out.shape
    for y in range(height):
        upper = min(2 * y, rows - 1)
        lower = min(2 * y + 1, rows - 1)
        for x in range(width):
            left = min(2 * x, columns - 1)
            beyond = min(2 * x + 1, columns - 1)
            right_out[y, x] = F(0.5) * (
                min(right[upper, left], right[upper, beyond])
                + min(right[lower, left], right[lower, beyond])
            )
            down_out[y, x] = F(0.5) * (
                min(down[upper, left], down[lower, left])
                + min(down[upper, beyond], down[lower, beyond])
            )


# One core's: the pictures are small, and sharing them out would take longer.
@loop
def _relax(
    right: Floats,
    down: Floats,
    solved: Floats,
    spare: Floats,
    sweeps: int,
    source: F,
    screen: F,
    pull: F,
) -> None:
    """An even number of sweeps over `solved`, in place; `spare` is of its shape."""
    height = solved.shape[0]
    for _ in range(sweeps // 2):
        for y in range(height):
            _relax_row(right, down, solved, y, source, screen, pull, spare[y])
        for y in range(height):
            _relax_row(right, down, spare, y, source, screen, pull, solved[y])


@brush
def _relax_row(
    right: Floats, down: Floats, solved: Floats, y: int, source: F, screen: F, pull: F, out: Floats
) -> None:
    height, width = solved.shape
    above, below = max(y - 1, 0), min(y + 1, height - 1)
    links = right[y], down[above], down[y]
    around = solved[above], solved[y], solved[below]
    # The middle is vectorised, its neighbours being slices.
    _relax_pixels(
        (links[0][:-2], links[0][1:-1], links[1][1:-1], links[2][1:-1]),
        (around[1][:-2], around[1][2:], around[0][1:-1], around[2][1:-1]),
        (source, screen, pull),
        out[1:-1],
    )
    for x in (0, width - 1):
        before, after = max(x - 1, 0), min(x + 1, width - 1)
        _relax_pixels(
            (links[0][before:], links[0][x:], links[1][x:], links[2][x:]),
            (around[1][before:], around[1][after:], around[0][x:], around[2][x:]),
            (source, screen, pull),
            out[x : x + 1],
        )


@brush
def _relax_pixels(links: _Four, around: _Four, held: tuple[F, F, F], out: Floats) -> None:
    """From links to the left, the right, above and below, and the heights there."""
    w_left, w_right, w_up, w_down = links
    left, right, up, down = around
    source, screen, pull = held
    for x in range(out.shape[0]):
        total = w_left[x] + w_right[x] + w_up[x] + w_down[x]
        flow = w_left[x] * left[x] + w_right[x] * right[x] + w_up[x] * up[x] + w_down[x] * down[x]
        hold = screen + pull * (F(4) - total)
        out[x] = (flow + source) / (total + hold + F(1e-6))


@brush
def _barrier_scan(levels: Floats, distance: Floats, low: Floats, high: Floats) -> None:
    height, width, _ = levels.shape
    for y in range(height):
        for x in range(width):
            for side in range(2):
                py = y - 1 if side == 0 else y
                px = x if side == 0 else x - 1
                if py < 0 or px < 0:
                    continue
                cost = F(0)
                for k in range(3):
                    top = max(high[py, px, k], levels[y, x, k])
                    bottom = min(low[py, px, k], levels[y, x, k])
                    cost = max(cost, top - bottom)
                if cost < distance[y, x]:
                    distance[y, x] = cost
                    for k in range(3):
                        high[y, x, k] = max(high[py, px, k], levels[y, x, k])
                        low[y, x, k] = min(low[py, px, k], levels[y, x, k])

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


def even(colour: Floats, joined: Links, *, reach: float, keep: Floats) -> Floats:
    """`colour` evened out within its regions, as an airbrush would: float32 (h, w, 3).

    Recursive smoothing both ways along rows and columns over about `reach` pixels, stopped where
    `joined` is weak (after the domain transform of Gastal and Oliveira, 2011); where `keep` (h, w)
    is 1 nothing is smoothed.
    """
    out = colour.copy()
    for distance in (reach, reach / 2):
        feedback = F(np.exp(-(2**0.5) / max(distance, 0.5)))
        _sweep_rows(out, joined.right, keep, feedback)
        _sweep_columns(out, joined.down, keep, feedback)
    return out


def crisp(colour: Floats, soft: Floats, force: Floats) -> Floats:
    """Borders drawn together without halos: float32 (h, w, 3).

    What `colour` has beyond its blurred copy `soft` is added `force` (h, w) times, but never past
    the darkest and lightest of the nine pixels around. A negative `force` softens: −1 as far as
    they allow.
    """
    out = np.empty_like(colour)
    _crisp(colour, soft, force, out)
    return out


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
        below = min(y + 1, height - 1)
        for x in range(width):
            beside = min(x + 1, width - 1)
            dx = F(0)
            dy = F(0)
            for k in range(3):
                dx = max(dx, abs(colour[y, beside, k] - colour[y, x, k]))
                dy = max(dy, abs(colour[below, x, k] - colour[y, x, k]))
            runs = smoothstep_pixel(F(0.25), F(0.65), clear[y, x]) * per_edge
            dx = max(dx - texture, F(0)) * runs
            dy = max(dy - texture, F(0)) * runs
            right[y, x] = F(1) / (F(1) + dx * dx)
            down[y, x] = F(1) / (F(1) + dy * dy)


@kernel
def _crisp(band: Band, colour: Floats, soft: Floats, force: Floats, out: Floats) -> None:
    height, width, _ = colour.shape
    for y in rows_in(band, height):
        above, here, below = colour[max(y - 1, 0)], colour[y], colour[min(y + 1, height - 1)]
        for x in range(width):
            before = max(x - 1, 0)
            after = min(x + 1, width - 1)
            more = max(force[y, x], F(-1))
            for k in range(3):
                a, b, c = above[before, k], above[x, k], above[after, k]
                d, e, f = here[before, k], here[x, k], here[after, k]
                g, h, i = below[before, k], below[x, k], below[after, k]
                least = min(min(min(a, b), min(c, d)), min(min(e, f), min(min(g, h), i)))
                most = max(max(max(a, b), max(c, d)), max(max(e, f), max(max(g, h), i)))
                out[y, x, k] = min(max(e + more * (e - soft[y, x, k]), least), most)


@kernel
def _sweep_rows(band: Band, colour: Floats, right: Floats, keep: Floats, feedback: F) -> None:
    height, width, _ = colour.shape
    for y in rows_in(band, height):
        for x in range(1, width):
            w = right[y, x - 1]
            c = feedback * w * w * (F(1) - keep[y, x])
            for k in range(3):
                colour[y, x, k] += c * (colour[y, x - 1, k] - colour[y, x, k])
        for x in range(width - 2, -1, -1):
            w = right[y, x]
            c = feedback * w * w * (F(1) - keep[y, x])
            for k in range(3):
                colour[y, x, k] += c * (colour[y, x + 1, k] - colour[y, x, k])


@kernel
def _sweep_columns(band: Band, colour: Floats, down: Floats, keep: Floats, feedback: F) -> None:
    height, width, _ = colour.shape
    strips = (width + 31) // 32
    for strip in rows_in(band, strips):
        first = strip * 32
        last = min(first + 32, width)
        for y in range(1, height):
            for x in range(first, last):
                w = down[y - 1, x]
                c = feedback * w * w * (F(1) - keep[y, x])
                for k in range(3):
                    colour[y, x, k] += c * (colour[y - 1, x, k] - colour[y, x, k])
        for y in range(height - 2, -1, -1):
            for x in range(first, last):
                w = down[y, x]
                c = feedback * w * w * (F(1) - keep[y, x])
                for k in range(3):
                    colour[y, x, k] += c * (colour[y + 1, x, k] - colour[y, x, k])


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

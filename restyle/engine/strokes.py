"""Lines: where edges run, and ink drawn along them.

Difference of Gaussians smoothed along the edges' tangents (after Kang and others 2007 and
Winnemöller and others 2012), steadied in time at half size; only the threshold is at full size,
so that lines are crisp and anti-aliased at a quarter of the cost. A line map is 1 on paper and
0 on ink.
"""

from typing import NamedTuple

import numba
import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats, brush, kernel
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, luma

FAINT = 0.003  # responses below this are not worth following
STEADY = 0.55  # how much of a line is remembered


class Lines(NamedTuple):
    """How a style draws.

    `sigma` (full-size pixels at 720p) is the width, `epsilon` how strong an edge must be
    (negative), `phi` how fast ink grows beyond it, `length` half a stroke (half-size pixels at
    720p). A named tuple, because kernels may use one as a constant.
    """

    sigma: float
    epsilon: float
    phi: float
    length: int


def line_tone(frame: Frame) -> Floats:
    """What lines are drawn from: the square root of the light abstraction's luma, half size.

    Inside faces it is that of the paint itself, whose features are drawn out.
    """
    tone = luma(frame.light)
    if frame.face_mask.any():
        tone += frame.face_mask * (luma(frame.abstract) - tone)
    return np.sqrt(np.maximum(tone, F(0)))


def line_response(tone: Floats, frame: Frame, lines: Lines) -> Floats:
    """Edges of `tone`, negative where ink belongs, smoothed along their tangents; half size."""
    sigma = max(lines.sigma * frame.scale, 0.5) / 2
    edges = blur(tone, sigma) - blur(tone, 1.6 * sigma)
    return follow(edges, frame, lines.length)


def follow(edges: Floats, frame: Frame, length: float) -> Floats:
    """`edges` averaged along the tangents, and faded where nothing runs (texture); half size."""
    steps = max(2, round(length * frame.scale))
    out = np.empty_like(edges)
    weights = np.exp(-((np.arange(steps + 1) / (0.55 * steps)) ** 2) / 2).astype(np.float32)
    _follow(edges, frame.tangents, frame.anisotropy, weights, out)
    return out


def draw_response(
    frame: Frame, memory: Memory, lines: Lines, *, name: str = "lines", tone: Floats | None = None
) -> Floats:
    """The steadied line response at full size, to be inked with `ink_pixel`.

    `tone` is `line_tone(frame)` unless another is given; each `name` once a frame.
    """
    if tone is None:
        tone = line_tone(frame)
    response = memory.blend(name, line_response(tone, frame, lines), STEADY)
    return enlarge(response, frame.size, smooth=True)


def draw_lines(
    frame: Frame, memory: Memory, lines: Lines, *, name: str = "lines", tone: Floats | None = None
) -> Floats:
    """The line map at full size, float32 (H, W): 1 paper, 0 ink."""
    response = draw_response(frame, memory, lines, name=name, tone=tone)
    out = np.empty_like(response)
    _ink(response, F(lines.epsilon), F(lines.phi), out)
    return out


@brush
def ink_pixel(response: F, epsilon: F, phi: F) -> F:
    """1 (paper) to 0 (ink) from a line response: full ink at epsilon − 2 / phi."""
    bare = min(max(F(1) + F(0.5) * (response - epsilon) * phi, F(0)), F(1))
    return bare * bare


@kernel
def _ink(response: Floats, epsilon: F, phi: F, out: Floats) -> None:
    for y in numba.prange(response.shape[0]):
        for x in range(response.shape[1]):
            out[y, x] = ink_pixel(response[y, x], epsilon, phi)


@kernel
def _follow(
    edges: Floats, tangents: Floats, anisotropy: Floats, weights: Floats, out: Floats
) -> None:
    height, width = edges.shape
    steps = weights.shape[0]
    for y in numba.prange(height):
        for x in range(width):
            here = edges[y, x]
            gate = min(max(F(2.6) * (anisotropy[y, x] - F(0.30)), F(0.12)), F(1))
            if abs(here) < F(FAINT):
                out[y, x] = here * gate
                continue
            total = here
            weight = F(1)
            for way in range(2):
                dx = tangents[y, x, 0]
                dy = tangents[y, x, 1]
                if way == 1:
                    dx = -dx
                    dy = -dy
                px = F(x) + F(0.5)
                py = F(y) + F(0.5)
                for i in range(1, steps):
                    px += dx
                    py += dy
                    if px < F(0) or py < F(0) or px >= F(width) or py >= F(height):
                        break
                    sx = np.int32(px)
                    sy = np.int32(py)
                    total += weights[i] * edges[sy, sx]
                    weight += weights[i]
                    tx = tangents[sy, sx, 0]
                    ty = tangents[sy, sx, 1]
                    # Tangents have no sign of their own: keep going the way we came.
                    if tx * dx + ty * dy < F(0):
                        tx = -tx
                        ty = -ty
                    dx = tx
                    dy = ty
            out[y, x] = total / weight * gate

"""Lines: where edges run, and ink drawn along them.

Difference of Gaussians smoothed along the edges' tangents (after Kang and others 2007 and
Winnemöller and others 2012), steadied in time at half size; only the threshold is at full size,
so that lines are crisp and anti-aliased at a quarter of the cost. A line map is 1 on paper and
0 on ink.
"""

from typing import NamedTuple

import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, luma
from restyle.engine.tracing import traced

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
    return follow(line_edges(tone, frame, lines), frame, lines.length)


def line_edges(tone: Floats, frame: Frame, lines: Lines) -> Floats:
    """Edges of `tone` as they are found: the difference of two blurs of it."""
    sigma = max(lines.sigma * frame.scale, 0.5) / 2
    return np.asarray(blur(tone, sigma) - blur(tone, 1.6 * sigma))


def follow(edges: Floats, frame: Frame, length: float) -> Floats:
    """`edges` averaged along the tangents, and faded where nothing runs (texture); half size."""
    (followed,) = traced([edges], frame.tangents, [stroke_weights(length * frame.scale)])
    return np.asarray(followed * runs(frame))


def stroke_weights(length: float) -> Floats:
    """How much each pixel of half a stroke of `length` counts, from its middle to its end."""
    steps = max(2, round(length))
    return np.exp(-((np.arange(steps) / (0.55 * steps)) ** 2) / 2).astype(np.float32)


def runs(frame: Frame) -> Floats:
    """0.12–1, how far there are edges that run on, rather than texture; half size."""
    return np.asarray(np.clip(F(2.6) * (frame.anisotropy - F(0.30)), F(0.12), F(1)))


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
def _ink(band: Band, response: Floats, epsilon: F, phi: F, out: Floats) -> None:
    for y in rows_in(band, response.shape[0]):
        for x in range(response.shape[1]):
            out[y, x] = ink_pixel(response[y, x], epsilon, phi)

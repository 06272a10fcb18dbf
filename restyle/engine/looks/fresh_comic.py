"""Style 2, fresh comic: light watercolour, mint shadows, peach lights, ink of the paint itself."""

from collections.abc import Iterable

import numpy as np

from restyle.engine.drawn_faces import Pen, draw_faces
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pale_figures import PaleFigures
from restyle.engine.pale_light import Light, lit
from restyle.engine.pictures import blur, luma
from restyle.engine.rows import (
    columns,
    curve_row,
    normalise_row,
    sample_colour_row,
    sample_row,
    store_row,
    upsample_row,
)
from restyle.engine.strokes import Lines, draw_response, ink_pixel
from restyle.engine.surfaces import glow
from restyle.engine.textures import Octave, Tile, fractal
from restyle.engine.tones import (
    contain_pixel,
    curve,
    luma_pixel,
    posterise,
    screen_pixel,
    smoothstep_pixel,
    unstretched_pixel,
)

EDGE = 30.0  # a grey step (0–255) across which paint spreads less; across a third of it, it crawls
LINES = Lines(sigma=1.2, epsilon=-0.0036, phi=88, length=5)
LINE_OPACITY = 0.88
GRAIN = 0.013
BRIGHTEST = 1.08  # of a colour's strongest channel: more would be clipped, orange to yellow
LIFT_WITH_COLOUR = 2.2  # tones lifted more than this keep the chroma that this lift gives


def _wash(y: Floats) -> Floats:
    """Everything lifted towards the paper, half way to seven very soft washes."""
    lifted: Floats = F(0.26) + F(0.74) * np.power(y, F(0.62))
    return lifted + F(0.5) * (posterise(lifted, 7, 0.5) - lifted)


WASH = curve(_wash)
# The white of pale figures, its shadow, and what the ground behind them loses.
LIGHT = Light(
    white=(0.98, 0.98, 0.96), shade=(0.72, 0.79, 0.84), edge=(0.66, 0.90), ground=(0.26, 0.13, 0.10)
)
PEN = Pen(ink=(84, 62, 66), lid=0.026, brow=0.026, mouth=0.015, opacity=0.8)


class FreshComic:
    """See the module."""

    abstraction = Abstraction(passes=3, range_sigma=34, radius=5.0, sharpness=4)

    def __init__(self) -> None:
        self._paper: Tile | None = None
        self._figures = PaleFigures()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the colours are the scene's own, lightened."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Washes, pigment gathered at wet edges, glow, lines in the paint's own colour, paper."""
        frame = lit(frame, self._figures.read(frame), LIGHT, memory)
        height, width = frame.size
        if self._paper is None:
            s = frame.scale
            octaves = [Octave(0.7 * s, 0.7 * s, 1), Octave(3 * s, 3 * s, 0.7)]
            octaves.append(Octave(12 * s, 12 * s, 0.6))
            self._paper = fractal((width, height), octaves, seed=2)
        low, high = frame.levels
        out = np.empty((height, width, 3), np.uint8)
        _compose(
            frame.abstract,
            frame.grey,
            frame.guide,
            frame.face_mask,
            _wet_edges(frame),
            glow(frame.abstract, 0.55, 24 * frame.scale, 0.32),
            draw_response(frame, memory, LINES),
            self._paper.lay((width, height), frame.ground),
            WASH,
            F(low),
            F(1 / (high - low)),
            F(high - low),
            out,
        )
        draw_faces(out, frame, PEN)
        return out


def _wet_edges(frame: Frame) -> Floats:
    """Where a drying wash leaves its pigment: the dark side of soft edges, half size, 0–1."""
    tone = blur(luma(frame.abstract), 1.5 * frame.scale)
    edges: Floats = np.clip(F(5) * (blur(tone, 5 * frame.scale) - tone), F(0), F(1))
    return edges


@kernel
def _compose(
    band: Band,
    abstract: Floats,
    grey: Floats,
    guide: Bytes,
    face_mask: Floats,
    wet: Floats,
    light: Floats,
    lines: Floats,
    paper: Floats,
    table: Floats,
    low: F,
    gain: F,
    span: F,
    out: Bytes,
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    across_light = columns(width, light.shape[1])
    for y in rows_in(band, height):
        paint = upsample_row(abstract, grey, guide, y, across, F(EDGE))
        before = normalise_row(paint, low, gain)
        washed = curve_row(table, before)
        edges = sample_row(wet, y, height, across)
        faces = sample_row(face_mask, y, height, across)
        shining = sample_colour_row(light, y, height, across_light)
        _paint_row(paint, before, washed, edges, faces, shining, lines[y], paper[y], span)
        store_row(paint, out[y])


@brush
def _paint_row(
    paint: Floats,
    before: Floats,
    washed: Floats,
    edges: Floats,
    faces: Floats,
    shining: Floats,
    lines: Floats,
    paper: Floats,
    span: F,
) -> None:
    """Washes, light, ink and paper of a row of `paint` (3, W), in place."""
    reds, greens, blues = paint[0], paint[1], paint[2]
    red_light, green_light, blue_light = shining[0], shining[1], shining[2]
    for x in range(before.shape[0]):
        # Faces keep their darks: eyes and brows are what makes them readable.
        depth = F(1) - smoothstep_pixel(F(0.05), F(0.35), before[x])
        after = washed[x] - (F(0.06) + F(0.16) * faces[x]) * depth
        lift = F(0.80) * after / before[x] + F(0.20)
        red = reds[x] * lift
        green = greens[x] * lift
        blue = blues[x] * lift
        grey_now = luma_pixel(red, green, blue)
        most = max(abs(red - grey_now), max(abs(green - grey_now), abs(blue - grey_now)))
        # Light tones are coloured gently; what was dark is not lifted into lurid colour.
        chroma = F(1.38) / (F(1) + F(1.1) * most)
        chroma *= min(F(LIFT_WITH_COLOUR) / max(lift, F(0.1)), F(1))
        chroma *= unstretched_pixel(red, blue, span)
        red = after + (red - grey_now) * chroma
        green = after + (green - grey_now) * chroma
        blue = after + (blue - grey_now) * chroma
        red, green, blue = contain_pixel(red, green, blue, F(BRIGHTEST))

        peach = smoothstep_pixel(F(0.5), F(1), after)
        # Least in the dark, or black hair would turn green.
        mint = (F(1) - peach) * smoothstep_pixel(F(0.10), F(0.65), after)
        pool = edges[x]
        red += peach * F(0.018) - mint * F(0.020) - pool * F(0.12)
        green += peach * F(0.016) + mint * F(0.050) - pool * F(0.13)
        blue += mint * F(0.055) - pool * F(0.10)
        red = screen_pixel(red, red_light[x])
        green = screen_pixel(green, green_light[x])
        blue = screen_pixel(blue, blue_light[x])
        ink = F(LINE_OPACITY) * (F(1) - ink_pixel(lines[x], F(LINES.epsilon), F(LINES.phi)))
        tooth = F(1) + F(GRAIN) * paper[x]
        red += ink * (F(0.10) - F(0.58) * red)
        green += ink * (F(0.07) - F(0.66) * green)
        blue += ink * (F(0.10) - F(0.55) * blue)
        reds[x] = red * tooth
        greens[x] = green * tooth
        blues[x] = blue * tooth

"""Style 0, Japanese manga: coloured cels, violet shadows and warm lights, dark violet ink."""

from collections.abc import Iterable

import numpy as np

from restyle.engine.cels import modelling
from restyle.engine.drawn_faces import Pen, draw_faces
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pale_figures import PaleFigures
from restyle.engine.pale_light import Light, lit
from restyle.engine.pictures import luma
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
from restyle.engine.tones import (
    chroma_pixel,
    contain_pixel,
    curve,
    posterise,
    saturate_pixel,
    screen_pixel,
    smoothstep,
    smoothstep_pixel,
    unstretched_pixel,
)

EDGE = 30.0  # a grey step (0–255) across which paint spreads less; across a third of it, it crawls
CEL = 0.75  # how far tones go to their steps
FACE_SHADING = 0.55  # how much of a face's own shading is kept
RICHER = 0.60  # more saturation in what has a colour, …
SPARED = 0.5  # … by so much less in what is vivid: fur and wood are brown, not fire
BRIGHTEST = 1.1  # of a colour's strongest channel: more would be clipped, and turn orange to yellow
LINES = Lines(sigma=1.3, epsilon=-0.0035, phi=110, length=5)


def _lifted(y: Floats) -> Floats:
    """Lifted mid-tones."""
    lifted: Floats = np.power(y, F(0.78))
    return lifted


def _cels(y: Floats) -> Floats:
    """The same, most of the way to five flat cel tones."""
    return _lifted(y) + F(CEL) * (posterise(_lifted(y), 5, 0.22) - _lifted(y))


LIFTED, CELS = curve(_lifted), curve(_cels)
# The white of pale figures, its shadow, and what the ground behind them loses.
LIGHT = Light(
    white=(0.97, 0.96, 0.95),
    shade=(0.68, 0.665, 0.83),
    edge=(0.80, 0.84),
    ground=(0.26, 0.22, 0.08),
)
PEN = Pen(ink=(40, 26, 46), taller=1.3, iris=0.33, mouth=0.016)


class JapaneseManga:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=26, radius=2.5, sharpness=2)

    def __init__(self) -> None:
        self._figures = PaleFigures()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the palette is the scene's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Cel tones, split toning, glow and lines over the abstracted frame."""
        pale = self._figures.read(frame)
        frame = lit(frame, pale, LIGHT, memory)
        light = glow(frame.abstract, 0.70, 18 * frame.scale, 0.30)
        lines = draw_response(frame, memory, LINES)
        form = modelling(frame, memory)
        if pale.share:
            # Its white has one shadow already, and no bruises.
            white = smoothstep(0.3, 0.5, luma(frame.abstract))
            form *= F(1) - F(pale.share) * pale.front * white
        out = np.empty((*frame.size, 3), np.uint8)
        low, high = frame.levels
        _compose(
            frame.abstract,
            frame.grey,
            frame.guide,
            light,
            lines,
            frame.face_mask,
            form,
            LIFTED,
            CELS,
            F(low),
            F(1 / (high - low)),
            F(high - low),
            out,
        )
        draw_faces(out, frame, PEN)
        return out


@kernel
def _compose(
    band: Band,
    abstract: Floats,
    grey: Floats,
    guide: Bytes,
    light: Floats,
    lines: Floats,
    face_mask: Floats,
    form: Floats,
    lifted: Floats,
    cels: Floats,
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
        smooth, stepped = curve_row(lifted, before), curve_row(cels, before)
        faces = sample_row(face_mask, y, height, across)
        forms = sample_row(form, y, height, across)
        shining = sample_colour_row(light, y, height, across_light)
        _ink_row(paint, before, smooth, stepped, faces, forms, shining, lines[y], span)
        store_row(paint, out[y])


@brush
def _ink_row(
    paint: Floats,
    before: Floats,
    smooth: Floats,
    stepped: Floats,
    faces: Floats,
    forms: Floats,
    shining: Floats,
    lines: Floats,
    span: F,
) -> None:
    """Tone, colour and ink of a row of `paint` (3, W), in place."""
    reds, greens, blues = paint[0], paint[1], paint[2]
    red_light, green_light, blue_light = shining[0], shining[1], shining[2]
    for x in range(before.shape[0]):
        cel = forms[x] * (F(1) - F(FACE_SHADING) * faces[x])
        after = smooth[x] + cel * (stepped[x] - smooth[x])
        ratio = after / before[x]
        red = reds[x] * ratio
        green = greens[x] * ratio
        blue = blues[x] * ratio
        chroma = chroma_pixel(red, green, blue)
        colourful = smoothstep_pixel(F(0.03), F(0.20), chroma)
        colourful *= F(1) - F(SPARED) * smoothstep_pixel(F(0.25), F(0.60), chroma)
        richer = (F(0.85) + F(RICHER) * colourful) * unstretched_pixel(red, blue, span)
        red, green, blue = saturate_pixel(red, green, blue, richer)
        red, green, blue = contain_pixel(red, green, blue, F(BRIGHTEST))
        shade = F(1) - smoothstep_pixel(F(0.08), F(0.5), after)
        shine = smoothstep_pixel(F(0.55), F(0.95), after)
        red += shade * F(0.028) + shine * F(0.025)
        green += shade * F(-0.004) + shine * F(0.014)
        blue += shade * F(0.085) - shine * F(0.012)
        red = screen_pixel(red, red_light[x])
        green = screen_pixel(green, green_light[x])
        blue = screen_pixel(blue, blue_light[x])
        paper = ink_pixel(lines[x], F(LINES.epsilon), F(LINES.phi))
        ink = F(1) - paper
        reds[x] = paper * red + ink * (F(0.12) + F(0.12) * red)
        greens[x] = paper * green + ink * (F(0.08) + F(0.10) * green)
        blues[x] = paper * blue + ink * (F(0.16) + F(0.10) * blue)

"""Style 0, Japanese manga: coloured cels, violet shadows and warm lights, dark violet ink."""

from collections.abc import Sequence

import numba
import numpy as np

from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.motion import Memory
from restyle.engine.strokes import Lines, draw_response, ink_pixel
from restyle.engine.surfaces import glow, place_pixel, sample_colour_pixel, upsample_pixel
from restyle.engine.tones import (
    byte_pixel,
    chroma_pixel,
    curve,
    curve_pixel,
    luma_pixel,
    posterise,
    saturate_pixel,
    screen_pixel,
    smoothstep_pixel,
)

EDGE = 10.8  # a grey step (0–255) across which paint does not spread
LINES = Lines(sigma=1.3, epsilon=-0.0035, phi=110, length=5)


def _anime(y: Floats) -> Floats:
    """Lifted mid-tones, two thirds of the way to five flat cel tones."""
    lifted: Floats = np.power(y, F(0.78))
    cels = posterise(lifted, 5, 0.22)
    return lifted + F(0.66) * (cels - lifted)


ANIME = curve(_anime)


class JapaneseManga:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=26, radius=2.5, sharpness=2)

    def prepare(self, samples: Sequence[Bytes]) -> None:
        """Nothing: the palette is the scene's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Cel tones, split toning, glow and lines over the abstracted frame."""
        light = glow(frame.abstract, 0.70, 18 * frame.scale, 0.30)
        lines = draw_response(frame, memory, LINES)
        out = np.empty((*frame.size, 3), np.uint8)
        low, high = frame.levels
        _compose(
            frame.abstract,
            frame.grey,
            frame.guide,
            light,
            lines,
            ANIME,
            F(low),
            F(1 / (high - low)),
            out,
        )
        return out


@kernel
def _compose(
    abstract: Floats,
    grey: Floats,
    guide: Floats,
    light: Floats,
    lines: Floats,
    table: Floats,
    low: F,
    gain: F,
    out: Bytes,
) -> None:
    height, width = guide.shape
    small = light.shape[:2]
    for y in numba.prange(height):
        for x in range(width):
            red, green, blue = upsample_pixel(abstract, grey, guide, y, x, F(EDGE))
            red = (red - low) * gain
            green = (green - low) * gain
            blue = (blue - low) * gain
            before = max(luma_pixel(red, green, blue), F(0.02))
            after = curve_pixel(table, before)
            ratio = after / before
            red *= ratio
            green *= ratio
            blue *= ratio
            colourful = smoothstep_pixel(F(0.03), F(0.20), chroma_pixel(red, green, blue))
            red, green, blue = saturate_pixel(red, green, blue, F(0.85) + F(0.60) * colourful)
            shade = F(1) - smoothstep_pixel(F(0.08), F(0.5), after)
            shine = smoothstep_pixel(F(0.55), F(0.95), after)
            red += shade * F(0.028) + shine * F(0.025)
            green += shade * F(-0.004) + shine * F(0.014)
            blue += shade * F(0.085) - shine * F(0.012)
            py, px = place_pixel(y, x, (height, width), small)
            glow_red, glow_green, glow_blue = sample_colour_pixel(light, py, px)
            red = screen_pixel(red, glow_red)
            green = screen_pixel(green, glow_green)
            blue = screen_pixel(blue, glow_blue)
            paper = ink_pixel(lines[y, x], F(LINES.epsilon), F(LINES.phi))
            ink = F(1) - paper
            out[y, x, 0] = byte_pixel(paper * red + ink * (F(0.12) + F(0.12) * red))
            out[y, x, 1] = byte_pixel(paper * green + ink * (F(0.08) + F(0.10) * green))
            out[y, x, 2] = byte_pixel(paper * blue + ink * (F(0.16) + F(0.10) * blue))

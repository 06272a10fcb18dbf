"""The light of pale figures: where a white bird in a dim room is, it is lit until it is white.

Its shading is drawn anew, from its large forms alone: one clean shadow, in the colour that a look
gives to white in the shade. The ground behind it steps back.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pale_figures import Pale
from restyle.engine.pictures import blur, enlarge, least, luma, most, shrink
from restyle.engine.tones import chroma_pixel, luma_pixel, smoothstep, smoothstep_pixel

SMALL = 4  # forms are read this much smaller than the half-size frame
FORM_SIGMA = 14.0  # half-size pixels at 720p: what is smaller is feathers and noise, not form
STEADY = 0.88  # of the lit picture, where motion is known: its borders are stronger than before
FEATHERS = 0.1  # how much of what is smaller is kept
COVER = 0.85  # how far white and its shadow cover the figure's own dull colours


class Light(NamedTuple):
    """How a look lights what is pale: the colours (red, green, blue 0–1) of white in light and in
    shade, from which tone on (of the figure's own white) the shade ends, and where the light is
    whole; and how much of red, green and blue the ground behind the figure loses."""

    white: tuple[float, float, float]
    shade: tuple[float, float, float]
    edge: tuple[float, float]
    ground: tuple[float, float, float]


def lit(frame: Frame, pale: Pale, light: Light, memory: Memory) -> Frame:
    """The frame, what is pale in it white in its abstraction; itself where there is no figure."""
    if not pale.share:
        return frame
    low, high = frame.levels
    abstract = np.empty_like(frame.abstract)
    _light(
        frame.abstract,
        _forms(frame, pale),
        frame.face_mask,
        pale.front,
        F(pale.share),
        F(pale.gain),
        F(low),
        F(high - low),
        np.array([light.white, light.shade, light.ground], np.float32),
        F(light.edge[0]),
        F(light.edge[1]),
        abstract,
    )
    # Hardly at first: what is remembered may be of a figure that was here long ago.
    steady = memory.blend("pale", abstract, STEADY * pale.share)
    return replace(frame, abstract=steady)


def _forms(frame: Frame, pale: Pale) -> Floats:
    """Tones of the figure's large forms, half size: beak and ground have no part in them."""
    low, high = frame.levels
    front = shrink(pale.front, SMALL)
    height, width = front.shape
    taken = frame.abstract[SMALL // 2 :: SMALL, SMALL // 2 :: SMALL][:height, :width]
    colour = (np.ascontiguousarray(taken) - F(low)) / F(high - low)
    tone = luma(colour)
    counted = front * front * smoothstep(0.24, 0.46, tone)
    counted *= np.clip(F(1.7) - F(5.5) * (most(colour) - least(colour)), F(0), F(1))
    counted += F(1e-3)
    sigma = FORM_SIGMA / SMALL * frame.scale
    return enlarge(blur(counted * tone, sigma) / blur(counted, sigma), frame.half_size)


@brush
def light_pixel(tone: F) -> F:
    """How far a tone of what stands in front can be white in dim light, 0–1."""
    return min(max(F(4.5) * tone - F(1.1), F(0)), F(1))


@brush
def dull_pixel(red: F, green: F, blue: F) -> F:
    """How far a colour can be white in a coloured light, 0–1."""
    return min(max(F(1.7) - F(5.5) * chroma_pixel(red, green, blue), F(0)), F(1))


@brush
def ground_pixel(tone: F, dull: F) -> F:
    """How far what is not in front is bare ground, 0–1: not what is dark, nor what is all light."""
    ground = dull * min(max(F(3.3) * tone - F(0.66), F(0)), F(1))
    return ground * min(max(F(3.2) - F(3) * tone, F(0.25)), F(1))


@kernel
def _light(
    band: Band,
    colour: Floats,
    forms: Floats,
    face: Floats,
    front: Floats,
    share: F,
    lacking: F,
    low: F,
    span: F,
    paints: Floats,
    shaded: F,
    whole: F,
    out: Floats,
) -> None:
    height, width = forms.shape
    for y in rows_in(band, height):
        for x in range(width):
            r = (colour[y, x, 0] - low) / span
            g = (colour[y, x, 1] - low) / span
            b = (colour[y, x, 2] - low) / span
            tone = luma_pixel(r, g, b)
            dull = dull_pixel(r, g, b)
            ahead = share * front[y, x]
            here = ahead * (F(1) - face[y, x]) * light_pixel(tone)
            lift = F(1) + here * (F(0.4) + F(0.6) * dull) * (lacking - F(1))
            own = (forms[y, x] + F(FEATHERS) * (tone - forms[y, x])) * lacking
            cel = smoothstep_pixel(shaded, whole, own)
            cover = F(COVER) * here * dull
            ground = (share - ahead) * ground_pixel(tone, dull)
            for c in range(3):
                value = (colour[y, x, c] - low) / span * lift
                paint = paints[1, c] + cel * (paints[0, c] - paints[1, c])
                value += cover * (paint - value)
                value *= F(1) - ground * paints[2, c]
                out[y, x, c] = min(max(low + span * value, F(0)), F(1))

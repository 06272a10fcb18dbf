"""Skin beside faces: hands, necks and arms, told by the hue of the faces in the same frame.

No colour is assumed: skin is what has the faces' own share of red and of blue, at any brightness.
"""

import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, shrink
from restyle.engine.tones import luma_pixel, smoothstep, smoothstep_pixel

SMALL = 2  # it is looked for this much smaller than the half-size frame
INSIDE = 0.5  # of the faces' mask: what is surely face
ALIKE = 0.030  # a difference in the share of red or blue that is still skin, as a deviation
DARK, LIT = 0.06, 0.16  # luma under which colour says nothing, and from which it does
SOFT = 2.0  # half-size pixels at 720p
SOME, MUCH = 0.25, 0.70  # a likeness that is not, and is, taken for skin
STEADY = 0.7


def skin(frame: Frame, memory: Memory) -> Floats:
    """As `skin_now`, steadied."""
    return memory.blend("skin", skin_now(frame), STEADY)


def skin_now(frame: Frame) -> Floats:
    """Where there is skin like that of the frame's faces, 0–1, half size; 0 without faces."""
    if not frame.face_mask.any():
        return np.zeros(frame.half_size, np.float32)
    faces = shrink(frame.face_mask, SMALL) > F(INSIDE)
    alike = np.zeros(frame.half_size, np.float32)
    if faces.any():
        colour = shrink(frame.abstract, SMALL)
        red, blue = np.median(_hue(colour[faces]), axis=0)
        likeness = np.empty(faces.shape, np.float32)
        _likeness(colour, F(red), F(blue), likeness)
        soft = blur(likeness, SOFT * frame.scale / SMALL)
        alike = enlarge(smoothstep(SOME, MUCH, soft), frame.half_size)
    return alike


def _hue(colours: Floats) -> Floats:
    """The shares of red and blue in colours (n, 3): (n, 2)."""
    return np.asarray(colours[:, ::2] / (colours.sum(axis=1, keepdims=True) + F(0.05)))


@kernel
def _likeness(band: Band, colour: Floats, red: F, blue: F, out: Floats) -> None:
    for y in rows_in(band, out.shape[0]):
        for x in range(out.shape[1]):
            r, g, b = colour[y, x, 0], colour[y, x, 1], colour[y, x, 2]
            out[y, x] = _likeness_pixel(r, g, b, red, blue)


@brush
def _likeness_pixel(r: F, g: F, b: F, red: F, blue: F) -> F:
    whole = F(1) / (r + g + b + F(0.05))
    across, down = (r * whole - red) * F(1 / ALIKE), (b * whole - blue) * F(1 / ALIKE)
    lit = smoothstep_pixel(F(DARK), F(LIT), luma_pixel(r, g, b))
    value: F = lit * np.exp(-(across * across + down * down))
    return value

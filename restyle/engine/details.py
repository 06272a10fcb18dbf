"""Details that flat colours lose: what is thinner than a region, as strokes over the regions.

A mast, a window's frame, a letter, the line between lips are too small to be cut out, and small
regions flicker. Lines are steadier: the difference of Gaussians along the edges' tangents
(`strokes`), dark where it is negative and light where it is positive, kept only where the flat
colour beneath truly lacks that dark or light. Where a region shows an edge there is no stroke.
"""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from restyle.engine.colours import to_lab, to_rgb
from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.palette import LANES, Palette
from restyle.engine.pictures import blur, enlarge, luma, shrink
from restyle.engine.regions import Field
from restyle.engine.shot_palette import MOST_SHOTS
from restyle.engine.strokes import Lines, follow, line_tone
from restyle.engine.tones import smoothstep, smoothstep_pixel

STEADY = 0.7
# Tone (root of luma) by which the flat colour is too light, or too dark: light strokes beside dark
# shapes look like halos, so more is asked of them.
LACKS_DARK, LACKS_LIGHT, SOFT = 0.02, 0.055, 0.05
# Less that a dark response counts in a face, and a light one: features are drawn (`features`).
IN_FACE, SHINE = -1.0, -1.0
CLEAR, VERY_CLEAR = 0.015, 0.035  # of the difference of Gaussians
# Where the abstraction takes this much luma away all around, there is texture.
BUSY, VERY_BUSY, BUSY_REACH = 0.018, 0.045, 7.0


class Strokes(NamedTuple):
    """The colours of strokes on each entry, RGB 0–1 (LANES, 3)."""

    dark: Floats
    light: Floats


@lru_cache(maxsize=MOST_SHOTS)
def stroke_colours(palette: Palette) -> Strokes:
    """Strokes keep the hue of what they lie on: far darker and colder, or lighter and warmer."""
    lab = to_lab(palette.rgb[None])[0]
    dark, light = lab.copy(), lab.copy()
    dark[:, 0] = np.maximum(0.42 * lab[:, 0], lab[:, 0] - 40)
    dark += np.array([0, 2, -6], np.float32)
    light[:, 0] = np.minimum(96, lab[:, 0] + 34)
    light[:, 1:] = 0.6 * lab[:, 1:] + np.array([1, 4], np.float32)
    padded = np.zeros((2, LANES, 3), np.float32)
    padded[0, : len(lab)], padded[1, : len(lab)] = to_rgb(dark), to_rgb(light)
    return Strokes(padded[0], padded[1])


def details(frame: Frame, memory: Memory, field: Field, palette: Palette, lines: Lines) -> Floats:
    """What `field` lacks, for `stroke_pixel`: negative where it should be darker; full size."""
    tone = line_tone(frame)
    sigma = max(lines.sigma * frame.scale, 0.5) / 2
    edges = blur(tone, sigma) - blur(tone, 1.6 * sigma)
    tones = np.zeros((1, 256), np.float32)
    tones[0, : len(palette)] = np.sqrt(np.maximum(luma(to_rgb(palette.lab)[None])[0], 0))
    flat = np.asarray(cv2.LUT(field.label, tones), np.float32)
    # Before they are followed: most edges are shown, and what is 0 need not be.
    _keep_lost(edges, tone, flat, frame.face_mask)
    response = follow(edges, frame, lines.length)
    _keep_clear(response, edges, frame.anisotropy, busy(frame))
    return enlarge(memory.blend("details", response, STEADY), frame.size, smooth=True)


def busy(frame: Frame) -> Floats:
    """How much of each pixel's surroundings is texture, such as leaves: 0–1, half size."""
    lost = shrink(np.abs(luma(frame.light) - luma(frame.abstract)), 4)
    around = blur(lost, BUSY_REACH * frame.scale / 4)
    return enlarge(smoothstep(BUSY, VERY_BUSY, around), frame.half_size)


@brush
def stands_alone_pixel(anisotropy: F, busy: F) -> F:
    """0–1, whether what an abstraction lost is a thing (a mast, a letter) rather than texture."""
    return max(smoothstep_pixel(F(0.45), F(0.75), anisotropy), F(1) - busy)


@brush
def stroke_pixel(response: F, epsilon: F, phi: F) -> F:
    """1 full dark … 0 none … −1 full light: beyond ± epsilon, full after 1 / phi more."""
    beyond = (abs(response) + epsilon) * phi
    cover = min(max(beyond, F(0)), F(1))
    return cover if response < F(0) else -cover


@brush
def stroke_row(response: Floats, epsilon: F, phi: F) -> Floats:
    """A row of `stroke_pixel`s."""
    row = np.empty(response.shape[0], np.float32)
    for x in range(response.shape[0]):
        row[x] = stroke_pixel(response[x], epsilon, phi)
    return row


@kernel
def _keep_lost(band: Band, edges: Floats, tone: Floats, flat: Floats, face: Floats) -> None:
    for y in rows_in(band, tone.shape[0]):
        for x in range(tone.shape[1]):
            lacking = flat[y, x] - tone[y, x]
            from_here = F(LACKS_DARK)
            stronger = F(IN_FACE)
            if edges[y, x] > F(0):
                lacking = -lacking
                from_here = F(LACKS_LIGHT)
                stronger = F(SHINE)
            lost = smoothstep_pixel(from_here, from_here + F(SOFT), lacking)
            edges[y, x] *= lost * (F(1) + stronger * face[y, x])


@kernel
def _keep_clear(
    band: Band, response: Floats, edges: Floats, anisotropy: Floats, busy: Floats
) -> None:
    """Letters and eyes are too small to run along: where they are clear they need not."""
    for y in rows_in(band, response.shape[0]):
        for x in range(response.shape[1]):
            clear = smoothstep_pixel(F(CLEAR), F(VERY_CLEAR), abs(edges[y, x]))
            clear *= stands_alone_pixel(anisotropy[y, x], busy[y, x])
            response[y, x] += clear * (edges[y, x] - response[y, x])

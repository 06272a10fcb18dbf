"""3D cartoon: the picture rebuilt as soft volumes under a warm key and a cool fill.

Fine texture is dropped, each region between strong edges is inflated like a cushion
(`shading.inflate`), faces get an ellipsoid of their own, and the whole is lit: wrapped key light
from the upper left, sky fill, creases darkened, soft highlights, a rim on the shadow side.
"""

from collections.abc import Sequence

import numba
import numpy as np

from restyle.engine import shading
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, shrink
from restyle.engine.rows import columns, sample_colour_row, upsample_row
from restyle.engine.surfaces import glow
from restyle.engine.tones import (
    byte_pixel,
    chroma_pixel,
    curve,
    curve_pixel,
    luma_pixel,
    screen_pixel,
    smoothstep_pixel,
)

REACH = 46  # half-size pixels at 720p: wider regions are flat in their middle
EDGE = 0.022
TEXTURE = 0.009
ROUND = 0.85  # slope of the cushions
UPSAMPLING = 16.0


def _film(y: Floats) -> Floats:
    """Lifted shadows under a soft shoulder."""
    lifted: Floats = np.power(y, F(0.80)) * (F(0.90) + F(0.10) * y) + F(0.02)
    return lifted


FILM = curve(_film)


class Cartoon3D:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=30, radius=3.0, sharpness=4)

    def prepare(self, samples: Sequence[Bytes]) -> None:
        """Nothing: the colours are the scene's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """The frame as soft volumes."""
        scale = frame.scale
        base = blur(frame.abstract, 1.3 * scale)
        clear = np.maximum(frame.anisotropy, F(0.5))
        joined = shading.links(base, clear, edge=0.008, texture=0.003)
        colour = shading.even(frame.abstract, joined, reach=8 * scale, keep=frame.face_mask)
        height = _volume(frame, base)
        height = memory.blend("volume", height, 0.7)
        stands_out = memory.blend("figure", _figure(frame), 0.8)
        lit = np.empty_like(colour)
        low, high = frame.levels
        _light(
            colour,
            height,
            stands_out,
            frame.face_mask,
            FILM,
            F(low),
            F(1 / (high - low)),
            F(ROUND),
            lit,
        )
        bloom = glow(lit, 0.72, 16 * frame.scale, 0.16)
        out = np.empty_like(frame.full)
        _finish(lit, frame.grey, frame.guide, F(UPSAMPLING), bloom, out)
        return out


def _volume(frame: Frame, base: Floats) -> Floats:
    """Height in half-size pixels: cushions between edges, an ellipsoid for each face."""
    scale = frame.scale
    if frame.face_boxes:
        calm = blur(base, 7 * scale)
        base = base + frame.face_mask[..., None] * (calm - base)
    joined = shading.links(base, frame.anisotropy, edge=EDGE, texture=TEXTURE)
    height = shading.inflate(joined, reach=REACH * scale)
    for x, y, w, h, strength in frame.face_boxes:
        _add_face(height, x + w / 2, y + 0.52 * h, 0.56 * w, 0.70 * h, strength)
    return blur(height, 1.6 * scale)


def _add_face(height: Floats, cx: float, cy: float, rx: float, ry: float, strength: float) -> None:
    rows, columns = height.shape
    top, bottom = max(int(cy - ry), 0), min(int(cy + ry) + 1, rows)
    left, right = max(int(cx - rx), 0), min(int(cx + rx) + 1, columns)
    if top >= bottom or left >= right:
        return
    v = (np.arange(top, bottom, dtype=np.float32)[:, None] - F(cy)) / F(ry)
    u = (np.arange(left, right, dtype=np.float32)[None, :] - F(cx)) / F(rx)
    dome = np.sqrt(np.maximum(F(1) - u * u - v * v, F(0)))
    height[top:bottom, left:right] += F(0.25 * rx * strength) * dome


def _figure(frame: Frame) -> Floats:
    """How much each pixel stands out from the surroundings, half size."""
    return enlarge(shading.figure(shrink(frame.abstract, 4)), frame.half_size)


@kernel
def _light(
    colour: Floats,
    height: Floats,
    stands_out: Floats,
    face: Floats,
    tones: Floats,
    low: F,
    per_range: F,
    slope: F,
    out: Floats,
) -> None:
    rows, columns = height.shape
    for y in numba.prange(rows):
        above = max(y - 1, 0)
        below = min(y + 1, rows - 1)
        for x in range(columns):
            before = max(x - 1, 0)
            after = min(x + 1, columns - 1)
            gx = slope * F(0.5) * (height[y, after] - height[y, before])
            gy = slope * F(0.5) * (height[below, x] - height[above, x])
            steep = F(1) / np.sqrt(F(1) + F(0.35) * (gx * gx + gy * gy))
            steep *= F(0.35) + F(0.65) * smoothstep_pixel(F(0.03), F(0.30), stands_out[y, x])
            gx *= steep
            gy *= steep
            nz = F(1) / np.sqrt(F(1) + gx * gx + gy * gy)
            nx = -gx * nz
            ny = -gy * nz
            fm = face[y, x]
            facing = nx * F(-0.46) + ny * F(-0.58) + nz * F(0.67)
            wrap = F(0.45)
            key = max(facing + wrap, F(0)) / F(0.67 + 0.45)
            # Half-way vector between the key and the eye
            half = nx * F(-0.252) + ny * F(-0.317) + nz * F(0.914)
            gloss = max(half, F(0))
            gloss = gloss * gloss
            gloss = gloss * gloss
            gloss = gloss * gloss
            gloss = gloss * gloss
            crease = F(1) - smoothstep_pixel(F(0.8), F(9), height[y, x])

            r = (colour[y, x, 0] - low) * per_range
            g = (colour[y, x, 1] - low) * per_range
            b = (colour[y, x, 2] - low) * per_range
            m = max(luma_pixel(r, g, b), F(0.02))
            t = curve_pixel(tones, m)
            lift = t / m
            r *= lift
            g *= lift
            b *= lift
            c = chroma_pixel(r, g, b)
            vivid = F(0.95) + F(0.50) * smoothstep_pixel(F(0.02), F(0.16), c) / (F(1) + F(0.8) * c)
            m = luma_pixel(r, g, b)
            shade = F(0.30) + F(0.70) * key
            shade = shade * (F(1) - F(0.30) * crease * (F(1) - F(0.7) * fm))
            # Shadows turn cool, lights warm
            cool = max(F(1) - shade, F(0))
            warm = max(shade - F(1), F(0))
            r = (m + (r - m) * vivid) * (shade - F(0.10) * cool + F(0.20) * warm)
            g = (m + (g - m) * vivid) * (shade + F(0.02) * cool + F(0.10) * warm)
            b = (m + (b - m) * vivid) * (shade + F(0.14) * cool - F(0.05) * warm)
            shine = (
                F(0.22)
                * max(gloss - F(0.55), F(0))
                * (F(1) - nz * nz)
                * F(4)
                * (F(0.3) + F(0.7) * m)
            )
            rim = (F(1) - nz) * max(F(0.8) * nx + F(0.1) * ny, F(0)) * stands_out[y, x] * F(0.9)
            out[y, x, 0] = r + shine + rim * F(0.75)
            out[y, x, 1] = g + shine + rim * F(0.85)
            out[y, x, 2] = b + shine + rim


@kernel
def _finish(
    lit: Floats, grey: Floats, guide: Floats, range_sigma: F, bloom: Floats, out: Bytes
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    across_bloom = columns(width, bloom.shape[1])
    for y in numba.prange(height):
        paint = upsample_row(lit, grey, guide, y, across, range_sigma)
        shining = sample_colour_row(bloom, y, height, across_bloom)
        for x in range(width):
            for k in range(3):
                out[y, x, k] = byte_pixel(screen_pixel(min(paint[k, x], F(1)), shining[k, x]))

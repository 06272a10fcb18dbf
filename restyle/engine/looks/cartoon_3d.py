"""Style 3, 3D cartoon: the picture as soft volumes under a warm key and a cool fill.

Fine texture is dropped, large shapes are inflated like cushions (`shading.inflate`), small ones
a little on top of them, faces get an ellipsoid of their own, and the whole is lit: wrapped key
light from the upper left, sky fill, creases darkened, soft highlights, a rim on the shadow side.
"""

from collections.abc import Iterable

import cv2
import numba
import numpy as np

from restyle.engine import shading
from restyle.engine.details import busy, stands_alone_pixel
from restyle.engine.eyes import CartoonEyes
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes, F, Floats, brush, kernel
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
    saturate_pixel,
    screen_pixel,
    smoothstep_pixel,
    to_bytes,
)

# Half-size pixels at 720p. Large shapes: what is narrower is no shape of its own, wider ones are
# flat in their middle. Small shapes are cushions on top of them.
NARROW, REACH = 24, 46
SMALL_REACH, SMALL = 9, 0.55
EDGE = 0.022
TEXTURE = 0.0105
LOST, LOST_WHOLLY = 0.04, 0.12  # of a bird, a mast, a letter to the abstraction: it is kept
ROUND = 1.0  # slope of the cushions
UPSAMPLING = 14.0
STEADY = 0.6
CRISP = 0.8


def _film(y: Floats) -> Floats:
    """Lifted shadows under a soft shoulder."""
    lifted: Floats = np.power(y, F(0.80)) * (F(0.90) + F(0.10) * y) + F(0.02)
    return lifted


FILM = curve(_film)


class Cartoon3D:
    """See the module."""

    abstraction = Abstraction(passes=3, range_sigma=32, radius=3.0, sharpness=4)

    def __init__(self) -> None:
        self._eyes = CartoonEyes()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the colours are the scene's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Even out, inflate and light at half size; bloom and eyes at full size."""
        scale = frame.scale
        low, high = frame.levels
        # Steps between neighbours are larger in small pictures, smaller in dull ones.
        step = (high - low) / scale
        texture = busy(frame)
        whole = _with_things(frame, texture)
        base = blur(whole, 1.3 * scale)
        clear = np.maximum(frame.anisotropy, F(0.5))
        joined = shading.links(base, clear, edge=0.008 * step, texture=0.003 * step)
        spared = F(0.8) * frame.face_mask
        colour = shading.even(whole, joined, reach=8 * scale, keep=spared)
        colour = shading.crisp(colour, blur(colour, 2.0 * scale), spared, CRISP)
        volume = memory.blend("volume", _volume(frame, base, texture, step), 0.7)
        stands_out = _figure(frame)
        lit = np.empty_like(colour)
        _light(
            colour,
            np.ascontiguousarray(volume[..., 0]),
            np.ascontiguousarray(volume[..., 1]),
            stands_out,
            frame.face_mask,
            FILM,
            F(low),
            F(1 / (high - low)),
            F(scale),
            lit,
        )
        lit = memory.blend("lit", lit, STEADY)
        bloom = glow(lit, 0.74, 16 * frame.scale, 0.14)
        out = np.empty_like(frame.full)
        _finish(lit, frame.grey, frame.guide, F(UPSAMPLING), bloom, out)
        self._eyes.paint(out, frame)
        return out


def _with_things(frame: Frame, texture: Floats) -> Floats:
    """The abstraction, with what it took for noise but stands alone: half size."""
    out = np.empty_like(frame.abstract)
    _rescue(frame.abstract, frame.light, frame.anisotropy, texture, out)
    return out


def _volume(frame: Frame, base: Floats, texture: Floats, step: float) -> Floats:
    """Heights in half-size pixels (h, w, 2): of all, and of the small shapes alone."""
    scale = frame.scale
    clear = frame.anisotropy - F(0.45) * texture
    if frame.face_boxes:
        calm = blur(base, 7 * scale)
        base = base + frame.face_mask[..., None] * (calm - base)
    joined = shading.links(base, clear, edge=EDGE * step, texture=TEXTURE * step)
    small = blur(shading.inflate(joined, reach=SMALL_REACH * scale, levels=3), 1.2 * scale)
    broad = _broad(base, scale)
    shapes = shading.links(
        broad, np.ones_like(broad[..., 0]), edge=EDGE * step, texture=TEXTURE * step
    )
    large = 4 * enlarge(shading.inflate(shapes, reach=REACH * scale / 4, levels=3), frame.half_size)
    height = blur(large, 2.5 * scale) + F(SMALL) * small
    for x, y, w, h, strength in frame.face_boxes:
        _add_face(height, x + w / 2, y + 0.52 * h, 0.56 * w, 0.70 * h, strength)
    return np.stack([height, small], -1)


def _broad(base: Floats, scale: float) -> Floats:
    """Only the large shapes, at a quarter: a median takes what is narrow, edges stay."""
    small = to_bytes(shrink(base, 4))
    side = max(3, round(NARROW * scale / 4) * 2 + 1)
    return cv2.medianBlur(small, side).astype(np.float32) / F(255)


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
def _rescue(
    abstract: Floats, light: Floats, anisotropy: Floats, texture: Floats, out: Floats
) -> None:
    for y in numba.prange(texture.shape[0]):
        for x in range(texture.shape[1]):
            red = light[y, x, 0] - abstract[y, x, 0]
            green = light[y, x, 1] - abstract[y, x, 1]
            blue = light[y, x, 2] - abstract[y, x, 2]
            most = max(abs(red), max(abs(green), abs(blue)))
            lost = smoothstep_pixel(F(LOST), F(LOST_WHOLLY), most)
            lost *= stands_alone_pixel(anisotropy[y, x], texture[y, x])
            out[y, x, 0] = abstract[y, x, 0] + lost * red
            out[y, x, 1] = abstract[y, x, 1] + lost * green
            out[y, x, 2] = abstract[y, x, 2] + lost * blue


@kernel
def _light(
    colour: Floats,
    height: Floats,
    small: Floats,
    stands_out: Floats,
    face: Floats,
    tones: Floats,
    low: F,
    gain: F,
    scale: F,
    out: Floats,
) -> None:
    rows, across = height.shape
    for y in numba.prange(rows):
        above = max(y - 1, 0)
        below = min(y + 1, rows - 1)
        painted = np.empty((3, across), np.float32)
        for x in range(across):
            before = max(x - 1, 0)
            after = min(x + 1, across - 1)
            fm = face[y, x]
            figure = smoothstep_pixel(F(0.03), F(0.30), stands_out[y, x])
            gx = F(0.5 * ROUND) * (height[y, after] - height[y, before])
            gy = F(0.5 * ROUND) * (height[below, x] - height[above, x])
            # Cushions are never quite vertical at their rim, and the ground is flatter.
            gentle = (F(0.10) + F(0.90) * figure) / np.sqrt(F(1) + F(0.35) * (gx * gx + gy * gy))
            gx *= gentle
            gy *= gentle
            nz = F(1) / np.sqrt(F(1) + gx * gx + gy * gy)
            nx = -gx * nz
            ny = -gy * nz
            # Wrapped key light: it reaches a little around the corner.
            key = max(F(-0.46) * nx - F(0.58) * ny + F(0.67) * nz + F(0.45), F(0)) / F(1.12)
            key += F(0.20) * fm * (F(1) - key)
            # Highlight: half-way between the key and the eye.
            gloss = max(F(-0.252) * nx - F(0.317) * ny + F(0.914) * nz, F(0))
            gloss *= gloss
            gloss *= gloss
            gloss *= gloss
            gloss *= gloss
            # Little light comes between shapes: wide between large ones, a seam between small.
            crease = F(1) - smoothstep_pixel(F(0.8) * scale, F(8) * scale, height[y, x])
            seam = F(1) - smoothstep_pixel(F(0.4) * scale, F(2.4) * scale, small[y, x])
            crease = max(crease, F(0.5) * seam)
            crease *= (F(0.10) + F(0.90) * figure) * (F(1) - F(0.7) * fm)

            red = (colour[y, x, 0] - low) * gain
            green = (colour[y, x, 1] - low) * gain
            blue = (colour[y, x, 2] - low) * gain
            before_film = max(luma_pixel(red, green, blue), F(0.02))
            lift = curve_pixel(tones, before_film) / before_film
            red *= lift
            green *= lift
            blue *= lift
            c = chroma_pixel(red, green, blue)
            m = luma_pixel(red, green, blue)
            # Colours rise, but greys, what is vivid already and deep shadows less.
            vivid = F(0.48) * smoothstep_pixel(F(0.02), F(0.16), c) / (F(1) + F(1.3) * c)
            vivid *= F(0.35) + F(0.65) * smoothstep_pixel(F(0.10), F(0.45), m)
            red, green, blue = saturate_pixel(red, green, blue, F(0.95) + vivid)
            # Light under the skin: reds and ochres of middle lightness glow from within.
            skin = smoothstep_pixel(F(0.05), F(0.17), red - green)
            skin *= smoothstep_pixel(F(0.0), F(0.10), green - blue + F(0.04))
            skin *= F(1) - smoothstep_pixel(F(0.35), F(0.60), c)
            skin *= smoothstep_pixel(F(0.15), F(0.40), m)
            skin = max(skin, F(0.6) * fm * smoothstep_pixel(F(0.25), F(0.5), m))
            red += F(0.045) * skin
            green += F(0.012) * skin
            shade = (F(0.32) + F(0.68) * key) * (F(1) - F(0.30) * crease)
            cool = max(F(1) - shade, F(0))
            warm = max(shade - F(1), F(0))
            shine = (F(1) - nz * nz) * max(gloss - F(0.55), F(0)) * (F(0.25) + F(0.65) * m)
            rim = (F(1) - nz) * max(F(0.8) * nx + F(0.1) * ny, F(0)) * figure * (F(1) - fm)
            red *= shade - F(0.10) * (F(1) - F(1.8) * skin) * cool + F(0.20) * warm
            green *= shade + F(0.02) * (F(1) - skin) * cool + F(0.10) * warm
            blue *= shade + F(0.13) * (F(1) - skin) * cool - F(0.05) * warm
            rim *= F(0.55) * (F(0.25) + m)
            painted[0, x] = _shoulder(red + shine + F(0.80) * rim)
            painted[1, x] = _shoulder(green + shine + F(0.90) * rim)
            painted[2, x] = _shoulder(blue + shine + rim)
        # Apart from the loop above, which the compiler can then vectorise.
        for x in range(across):
            for k in range(3):
                out[y, x, k] = painted[k, x]


@brush
def _shoulder(value: F) -> F:
    """Highlights roll off instead of burning out: 0.8 to 1.2 end between 0.8 and 1."""
    over = min(max((value - F(0.8)) * F(2.5), F(0)), F(1))
    rolled: F = min(value, F(0.8)) + F(0.2) * over * (F(2) - over)
    return rolled


@kernel
def _finish(
    lit: Floats, grey: Floats, guide: Bytes, range_sigma: F, bloom: Floats, out: Bytes
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    across_bloom = columns(width, bloom.shape[1])
    for y in numba.prange(height):
        paint = upsample_row(lit, grey, guide, y, across, range_sigma)
        shining = sample_colour_row(bloom, y, height, across_bloom)
        for k in range(3):
            for x in range(width):
                paint[k, x] = screen_pixel(paint[k, x], shining[k, x])
        for x in range(width):
            for k in range(3):
                out[y, x, k] = byte_pixel(paint[k, x])

"""Smoothing that keeps edges, and glow.

Sources: Winnemöller and others 2006 (bilateral abstraction), Kyprianidis and others 2009
(anisotropic Kuwahara; here sampled at eight points).
Radii and σ are in half-size pixels and already scaled by the caller.
"""

from typing import cast

import cv2
import numba
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats, brush, kernel
from restyle.engine.pictures import blur, enlarge, luma, shrink

LIGHT_PASSES = 2  # bilateral passes of the light abstraction, from which lines are drawn


def bilateral(image: Bytes, passes: int, range_sigma: float) -> Bytes:
    """`passes` bilateral filters of diameter 5; `range_sigma` in 0–255."""
    for _ in range(passes):
        image = cast(Bytes, cv2.bilateralFilter(image, 5, range_sigma, 3))
    return image


def kuwahara(
    image: Floats, tangents: Floats, anisotropy: Floats, radius: float, sharpness: float
) -> Floats:
    """Sampled anisotropic Kuwahara filter: flat strokes along the tangents, edges kept.

    `image` (h, w, 3) 0–1; `sharpness` 2 or 4 decides how strictly the calmest side wins.
    """
    mean = blur(image, radius / 2)
    grey, grey_mean = luma(image), luma(mean)
    variance = blur(grey * grey, radius / 2) - grey_mean * grey_mean
    out = np.empty_like(image)
    _kuwahara(mean, variance, tangents, anisotropy, F(radius), sharpness > 3, out)
    return out


def glow(abstract: Floats, threshold: float, sigma: float, amount: float) -> Floats:
    """Light that bleeds from what is brighter than `threshold`: a half-size map to screen.

    `sigma` in half-size pixels.
    """
    small = shrink(abstract, 4)
    bright = np.clip((small - F(threshold)) / F(1 - threshold), F(0), F(1)) * F(amount)
    return enlarge(blur(bright, sigma / 4), (abstract.shape[0], abstract.shape[1]))


def crisper(picture: Bytes, sigma: float, amount: float) -> Bytes:
    """Edges drawn together, without halos or overshoot: 8-bit brightness (H, W), or RGB.

    What a picture has beyond its blurred copy is added `amount` times, but never past the darkest
    and lightest of the pixels around. `sigma` in its own pixels.
    """
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    sharp = cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)
    around = np.ones((3, 3), np.uint8)
    sharp = cv2.min(cv2.max(sharp, cv2.erode(picture, around)), cv2.dilate(picture, around))
    return cast(Bytes, sharp)


@brush
def place_pixel(y: int, x: int, full: tuple[int, int], small: tuple[int, int]) -> tuple[F, F]:
    """Where a full-size pixel lies in a smaller map: (y, x), for `sample_pixel`."""
    py = (F(y) + F(0.5)) * F(small[0]) / F(full[0]) - F(0.5)
    px = (F(x) + F(0.5)) * F(small[1]) / F(full[1]) - F(0.5)
    return min(max(py, F(0)), F(small[0] - 1)), min(max(px, F(0)), F(small[1] - 1))


@brush
def sample_pixel(field: Floats, py: F, px: F) -> F:
    """A (h, w) map at a place between its pixels, bilinearly."""
    y0 = min(np.int32(py), np.int32(field.shape[0] - 2))
    x0 = min(np.int32(px), np.int32(field.shape[1] - 2))
    fy = py - F(y0)
    fx = px - F(x0)
    above = field[y0, x0] + fx * (field[y0, x0 + 1] - field[y0, x0])
    below = field[y0 + 1, x0] + fx * (field[y0 + 1, x0 + 1] - field[y0 + 1, x0])
    value: F = above + fy * (below - above)
    return value


# cos and sin of k · 45°
_COS = np.cos(np.arange(8) * np.pi / 4).astype(np.float32)
_SIN = np.sin(np.arange(8) * np.pi / 4).astype(np.float32)


@kernel
def _kuwahara(
    mean: Floats,
    variance: Floats,
    tangents: Floats,
    anisotropy: Floats,
    radius: F,
    strict: bool,
    out: Floats,
) -> None:
    height, width = variance.shape
    for y in numba.prange(height):
        for x in range(width):
            tx = tangents[0, y, x]
            ty = tangents[1, y, x]
            stretch = F(1) + anisotropy[y, x]
            along = radius * stretch
            across = radius / stretch
            total = F(0)
            red = F(0)
            green = F(0)
            blue = F(0)
            for k in range(8):
                u = along * _COS[k]
                v = across * _SIN[k]
                # Floor after adding half: the nearest pixel, for negative offsets too.
                sx = np.int32(F(x) + u * tx - v * ty + F(0.5))
                sy = np.int32(F(y) + u * ty + v * tx + F(0.5))
                sx = min(max(sx, np.int32(0)), np.int32(width - 1))
                sy = min(max(sy, np.int32(0)), np.int32(height - 1))
                calm = F(1) / (F(1e-4) + max(variance[sy, sx], F(0)))
                w = calm * calm
                if strict:
                    w *= w
                total += w
                red += w * mean[sy, sx, 0]
                green += w * mean[sy, sx, 1]
                blue += w * mean[sy, sx, 2]
            whole = F(1) / total
            out[y, x, 0] = red * whole
            out[y, x, 1] = green * whole
            out[y, x, 2] = blue * whole

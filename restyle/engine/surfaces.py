"""Smoothing that keeps edges, and glow.

Source: Kyprianidis and others 2009 (anisotropic Kuwahara; here sampled at eight points).
Radii and σ are in half-size pixels and already scaled by the caller.
"""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import blur, enlarge, luma, shrink


def kuwahara(
    image: Floats, tangents: Floats, anisotropy: Floats, radius: float, sharpness: float
) -> Floats:
    """Sampled anisotropic Kuwahara filter: flat strokes along the tangents, edges kept.

    `image` (h, w, 3) 0–1; `sharpness` 2 or 4 decides how strictly the calmest side wins.
    """
    mean = blur(image, radius / 2)
    grey, grey_mean = luma(image), luma(mean)
    variance = blur(grey * grey, radius / 2) - grey_mean * grey_mean
    weighed = np.empty((*grey.shape, 4), np.float32)
    _weigh(mean, variance, sharpness > 3, weighed)
    out = np.empty_like(image)
    _kuwahara(weighed, tangents, anisotropy, F(radius), out)
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
def _weigh(band: Band, mean: Floats, variance: Floats, strict: bool, weighed: Floats) -> None:
    """The weight of each pixel's calm, and its colour by that weight: (h, w, 4)."""
    for y in rows_in(band, variance.shape[0]):
        _weigh_row(mean[y].reshape(-1), variance[y], strict, weighed[y].reshape(-1))


@brush
def _weigh_row(mean: Floats, variance: Floats, strict: bool, weighed: Floats) -> None:
    for x in range(variance.shape[0]):
        calm = F(1) / (F(1e-4) + max(variance[x], F(0)))
        w = calm * calm
        if strict:
            w *= w
        weighed[4 * x] = w
        weighed[4 * x + 1] = w * mean[3 * x]
        weighed[4 * x + 2] = w * mean[3 * x + 1]
        weighed[4 * x + 3] = w * mean[3 * x + 2]


@kernel
def _kuwahara(
    band: Band, weighed: Floats, tangents: Floats, anisotropy: Floats, radius: F, out: Floats
) -> None:
    height, width = anisotropy.shape
    for y in rows_in(band, height):
        axes = np.empty((4, width), np.float32)
        _axes_row(tangents[0, y], tangents[1, y], anisotropy[y], radius, axes)
        at = np.empty((8, width), np.uint32)
        for k in range(8):
            _ellipse_row(axes, _COS[k], _SIN[k], y, height, at[k])
        _mean_row(weighed.reshape(-1), at, out[y].reshape(-1))


@brush
def _axes_row(tx: Floats, ty: Floats, anisotropy: Floats, radius: F, axes: Floats) -> None:
    """Each pixel's ellipse: its half axes along the edge (x, y) and across it (x, y)."""
    along_x, along_y, across_x, across_y = axes[0], axes[1], axes[2], axes[3]
    for x in range(tx.shape[0]):
        stretch = F(1) + anisotropy[x]
        along, across = radius * stretch, radius / stretch
        along_x[x], along_y[x] = along * tx[x], along * ty[x]
        across_x[x], across_y[x] = -across * ty[x], across * tx[x]


@brush
def _ellipse_row(axes: Floats, cos: F, sin: F, y: int, height: int, at: NDArray[np.uint32]) -> None:
    """One point on each pixel's ellipse, to the nearest pixel: its flat index."""
    along_x, along_y, across_x, across_y = axes[0], axes[1], axes[2], axes[3]
    width = np.int32(at.shape[0])
    for x in range(at.shape[0]):
        px = F(x) + cos * along_x[x] + sin * across_x[x] + F(0.5)
        py = F(y) + cos * along_y[x] + sin * across_y[x] + F(0.5)
        sx = np.int32(min(max(px, F(0)), F(width - 1)))
        sy = np.int32(min(max(py, F(0)), F(height - 1)))
        at[x] = np.uint32(sy * width + sx)


@brush
def _mean_row(weighed: Floats, at: NDArray[np.uint32], out: Floats) -> None:
    """The colours at eight points a pixel, by their weights."""
    for x in range(at.shape[1]):
        total, red, green, blue = F(0), F(0), F(0), F(0)
        for k in range(8):
            i = at[k, x] * np.uint32(4)
            total += weighed[i]
            red += weighed[i + np.uint32(1)]
            green += weighed[i + np.uint32(2)]
            blue += weighed[i + np.uint32(3)]
        whole = F(1) / total
        out[3 * x], out[3 * x + 1], out[3 * x + 2] = red * whole, green * whole, blue * whole

"""Paper, silk and pigment: noise tiles without a seam, moved with the scene.

A tile is made once for a frame size (FFT of seeded white noise, so it wraps), is at least as large
as the frame (nothing repeats in view) and is sampled between pixels with its variance kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.carrying import Ground
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import enlarge
from restyle.engine.rows import between_rows, place_row

_STEP = 64  # tile sides are rounded up to it: frames of nearly one size share tiles


@dataclass(frozen=True)
class Octave:
    """One layer of Gaussian-filtered white noise: σ in pixels along y and x, and its weight."""

    sigma_y: float
    sigma_x: float
    weight: float


@dataclass(frozen=True, eq=False)
class Tile:
    """A periodic texture of mean 0 and variance 1.

    `wrapped` (h + 1, w + 1) has its first row and column once more at its end; `lag_y` and `lag_x`
    are its correlations with itself one pixel further: what sub-pixel sampling needs to know to
    keep the grain's strength steady while it moves.
    """

    wrapped: Floats
    lag_y: float
    lag_x: float

    @property
    def values(self) -> Floats:
        """The texture, float32 (h, w)."""
        return self.wrapped[:-1, :-1]

    def lay(self, size: tuple[int, int], ground: Ground, zoom: float = 1.0) -> Floats:
        """The tile as it lies on the scene, float32 (height, width): each part moves by itself.

        `size` is (width, height), no larger than the tile; `zoom` its scale beside the full-size
        frame (0.5 for half-size maps). Bilinear, wrapping around; the loss of variance between
        pixels is made good, so that a moving grain doesn't pulse.
        """
        out = np.empty((size[1], size[0]), np.float32)
        lags = F(self.lag_y), F(self.lag_x)
        old = self._moves(ground.offset, zoom, size[0])
        _lay(self.wrapped, *old, *lags, F(0), F((1 - ground.share) ** 0.5), out)
        if ground.share > 0:
            new = self._moves(ground.fresh, zoom, size[0])
            _lay(self.wrapped, *new, *lags, F(1), F(ground.share**0.5), out)
        return out

    def _moves(self, offset: Floats, zoom: float, width: int) -> tuple[Floats, Floats]:
        """Offsets along x and y in the tile's pixels, around 0, in rows of cells `width` wide."""
        sides = np.array(self.values.shape[::-1], np.float32)
        middle = np.median(offset[::4, ::4].reshape(-1, 2), axis=0) * zoom
        moves = offset * F(zoom) - sides * np.round(middle / sides).astype(np.float32)
        moves = np.clip(moves, -sides, sides)
        along, down = (
            cv2.resize(np.ascontiguousarray(moves[..., k]), (width, offset.shape[0]))
            for k in (0, 1)
        )
        return np.asarray(along, np.float32), np.asarray(down, np.float32)


def fractal(size: tuple[int, int], octaves: Sequence[Octave], *, seed: int) -> Tile:
    """Noise of several octaves on a tile that covers `size` (width, height).

    Each octave is white noise filtered by a Gaussian in the frequency domain, hence periodic, and
    scaled to unit variance before it is weighted.
    """
    shape = covering(size)
    dice = np.random.default_rng(seed)
    total = np.zeros(shape, np.float32)
    for octave in octaves:
        total += F(octave.weight) * _filtered(dice, shape, octave)
    return _tile(total)


@lru_cache(maxsize=16)
def silk(size: tuple[int, int], scale: float) -> Tile:
    """Woven ground: fine threads both ways and slow unevenness; `scale` is short side / 720."""
    fine, slow = 0.6 * max(scale, 0.75), 20 * scale
    threads = [Octave(fine, 6 * fine, 0.6), Octave(6 * fine, fine, 0.6)]
    return fractal(size, [*threads, Octave(slow, slow, 0.5)], seed=41)


@lru_cache(maxsize=16)
def fiber(size: tuple[int, int], scale: float) -> Tile:
    """Rice paper: short fibres both ways over cloudy pulp; `scale` is short side / 720."""
    fine, soft, cloud = 0.7 * max(scale, 0.75), 2 * scale, 30 * scale
    return fractal(
        size,
        [
            Octave(fine, 5 * fine, 0.39),
            Octave(soft, 5 * soft, 0.31),
            Octave(5 * fine, fine, 0.39),
            Octave(5 * soft, soft, 0.31),
            Octave(cloud, cloud, 0.7),
        ],
        seed=73,
    )


@lru_cache(maxsize=16)
def grain(size: tuple[int, int], scale: float) -> Tile:
    """Even paper grain with soft mottling; `scale` is short side / 720."""
    return _isotropic(size, ((0.7, 1.0), (3.0, 0.7), (12.0, 0.6)), scale, seed=29)


@lru_cache(maxsize=16)
def pigment(size: tuple[int, int], scale: float) -> Tile:
    """Granulating ink or paint: clumps of three sizes; `scale` is short side / 720."""
    return _isotropic(size, ((1.0, 1.0), (2.5, 1.0), (6.0, 0.8)), scale, seed=57)


@lru_cache(maxsize=16)
def cloud(size: tuple[int, int], sigma_px: float, seed: int) -> Tile:
    """A smooth random field of one scale, for wobbling borders and uneven washes."""
    return fractal(size, [Octave(sigma_px, sigma_px, 1.0)], seed=seed)


def lay_cloud(half_size: tuple[int, int], ground: Ground, sigma: float, seed: int) -> Floats:
    """A `cloud` of `sigma` half-size pixels as it lies on the scene, half size (height, width)."""
    # Laid at a quarter of the frame's size: nothing in it is fine.
    small = max(half_size[1] // 2, 2), max(half_size[0] // 2, 2)
    return enlarge(cloud(small, sigma / 2, seed).lay(small, ground, 0.25), half_size)


def lay_pigment(half_size: tuple[int, int], ground: Ground, scale: float) -> Floats:
    """`pigment` as it lies on the scene, half size (height, width), for where it is but a hint."""
    size = half_size[1], half_size[0]
    return pigment(size, scale / 2).lay(size, ground, 0.5)


def _isotropic(
    size: tuple[int, int], parts: Sequence[tuple[float, float]], scale: float, *, seed: int
) -> Tile:
    octaves = [Octave(s * scale, s * scale, weight) for s, weight in parts]
    return fractal(size, octaves, seed=seed)


def covering(size: tuple[int, int]) -> tuple[int, int]:
    """(height, width) of a tile that covers `size` (width, height)."""
    width, height = (-(-max(side, 1) // _STEP) * _STEP for side in size)
    return height, width


def _filtered(dice: np.random.Generator, shape: tuple[int, int], octave: Octave) -> Floats:
    noise = dice.standard_normal(shape).astype(np.float32)
    spectrum = np.fft.rfft2(noise)
    v = np.fft.fftfreq(shape[0]) * octave.sigma_y
    u = np.fft.rfftfreq(shape[1]) * octave.sigma_x
    spectrum *= np.exp(-2 * np.pi**2 * v * v).astype(np.float32)[:, None]
    spectrum *= np.exp(-2 * np.pi**2 * u * u).astype(np.float32)
    spectrum[0, 0] = 0
    field = np.asarray(np.fft.irfft2(spectrum, s=shape), np.float32)
    field /= F(max(float(field.std()), 1e-9))
    return field


def _tile(field: Floats) -> Tile:
    field = (field - field.mean()) / F(max(float(field.std()), 1e-9))
    lags = [float((field * np.roll(field, 1, axis)).mean()) for axis in (0, 1)]
    wrapped = np.pad(field, ((0, 1), (0, 1)), mode="wrap")
    wrapped.setflags(write=False)
    return Tile(wrapped, lags[0], lags[1])


@kernel
def _lay(
    band: Band,
    wrapped: Floats,
    along: Floats,
    down: Floats,
    lag_y: F,
    lag_x: F,
    kept: F,
    weight: F,
    out: Floats,
) -> None:
    """`out` becomes kept · out + weight · the tile at each pixel + move; `out` fits the tile."""
    height, width = out.shape
    for y in rows_in(band, height):
        cell, part = place_row(y, height, along.shape[0])
        fx, fy = np.empty(width, np.float32), np.empty(width, np.float32)
        between_rows(along[cell], along[cell + 1], part, fx)
        between_rows(down[cell], down[cell + 1], part, fy)
        # Unsigned: numba asks of every signed index whether it counts from the end.
        at, gain = np.empty(width, np.uint32), np.empty(width, np.float32)
        _places_row(fx, fy, y, wrapped.shape, lag_y, lag_x, weight, at, gain)
        grain = out[y] if kept == F(0) else np.empty(width, np.float32)
        _grain_row(wrapped.reshape(-1), wrapped.shape[1], at, fx, fy, gain, grain)
        if kept != F(0):
            _add_row(grain, kept, out[y])


@brush
def _places_row(
    fx: Floats,
    fy: Floats,
    y: int,
    shape: tuple[int, int],
    lag_y: F,
    lag_x: F,
    weight: F,
    at: NDArray[np.uint32],
    gain: Floats,
) -> None:
    """From moves to places in the tile, as an index and the rest beyond it, and their gains."""
    rows, wide = np.int32(shape[0] - 1), np.int32(shape[1] - 1)
    for x in range(at.shape[0]):
        px, py = F(x) + fx[x], F(y) + fy[x]
        whole_x, whole_y = np.floor(px), np.floor(py)
        u, v = px - whole_x, py - whole_y
        x0, y0 = np.int32(whole_x), np.int32(whole_y)
        x0 += wide if x0 < np.int32(0) else (-wide if x0 >= wide else np.int32(0))
        y0 += rows if y0 < np.int32(0) else (-rows if y0 >= rows else np.int32(0))
        at[x] = np.uint32(y0 * (wide + np.int32(1)) + x0)
        across = F(1) - F(2) * u * (F(1) - u) * (F(1) - lag_x)
        down = F(1) - F(2) * v * (F(1) - v) * (F(1) - lag_y)
        gain[x] = weight / np.sqrt(max(across * down, F(0.05)))
        fx[x], fy[x] = u, v


@brush
def _grain_row(
    flat: Floats,
    stride: int,
    at: NDArray[np.uint32],
    fx: Floats,
    fy: Floats,
    gain: Floats,
    out: Floats,
) -> None:
    right, under = flat[1:], flat[stride:]
    beyond = flat[stride + 1 :]
    for x in range(out.shape[0]):
        i = at[x]
        above = flat[i] + fx[x] * (right[i] - flat[i])
        below = under[i] + fx[x] * (beyond[i] - under[i])
        out[x] = gain[x] * (above + fy[x] * (below - above))


@brush
def _add_row(grain: Floats, kept: F, out: Floats) -> None:
    for x in range(out.shape[0]):
        out[x] = kept * out[x] + grain[x]

"""Paper, silk and pigment: noise tiles without a seam, moved with the scene.

A tile is made once for a frame size (FFT of seeded white noise, so it wraps), is at least as large
as the frame (nothing repeats in view) and is sampled at a sub-pixel shift with its variance kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numba
import numpy as np
from numpy.typing import NDArray

from restyle.engine.carrying import Ground
from restyle.engine.kernels import F, Floats, kernel
from restyle.engine.rows import columns, sample_row

_STEP = 64  # tile sides are rounded up to it: frames of nearly one size share tiles


@dataclass(frozen=True)
class Octave:
    """One layer of Gaussian-filtered white noise: σ in pixels along y and x, and its weight."""

    sigma_y: float
    sigma_x: float
    weight: float


@dataclass(frozen=True, eq=False)
class Tile:
    """A periodic texture of mean 0 and variance 1, float32 (h, w).

    `lag_y` and `lag_x` are its correlations with itself one pixel further: what sub-pixel
    sampling needs to know to keep the grain's strength steady while it moves.
    """

    values: Floats
    lag_y: float
    lag_x: float

    def sample(self, size: tuple[int, int], drift: tuple[float, float]) -> Floats:
        """The tile at each pixel + drift, float32 (height, width).

        `size` is (width, height), `drift` is (x, y) in pixels. Bilinear, wrapping around. Bilinear
        sampling blurs most half-way between pixels; the known loss of variance is made good, so
        that a moving grain doesn't pulse.
        """
        height, width = self.values.shape
        x0, fx = _split(drift[0], width)
        y0, fy = _split(drift[1], height)
        kept = _variance_kept(fx, self.lag_x) * _variance_kept(fy, self.lag_y)
        gain = kept**-0.5
        out = np.empty((size[1], size[0]), np.float32)
        taps = np.array(
            [(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx], np.float32
        ) * np.float32(gain)
        _shift(self.values, y0, x0, taps, out)
        return out

    def lay(self, size: tuple[int, int], ground: Ground, zoom: float = 1.0) -> Floats:
        """The tile as it lies on the scene, float32 (height, width): each part moves by itself.

        `size` is (width, height), `zoom` its scale beside the full-size frame (0.5 for half-size
        maps). Bilinear, wrapping around; the loss of variance between pixels is made good.
        """
        out = np.empty((size[1], size[0]), np.float32)
        lags = F(self.lag_y), F(self.lag_x)
        old, new = self._wrapped(ground.offset, zoom), self._wrapped(ground.fresh, zoom)
        _lay(self.values, old, *lags, F(0), F((1 - ground.share) ** 0.5), out)
        if ground.share > 0:
            _lay(self.values, new, *lags, F(1), F(ground.share**0.5), out)
        return out

    def _wrapped(self, offset: Floats, zoom: float) -> Floats:
        """Offsets in the tile's pixels, whole tiles taken off: around 0."""
        scaled = offset * F(zoom)
        sides = np.array(self.values.shape[::-1], np.float32)
        middle = np.median(scaled, axis=(0, 1))
        return np.asarray(scaled - sides * np.round(middle / sides), np.float32)


def fractal(size: tuple[int, int], octaves: Sequence[Octave], *, seed: int) -> Tile:
    """Noise of several octaves on a tile that covers `size` (width, height).

    Each octave is white noise filtered by a Gaussian in the frequency domain, hence periodic, and
    scaled to unit variance before it is weighted.
    """
    height, width = (_covering(side) for side in (size[1], size[0]))
    dice = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float64)
    for octave in octaves:
        total += octave.weight * _filtered(dice, height, width, octave)
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


def _isotropic(
    size: tuple[int, int], parts: Sequence[tuple[float, float]], scale: float, *, seed: int
) -> Tile:
    octaves = [Octave(s * scale, s * scale, weight) for s, weight in parts]
    return fractal(size, octaves, seed=seed)


def _covering(side: int) -> int:
    return -(-max(side, 1) // _STEP) * _STEP


def _filtered(
    dice: np.random.Generator, height: int, width: int, octave: Octave
) -> NDArray[np.float64]:
    spectrum = np.fft.rfft2(dice.standard_normal((height, width)))
    v = np.fft.fftfreq(height)[:, None] * octave.sigma_y
    u = np.fft.rfftfreq(width)[None, :] * octave.sigma_x
    spectrum *= np.exp(-2 * np.pi**2 * (u * u + v * v))
    spectrum[0, 0] = 0
    field: NDArray[np.float64] = np.fft.irfft2(spectrum, s=(height, width))
    return field / max(float(field.std()), 1e-9)


def _tile(field: NDArray[np.float64]) -> Tile:
    field = (field - field.mean()) / max(float(field.std()), 1e-9)
    lags = [float((field * np.roll(field, 1, axis)).mean()) for axis in (0, 1)]
    values = field.astype(np.float32)
    values.setflags(write=False)
    return Tile(values, lags[0], lags[1])


def _split(shift: float, period: int) -> tuple[int, float]:
    whole = int(np.floor(shift))
    return whole % period, shift - whole


def _variance_kept(fraction: float, lag: float) -> float:
    rest = 1 - fraction
    return max(fraction * fraction + rest * rest + 2 * fraction * rest * lag, 0.05)


@kernel
def _shift(values: Floats, y0: int, x0: int, taps: Floats, out: Floats) -> None:
    height, width = out.shape
    rows, columns = values.shape
    t00, t01, t10, t11 = taps[0], taps[1], taps[2], taps[3]
    for y in numba.prange(height):
        upper = values[(y + y0) % rows]
        lower = values[(y + y0 + 1) % rows]
        target = out[y]
        # Two runs without a modulo inside: up to the tile's right edge, then on from its left.
        done = 0
        start = x0
        while done < width:
            run = min(columns - 1 - start, width - done)
            for i in range(run):
                x = start + i
                target[done + i] = (
                    t00 * upper[x] + t01 * upper[x + 1] + t10 * lower[x] + t11 * lower[x + 1]
                )
            done += run
            if done < width:
                target[done] = (
                    t00 * upper[columns - 1]
                    + t01 * upper[0]
                    + t10 * lower[columns - 1]
                    + t11 * lower[0]
                )
                done += 1
            start = 0


@kernel
def _lay(
    values: Floats, offset: Floats, lag_y: F, lag_x: F, kept: F, weight: F, out: Floats
) -> None:
    """`out` becomes kept · out + weight · the tile at each pixel + offset; `out` fits the tile."""
    height, width = out.shape
    rows, wide = values.shape
    at = columns(width, offset.shape[1])
    offset_x = np.ascontiguousarray(offset[:, :, 0])
    offset_y = np.ascontiguousarray(offset[:, :, 1])
    for y in numba.prange(height):
        move_x = sample_row(offset_x, y, height, at)
        move_y = sample_row(offset_y, y, height, at)
        left = np.empty(width, np.int32)
        top = np.empty(width, np.int32)
        gain = np.empty(width, np.float32)
        # Apart from the loop below, so that the compiler can vectorise this one.
        for x in range(width):
            px = F(x) + min(max(move_x[x], F(-wide)), F(wide))
            py = F(y) + min(max(move_y[x], F(-rows)), F(rows))
            whole_x = np.floor(px)
            whole_y = np.floor(py)
            fx = px - whole_x
            fy = py - whole_y
            move_x[x] = fx
            move_y[x] = fy
            left[x] = np.int32(whole_x)
            top[x] = np.int32(whole_y)
            across = F(1) - F(2) * fx * (F(1) - fx) * (F(1) - lag_x)
            down = F(1) - F(2) * fy * (F(1) - fy) * (F(1) - lag_y)
            gain[x] = weight / np.sqrt(max(across * down, F(0.05)))
        target = out[y]
        for x in range(width):
            x0 = left[x]
            y0 = top[x]
            if x0 < 0:
                x0 += wide
            elif x0 >= wide:
                x0 -= wide
            if y0 < 0:
                y0 += rows
            elif y0 >= rows:
                y0 -= rows
            x1 = x0 + 1 if x0 + 1 < wide else 0
            y1 = y0 + 1 if y0 + 1 < rows else 0
            above = values[y0, x0] + move_x[x] * (values[y0, x1] - values[y0, x0])
            below = values[y1, x0] + move_x[x] * (values[y1, x1] - values[y1, x0])
            grain = gain[x] * (above + move_y[x] * (below - above))
            target[x] = grain + kept * target[x] if kept > F(0) else grain

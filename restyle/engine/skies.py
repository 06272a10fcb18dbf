"""Skies left bare (liubai): a plain ground that reaches the picture's upper border is paper.

A painter of ink lays no wash over an empty sky, at most a soft one where it is darkest; what
stands before it is held by its own tone. Nights stay dark, and light skies are bare already.
"""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, loop, rows_in
from restyle.engine.pictures import blur, shrink
from restyle.engine.rows import columns, sample_row
from restyle.engine.tones import smoothstep, smoothstep_pixel

CELL = 8.0  # half-size pixels at 720p on a side
# Change of grey (0–255) in half a cell that is none, and that ends a plain ground.
PLAIN, ENDS = 2.5, 7.0
SWEEPS = 3  # over the cells, there and back: a way from the border may wind about as often
BESIDE = 1.5  # σ in cells: how far a sky reaches into what stands before it
SOME, MUCH = 0.12, 0.30  # share of the picture that is no sky yet, and is one
# Its mean tone: of night, of dusk; of a day's sky, and of one that is all but bare by itself.
NIGHT, DUSK, DAY, BARE_ALREADY = 0.20, 0.36, 0.60, 0.74
# Deviation of its tones from a gradient, of one sky, and of several things.
ONE, SEVERAL = 0.045, 0.08
BARE = 0.90  # the tone its mean is brought to
GRADED = 2.0  # how many times its own gradient is drawn
# Difference of tone that is still of the sky, and that is of something before it.
SAME, OTHER = 0.035, 0.12
# What is lighter by up to as much is painted so much darker than it is: it, or the rim of what is
# lighter still, would be lost on the paper.
PALE, HELD = 0.36, 0.45
EVERY = 4  # frames in one of which a sky is looked for, as long as there is none
LEAST = 0.01  # a share that nobody sees
SLOWLY = 0.06  # how much of a frame's own measure enters the shot's
STEADY = 0.8  # how much of where it is found stays from frame to frame


class Sky(NamedTuple):
    """In cells (rows, columns): the `tone` of the sky thereabouts, how much `lift` it gets, and
    its `region`, 0–1."""

    tone: Floats
    lift: Floats
    region: Floats


class Skies:
    """Follows the sky of one clip."""

    def __init__(self) -> None:
        self._measure: Floats | None = None  # whether it is one, 0–1, and its mean tone times that
        self._open: Floats | None = None
        self._age = 0

    def bare(self, tone: Floats, frame: Frame) -> Floats:
        """A half-size `tone` (h, w) 0–1 whose sky is as light as paper; as it is without one."""
        self._age = 0 if frame.is_cut else self._age + 1
        is_idle = self._measure is not None and self._measure[0] < LEAST
        if is_idle and self._age % EVERY:
            return tone
        sky = self._read(tone, frame)
        if sky is None:
            return tone
        out = np.empty_like(tone)
        _leave_bare(tone, sky.tone, sky.lift, sky.region, out)
        return out

    def _read(self, tone: Floats, frame: Frame) -> Sky | None:
        cell = CELL * frame.scale
        found = _open(frame.grey, cell)
        if self._open is not None and not frame.is_cut:
            found += F(1.0 if frame.passes else STEADY) * (self._open - found)
        self._open = found
        small = cv2.resize(tone, (found.shape[1], found.shape[0]), interpolation=cv2.INTER_AREA)
        now = _measured(np.asarray(small, np.float32), found)
        if self._measure is None or frame.is_cut:
            self._measure = now
        elif not frame.passes:
            self._measure = self._measure + F(SLOWLY) * (now - self._measure)
        share = float(self._measure[0])
        # Not on a shot's first frame: what may be needed later is compiled with the rest.
        if share < LEAST and not frame.is_cut:
            return None
        mean = float(self._measure[1]) / max(share, 1e-6)
        near = blur(found, BESIDE)
        around = blur(found * small, BESIDE) + F(0.01) * F(mean)
        around /= near + F(0.01)
        lift = F(BARE - mean) + F(GRADED - 1) * (around - F(mean))
        region = F(share) * smoothstep(0.05, 0.4, near)
        return Sky(around, region * lift, region)


def _open(grey: Floats, cell: float) -> Floats:
    """How plain the plainest way from the upper border is, 0–1: of the cells of a grey 0–255."""
    fine = shrink(grey, cell / 2)
    across = np.abs(cv2.Sobel(fine, cv2.CV_32F, 1, 0)) / 8
    down = np.abs(cv2.Sobel(fine, cv2.CV_32F, 0, 1)) / 8
    change = np.asarray(cv2.dilate(np.maximum(across, down), np.ones((3, 3), np.uint8)), np.float32)
    calm = F(1) - smoothstep(PLAIN, ENDS, shrink(change, 2))
    reached = np.zeros_like(calm)
    _reach(calm, reached)
    return reached


@loop
def _reach(calm: Floats, reached: Floats) -> None:
    """Morphological reconstruction of the upper border in `calm`: sweeps down and up."""
    height, width = calm.shape
    for x in range(width):
        reached[0, x] = calm[0, x]
    for _ in range(SWEEPS):
        for y in range(height):
            _spread_row(calm[y], reached[max(y - 1, 0)], reached[y])
        for y in range(height - 2, -1, -1):
            _spread_row(calm[y], reached[y + 1], reached[y])


@brush
def _spread_row(calm: Floats, beside: Floats, reached: Floats) -> None:
    width = calm.shape[0]
    before = F(0)
    for x in range(width):
        before = max(reached[x], min(calm[x], max(before, beside[x])))
        reached[x] = before
    for x in range(width - 1, -1, -1):
        before = max(reached[x], min(calm[x], before))
        reached[x] = before


def _measured(tone: Floats, found: Floats) -> Floats:
    """Whether there is a sky to be left bare, 0–1, and its mean tone times that."""
    whole = max(float(found.sum()), 1e-3)
    mean = float((found * tone).sum()) / whole
    residual = (tone - _gradient(tone, found)) ** 2
    deviation = (float((found * residual).sum()) / whole) ** 0.5
    share = (
        _step(SOME, MUCH, float(found.mean()))
        * _step(NIGHT, DUSK, mean)
        * (1 - _step(DAY, BARE_ALREADY, mean))
        * (1 - _step(ONE, SEVERAL, deviation))
    )
    return np.array([share, share * mean], np.float32)


def _gradient(tone: Floats, weight: Floats) -> Floats:
    """The quadratic surface that comes nearest to a tone, where it has weight."""
    height, width = tone.shape
    terms = _terms(height, width)
    weighted = terms * weight.reshape(-1)
    fit = np.linalg.solve(weighted @ terms.T + F(1e-3) * np.eye(5), weighted @ tone.reshape(-1))
    return np.asarray((fit @ terms).reshape(height, width), np.float32)


@lru_cache(maxsize=8)
def _terms(height: int, width: int) -> Floats:
    """1, x, y, x², y² of each pixel: (5, height · width)."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.stack([np.ones_like(x), x, y, x * x, y * y]).reshape(5, -1)


def _step(low: float, high: float, value: float) -> float:
    return float(smoothstep(low, high, np.asarray(value, np.float32)))


@kernel
def _leave_bare(
    band: Band,
    tone: Floats,
    sky: Floats,
    lift: Floats,
    region: Floats,
    out: Floats,
) -> None:
    height, width = tone.shape
    across = columns(width, sky.shape[1])
    for y in rows_in(band, height):
        sky_row = sample_row(sky, y, height, across)
        lift_row = sample_row(lift, y, height, across)
        region_row = sample_row(region, y, height, across)
        _leave_bare_row(tone[y], sky_row, lift_row, region_row, out[y])


@brush
def _leave_bare_row(tone: Floats, sky: Floats, lift: Floats, region: Floats, out: Floats) -> None:
    for x in range(tone.shape[0]):
        lighter = tone[x] - sky[x]
        other = smoothstep_pixel(F(SAME), F(OTHER), abs(lighter))
        pale = smoothstep_pixel(F(SAME), F(OTHER), lighter)
        pale *= F(1) - smoothstep_pixel(F(OTHER), F(PALE), lighter)
        t = tone[x] + lift[x] * (F(1) - other) - F(HELD) * region[x] * pale
        out[x] = min(max(t, F(0)), F(1))

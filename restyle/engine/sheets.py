"""Sheets of paper: fibrous grain in relief, a piece of its own for each layer, moving with it.

One periodic tile serves all layers, each at an offset of its own that follows the mean motion of
the layer's pixels: nothing slides under the paper.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats, brush
from restyle.engine.marks import Places
from restyle.engine.palette import LANES
from restyle.engine.textures import Octave, covering, fractal

_STRENGTH, _RELIEF = 0.015, 0.020  # of the grain itself, and of its slope towards the light
_FIBERS = 0.0019  # a pixel's chance of being the start of a fibre, at 720p
_FEWEST = 40  # sampled pixels under which a layer follows the whole picture


class Grain(NamedTuple):
    """Where each layer lies on the tile: whole pixels (LANES, 2) as y, x, and four bilinear taps
    (LANES, 4) that keep the grain's strength."""

    whole: NDArray[np.int32]
    taps: Floats


class Sheets:
    """The paper of one shot, `size` (width, height) in pixels, `scale` short side / 720."""

    def __init__(self, size: tuple[int, int], scale: float) -> None:
        # Frames of nearly one size share their paper.
        height, width = covering(size)
        self._paper = _paper((width, height), scale)
        self._period = rows, columns = height, width
        spread = np.arange(LANES)[:, None] * np.array([[61, 97]]) * 4.3
        self._start = spread % np.array([[rows, columns]])
        self._place = self._start

    @property
    def tile(self) -> Floats:
        """The paper (h + 1, w + 1), its first row and column once more at its end."""
        return self._paper.tile

    def move(self, frame: Frame, label: Bytes) -> Grain:
        """Let each layer follow its pixels; `label` is half size."""
        rows, columns = self._period
        if frame.is_cut:
            self._place = self._start
        else:
            full_per_half = np.array(frame.size) / np.array(frame.half_size)
            moved = self._place + _layer_motion(frame, label) * full_per_half
            self._place = moved % np.array([[rows, columns]])
        whole = np.floor(self._place)
        fy, fx = (self._place - whole).T
        kept = np.ones(LANES)
        for part, lag in ((fy, self._paper.lags[0]), (fx, self._paper.lags[1])):
            kept *= part**2 + (1 - part) ** 2 + 2 * part * (1 - part) * lag
        taps = np.stack([(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx], 1)
        taps /= np.sqrt(np.maximum(kept, 0.1))[:, None]
        wrapped = whole.astype(np.int32) % np.array([[rows, columns]], np.int32)
        return Grain(np.ascontiguousarray(wrapped), np.ascontiguousarray(taps, np.float32))


@brush
def grain_row(
    layers: Bytes,
    starts: Places,
    tile: Floats,
    whole: NDArray[np.int32],
    taps: Floats,
    y: int,
    out: Floats,
) -> None:
    """Row `y` of the grain under each pixel's layer, from `Sheets.tile` and a `Grain`.

    Runs of one layer (`starts`: see `run_starts`) lie side by side on the tile, so that many pixels
    are done at once."""
    # The tile covers the picture: each layer wraps round once at most.
    tall, wide = tile.shape[0] - 1, tile.shape[1] - 1
    for i in range(starts.shape[0]):
        start = starts[i]
        end = starts[i + 1] if i + 1 < starts.shape[0] else layers.shape[0]
        layer = layers[start]
        v = y + whole[layer, 0]
        v = v - tall if v >= tall else v
        u = start + whole[layer, 1]
        u = u - wide if u >= wide else u
        turn = min(end, start + wide - u)
        _weigh(tile[v, u:], tile[v + 1, u:], taps[layer], out[start:turn])
        if turn < end:
            _weigh(tile[v], tile[v + 1], taps[layer], out[turn:end])


@brush
def _weigh(above: Floats, below: Floats, taps: Floats, out: Floats) -> None:
    one, two, three, four = taps[0], taps[1], taps[2], taps[3]
    for x in range(out.shape[0]):
        out[x] = one * above[x] + two * above[x + 1] + three * below[x] + four * below[x + 1]


@brush
def sheet_row(
    layers: Bytes, starts: Places, colours: Floats, light: Floats, cool: Floats, row: Floats
) -> None:
    """The sheets as they are where nothing else is: (3, W)."""
    for i in range(starts.shape[0]):
        start = starts[i]
        end = starts[i + 1] if i + 1 < starts.shape[0] else layers.shape[0]
        colour = colours[layers[start]]
        _times_row(light[start:end], colour[0], row[0, start:end])
        _times_row(light[start:end], colour[1], row[1, start:end])
        _times_row(cool[start:end], colour[2], row[2, start:end])


@brush
def _times_row(light: Floats, colour: F, out: Floats) -> None:
    for x in range(out.shape[0]):
        out[x] = colour * light[x]


@brush
def mark_edges(
    here: Bytes, share: Bytes, above: Bytes, below: Bytes, bevel: int, marks: Bytes
) -> None:
    """Mark where sheets meet, within `bevel` pixels, and the ends of the row."""
    inner = here.shape[0] - 2 * bevel
    middle, part, to = here[bevel:], share[bevel:], marks[bevel:]
    after = below[2 * bevel :]
    for x in range(inner):
        same = (above[x] == middle[x]) & (after[x] == middle[x]) & (part[x] == np.uint8(255))
        to[x] = np.uint8(not same)
    for x in range(min(bevel, here.shape[0])):
        marks[x] = np.uint8(1)
        marks[here.shape[0] - 1 - x] = np.uint8(1)


def _layer_motion(frame: Frame, label: Bytes) -> NDArray[np.float64]:
    """Mean backward flow (LANES, 2) as y, x of each layer, on a coarse grid, by trusted pixels."""
    flow = frame.flow[4:-4:6, 4:-4:6].reshape(-1, 2)
    trust = frame.confidence[4:-4:6, 4:-4:6].ravel() + 1e-6
    layer = label[4:-4:6, 4:-4:6].ravel()
    weight = np.bincount(layer, trust, LANES)[:LANES]
    motion = np.empty((LANES, 2))
    for axis in (0, 1):
        along = flow[:, 1 - axis]
        overall = float(np.median(along))
        total = np.bincount(layer, trust * along, LANES)[:LANES]
        # Few pixels say little: lean on the whole picture's motion.
        motion[:, axis] = (total + _FEWEST * overall) / (weight + _FEWEST)
    return np.where(np.abs(motion) < 0.05, 0, motion)


class _Paper(NamedTuple):
    """A periodic tile, wrapped once, and how alike pixels are to the next down and across."""

    tile: Floats
    lags: tuple[float, float]


@lru_cache(maxsize=4)
def _paper(size: tuple[int, int], scale: float) -> _Paper:
    """Grain with fibres, lit from the left: the share of light added or taken, periodic."""
    fine = max(0.9 * scale, 0.6)
    octaves = [Octave(fine, fine, 1.0), Octave(2 * scale, 2 * scale, 0.7)]
    octaves += [Octave(14 * scale, 14 * scale, 0.5)]
    grain = fractal(size, octaves, seed=83).values + F(0.9) * _fibers(size, scale)
    slope = grain - np.roll(grain, (-1, -1), (0, 1))
    paper = np.asarray(F(_STRENGTH) * grain + F(_RELIEF) * slope, np.float32)
    variance = float(paper.var())
    down, across = (float((paper * np.roll(paper, 1, axis)).mean()) for axis in (0, 1))
    tile = np.pad(paper, ((0, 1), (0, 1)), "wrap")
    tile.setflags(write=False)
    return _Paper(tile, (down / variance, across / variance))


def _fibers(size: tuple[int, int], scale: float) -> Floats:
    """Short curved hairs, light and dark, wrapping round the tile's borders."""
    rows, columns = covering(size)
    dice = np.random.default_rng(85)
    count = int(_FIBERS * rows * columns / max(scale, 0.4) ** 2)
    field = np.zeros((rows, columns), np.float32)
    y, x = dice.uniform(0, rows, count), dice.uniform(0, columns, count)
    angle, bend = dice.uniform(0, 2 * np.pi, count), dice.normal(0, 0.09, count)
    value, length = dice.uniform(-1, 1, count), dice.uniform(6, 22, count) * scale
    for step in range(int(22 * scale)):
        growing = length > step
        at = (y[growing].astype(int) % rows, x[growing].astype(int) % columns)
        field[at] = value[growing]
        y, x = y + np.sin(angle), x + np.cos(angle)
        angle = angle + bend
    return field

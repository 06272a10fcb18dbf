"""Textures that lie on what moves: coordinates carried along the flow, renewed before they tear.

A texture sampled at pixel + `Ground.offset` moves with each object by itself. What is carried for
long is stretched (by zoom, by what turns), so a fresh, undistorted layer takes its place now and
then, the two cross-faded. After Bousseau and others, SIGGRAPH 2007 (advected, renewed textures).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from restyle.engine.kernels import F, Floats
from restyle.engine.motion import Motion
from restyle.engine.pictures import blur

CELL = 8  # half-size pixels to a cell of the offset maps
STILL = 0.08  # half-size pixels of flow that count as none, so that still textures do not creep
STRETCHED = 0.22  # change of offset from pixel to pixel, beyond which a texture looks stretched
LITTLE = 0.002  # trust in a cell under which it follows the whole frame
TORN = 0.20  # the share of the picture that may be so before all is renewed
LEAST_AGE, FADE = 8, 8  # frames


@dataclass(frozen=True, eq=False)
class Ground:
    """Where textures lie in a frame: cells of about CELL half-size pixels.

    `offset` (rows, columns, 2): (x, y) in full-size pixels, added to a pixel's place; `fresh`, of
    the same shape, is the layer that takes over, by `share` 0–1.
    """

    offset: Floats
    fresh: Floats
    share: float
    cell: float = 2.0 * CELL  # full-size pixels

    def whole(self, offset: Floats) -> Floats:
        """1 where a layer is as it was made, 0 where it is torn; of one cell each."""
        slope = np.maximum(_slope(offset, 0), _slope(offset, 1)) / F(self.cell)
        return np.asarray(np.clip((F(2 * STRETCHED) - slope) / F(STRETCHED), F(0), F(1)))


BARE = Ground(np.zeros((2, 2, 2), np.float32), np.zeros((2, 2, 2), np.float32), 0.0)
"""The ground of who has no use for one."""


class Carrier:
    """Carries the offsets of one clip from frame to frame; they begin at 0 with each shot."""

    def __init__(self) -> None:
        self._offset = self._fresh = np.zeros((2, 2, 2), np.float32)
        self._age = 0
        self._fading = 0  # frames of a cross-fade that are done; 0 when there is none

    def carry(self, motion: Motion, full_per_half: tuple[float, float]) -> Ground:
        """The ground under the next frame; `full_per_half` (x, y) as in `MotionReader`."""
        height, width = motion.confidence.shape
        shape = (max(height // CELL, 2), max(width // CELL, 2), 2)
        if motion.is_cut or self._offset.shape != shape:
            self._offset = self._fresh = np.zeros(shape, np.float32)
            self._age = self._fading = 0
            return Ground(self._offset, self._fresh, 0.0)
        step = _coarse(motion, shape)
        cells = (shape[1] / width, shape[0] / height)
        full = np.array(full_per_half, np.float32)
        self._offset = _advected(self._offset, step, cells, full)
        if self._fading:
            self._fresh = _advected(self._fresh, step, cells, full)
            self._fading += 1
            if self._fading > FADE:
                self._offset, self._fading, self._age = self._fresh, 0, 0
        else:
            self._age += 1
            torn = float((Ground(self._offset, self._fresh, 0.0).whole(self._offset) < 1).mean())
            if self._age >= LEAST_AGE and torn > TORN:
                # A rigid layer that lies, on the whole, where the old one does.
                self._fresh = np.broadcast_to(np.median(self._offset, axis=(0, 1)), shape).copy()
                self._fading = 1
            else:
                self._fresh = self._offset
        return Ground(self._offset, self._fresh, self._fading / (FADE + 1))


def _coarse(motion: Motion, shape: tuple[int, ...]) -> Floats:
    """The flow of each cell: the mean by trust; the frame's median where nothing is trusted."""
    size = (shape[1], shape[0])
    trust = motion.confidence
    weighted = cv2.resize(motion.flow * trust[..., None], size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(trust, size, interpolation=cv2.INTER_AREA)[..., None]
    sampled = motion.flow[4::CELL, 4::CELL].reshape(-1, 2)
    whole = np.median(sampled, axis=0) if sampled.size else np.zeros(2, np.float32)
    mean = (weighted + F(LITTLE) * whole) / (weight + F(LITTLE))
    mean = blur(np.asarray(mean, np.float32), 0.8)
    still = np.sqrt((mean * mean).sum(axis=2, keepdims=True))
    kept = np.clip((still - F(STILL)) / F(STILL), F(0), F(1))
    return np.asarray(mean * kept, np.float32)


def _advected(offset: Floats, step: Floats, cells: tuple[float, float], full: Floats) -> Floats:
    rows, columns = offset.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    back_x = x + step[..., 0] * F(cells[0])
    back_y = y + step[..., 1] * F(cells[1])
    past = cv2.remap(offset, back_x, back_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(past + step * full, np.float32)


def _slope(offset: Floats, axis: int) -> Floats:
    """How much the offset changes to the next cell along an axis, the largest of both sides."""
    steps = np.abs(np.diff(offset, axis=axis))
    step = np.maximum(steps[..., 0], steps[..., 1])
    before = ((1, 0), (0, 0)) if axis == 0 else ((0, 0), (1, 0))
    after = before[0][::-1], before[1][::-1]
    return np.asarray(np.maximum(np.pad(step, before), np.pad(step, after)), np.float32)

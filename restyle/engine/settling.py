"""Settling: a finished frame holds to the one shown before it, where nothing truly changed.

The last stage of every look, at full size. What differs a little from the past, carried along the
motion, is flicker and is mostly left as it was; what differs much is news and comes at once.
"""

import numba
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.motion import SNAP, Motion
from restyle.engine.rows import columns, sample_row

WEIGHT = 0.6
# A difference (three channels, each 0–255, summed) that is news rather than flicker.
NEWS = 80.0
_ONE = np.uint64(1)


class Settler:
    """Holds the frames of one clip to each other, in order."""

    def __init__(self) -> None:
        self._shown: Bytes | None = None

    def settle(self, painted: Bytes, motion: Motion) -> Bytes:
        """The frame to show for a painted one, RGB 8 bits (H, W, 3); the motion is half size."""
        if self._shown is not None and motion.passes:
            return painted
        if self._shown is None or motion.is_cut:
            self._shown = painted
            return painted
        out = np.empty_like(painted)
        flow = motion.flow
        across, down = np.ascontiguousarray(flow[..., 0]), np.ascontiguousarray(flow[..., 1])
        _settle(painted, self._shown, across, down, motion.confidence, out)
        self._shown = out
        return out


@kernel
def _settle(
    painted: Bytes, shown: Bytes, across: Floats, down: Floats, confidence: Floats, out: Bytes
) -> None:
    height, width, _ = painted.shape
    at = columns(width, across.shape[1])
    wide = F(width) / F(across.shape[1])
    high = F(height) / F(across.shape[0])
    for y in numba.prange(height):
        flow_x = sample_row(across, y, height, at)
        flow_y = sample_row(down, y, height, at)
        trust = sample_row(confidence, y, height, at)
        # Unsigned: numba asks of every signed index whether it counts from the end.
        left = np.empty(width, np.uint64)
        top = np.empty(width, np.uint64)
        # Three loops, so that the compiler can vectorise the first and the last.
        for x in range(width):
            moves = F(1) if flow_x[x] * flow_x[x] + flow_y[x] * flow_y[x] >= F(SNAP) else F(0)
            px = F(x) + moves * flow_x[x] * wide
            py = F(y) + moves * flow_y[x] * high
            in_x = min(max(px, F(0)), F(width - 1))
            in_y = min(max(py, F(0)), F(height - 1))
            trust[x] = F(WEIGHT) * trust[x] if in_x == px and in_y == py else F(0)
            left[x] = np.uint64(min(np.int32(in_x), np.int32(width - 2)))
            top[x] = np.uint64(min(np.int32(in_y), np.int32(height - 2)))
            flow_x[x] = in_x - F(left[x])
            flow_y[x] = in_y - F(top[x])
        past = np.empty((3, width), np.float32)
        for x in range(width):
            x0 = left[x]
            y0 = top[x]
            fx = flow_x[x]
            fy = flow_y[x]
            w00 = (F(1) - fx) * (F(1) - fy)
            w01 = fx * (F(1) - fy)
            w10 = (F(1) - fx) * fy
            w11 = fx * fy
            a, b = shown[y0, x0], shown[y0, x0 + _ONE]
            c, d = shown[y0 + _ONE, x0], shown[y0 + _ONE, x0 + _ONE]
            past[0, x] = w00 * F(a[0]) + w01 * F(b[0]) + w10 * F(c[0]) + w11 * F(d[0])
            past[1, x] = w00 * F(a[1]) + w01 * F(b[1]) + w10 * F(c[1]) + w11 * F(d[1])
            past[2, x] = w00 * F(a[2]) + w01 * F(b[2]) + w10 * F(c[2]) + w11 * F(d[2])
        here = painted[y]
        for x in range(width):
            red = past[0, x] - F(here[x, 0])
            green = past[1, x] - F(here[x, 1])
            blue = past[2, x] - F(here[x, 2])
            news = (abs(red) + abs(green) + abs(blue)) * F(1 / NEWS)
            doubt = F(1) + news * news
            weight = trust[x] / (doubt * doubt)
            past[0, x] = F(here[x, 0]) + weight * red
            past[1, x] = F(here[x, 1]) + weight * green
            past[2, x] = F(here[x, 2]) + weight * blue
        for x in range(width):
            for k in range(3):
                out[y, x, k] = np.uint8(past[k, x] + F(0.5))

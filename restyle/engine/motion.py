"""What moves and what remains: optical flow, cuts, recursive filters along the motion, drift.

`MotionReader` compares each half-size frame with the one before; `Memory` keeps any map steady
along that motion. All flow is backward: from a pixel of this frame to its place in the previous
one, in half-size pixels.
"""

from dataclasses import dataclass

import cv2
import numba
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.plain_ground import settled_flow
from restyle.engine.scenes import Scenes

TOLERANCE = 14.0  # a grey difference (0–255) that halves the trust in the flow
CUT_BELOW = 0.45  # mean trust under which the scene may have changed
LONGEST_FLASH = 2  # frames; what lasts longer is there to stay
DENOISE_WEIGHT = 0.7
DENOISE_NOISE = 48.0  # a difference (three channels, each 0–255, summed) too large to be noise
SNAP = 0.06  # squared flow under which a pixel counts as still, and is not resampled


@dataclass
class Motion:
    """The motion of one frame: `flow` (h, w, 2), `confidence` (h, w) 0–1, `is_cut`.

    A frame that `passes` is a flash or the like: it is shown as it is, and nothing is remembered
    of it; the next one's motion leads back to the frame before it.
    """

    flow: Floats
    confidence: Floats
    is_cut: bool
    passes: bool = False


class MotionReader:
    """Flow, confidence, cuts and the accumulated drift, frame by frame.

    Confidence after photo-consistency; the flow is DIS (Kroeger and others, ECCV 2016). There is
    no forward–backward check: with a second flow of the same quality (5 ms of CPU at 720p) the
    warping error stays as it is (manga, two clips: +0 and +4 %), with one at half its size it
    grows (+9 and +20 %).
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)  # type: ignore[attr-defined]  # missing from its stubs
        self._previous: Bytes | None = None
        self._scenes = Scenes()
        self._passed = 0  # frames of a flash, until now
        self.drift = np.zeros(2, np.float32)

    def read(self, grey: Bytes, full_per_half: tuple[float, float]) -> Motion:
        """The motion into this frame, from its raw half-size grey; adds to `drift`.

        `full_per_half` (x, y) is the size of a half-size pixel in full-size ones.
        """
        previous, self._previous = self._previous, grey
        height, width = grey.shape
        is_another = self._scenes.read(grey)
        if previous is None:
            return _standstill(height, width, is_cut=True)
        found: Floats = self._flow.calc(grey, previous, None)
        flow = settled_flow(found, grey)
        trust = np.empty((height, width), np.float32)
        _photo_consistency(grey, previous, flow, trust)
        # Dark frames resemble each other: a scene that comes out of black is asked for what it is.
        if float(trust.mean()) < CUT_BELOW or (is_another and self._scenes.after_nothing):
            if is_another:
                self.drift = np.zeros(2, np.float32)
            # A flash or a step of a fade is no cut: nothing is mixed in, but nothing forgotten.
            passes = not is_another and self._passed < LONGEST_FLASH
            if passes:
                self._previous = previous
            self._passed = self._passed + 1 if passes else 0
            return _standstill(height, width, is_cut=is_another, passes=passes)
        self._passed = 0
        confidence = np.clip((cv2.blur(trust, (5, 5)) - F(0.35)) / F(0.5), F(0), F(1))
        self.drift = self.drift + _global_motion(flow) * np.array(full_per_half, np.float32)
        return Motion(flow, confidence, is_cut=False)


class Memory:
    """Named maps carried from frame to frame along the flow; forgotten at a cut."""

    def __init__(self) -> None:
        self._maps: dict[str, Floats] = {}
        self._motion: Motion | None = None

    def advance(self, motion: Motion) -> None:
        """Begin a new frame."""
        self._motion = motion
        if motion.is_cut:
            self._maps.clear()

    def blend(self, name: str, current: Floats, weight: float) -> Floats:
        """`current` mixed with its own past by `weight` × confidence: what stops flicker.

        Half size, (h, w) or (h, w, n). Each name may be blended once a frame.
        """
        past = self._maps.get(name)
        if past is not None and self._motion is not None and self._motion.passes:
            return np.ascontiguousarray(current, np.float32)
        if past is None or past.shape != current.shape or self._motion is None:
            blended = np.ascontiguousarray(current, np.float32)
        else:
            height, width = current.shape[:2]
            layers = np.ascontiguousarray(current, np.float32).reshape(height, width, -1)
            out = np.empty_like(layers)
            motion = self._motion
            past_layers = past.reshape(layers.shape)
            _blend(layers, past_layers, motion.flow, motion.confidence, F(weight), out)
            blended = out.reshape(current.shape)
        self._maps[name] = blended
        return blended


class Denoiser:
    """Averages noise away over time, on 8-bit colour: strong on noise, off on true change."""

    def __init__(self) -> None:
        self._previous: Bytes | None = None

    def clean(self, current: Bytes, motion: Motion) -> Bytes:
        """The denoised half-size frame (h, w, 3)."""
        if self._previous is not None and motion.passes:
            return current
        if self._previous is None or motion.is_cut:
            self._previous = current
            return current
        out = np.empty_like(current)
        _denoise(current, self._previous, motion.flow, motion.confidence, out)
        self._previous = out
        return out


def _standstill(height: int, width: int, *, is_cut: bool, passes: bool = False) -> Motion:
    flow = np.zeros((height, width, 2), np.float32)
    return Motion(flow, np.zeros((height, width), np.float32), is_cut, passes)


def _global_motion(flow: Floats) -> Floats:
    """Median flow on a grid away from the border; the slightest motion counts as none."""
    grid = flow[8:-8:12, 8:-8:12].reshape(-1, 2)
    median = np.median(grid, axis=0)
    return np.where(np.abs(median) < 0.2, 0, median).astype(np.float32)


@kernel
def _photo_consistency(grey: Bytes, previous: Bytes, flow: Floats, trust: Floats) -> None:
    height, width = grey.shape
    for y in numba.prange(height):
        for x in range(width):
            px = F(x) + flow[y, x, 0]
            py = F(y) + flow[y, x, 1]
            if px < F(0) or py < F(0) or px > F(width - 1) or py > F(height - 1):
                trust[y, x] = F(0)
                continue
            x0 = min(np.int32(px), np.int32(width - 2))
            y0 = min(np.int32(py), np.int32(height - 2))
            fx = px - F(x0)
            fy = py - F(y0)
            above = F(previous[y0, x0]) * (F(1) - fx) + F(previous[y0, x0 + 1]) * fx
            below = F(previous[y0 + 1, x0]) * (F(1) - fx) + F(previous[y0 + 1, x0 + 1]) * fx
            d = (above * (F(1) - fy) + below * fy - F(grey[y, x])) / F(TOLERANCE)
            trust[y, x] = F(1) / (F(1) + d * d)


@kernel
def _blend(
    current: Floats, past: Floats, flow: Floats, confidence: Floats, weight: F, out: Floats
) -> None:
    height, width, layers = current.shape
    for y in numba.prange(height):
        for x in range(width):
            px = F(x) + flow[y, x, 0]
            py = F(y) + flow[y, x, 1]
            w = weight * confidence[y, x]
            inside = px >= F(0) and py >= F(0) and px <= F(width - 1) and py <= F(height - 1)
            if not inside or w < F(0.001):
                for k in range(layers):
                    out[y, x, k] = current[y, x, k]
                continue
            x0 = min(np.int32(px), np.int32(width - 2))
            y0 = min(np.int32(py), np.int32(height - 2))
            fx = px - F(x0)
            fy = py - F(y0)
            for k in range(layers):
                above = past[y0, x0, k] * (F(1) - fx) + past[y0, x0 + 1, k] * fx
                below = past[y0 + 1, x0, k] * (F(1) - fx) + past[y0 + 1, x0 + 1, k] * fx
                old = above * (F(1) - fy) + below * fy
                out[y, x, k] = current[y, x, k] + w * (old - current[y, x, k])


@kernel
def _denoise(current: Bytes, previous: Bytes, flow: Floats, confidence: Floats, out: Bytes) -> None:
    height, width, _ = current.shape
    for y in numba.prange(height):
        for x in range(width):
            u = flow[y, x, 0]
            v = flow[y, x, 1]
            if u * u + v * v < F(SNAP):
                u = F(0)
                v = F(0)
            px = F(x) + u
            py = F(y) + v
            inside = px >= F(0) and py >= F(0) and px <= F(width - 1) and py <= F(height - 1)
            trust = confidence[y, x]
            if not inside or trust < F(0.02):
                for k in range(3):
                    out[y, x, k] = current[y, x, k]
                continue
            x0 = min(np.int32(px), np.int32(width - 2))
            y0 = min(np.int32(py), np.int32(height - 2))
            fx = px - F(x0)
            fy = py - F(y0)
            w00 = (F(1) - fx) * (F(1) - fy)
            w01 = fx * (F(1) - fy)
            w10 = (F(1) - fx) * fy
            w11 = fx * fy
            r = (
                w00 * F(previous[y0, x0, 0])
                + w01 * F(previous[y0, x0 + 1, 0])
                + w10 * F(previous[y0 + 1, x0, 0])
                + w11 * F(previous[y0 + 1, x0 + 1, 0])
            ) - F(current[y, x, 0])
            g = (
                w00 * F(previous[y0, x0, 1])
                + w01 * F(previous[y0, x0 + 1, 1])
                + w10 * F(previous[y0 + 1, x0, 1])
                + w11 * F(previous[y0 + 1, x0 + 1, 1])
            ) - F(current[y, x, 1])
            b = (
                w00 * F(previous[y0, x0, 2])
                + w01 * F(previous[y0, x0 + 1, 2])
                + w10 * F(previous[y0 + 1, x0, 2])
                + w11 * F(previous[y0 + 1, x0 + 1, 2])
            ) - F(current[y, x, 2])
            d = abs(r) + abs(g) + abs(b)
            doubt = F(1) + d * d / F(DENOISE_NOISE * DENOISE_NOISE)
            w = F(DENOISE_WEIGHT) * trust / (doubt * doubt)
            out[y, x, 0] = np.uint8(F(current[y, x, 0]) + w * r + F(0.5))
            out[y, x, 1] = np.uint8(F(current[y, x, 1]) + w * g + F(0.5))
            out[y, x, 2] = np.uint8(F(current[y, x, 2]) + w * b + F(0.5))

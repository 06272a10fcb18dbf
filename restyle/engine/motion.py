"""What moves and what remains: optical flow, cuts, recursive filters along the motion, drift.

`MotionReader` compares each half-size frame with the one before; `Memory` keeps any map steady
along that motion. All flow is backward: from a pixel of this frame to its place in the previous
one, in half-size pixels.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from restyle.engine.camera import told_by_camera
from restyle.engine.interleaving import join_row, part_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.places import bilinear_row, brought, empty_source, source_row
from restyle.engine.plain_ground import cells_of, told, told_around
from restyle.engine.scenes import Scenes

TOLERANCE = 14.0  # a grey difference (0–255) that halves the trust in the flow
CUT_BELOW = 0.45  # mean trust under which the scene may have changed
LONGEST_FLASH = 2  # frames; what lasts longer is there to stay
DENOISE_WEIGHT = 0.7
DENOISE_NOISE = 48.0  # a difference (three channels, each 0–255, summed) too large to be noise
# A change of red or blue beside green (0–255) that halves the trust: a hand as grey as the wall
# that it has left is not the wall.
ANOTHER_HUE = 18.0


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
    no forward–backward check: with a second flow of the same quality the warping error stays as it
    is (manga, two clips: +0 and +4 %), with one at half its size it grows (+9 and +20 %).
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)  # type: ignore[attr-defined]  # missing from its stubs
        # One scale finer than the preset: thin things keep their own motion. Beside "fast" as it
        # is (4 ms of CPU less at 720p), a known pan is found wrong by a third as much, and warping
        # errors fall by a quarter. Variational refinement would take 3 % more off, for 5 ms.
        self._flow.setFinestScale(1)
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
        floats = grey.astype(np.float32), previous.astype(np.float32)
        cells = cells_of(found, floats[0])
        flow = told(found, told_around(cells), told_by_camera(found, cells, *floats))
        trust = np.empty((height, width), np.float32)
        _photo_consistency(*floats, flow, trust)
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

    def blend(
        self, name: str, current: Floats, weight: float, *, news: float = float("inf")
    ) -> Floats:
        """`current` mixed with its own past by `weight` × confidence: what stops flicker.

        Half size, (h, w) or (h, w, n). Each name may be blended once a frame. A past that differs
        by more than `news` in all layers together hardly counts: it would stay as a ghost.
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
            held = F(weight), F(1 / news)
            _blend(layers, past_layers, motion.flow, motion.confidence, *held, out)
            blended = out.reshape(current.shape)
        self._maps[name] = blended
        return blended


class Denoiser:
    """Averages noise away over time, on 8-bit colour: strong on noise, off on true change."""

    def __init__(self) -> None:
        self._previous: Bytes | None = None

    def clean(self, current: Bytes, motion: Motion) -> tuple[Bytes, Motion]:
        """The denoised half-size frame (h, w, 3), and its motion trusted as far as hues agree."""
        if self._previous is not None and motion.passes:
            return current, motion
        if self._previous is None or motion.is_cut:
            self._previous = current
            return current, motion
        out, agreed = np.empty_like(current), np.empty_like(motion.confidence)
        carried = brought(self._previous, motion.flow)
        _denoise(current, carried, motion.flow, motion.confidence, out, agreed)
        self._previous = out
        return out, replace(motion, confidence=motion.confidence * cv2.blur(agreed, (5, 5)))


def _standstill(height: int, width: int, *, is_cut: bool, passes: bool = False) -> Motion:
    flow = np.zeros((height, width, 2), np.float32)
    return Motion(flow, np.zeros((height, width), np.float32), is_cut, passes)


def _global_motion(flow: Floats) -> Floats:
    """Median flow on a grid away from the border; the slightest motion counts as none."""
    grid = flow[8:-8:12, 8:-8:12].reshape(-1, 2)
    median = np.median(grid, axis=0)
    return np.where(np.abs(median) < 0.2, 0, median).astype(np.float32)


@kernel
def _photo_consistency(
    band: Band, grey: Floats, previous: Floats, flow: Floats, trust: Floats
) -> None:
    height, width = grey.shape
    before = previous.reshape(-1)
    for y in rows_in(band, height):
        source = empty_source(width)
        source_row(flow[y], y, height, source)
        carried = np.empty(width, np.float32)
        bilinear_row(before, width, 0, 1, source, carried)
        _trust_row(grey[y], carried, source.inside, trust[y])


@brush
def _trust_row(grey: Floats, carried: Floats, inside: Floats, trust: Floats) -> None:
    for x in range(trust.shape[0]):
        d = (carried[x] - grey[x]) * F(1 / TOLERANCE)
        trust[x] = inside[x] / (F(1) + d * d)


@kernel
def _blend(
    band: Band,
    current: Floats,
    past: Floats,
    flow: Floats,
    confidence: Floats,
    weight: F,
    per_news: F,
    out: Floats,
) -> None:
    height, width, layers = current.shape
    before = past.reshape(-1)
    for y in rows_in(band, height):
        source = empty_source(width)
        source_row(flow[y], y, height, source)
        # Layer by layer: side by side, their number being unknown, no loop is vectorised.
        now, carried = np.empty((layers, width), np.float32), np.empty((layers, width), np.float32)
        part_row(current[y].reshape(-1), now)
        change = np.zeros(width, np.float32)
        for layer in range(layers):
            bilinear_row(before, width, layer, layers, source, carried[layer])
            if per_news > F(0):
                _add_change_row(now[layer], carried[layer], change)
        share = np.empty(width, np.float32)
        _share_row(confidence[y], source.inside, change, weight, per_news, share)
        for layer in range(layers):
            _blend_row(now[layer], carried[layer], share)
        join_row(now, out[y].reshape(-1))


@brush
def _add_change_row(current: Floats, carried: Floats, change: Floats) -> None:
    for x in range(carried.shape[0]):
        change[x] += abs(carried[x] - current[x])


@brush
def _share_row(
    confidence: Floats, inside: Floats, change: Floats, weight: F, per_news: F, share: Floats
) -> None:
    """How much the past counts: where it is trusted, and not wholly another."""
    for x in range(share.shape[0]):
        other = change[x] * per_news
        doubt = F(1) + other * other
        share[x] = weight * confidence[x] * inside[x] / (doubt * doubt)


@brush
def _blend_row(current: Floats, carried: Floats, share: Floats) -> None:
    for x in range(carried.shape[0]):
        current[x] += share[x] * (carried[x] - current[x])


@kernel
def _denoise(
    band: Band,
    current: Bytes,
    carried: Bytes,
    flow: Floats,
    confidence: Floats,
    out: Bytes,
    agreed: Floats,
) -> None:
    height, width, _ = current.shape
    for y in rows_in(band, height):
        source = empty_source(width)
        source_row(flow[y], y, height, source)
        change = np.empty(3 * width, np.float32)
        weight = np.empty(3 * width, np.float32)
        now, before = current[y].reshape(-1), carried[y].reshape(-1)
        _change_row(now, before, change)
        _noise_row(change, confidence[y], source.inside, weight)
        _denoise_row(now, change, weight, out[y].reshape(-1))
        _agree_row(change, agreed[y])


@brush
def _change_row(now: Bytes, before: Bytes, change: Floats) -> None:
    for i in range(change.shape[0]):
        change[i] = F(before[i]) - F(now[i])


@brush
def _agree_row(change: Floats, agreed: Floats) -> None:
    """How far each pixel is of the hue it was, 0–1."""
    for x in range(agreed.shape[0]):
        red, green, blue = change[3 * x], change[3 * x + 1], change[3 * x + 2]
        d = max(abs(red - green), abs(blue - green)) * F(1 / ANOTHER_HUE)
        agreed[x] = F(1) / (F(1) + d * d * d * d)


@brush
def _noise_row(change: Floats, confidence: Floats, inside: Floats, weight: Floats) -> None:
    """How much of the past each value takes: what differs little is noise."""
    for x in range(inside.shape[0]):
        i = 3 * x
        d = (abs(change[i]) + abs(change[i + 1]) + abs(change[i + 2])) * F(1 / DENOISE_NOISE)
        doubt = F(1) + d * d
        share = F(DENOISE_WEIGHT) * confidence[x] * inside[x] / (doubt * doubt)
        weight[i] = share
        weight[i + 1] = share
        weight[i + 2] = share


@brush
def _denoise_row(now: Bytes, change: Floats, weight: Floats, out: Bytes) -> None:
    for i in range(change.shape[0]):
        out[i] = np.uint8(F(now[i]) + weight[i] * change[i] + F(0.5))

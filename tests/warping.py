"""The warping error of Lai and others (ECCV 2018), and measures of detail to set beside it.

The mask is after Ruder and others (GCPR 2016): occlusions and motion boundaries don't count.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Step(NamedTuple):
    """From one source frame back to the one before: flow (H, W, 2) float16, valid pixels."""

    backward: NDArray[np.float16]
    valid: NDArray[np.bool_]


def steps_of(source: Sequence[Bytes]) -> list[Step]:
    """Flow and valid pixels of each pair of source frames: DIS, medium, finest scale 1."""
    finder = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    finder.setFinestScale(1)
    greys = [
        cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (0, 0), 1) for frame in source
    ]
    steps = []
    for before, now in pairwise(greys):
        backward = finder.calc(now, before, None).astype(np.float16)
        forward = finder.calc(before, now, None).astype(np.float16)
        steps.append(Step(backward, _valid(_float(backward), _float(forward))))
    return steps


def steps_along(path: NDArray[np.float64], size: tuple[int, int]) -> list[Step]:
    """The steps of frames (height, width) whose camera goes along a path (n, 2) over a flat scene.

    What optical flow finds in them is a guess on plain ground (and none where a codec holds still
    what it sees no structure in): textures that move as they should would count as unsteady.
    """
    steps = []
    for move in np.diff(path, axis=0):
        backward = np.broadcast_to(move.astype(np.float16), (*size, 2))
        valid = np.zeros(size, np.bool_)
        edge = int(np.ceil(np.abs(move).max())) + 1
        valid[edge:-edge, edge:-edge] = True
        steps.append(Step(backward, valid))
    return steps


def warping_error(
    styled: Sequence[Bytes],
    steps: Sequence[Step],
    where: Sequence[NDArray[np.bool_]] | None = None,
) -> float:
    """Median over the pairs of the mean squared difference along the flow, × 10⁴ (RGB 0–1).

    `where` are masks (H, W), one a step, if only some part of the picture is asked about.
    """
    errors = []
    for i, (step, (before, now)) in enumerate(zip(steps, pairwise(styled), strict=False)):
        warped = _sample(before.astype(np.float32) / 255, _float(step.backward))
        difference = ((now.astype(np.float32) / 255 - warped) ** 2).mean(2)
        valid = step.valid if where is None else step.valid & where[i]
        errors.append(float(difference[valid].mean()) if valid.any() else 0.0)
    return float(np.median(errors)) * 1e4


def edge_energy(frames: Sequence[Bytes]) -> float:
    """Mean gradient of luma (0–255 a pixel) over a few frames: what detail there is."""
    energies = []
    for frame in frames[:: max(1, len(frames) // 4)]:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
        across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
        energies.append(float(np.hypot(across, down).mean()))
    return float(np.mean(energies))


def crispness(frames: Sequence[Bytes]) -> float:
    """Mean gradient of luma (0–255 a pixel) of the sharpest fiftieth of a few frames."""
    found = []
    for frame in frames[:: max(1, len(frames) // 4)]:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
        across, down = np.gradient(grey)
        steep = np.hypot(across, down).ravel()
        sharpest = np.partition(steep, -(steep.size // 50))[-(steep.size // 50) :]
        found.append(float(sharpest.mean()))
    return float(np.mean(found))


def _float(flow: NDArray[np.float16]) -> Floats:
    return flow.astype(np.float32)


def _places(flow: Floats) -> tuple[Floats, Floats]:
    height, width = flow.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x + flow[..., 0], y + flow[..., 1]


def _sample(picture: Floats, flow: Floats) -> Floats:
    x, y = _places(flow)
    sampled = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, np.float32)


def _valid(backward: Floats, forward: Floats) -> NDArray[np.bool_]:
    height, width = backward.shape[:2]
    returned = _sample(forward, backward)
    gap = ((returned + backward) ** 2).sum(2)
    length = (backward**2).sum(2)
    consistent = gap < 0.01 * ((returned**2).sum(2) + length) + 0.5
    bend = sum((np.gradient(backward, axis=axis) ** 2).sum(2) for axis in (0, 1))
    smooth = bend <= 0.01 * length + 0.002
    x, y = _places(backward)
    inside = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    return np.asarray(consistent & smooth & inside, np.bool_)

"""How steady the eight styles are: the warping error of Lai and others (ECCV 2018), and detail.

    python tests/bench/steadiness.py                           clips it makes itself
    python tests/bench/steadiness.py clip.mp4@10.2 other.mkv   any clips, from a second on if said

Lower is steadier; but flat and blurred pictures win, so what detail there is stands beside it:
"edges" of the whole picture, "crisp" of its sharpest lines. The mask is after Ruder and others
(GCPR 2016): occlusions and motion boundaries don't count.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

# Idle OpenMP workers would spin beside OpenCV's own threads; read when numba starts.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import footage
import numpy as np
from footage import Bytes
from numpy.typing import NDArray

from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

Floats = NDArray[np.float32]

CLIPS = ("temple", "face", "phone", "rocket")
FRAMES = 16
PEER_FRAMES = 4  # stylization takes seconds a frame; the median of three pairs is steady enough
PEERS: dict[str, Callable[[Bytes], Bytes]] = {
    "cv2.stylization": lambda frame: np.asarray(cv2.stylization(frame), np.uint8),
    "cv2.edgePreserving RF": lambda frame: np.asarray(
        cv2.edgePreservingFilter(frame, flags=cv2.RECURS_FILTER), np.uint8
    ),
    "cv2.pyrMeanShift": lambda frame: np.asarray(
        cv2.pyrMeanShiftFiltering(frame, 10, 30), np.uint8
    ),
}


class Step(NamedTuple):
    """From one source frame back to the one before: flow (H, W, 2) float16, valid pixels."""

    backward: NDArray[np.float16]
    valid: NDArray[np.bool_]


def main() -> None:
    """Print a table of every style and peer on every clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", help=f"see `footage.read`; {CLIPS} if none")
    parser.add_argument("--styles", type=int, nargs="*", default=[int(style) for style in Style])
    parser.add_argument("--side", type=int, default=720)
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--no-peers", action="store_true")
    wanted = parser.parse_args()
    clips = wanted.clips or CLIPS
    styles = [Style(code) for code in wanted.styles]
    print_table(clips, styles, wanted.side, wanted.frames, peers=not wanted.no_peers)


def print_table(
    clips: Sequence[str],
    styles: Sequence[Style] = tuple(Style),
    side: int = 720,
    count: int = FRAMES,
    *,
    peers: bool = True,
) -> None:
    """Print what `measure` finds in every clip, a column for each."""
    found = [measure(clip, styles, side, count, peers=peers) for clip in clips]
    titles = [Path(clip.partition("#")[0].partition("@")[0]).stem for clip in clips]
    print(f"short side {side}, {count} frames a clip: E_warp ×1e-4 · edges · crisp")
    print("| | " + " | ".join(titles) + " |")
    print("| --- |" + " --- |" * len(titles))
    for label in found[0]:
        cells = (" · ".join(f"{value:.2f}" for value in column[label]) for column in found)
        print(f"| {label} | " + " | ".join(cells) + " |", flush=True)


class Steadiness(NamedTuple):
    """One clip in one style: the warping error × 10⁴, and the detail, mean and of the sharpest."""

    error: float
    edges: float
    crisp: float


def measure(
    clip: str, styles: Sequence[Style], side: int, count: int, *, peers: bool = True
) -> dict[str, Steadiness]:
    """The steadiness of a clip (see `footage.read`), of the styles' and of the peers' pictures."""
    source = footage.read(clip, side, count)
    height, width = source[0].shape[:2]
    steps = steps_of(source)
    found = {"source": steadiness(source, steps)}
    for style in styles:
        stylizer = Stylizer(Options(style), (width, height), source[:: max(1, len(source) // 5)])
        styled = [stylizer.render(frame) for frame in source]
        found[f"{int(style)} {style.title}"] = steadiness(styled, steps)
    # In the middle of the clip.
    start = max(0, len(source) - PEER_FRAMES) // 2
    for label, paint in PEERS.items() if peers else ():
        styled = [paint(frame) for frame in source[start : start + PEER_FRAMES]]
        found[label] = steadiness(styled, steps[start:])
    return found


def steadiness(frames: Sequence[Bytes], steps: Sequence[Step]) -> Steadiness:
    """How steady frames are along the steps of their source, and how much detail is in them."""
    return Steadiness(warping_error(frames, steps), edge_energy(frames), crispness(frames))


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


def warping_error(styled: Sequence[Bytes], steps: Sequence[Step]) -> float:
    """Median over the pairs of the mean squared difference along the flow, × 10⁴ (RGB 0–1)."""
    errors = []
    for step, (before, now) in zip(steps, pairwise(styled), strict=False):
        warped = _sample(before.astype(np.float32) / 255, _float(step.backward))
        difference = ((now.astype(np.float32) / 255 - warped) ** 2).mean(2)
        errors.append(float(difference[step.valid].mean()) if step.valid.any() else 0.0)
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


if __name__ == "__main__":
    main()

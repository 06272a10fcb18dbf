"""How steady the eight styles are: the warping error of Lai and others (ECCV 2018), and detail.

    python tests/bench/steadiness.py                           clips it makes itself
    python tests/bench/steadiness.py clip.mp4@10.2 other.mkv   any clips, from a second on if said

Lower is steadier; but flat and blurred pictures win, so what detail there is stands beside it:
"edges" of the whole picture, "crisp" of its sharpest lines. In brackets, for pans made here, the
error along the camera's own path instead of the flow found. All of it: tests/warping.py.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import footage
import numpy as np
from footage import Bytes
from warping import Step, crispness, edge_energy, steps_along, steps_of, warping_error

from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

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
    print(f"short side {side}, {count} frames a clip: E_warp ×1e-4 (known pan) · edges · crisp")
    print("| | " + " | ".join(titles) + " |")
    print("| --- |" + " --- |" * len(titles))
    for label in found[0]:
        cells = (str(column[label]) for column in found)
        print(f"| {label} | " + " | ".join(cells) + " |", flush=True)


class Steadiness(NamedTuple):
    """One clip in one style: the warping error × 10⁴, and the detail, mean and of the sharpest.

    `known` is the error along the camera's own path, where that is known.
    """

    error: float
    edges: float
    crisp: float
    known: float | None

    def __str__(self) -> str:
        known = "" if self.known is None else f" ({self.known:.2f})"
        return f"{self.error:.2f}{known} · {self.edges:.2f} · {self.crisp:.2f}"


def measure(
    clip: str, styles: Sequence[Style], side: int, count: int, *, peers: bool = True
) -> dict[str, Steadiness]:
    """The steadiness of a clip (see `footage.read`), of the styles' and of the peers' pictures."""
    source = footage.read(clip, side, count)
    height, width = source[0].shape[:2]
    steps, known = steps_of(source), []
    if clip in footage.PANS:
        known = steps_along(footage.camera_path(height, len(source)), (height, width))
    found = {"source": steadiness(source, steps, known)}
    for style in styles:
        stylizer = Stylizer(Options(style), (width, height), source[:: max(1, len(source) // 5)])
        styled = [stylizer.render(frame) for frame in source]
        found[f"{int(style)} {style.title}"] = steadiness(styled, steps, known)
    # In the middle of the clip.
    start = max(0, len(source) - PEER_FRAMES) // 2
    for label, paint in PEERS.items() if peers else ():
        styled = [paint(frame) for frame in source[start : start + PEER_FRAMES]]
        found[label] = steadiness(styled, steps[start:], known[start:])
    return found


def steadiness(
    frames: Sequence[Bytes], steps: Sequence[Step], known: Sequence[Step] = ()
) -> Steadiness:
    """How steady frames are along the steps of their source, and how much detail is in them.

    `known` are the true steps, if there are any.
    """
    true = warping_error(frames, known) if known else None
    return Steadiness(warping_error(frames, steps), edge_energy(frames), crispness(frames), true)


if __name__ == "__main__":
    main()

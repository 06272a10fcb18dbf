"""How fast and how steady the eight styles are, beside their peers: one command, one table.

    python tests/bench/looks.py                        clips it makes itself
    python tests/bench/looks.py clip.mp4@10.2 other.mkv    given clips, from a second on if said

ms/frame is of painting alone, after warming up, on this machine in this run. "× real time" is a
whole transform of the clip, decoded, painted and encoded side by side; in brackets what its
processor time alone would allow on two cores that do nothing else.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# Idle OpenMP workers would spin beside OpenCV's own threads; read when numba starts.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import footage
import numpy as np
import steadiness
from footage import Bytes

from restyle.engine.render import render
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

PEERS: dict[str, Callable[[Bytes], Bytes]] = {
    "cv2.stylization": lambda frame: np.asarray(cv2.stylization(frame), np.uint8),
    "cv2.edgePreserving RF": lambda frame: np.asarray(
        cv2.edgePreservingFilter(frame, flags=cv2.RECURS_FILTER), np.uint8
    ),
}
PEER_FRAMES = 8  # stylization takes seconds a frame


def main() -> None:
    """Print the tables, and how busy the machine is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", help="files, optionally @start_s; made if none")
    parser.add_argument("--styles", type=int, nargs="*", default=[int(style) for style in Style])
    parser.add_argument("--sides", type=int, nargs="*", default=[540, 720])
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--no-peers", action="store_true")
    wanted = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load {load:.1f} before")
    for name in wanted.clips or footage.MADE:
        for side in wanted.sides:
            _bench(name, side, wanted.frames, wanted.styles, peers=not wanted.no_peers)


def _bench(name: str, side: int, count: int, styles: Sequence[int], *, peers: bool) -> None:
    frames = footage.read(name, side, count)
    height, width = frames[0].shape[:2]
    title = Path(name.partition("#")[0].partition("@")[0]).stem
    print(f"\n### {title}, {width}×{height}, {len(frames)} frames\n")
    steps = steadiness.steps_of(frames)
    transcoding_ms = _transcoding_ms(frames)
    source = steadiness.warping_error(frames, steps), steadiness.edge_energy(frames)
    rows: list[tuple[str, float, float, float, str]] = [("source", 0.0, *source, "")]
    for code in styles:
        styled, ms = _styled(frames, Style(code))
        error = steadiness.warping_error(styled, steps)
        edges = steadiness.edge_energy(styled)
        rows.append((f"{code} {Style(code).title}", ms, error, edges, _real_time(frames, code)))
    for peer, paint in PEERS.items() if peers else ():
        started = time.perf_counter()
        styled = [paint(frame) for frame in frames[:PEER_FRAMES]]
        ms = (time.perf_counter() - started) * 1000 / len(styled)
        error = steadiness.warping_error(styled, steps)
        rows.append((peer, ms, error, steadiness.edge_energy(styled), ""))
    slow = next((ms for label, ms, *_ in rows if label == "cv2.stylization"), 0.0)
    print("| | ms/frame | faster than stylization × | decode+encode × ", end="")
    print("| real time × | E_warp ×1e-4 | edges |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(f"| decode+encode | {transcoding_ms:.1f} | | 1 | | | |")
    for label, ms, error, edges, real_time in rows:
        speed = f"{ms:.1f}" if ms else ""
        faster = f"{slow / ms:.1f}" if slow and ms else ""
        cost = f"{ms / transcoding_ms:.1f}" if ms else ""
        print(f"| {label} | {speed} | {faster} | {cost} ", end="")
        print(f"| {real_time} | {error:.2f} | {edges:.2f} |", flush=True)


def _styled(frames: Sequence[Bytes], style: Style) -> tuple[list[Bytes], float]:
    """The frames in a style, and the median milliseconds a frame."""
    height, width = frames[0].shape[:2]
    samples = frames[:: max(1, len(frames) // 5)]
    warm = Stylizer(Options(style=style), (width, height), samples)
    for frame in frames[:3]:
        warm.render(frame)
    stylizer = Stylizer(Options(style=style), (width, height), samples)
    styled, times = [], []
    for frame in frames:
        started = time.perf_counter()
        styled.append(stylizer.render(frame))
        times.append(time.perf_counter() - started)
    return styled, float(np.median(times)) * 1000


def _real_time(frames: Sequence[Bytes], code: int) -> str:
    """How many times as fast as it plays the clip is transformed: by the clock, (by its CPU)."""
    side = min(frames[0].shape[:2])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.mp4"
        footage.write([*frames, *frames[::-1]], source)
        before, started = os.times(), time.perf_counter()
        options = Options(style=Style(code), min_len=side)
        rendered = render(source, options, Path(folder) / "target.mp4")
        wall_s, after = time.perf_counter() - started, os.times()
    cpu_s = sum(after[:4]) - sum(before[:4])
    return f"{rendered.duration_s / wall_s:.2f} ({2 * rendered.duration_s / cpu_s:.2f})"


def _transcoding_ms(frames: Sequence[Bytes]) -> float:
    """Milliseconds a frame of one ffmpeg process that decodes and encodes again (veryfast)."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.mp4"
        footage.write(frames, source)
        command = [footage.FFMPEG, "-loglevel", "error", "-i", str(source), "-c:v", "libx264"]
        command += ["-preset", "veryfast", "-f", "null", "-"]
        started = time.perf_counter()
        subprocess.run(command, check=True)
        return (time.perf_counter() - started) * 1000 / len(frames)


if __name__ == "__main__":
    main()

"""How fast and how steady the eight styles are, beside their peers: one command, all tables.

    python tests/bench/looks.py                        clips it has or makes
    python tests/bench/looks.py clip.mp4@10.2 other.mkv    given clips, from a second on if said

Speed is of whole transforms, from file to file with sound: decoded, followed, seen, painted,
settled and encoded side by side, on this machine in this run, starting included. "× real time" is
how many times as fast as the result plays; in brackets what the processor time alone would allow
on two cores that do nothing else. Above each table, what two of this machine's cores are worth at
that moment: how much two do at once of what one does alone. Steadiness: tests/bench/steadiness.py.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import footage
import steadiness

from restyle.engine.render import render
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

# 3:2 and 16:9; and one with a large face, which costs the most: at the largest size only.
CLIPS = (str(Path(__file__).resolve().parents[2] / "demo_assets" / "temple.mp4"), "rocket")
WITH_FACE = "astronaut"
USUAL = (*CLIPS, WITH_FACE)
CLIP_S = 4
PEER_FRAMES = 2  # stylization takes seconds a frame


def main() -> None:
    """Print the tables, and how busy the machine is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", help=f"see `footage.read`; {USUAL} if none")
    parser.add_argument("--styles", type=int, nargs="*", default=[int(style) for style in Style])
    parser.add_argument("--sides", type=int, nargs="*", default=[540, 720])
    parser.add_argument("--seconds", type=int, default=CLIP_S)
    parser.add_argument("--speed-only", action="store_true")
    wanted = parser.parse_args()
    styles = [Style(code) for code in wanted.styles]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load {load:.1f} before")
    for clip in wanted.clips or CLIPS:
        for side in wanted.sides:
            _print_speed(clip, side, wanted.seconds, styles)
    if not wanted.clips:
        _print_speed(WITH_FACE, max(wanted.sides), wanted.seconds, styles)
    if not wanted.speed_only:
        print()
        steadiness.print_table(wanted.clips or steadiness.CLIPS, styles)


def _print_speed(clip: str, side: int, seconds: int, styles: Sequence[Style]) -> None:
    frames = footage.read(clip, side, seconds * footage.FPS)
    height, width = frames[0].shape[:2]
    title = Path(clip.partition("#")[0].partition("@")[0]).stem
    print(f"\n### {title}, {width}×{height}, {len(frames)} frames at {footage.FPS} fps\n")
    print(f"Two cores do {_worth_of_two(frames[0]):.2f} times what one does.\n")
    print("| | fps | × real time | faster than cv2.stylization × | decode+encode × |")
    print("| --- | --- | --- | --- | --- |")
    slow_s, _ = _timed(lambda: [cv2.stylization(frame) for frame in frames[:PEER_FRAMES]])
    slow_s /= PEER_FRAMES
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.mp4", Path(folder) / "target.mp4"
        footage.write(frames, source)
        plain_s, _ = _timed(lambda: _transcode(source, target))
        plain_s /= len(frames)
        _print_row("decode+encode", plain_s, "", slow_s, plain_s)
        for style in styles:
            _warm_up(style, frames)
            options = Options(style, footage.FPS, min_len=side)
            wall_s, cpu_s = _timed(lambda: render(source, options, target))  # noqa: B023
            cpu = f" ({2 * len(frames) / footage.FPS / cpu_s:.2f})"
            _print_row(f"{int(style)} {style.title}", wall_s / len(frames), cpu, slow_s, plain_s)
    _print_row("cv2.stylization alone", slow_s, "", slow_s, plain_s)


def _print_row(label: str, frame_s: float, cpu: str, slow_s: float, plain_s: float) -> None:
    real_time = 1 / frame_s / footage.FPS
    print(f"| {label} | {1 / frame_s:.1f} | {real_time:.2f}{cpu} ", end="")
    print(f"| {slow_s / frame_s:.1f} | {frame_s / plain_s:.1f} |", flush=True)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, child processes included."""
    before, started = os.times(), time.perf_counter()
    work()
    wall_s, after = time.perf_counter() - started, os.times()
    return wall_s, sum(after[:4]) - sum(before[:4])


def _worth_of_two(frame: footage.Bytes) -> float:
    """How much two cores do at once of what one does alone: 2 where neither is in the other's way
    nor lent to someone else."""

    def stylize_on(cores: int) -> None:
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(cv2.stylization, [frame] * PEER_FRAMES * cores))

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return 2 * _timed(lambda: stylize_on(1))[0] / _timed(lambda: stylize_on(2))[0]
    finally:
        cv2.setNumThreads(threads)


def _warm_up(style: Style, frames: Sequence[footage.Bytes]) -> None:
    height, width = frames[0].shape[:2]
    stylizer = Stylizer(Options(style), (width, height), frames[:1])
    for frame in frames[:2]:
        stylizer.render(frame)


def _transcode(source: Path, target: Path) -> None:
    """One ffmpeg process that decodes and encodes again, as the engine does."""
    command = [footage.FFMPEG, "-loglevel", "error", "-y", "-i", str(source), "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-tune", "animation", "-crf", "19", "-bf", "0"]
    subprocess.run([*command, str(target)], check=True)


if __name__ == "__main__":
    main()

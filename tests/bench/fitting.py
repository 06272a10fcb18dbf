"""Ours against plain ffmpeg and idiomatic MoviePy: the same work, in turn, as ratios.

`python tests/bench/fitting.py [--seconds 10] [--rounds 1]` makes its inputs, prints a table of wall
time, CPU time and peak memory, and of how long a look at a clip and one frame take.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from restyle.clips import guard, inspect  # noqa: E402
from restyle.fitting import fit, plan_fit  # noqa: E402
from restyle.footage import open_clip  # noqa: E402

from media import ffmpeg  # noqa: E402  # the paths above come first

START_S = 2.0
NOISY = "noise=alls=6:allf=t"


@dataclass(frozen=True)
class Case:
    """An input and the size it is brought to."""

    name: str
    size: tuple[int, int]
    options: tuple[str, ...]
    target: tuple[int, int]
    turned: bool = False


@dataclass(frozen=True)
class Cost:
    """Wall and CPU time in seconds, and peak memory of the whole process tree in bytes."""

    wall_s: float
    cpu_s: float
    memory_bytes: int


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-b:v", "12M")
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
CASES = (
    Case("1080p30 H.264", (1920, 1080), X264, (1280, 720)),
    Case("4K30 H.264", (3840, 2160), X264, (1280, 720)),
    Case("upright phone HEVC", (1920, 1080), X265, (720, 1280), turned=True),
)


def plain(path: Path, out: Path, case: Case, seconds: float) -> None:
    """One ffmpeg command with the same work: the limit."""
    width, height = case.target
    subprocess.run(
        [
            *(guard.ffmpeg_binary(), "-v", "error", "-y", "-ss", str(START_S), "-t", str(seconds)),
            *("-i", str(path), "-vf", f"fps=30,scale={width}:{height},format=yuv420p"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac"),
            *("-b:a", "160k", "-movflags", "+faststart", str(out)),
        ],
        check=True,
    )


def ours(path: Path, out: Path, case: Case, seconds: float) -> None:
    """The edit as fitting writes it, inspection included."""
    clip = open_clip(path).subclipped(START_S, START_S + seconds).resized(case.target)
    clip.write_videofile(out, fps=30, logger=None)


def moviepy(path: Path, out: Path, case: Case, seconds: float) -> None:
    """The edit as MoviePy's documentation writes it."""
    from moviepy import VideoFileClip

    clip = VideoFileClip(str(path)).subclipped(START_S, START_S + seconds).resized(case.target)
    clip.write_videofile(
        str(out),
        *(30, "libx264"),
        audio_codec="aac",
        preset="veryfast",
        ffmpeg_params=["-crf", "20", "-pix_fmt", "yuv420p"],
        temp_audiofile_path=str(out.parent),
        logger=None,
    )
    clip.close()


def measure(work: Callable[[], object]) -> Cost:
    """What a piece of work costs this process and its children."""
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, _memory_of_tree(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    cpu, wall = _cpu(), time.perf_counter()
    work()
    cost = Cost(time.perf_counter() - wall, _cpu() - cpu, 0)
    over.set()
    watcher.join()
    return Cost(cost.wall_s, cost.cpu_s, peak)


def main() -> None:
    """Make the inputs, do the work in every way, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restyle-bench-") as name:
        folder = Path(name)
        print(
            "| input | way | wall s | CPU s | wall | CPU | peak MB |\n|---|---|---|---|---|---|---|"
        )
        for case in CASES:
            path = _input(folder, case, arguments.seconds + START_S + 1)
            _compare(path, folder / "out.mp4", case, arguments.seconds, arguments.rounds)
            _look(path, folder)
            path.unlink()


def _compare(path: Path, out: Path, case: Case, seconds: float, rounds: int) -> None:
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        for way in (plain, ours, moviepy):
            cost = measure(lambda way=way: way(path, out, case, seconds))  # type: ignore[misc]
            costs.setdefault(way.__name__, []).append(cost)
    base = min(costs["plain"], key=lambda c: c.wall_s)
    for name, found in costs.items():
        best = min(found, key=lambda c: c.wall_s)
        print(
            f"| {case.name} | {name} | {best.wall_s:.2f} | {best.cpu_s:.2f} "
            f"| {best.wall_s / base.wall_s:.2f}× | {best.cpu_s / base.cpu_s:.2f}× "
            f"| {best.memory_bytes / 1e6:.0f} |",
            flush=True,
        )


def _look(path: Path, folder: Path) -> None:
    clip = inspect(path)
    looked = measure(lambda: inspect(path))
    still = measure(lambda: open_clip(clip).still(clip.duration_s / 2, (480, 270)))
    print(f"| | look | {looked.wall_s:.2f} | {looked.cpu_s:.2f} | | | |")
    print(f"| | one frame | {still.wall_s:.2f} | {still.cpu_s:.2f} | | | |")
    plan = plan_fit(clip)
    if plan.unchanged:
        same = measure(lambda: fit(plan, folder / "same"))
        print(f"| | fit, unchanged | {same.wall_s:.3f} | {same.cpu_s:.3f} | | | |", flush=True)


def _input(folder: Path, case: Case, seconds: float) -> Path:
    made, path = folder / "made.mp4", folder / "in.mp4"
    width, height = case.size
    ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r=30:d={seconds},{NOISY}"),
        *("-f", "lavfi", "-i", f"sine=r=48000:d={seconds}", *case.options, "-g", "30"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac", str(made)),
    )
    turn = ("-display_rotation", "270") if case.turned else ()
    ffmpeg(*turn, "-i", str(made), "-c", "copy", str(path))
    made.unlink()
    return path


def _cpu() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _memory_of_tree(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [c for task in tasks for c in task.read_text(encoding="ascii").split()]
    except OSError:
        return 0
    return pages * resource.getpagesize() + sum(_memory_of_tree(int(c)) for c in children)


if __name__ == "__main__":
    main()

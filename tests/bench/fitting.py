"""Ours against plain ffmpeg and idiomatic MoviePy: the same work, as ratios, into a document.

`python tests/bench/fitting.py [--seconds 20] [--rounds 3]` makes its inputs, measures, prints the
tables and writes them to tests/docs/fitting.md. Each measurement has a process of its own; plain
ffmpeg and ours take turns, so that a busy moment hits both.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from restyle.clips import guard, inspect  # noqa: E402
from restyle.fitting import fit, plan_fit  # noqa: E402
from restyle.footage import open_clip  # noqa: E402
from restyle.limits import LIMITS  # noqa: E402

from media import ffmpeg  # noqa: E402  # the paths above come first

TARGET = ROOT / "tests" / "docs" / "fitting.md"
TITLE = """# Fitting: its cost beside plain ffmpeg's

Made by `python tests/bench/fitting.py` on {machine}. The work: {seconds:g} s from the middle of a
clip, scaled to 1280×720 or 720×1280, H.264 (veryfast, CRF 20), its AAC kept. `plain` is one ffmpeg
command, `ours` is `open_clip(…).subclipped(…).resized(…).write_videofile(…)` with its inspection,
`MoviePy` the same words on `VideoFileClip` (which codes the sound anew). Ratios are against
`plain`: best of {rounds} to best of {rounds}, and in brackets the median of the turns (MoviePy has
only one, on a quarter of the work). Memory is the peak of all processes, with Python and its
libraries where they are used; beside it that of a quarter of the work, for it must not grow with
the clip's length.

"""
START_S = 2.0
NOISY = "noise=alls=6:allf=t"
PIECE_S = 5
SHORT = 4  # the part of the length on which memory is compared


@dataclass(frozen=True)
class Case:
    """An input and the size it is brought to."""

    name: str
    size: tuple[int, int]
    length_s: float
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
    Case("1080p30 × 60 s, H.264", (1920, 1080), 60, X264, (1280, 720)),
    Case("4K30 × 30 s, H.264", (3840, 2160), 30, X264, (1280, 720)),
    Case("upright phone × 30 s, HEVC", (1920, 1080), 30, X265, (720, 1280), turned=True),
)


def plain(path: Path, out: Path, case: Case, seconds: float) -> None:
    """The edit as one ffmpeg command: the limit."""
    width, height = case.target
    subprocess.run(
        [
            *(guard.ffmpeg_binary(), "-v", "error", "-y", "-ss", str(START_S), "-t", str(seconds)),
            *("-i", str(path), "-vf", f"fps=30,scale={width}:{height},format=yuv420p"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "copy"),
            *("-movflags", "+faststart", str(out)),
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


def look(path: Path, out: Path, case: Case, seconds: float) -> None:
    """Inspection alone."""
    inspect(path)


def keep(path: Path, out: Path, case: Case, seconds: float) -> None:
    """All of fitting, where nothing has to change."""
    plan = plan_fit(inspect(path))
    assert plan.unchanged
    fit(plan, out.parent / "same")


def still(path: Path, out: Path, case: Case, seconds: float) -> None:
    """One small frame from the middle, inspection included."""
    clip = open_clip(path)
    clip.still(clip.duration / 2, (480, 270))


Way = Callable[[Path, Path, Case, float], None]


def measure(way: Way, path: Path, out: Path, case: Case, seconds: float) -> Cost:
    """What a way costs; in a process of its own, so that nothing of another way is in memory."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measured, way, path, out, case, seconds).result()


def _measured(way: Way, path: Path, out: Path, case: Case, seconds: float) -> Cost:
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, _memory(os.getpid(), own=way is not plain))

    watcher = threading.Thread(target=watch)
    watcher.start()
    cpu, wall = _cpu(), time.perf_counter()
    try:
        way(path, out, case, seconds)
        wall_s, cpu_s = time.perf_counter() - wall, _cpu() - cpu
    finally:
        over.set()
        watcher.join()
    return Cost(wall_s, cpu_s, peak)


def main() -> None:
    """Make the inputs, do the work in every way, print the tables and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    text = TITLE.format(machine=machine, seconds=chosen.seconds, rounds=chosen.rounds)
    with tempfile.TemporaryDirectory(prefix="restyle-bench-") as name:
        for line in _lines(Path(name), chosen.seconds, chosen.rounds):
            print(line, flush=True)
            text += line + "\n"
    TARGET.write_text(text, encoding="utf-8")


def _lines(folder: Path, seconds: float, rounds: int) -> Iterator[str]:
    yield "| input | way | wall s | CPU s | wall | CPU | peak MB | of a quarter of it |"
    yield "|---|---|---|---|---|---|---|---|"
    small = []
    for case in CASES:
        path, out = _input(folder, case), folder / "out.mp4"
        yield from _work(path, out, case, seconds, rounds)
        small.append(_small(path, out, case, rounds))
        path.unlink()
    yield ""
    yield "| input | inspection | with fitting, unchanged | with one frame |"
    yield "|---|---|---|---|"
    yield from small


def _work(path: Path, out: Path, case: Case, seconds: float, rounds: int) -> Iterator[str]:
    base, found = [], []
    for turn in range(rounds):
        for way in (plain, ours) if turn % 2 == 0 else (ours, plain):
            (base if way is plain else found).append(measure(way, path, out, case, seconds))
    short = {way: measure(way, path, out, case, seconds / SHORT) for way in (plain, ours, moviepy)}
    yield _row(case.name, "plain", base, base, short[plain])
    yield _row(case.name, "ours", found, base, short[ours])
    # It takes minutes for all of it, and its ratio is the same.
    yield _row(f"{case.name}, a quarter", "MoviePy", [short[moviepy]], [short[plain]])


def _row(
    name: str, way: str, found: list[Cost], base: list[Cost], short: Cost | None = None
) -> str:
    wall = _ratio([c.wall_s for c in found], [c.wall_s for c in base])
    cpu = _ratio([c.cpu_s for c in found], [c.cpu_s for c in base])
    memory = f"{max(c.memory_bytes for c in found) / 1e6:.0f}"
    return (
        f"| {name} | {way} | {min(c.wall_s for c in found):.2f} "
        f"| {min(c.cpu_s for c in found):.2f} | {wall} | {cpu} | {memory} "
        f"| {f'{short.memory_bytes / 1e6:.0f}' if short else '–'} |"
    )


def _small(path: Path, out: Path, case: Case, rounds: int) -> str:
    within = case.length_s <= LIMITS.max_duration_s and not case.turned
    ways = (look, keep, still) if within else (look, still)
    costs = {way: [measure(way, path, out, case, 0) for _ in range(rounds)] for way in ways}
    cells = [
        f"{1000 * min(c.wall_s for c in costs[way]):.0f} ms" if way in costs else "–"
        for way in (look, keep, still)
    ]
    return f"| {case.name} | " + " | ".join(cells) + " |"


def _ratio(found: list[float], base: list[float]) -> str:
    turns = [a / b for a, b in zip(found, base, strict=False)]
    return f"{min(found) / min(base):.2f}× ({median(turns):.2f})"


def _input(folder: Path, case: Case) -> Path:
    """A clip of the case's length: a piece with moving noise, again and again, with a tone."""
    piece, made, path = (folder / f"{name}.mp4" for name in ("piece", "made", "in"))
    width, height = case.size
    ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r=30:d={PIECE_S},{NOISY}"),
        *(*case.options, "-g", "30", "-pix_fmt", "yuv420p", str(piece)),
    )
    ffmpeg(
        *("-stream_loop", "-1", "-i", str(piece), "-t", str(case.length_s - 0.1)),
        *("-f", "lavfi", "-i", "sine=r=48000", "-c:v", "copy", "-c:a", "aac"),
        *("-t", str(case.length_s), str(made)),
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


def _memory(pid: int, *, own: bool = True) -> int:
    """Resident memory of a process with all that it started, or of these alone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [c for task in tasks for c in task.read_text(encoding="ascii").split()]
    except OSError:
        return 0
    rest = sum(_memory(int(child)) for child in children)
    return rest + (pages * resource.getpagesize() if own else 0)


if __name__ == "__main__":
    main()

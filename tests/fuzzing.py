"""Mutated real files, one numbered case at a time: what fitting makes of them, and what it leaves.

A case is its seed and number alone, so that every finding can be had again. `tests/bench/fuzz.py`
runs thousands; tests/clips/test_fuzzing.py a few.
"""

import os
import random
import resource
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fitting.corpus import AAC, H264, VP8, encoded, many_tracks, recut, silent, turned, video
from processes import children

from restyle.clips import inspect
from restyle.errors import RestyleError
from restyle.fitting import fit, plan_fit

HANG_S = 100.0
"""Longer than any one bound of the guard: a case that takes this long has got past them."""

_SMALL = {"source": video("256x256", 10, 0.8)}
SOURCES: dict[str, Callable[[Path], None]] = {
    "plain.mp4": encoded(*H264, *AAC, **_SMALL),
    "fragmented.mp4": recut("-movflags", "frag_keyframe+empty_moov"),
    "turned.mp4": turned("-display_rotation", "90"),
    "hevc.mp4": silent("-c:v", "libx265", "-x265-params", "log-level=error", **_SMALL),
    "camera.mov": encoded(*H264, *AAC, "-metadata", "timecode=01:00:00:00", **_SMALL),
    "phone.3gp": encoded(*H264, *AAC, **_SMALL),
    "many.mkv": many_tracks,
    "plain.mkv": encoded(*H264, *AAC, **_SMALL),
    "web.webm": encoded(*VP8, "-c:a", "libopus", **_SMALL),
    "plain.ts": encoded(*H264, *AAC, **_SMALL),
    "xvid.avi": encoded("-c:v", "mpeg4", "-vtag", "xvid", "-c:a", "mp3", **_SMALL),
    "motion.avi": encoded("-c:v", "mjpeg", "-c:a", "pcm_s16le", **_SMALL),
    "disc.mpg": encoded("-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2", **_SMALL),
    "camera.mxf": encoded("-c:v", "mpeg2video", "-r", "25", "-c:a", "pcm_s16le", **_SMALL),
    "flash.flv": encoded(*H264, *AAC, "-ar", "44100", **_SMALL),
    "moving.gif": silent(**_SMALL),
}


@dataclass(frozen=True)
class Finding:
    """One case: `outcome` is "made", "refused", or a fault: "crash", "hang", "leftover"."""

    number: int
    source: str
    outcome: str
    said: str
    seconds: float

    @property
    def is_fault(self) -> bool:
        """Whether this must not happen."""
        return self.outcome not in ("made", "refused")


class _HangError(BaseException):
    """Not an Exception: nothing on the way may take it for an ordinary failure."""


def make_sources(folder: Path) -> dict[str, bytes]:
    """Every source file, encoded once (about 5 s)."""
    found = {}
    for name, make in SOURCES.items():
        (place := folder / name.replace(".", "-")).mkdir()
        make(place / name)
        found[name] = (place / name).read_bytes()
    return found


def run_case(seed: int, number: int, sources: dict[str, bytes], folder: Path) -> Finding:
    """Mutate a file, look at it, plan and fit it; `folder` is empty again afterwards.

    Own temporary files go into `folder`, too, so that nothing of them can stay unseen.
    """
    chance = random.Random(f"{seed}/{number}")
    name = sorted(sources)[number % len(sources)]
    path, out, temporary = folder / "clip.mp4", folder / "out", folder / "temporary"
    path.write_bytes(mutated(sources[name], chance, sources))
    out.mkdir()
    temporary.mkdir()
    open_before, began = _open_files(), time.monotonic()
    outcome, said = "made", ""
    with _alarm(HANG_S), _temporary_files_in(temporary):
        try:
            fit(plan_fit(inspect(path)), out)
        except RestyleError as error:
            outcome, said = "refused", error.message
            if not error.what_next:
                outcome, said = "crash", f"no way on is told: {error.message}"
        except _HangError:
            outcome, said = "hang", traceback.format_exc()
        except Exception:
            outcome, said = "crash", traceback.format_exc()
    seconds = time.monotonic() - began
    left = [p.name for p in temporary.iterdir()]
    left += [p.name for p in out.iterdir()][outcome == "made" :]
    left += [f"process {pid}" for pid in children()]
    left += [f"{more} open files"] if (more := _open_files() - open_before) > 0 else []
    if left and outcome in ("made", "refused"):
        outcome, said = "leftover", f"{left} after: {said}"
    for part in (*out.iterdir(), *temporary.iterdir(), path):
        part.unlink()
    out.rmdir()
    temporary.rmdir()
    return Finding(number, name, outcome, said, round(seconds, 2))


def mutated(content: bytes, chance: random.Random, others: dict[str, bytes]) -> bytes:
    """Wrong bytes, sizes, holes, repeats, cuts and pieces of other files; half of it in headers."""
    wild = bytearray(content)
    for _ in range(chance.choice([1, 1, 3, 10, 50, 300])):
        end = len(wild) if chance.random() < 0.5 else min(len(wild), 2000)
        place = chance.randrange(min(8, len(wild) - 1), max(9, end))
        match chance.randrange(7):
            case 0:
                wild[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                wild[place : place + 1] = bytes([_at(wild, place) ^ 1 << chance.randrange(8)])
            case 2:
                wild[place : place + 4] = chance.choice(
                    [b"\xff" * 4, b"\x00" * 4, b"\x7f" + b"\xff" * 3, b"\x80\x00\x00\x00"]
                )
            case 3:
                del wild[place : place + chance.choice([1, 4, 40, 188])]
            case 4:
                other = chance.randrange(len(wild))
                wild[place:place] = wild[other : other + chance.choice([4, 40, 400])]
            case 5:
                length = chance.choice([16, 200, 2000])
                wild[place : place + length] = bytes(min(length, len(wild) - place))
            case 6 if chance.random() < 0.1:
                other_file = others[chance.choice(sorted(others))]
                wild[place:place] = other_file[: chance.choice([64, 1000, 10000])]
        if len(wild) < 16:
            break
    if chance.random() < 0.15:
        del wild[chance.randrange(len(wild)) :]
    return bytes(wild)


def _at(content: bytearray, place: int) -> int:
    return content[place] if place < len(content) else 0


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise _HangError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.is_dir() else 0


def peak_memory_bytes() -> int:
    """The most memory that any one of this process's children has taken."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024

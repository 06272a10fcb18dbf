"""The timing of a clip's packets, as ffmpeg's framecrc lists them: the truth behind the header.

Times are in seconds from the file's own start.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

_NO_PTS = -(2**63)
_SNAP = 0.0006  # 29.97 and 30 are 0.001 apart
_JITTER = 0.25  # of a frame: what millisecond time stamps and cameras do


@dataclass(frozen=True)
class Track:
    """One stream: the sorted times of its packets and when the last one ends."""

    pts_s: tuple[float, ...]
    end_s: float


@dataclass(frozen=True)
class Rate:
    """The usual frame rate of a track, whether it varies, and the longest time between frames."""

    fps: float
    varies: bool
    longest_s: float


def read_tracks(listing: bytes) -> dict[int, Track]:
    """The tracks of a framecrc listing by output stream; lines that make no sense are left out."""
    bases: dict[int, Fraction] = {}
    found: dict[int, list[tuple[int, int]]] = {}
    for line in listing.decode("ascii", errors="replace").splitlines():
        if line.startswith("#tb "):
            number, _, base = line[4:].partition(": ")
            if number.isdigit() and _is_base(base):
                bases[int(number)] = Fraction(base)
            continue
        fields = line.split(",", 4)
        if line.startswith("#") or len(fields) < 5:
            continue
        try:
            stream, dts, pts, length = (int(field) for field in fields[:4])
        except ValueError:
            continue
        found.setdefault(stream, []).append((dts if pts == _NO_PTS else pts, max(0, length)))
    return {n: _track(times, float(bases[n])) for n, times in found.items() if n in bases}


def constant_rate(track: Track, nominal_fps: float | None) -> Rate:
    """The usual frame rate: what the header says where the packets bear it out, else theirs."""
    times = track.pts_s
    gaps = [b - a for a, b in pairwise(times) if b > a]
    if not gaps:
        length_s = track.end_s - times[0]
        guess = nominal_fps or (1 / length_s if length_s > 0 else 25.0)
        return Rate(_snapped(guess), varies=False, longest_s=1 / guess)
    average = len(gaps) / (times[-1] - times[0])
    fps = next(
        (f for f in (_snapped(nominal_fps or average), _snapped(average)) if _fits(times, f)), None
    )
    if fps is not None:
        return Rate(fps, varies=False, longest_s=max(gaps))
    return Rate(_snapped(1 / median(gaps)), varies=True, longest_s=max(gaps))


def _fits(times: tuple[float, ...], fps: float) -> bool:
    return all(abs((t - times[0]) * fps - i) <= _JITTER for i, t in enumerate(times))


def _snapped(fps: float) -> float:
    """30000/1001 for 29.9703, 30 for 29.9998; itself where it is near no usual rate."""
    nearest = round(fps)
    for usual in (float(nearest), nearest * 1000 / 1001):
        if nearest and abs(fps - usual) / usual < _SNAP / 2:
            return usual
    return fps


def _track(packets: list[tuple[int, int]], base: float) -> Track:
    packets.sort()
    last, length = packets[-1]
    if not length and len(packets) > 1:
        length = last - packets[-2][0]
    # What comes before 0 (the run-in of a sound coder, a cut of an edit list) is not shown.
    return Track(tuple(pts * base for pts, _ in packets), (last + length) * base)


def _is_base(text: str) -> bool:
    above, _, below = text.strip().partition("/")
    return above.isdigit() and below.isdigit() and int(below) > 0

"""The timing of a clip's packets, as ffmpeg's framecrc lists them: the truth behind the header.

Times are in seconds from the file's own start.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

_NO_PTS = -(2**63)
_SIZE = re.compile(r"#dimensions (\d+): (\d+)x(\d+)")
_SNAP = 0.0006  # 29.97 and 30 are 0.001 apart
_TICK_S = 0.002
_UNEVEN_S = 0.003  # what millisecond time stamps do to a packet's time
_GUESSED_WRONG = 0.02  # the share of times not in the file that may be a frame off
_JITTER = 0.25  # of a frame: what millisecond time stamps and cameras do


class _Packet(NamedTuple):
    dts: int
    pts: int
    length: int
    key: bool
    size_bytes: int


@dataclass(frozen=True)
class Track:
    """One stream: the sorted times of its packets, when the last one ends, its coded size.

    `key_gap_s` is the longest time from a key frame to the next one, or to the end.
    `unsettled`: how many of the last times packets that were not listed could still fall between.
    `cuts_s`: the times at which the packets can be parted as they are, all earlier frames on one
    side; `entries_s`: those of them at which decoding can begin. `guessed`: some times are missing
    in the file and follow from the order of decoding. `even_s`: how long each packet lasts where
    they follow each other without gaps, else 0. `size_bytes`: all its packets together.
    """

    pts_s: tuple[float, ...]
    end_s: float
    key_gap_s: float
    width: int = 0
    height: int = 0
    unsettled: int = 0
    cuts_s: tuple[float, ...] = ()
    entries_s: tuple[float, ...] = ()
    guessed: bool = False
    even_s: float = 0.0
    size_bytes: int = 0


@dataclass(frozen=True)
class Rate:
    """The usual frame rate of a track, whether it varies, and the longest time between frames.

    `phase_s`: where the grid of frames lies, less than a frame from 0; 0 where the rate varies.
    """

    fps: float
    varies: bool
    longest_s: float
    phase_s: float = 0.0


def read_tracks(listing: bytes) -> dict[int, Track]:
    """The tracks of a framecrc listing by output stream; lines that make no sense are left out."""
    bases: dict[int, Fraction] = {}
    sizes: dict[int, tuple[int, int]] = {}
    found: dict[int, list[_Packet]] = {}
    for line in listing.decode("ascii", errors="replace").splitlines():
        if line.startswith("#tb "):
            number, _, base = line[4:].partition(": ")
            if number.isdigit() and _is_base(base):
                bases[int(number)] = Fraction(base)
            continue
        if size := _SIZE.fullmatch(line):
            sizes[int(size[1])] = (int(size[2]), int(size[3]))
            continue
        fields = line.split(",")
        if line.startswith("#") or len(fields) < 6:
            continue
        try:
            stream, dts, pts, length, size_bytes = (int(field) for field in fields[:5])
        except ValueError:
            continue
        key = not any(field.strip() == "F=0x0" for field in fields[6:])
        packet = _Packet(dts, pts, max(0, length), key, size_bytes)
        found.setdefault(stream, []).append(packet)
    return {
        n: _track(packets, float(bases[n]), sizes.get(n, (0, 0)))
        for n, packets in found.items()
        if n in bases
    }


def constant_rate(track: Track, nominal_fps: float | None) -> Rate:
    """The usual frame rate: what the header says where the packets bear it out, else theirs."""
    # Of a long clip only the beginning is listed, and its last packets are out of order.
    times = track.pts_s[: max(2, len(track.pts_s) - track.unsettled)]
    gaps = [b - a for a, b in pairwise(times) if b > a]
    if not gaps:
        length_s = track.end_s - times[0]
        guess = nominal_fps or (1 / length_s if length_s > 0 else 25.0)
        return Rate(_snapped(guess), varies=False, longest_s=1 / guess)
    average, usual = len(gaps) / (times[-1] - times[0]), 1 / median(gaps)
    for guess in (nominal_fps or average, average, usual):
        fps = _snapped(guess)
        phases = [t * fps - i for i, t in enumerate(times)]
        phase = median(phases)
        # Writers give the first frame another length, to make room for the sound's run-in.
        odd = sum(abs(other - phase) > _JITTER for other in phases[1:])
        if odd <= (_GUESSED_WRONG * len(times) if track.guessed else 0):
            return Rate(fps, varies=False, longest_s=max(gaps), phase_s=_part(phase) / fps)
    return Rate(_snapped(usual), varies=True, longest_s=max(gaps))


def _part(phase: float) -> float:
    """The part of a frame by which the grid is off; what is only jitter around it is below 0."""
    part = phase % 1
    part -= part > 1 - _JITTER
    return part if abs(part) > _JITTER / 10 else 0.0


def _snapped(fps: float) -> float:
    """30000/1001 for 29.9703, 30 for 29.9998; itself where it is near no usual rate."""
    nearest = round(fps)
    for usual in (float(nearest), nearest * 1000 / 1001):
        if nearest and abs(fps - usual) / usual < _SNAP / 2:
            return usual
    return fps


def _track(packets: list[_Packet], base: float, size: tuple[int, int]) -> Track:
    guessed = any(packet.pts == _NO_PTS for packet in packets)
    if guessed:
        # The times of decoding are the same set, only earlier by the coder's delay.
        delay = _delay(packets)
        times = sorted((packet.dts + delay, packet.length) for packet in packets)
    else:
        times = sorted((packet.pts, packet.length) for packet in packets)
    last, length = times[-1]
    if len(times) > 1:
        # Some containers do not say how long the last packet lasts, or say one tick.
        length = length if length * base > _TICK_S else last - times[-2][0]
    end = last + length
    keys = sorted(packet.dts for packet in packets if packet.key)
    key_gap = max((b - a for a, b in pairwise([*keys, end])), default=end)
    decoded = max(packet.dts for packet in packets)
    unsettled = sum(pts > decoded for pts, _ in times)
    seconds = tuple(pts * base for pts, _ in times)
    cuts = [] if guessed else _cuts(packets)
    return Track(
        seconds,
        end * base,
        key_gap * base,
        *size,
        unsettled=unsettled,
        cuts_s=tuple(packet.pts * base for packet in cuts),
        entries_s=tuple(packet.pts * base for packet in cuts if packet.key),
        guessed=guessed,
        even_s=_even(seconds),
        size_bytes=sum(packet.size_bytes for packet in packets),
    )


def _even(times: tuple[float, ...]) -> float:
    length = (times[-1] - times[0]) / max(1, len(times) - 1)
    grid = (times[0] + n * length for n in range(len(times)))
    return length if all(abs(a - b) < _UNEVEN_S for a, b in zip(times, grid, strict=True)) else 0.0


def _delay(packets: list[_Packet]) -> int:
    """From the times of decoding to those of showing, where only some packets have both."""
    shown = [packet for packet in packets if packet.pts != _NO_PTS]
    first = min(packets)
    if not shown:
        return 0
    if first.pts != _NO_PTS:
        return min(packet.pts for packet in shown) - first.dts
    # A listing from the middle of a file: its first time may stand seconds after its beginning.
    keys = [packet for packet in shown if packet.key]
    return min(packet.pts - packet.dts for packet in keys or shown)


def _cuts(packets: list[_Packet]) -> list[_Packet]:
    """The packets that come, shown as decoded, after all before them and before all after them."""
    times = [packet.pts for packet in packets]
    earlier = [times[0] - 1, *accumulate(times, max)]
    later = list(accumulate(reversed(times), min))[::-1]
    return [
        packet
        for packet, before, after in zip(packets, earlier, later, strict=False)
        if before < packet.pts == after
    ]


def _is_base(text: str) -> bool:
    above, _, below = text.strip().partition("/")
    return above.isdigit() and below.isdigit() and int(below) > 0

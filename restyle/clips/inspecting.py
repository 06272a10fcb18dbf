"""inspect(path): the facts of an untrusted clip, from its packets and one decoded frame.

Headers are not believed: durations and frame rate come from the packets that are there, the size
from a frame after turning. One guarded ffmpeg run for most files (two for long ones).
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from restyle.clips import guard
from restyle.clips.clip import Clip
from restyle.clips.packets import Track, constant_rate, read_tracks
from restyle.clips.sniffing import Kind, sniff
from restyle.errors import ClipUnreadable

LOOK_S = 31
"""Packets are counted this far: enough to tell whether a clip is longer than the limit."""

_TIME_LIMIT_S = 30.0
_INPUT = re.compile(r"^(?:\[info\] )?Stream mapping:", re.MULTILINE)
_STREAM = re.compile(r"Stream #0:(\d+)\S*: (Video|Audio): (\w+)(.*)")
_MAPPED = re.compile(r"Stream #0:(\d+) -> #(\d):(\d+)")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_TURN = re.compile(r"[Dd]isplay ?[Mm]atrix: rotation of (-?\d+(?:\.\d+)?|nan)")
_FRAME = re.compile(
    r"fmt:(?P<fmt>\S+) .*?sar:(?P<num>\d+)/(?P<den>\d+) s:(?P<w>\d+)x(?P<h>\d+) i:(?P<scan>\S)"
)
_COLOR = re.compile(r"color_(range|space|primaries|trc):(\S+)")
_GRAPHS = ("-print_graphs", "-print_graphs_format", "compact")
_TURNING = re.compile(r"\|filter_name=(transpose|hflip|vflip|rotate)\|")
_FAULT = re.compile(r"\[(?:error|fatal|panic)\] (.*)")


def inspect(path: Path) -> Clip:
    """Look at one file without trusting it; what comes back is true of its content.

    Raises ClipUnreadable, in words, for what is not a video, is damaged, or is not opened here.
    """
    kind = sniff(path)
    look = _look(path, kind, None)
    largest = look.largest
    if largest is not None and largest != look.picture:
        look = _look(path, kind, largest)
    return _clip(path, kind, look)


@dataclass(frozen=True)
class _Look:
    """One run of ffmpeg over a file: its log, its tracks by input stream, the stream shown."""

    outcome: guard.Outcome
    header: str
    tracks: dict[int, Track]
    picture: int | None

    @property
    def largest(self) -> int | None:
        """The stream with the largest picture; the one shown where there is nothing to choose."""
        pictures = [n for n, track in self.tracks.items() if track.width]
        if self.picture not in pictures:
            return self.picture
        return max(pictures, key=lambda n: (self.tracks[n].width * self.tracks[n].height, -n))


def _look(path: Path, kind: Kind, picture: int | None) -> _Look:
    source = guard.input_arguments(path, kind.demuxer)
    packets = ["-map", "0:V?", "-map", "0:a?", "-c", "copy", "-t", str(LOOK_S), "-f", "framecrc"]
    frame = ["-map", f"0:{picture}"] if picture is not None else []
    # Without checksums, which take as long as decoding does where the picture is large.
    frame += ["-an", "-sn", "-dn", "-vf", "showinfo=checksum=0", "-frames:v", "1"]
    frame += ["-f", "null", "-"]
    outcome = guard.run(
        ["-loglevel", "level+info", *_GRAPHS, *source, *packets, "pipe:1", *frame],
        time_limit_s=_TIME_LIMIT_S,
    )
    log = outcome.log
    header = log[: found.start()] if (found := _INPUT.search(log)) else log
    maps = [(int(m[1]), int(m[2]), int(m[3])) for m in _MAPPED.finditer(log)]
    tracks = read_tracks(outcome.output)
    return _Look(
        outcome,
        header,
        {source: tracks[out] for source, file, out in maps if file == 0 and out in tracks},
        next((source for source, file, _ in maps if file == 1), None),
    )


def _clip(path: Path, kind: Kind, look: _Look) -> Clip:
    log, header, picture, placed = look.outcome.log, look.header, look.picture, look.tracks
    streams = {int(s[1]): s for s in _STREAM.finditer(header)}
    shown = _FRAME.search(log)
    if picture is None or picture not in placed or shown is None:
        raise _unreadable(header, look.outcome)
    video = placed[picture]
    sound = _sound_stream(streams, placed)
    sounds = [placed[sound]] if sound is not None else []
    duration_s = video.end_s
    longer = duration_s >= LOOK_S - 0.5
    header_s = _header_duration(header)
    if longer:
        duration_s = _long_duration(path, kind, picture, header_s)
    rate = constant_rate(video, _nominal_rate(streams[picture][4]))
    width, height = int(shown["w"]), int(shown["h"])
    aspect = _aspect(int(shown["num"]), int(shown["den"]))
    color = dict(_COLOR.findall(log[shown.start() :]))
    turns = _TURNING.findall(log[shown.end() :])
    turn = _TURN.search(_stream_section(header, picture)) if _is_turn(turns) else None
    audio_s = max((track.end_s for track in sounds), default=0.0)
    return Clip(
        path=path,
        width=round(width * max(1.0, aspect)),
        height=round(height / min(1.0, aspect)),
        duration_s=duration_s - rate.phase_s,
        fps=rate.fps,
        size_bytes=path.stat().st_size,
        format=kind.format,
        video_codec=streams[picture][3],
        has_audio=sound is not None,
        audio_codec=streams[sound][3] if sound is not None else None,
        rotation=_clockwise(turn[1]) if turn else 0,
        file_duration_s=max(duration_s, header_s or 0.0, *(t.end_s for t in placed.values())),
        audio_duration_s=duration_s if longer and sounds else audio_s,
        demuxer=kind.demuxer,
        video_stream=picture,
        video_streams=sum(1 for track in placed.values() if track.width),
        audio_stream=sound,
        stored_width=width,
        stored_height=height,
        sample_aspect=aspect,
        pixel_format=shown["fmt"],
        color_range=color.get("range", "unknown"),
        color_space=color.get("space", "unknown"),
        color_primaries=color.get("primaries", "unknown"),
        color_transfer=color.get("trc", "unknown"),
        interlaced=shown["scan"] in "TB",
        turned=bool(turns),
        variable_rate=rate.varies,
        longest_frame_s=rate.longest_s,
        key_gap_s=video.key_gap_s,
        phase_s=rate.phase_s,
        frame_count=None if longer else len(video.pts_s),
        faults=tuple(dict.fromkeys(f for f in _FAULT.findall(log) if "not on whitelist" not in f)),
        cuts_s=tuple(t - rate.phase_s for t in video.cuts_s),
        entries_s=tuple(t - rate.phase_s for t in video.entries_s),
        audio_start_s=sounds[0].pts_s[0] if sounds else 0.0,
        audio_packet_s=sounds[0].even_s if sounds else 0.0,
        says_duration=header_s is not None,
        bytes_per_s=sum(t.size_bytes for t in (video, *sounds)) / max(video.end_s, 1 / rate.fps),
    )


def _sound_stream(streams: dict[int, re.Match[str]], placed: dict[int, Track]) -> int | None:
    usable = [
        index
        for index, found in streams.items()
        if found[2] == "Audio" and index in placed and found[3] in guard.CODEC_NAMES
    ]
    chosen = [index for index in usable if "(default)" in streams[index][4]]
    return next(iter([*chosen, *usable]), None)


def _stream_section(header: str, index: int) -> str:
    """The lines of the header's dump that belong to one stream."""
    parts = re.split(r"Stream #0:(\d+)", header)
    sections = dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))
    return sections.get(index, "")


def _header_duration(header: str) -> float | None:
    found = _DURATION.search(header)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None


def _long_duration(path: Path, kind: Kind, picture: int, header_s: float | None) -> float:
    """The true end of a clip longer than what was counted: its last packets, wherever they are."""
    starts = [max(0.0, header_s - 8)] if header_s and header_s > LOOK_S else []
    for start_s in [*starts, 0.0]:
        outcome = guard.run(
            [
                *("-loglevel", "error", "-ss", f"{start_s:.3f}"),
                *guard.input_arguments(path, kind.demuxer),
                *("-map", f"0:{picture}", "-c", "copy", "-f", "framecrc", "pipe:1"),
            ],
            time_limit_s=_TIME_LIMIT_S,
            max_output_bytes=256_000_000,
        )
        tracks = read_tracks(outcome.output)
        if tracks and tracks[0].pts_s and start_s + tracks[0].end_s >= LOOK_S - 0.5:
            return start_s + tracks[0].end_s
    raise ClipUnreadable(
        "The clip's length could not be found in time.",
        what_next="Cut or convert it with a video editor and upload it again.",
    )


def _nominal_rate(description: str) -> float | None:
    found = re.search(r"([\d.]+)(k?) fps", description) or re.search(
        r"([\d.]+)(k?) tbr", description
    )
    return float(found[1]) * (1000 if found[2] else 1) if found and float(found[1]) else None


def _aspect(numerator: int, denominator: int) -> float:
    if not numerator or not denominator:
        return 1.0
    aspect = numerator / denominator
    # 4319:4320 and the like come from rounding in editors and mean square.
    return 1.0 if abs(aspect - 1) < 0.005 else aspect


def _is_turn(filters: list[str]) -> bool:
    """Whether the filters that ffmpeg put before the picture turn it; a flip alone mirrors it."""
    return bool(filters) and filters not in (["hflip"], ["vflip"])


def _clockwise(counterclockwise: str) -> int:
    degrees = float(counterclockwise)
    return 0 if math.isnan(degrees) else round(-degrees / 90) * 90 % 360


@dataclass(frozen=True)
class _Sign:
    """A line of ffmpeg's log, and what it means to a person."""

    text: str
    message: str
    what_next: str


_SIGNS = (
    _Sign(
        "moov atom not found",
        "The recording was never finished or is cut off: its index is missing.",
        "Take the original file from the camera again, or repair it with a video editor.",
    ),
    _Sign(
        "not in whitelist",
        "The file refers to something that is not opened here.",
        "Export it as an ordinary MP4 with a video editor and upload that.",
    ),
    _Sign(
        "Decoder (codec",
        "The picture is in a format that is not read here.",
        "Export it as MP4 (H.264) with a video editor and upload that.",
    ),
)


def _unreadable(header: str, outcome: guard.Outcome) -> ClipUnreadable:
    if outcome.timed_out:
        return ClipUnreadable(
            "Reading the file took too long; it may be damaged or made to keep a reader busy.",
            what_next="Export it as MP4 with a video editor and upload that.",
        )
    for sign in _SIGNS:
        if sign.text in outcome.log:
            return ClipUnreadable(sign.message, what_next=sign.what_next)
    if "Audio" in (kinds := _kinds(header)) and "Video" not in kinds:
        return ClipUnreadable(
            "This is a sound file: there is no moving picture in it.",
            what_next="Choose a video.",
        )
    return ClipUnreadable(
        "There is no picture in this file that can be read: it is damaged, cut off, or in a "
        "format that is not read here.",
        what_next="Try the original file, or export it as MP4 with a video editor.",
    )


def _kinds(header: str) -> set[str]:
    found = re.findall(r"Stream #0:\d+\S*: (Video|Audio): (.*)", header)
    return {kind for kind, rest in found if "(attached pic)" not in rest}

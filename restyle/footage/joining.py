"""join(): the parts of one clip as one picture again, each at its true time, with one sound.

Packets are copied where the parts are coded alike; else MoviePy lays the parts end to end and the
picture is coded once more. What was copied is looked at again before it is believed.
"""

import math
import re
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from moviepy import concatenate_videoclips
from proglog import ProgressBarLogger

from restyle.clips import Clip, guard
from restyle.clips.packets import Track, read_tracks
from restyle.errors import Canceled
from restyle.footage.edits import Edit, audio_filters, input_arguments
from restyle.footage.sound_track import CODING
from restyle.footage.source import Footage, open_clip
from restyle.footage.writing import write_frames

_TICKS = 90_000  # of a second: whole numbers for every usual frame rate
_NEAR_S = 0.001
_IN_STEP_S = 0.02  # how late a frame may come where the picture is coded again
_EXTRADATA = re.compile(r"#extradata 0: *(\d+, *\w+)")
_PICTURE = "picture.mp4"


@dataclass(frozen=True)
class Piece:
    """A part of what is joined: its picture fills `duration_s` seconds, cut or held to that."""

    clip: Clip
    duration_s: float


def join(
    pieces: Sequence[Piece],
    target: Path,
    *,
    sound: Footage | None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Write `pieces` as one MP4 with the sound of `sound`, which begins with the first of them.

    Whole or not at all. Every piece begins exactly where the durations before it end, whatever
    the frame rates are, so that nothing drifts. Raises FitError, and Canceled when `should_stop`
    says so.
    """
    if sound is not None and not sound.edit.clip.has_audio:
        sound = None
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".joining-") as name:
        folder = Path(name)
        part = folder / "joined.mp4"
        if not _copy(pieces, folder, part, sound, should_stop):
            _encode(pieces, part, sound, _Stop(should_stop))
        part.replace(target)


@dataclass(frozen=True)
class _Picture:
    """The picture of a piece, alone in a file of our own: its packets' times, its coder's head."""

    path: Path
    track: Track
    extradata: str

    @property
    def times_s(self) -> list[float]:
        return [at - self.track.pts_s[0] for at in self.track.pts_s]


def _copy(
    pieces: Sequence[Piece],
    folder: Path,
    target: Path,
    sound: Footage | None,
    should_stop: Callable[[], bool],
) -> bool:
    """Join without coding the picture; False where the pieces are not alike, or it went wrong."""
    pictures = []
    for number, piece in enumerate(pieces):
        picture = _picture(piece.clip, folder / f"{number}.mp4", should_stop)
        if picture is None or picture.times_s[-1] > piece.duration_s - _NEAR_S:
            return False
        pictures.append(picture)
    if len({(p.extradata, p.track.width, p.track.height) for p in pictures}) > 1:
        return False
    script = folder / "pieces.ffconcat"
    lines = [
        f"file {picture.path.name}\nduration {piece.duration_s:.6f}\n"
        for picture, piece in zip(pictures, pieces, strict=True)
    ]
    script.write_text("ffconcat version 1.0\n" + "".join(lines), encoding="ascii")
    begins = [0.0, *accumulate(piece.duration_s for piece in pieces)]
    length_s = begins[-1]
    outcome = guard.run(
        [
            *("-loglevel", "error", "-protocol_whitelist", "file", "-format_whitelist"),
            *("concat,mov", "-f", "concat", "-i", f"file:{script}"),
            *(input_arguments(sound.edit) if sound is not None else []),
            *("-map", "0:v", "-c:v", "copy", "-video_track_timescale", str(_TICKS)),
            *_sound_of(sound, length_s),
            *("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart"),
            *("-f", "mp4", "-y", f"file:{target}"),
        ],
        time_limit_s=60 + length_s,
        max_output_bytes=4_000_000_000,
        should_stop=should_stop,
    )
    if outcome.code:
        return False
    expected = [
        begin + at
        for begin, picture in zip(begins, pictures, strict=False)
        for at in picture.times_s
    ]
    found = _listed(target, 0, "mov", should_stop)
    return found is not None and _alike([at - found.pts_s[0] for at in found.pts_s], expected)


def _alike(times_s: Sequence[float], expected_s: Sequence[float]) -> bool:
    return len(times_s) == len(expected_s) and all(
        abs(at - wanted) < _NEAR_S for at, wanted in zip(times_s, expected_s, strict=True)
    )


def _picture(clip: Clip, target: Path, should_stop: Callable[[], bool]) -> _Picture | None:
    if clip.video_codec != "h264":
        return None
    outcome = guard.run(
        [
            *("-loglevel", "error", *guard.input_arguments(clip.path, clip.demuxer)),
            *("-map", f"0:{clip.video_stream}", "-c", "copy", "-map_metadata", "-1"),
            *("-video_track_timescale", str(_TICKS), "-f", "mp4", "-y", f"file:{target}"),
            *("-map", f"0:{clip.video_stream}", "-c", "copy", "-f", "framecrc", "pipe:1"),
        ],
        time_limit_s=60,
        max_output_bytes=4_000_000_000,
        should_stop=should_stop,
    )
    track = read_tracks(outcome.output).get(0)
    head = _EXTRADATA.search(outcome.output.decode("ascii", errors="replace"))
    if outcome.code or track is None or track.guessed or head is None:
        return None
    return _Picture(target, track, head[1])


def _listed(path: Path, stream: int, demuxer: str, should_stop: Callable[[], bool]) -> Track | None:
    outcome = guard.run(
        [
            *("-loglevel", "error", *guard.input_arguments(path, demuxer)),
            *("-map", f"0:{stream}", "-c", "copy", "-f", "framecrc", "pipe:1"),
        ],
        time_limit_s=60,
        should_stop=should_stop,
    )
    return None if outcome.code else read_tracks(outcome.output).get(0)


def _sound_of(sound: Footage | None, length_s: float) -> list[str]:
    """What ffmpeg makes of its second input: the sound, as long as all pieces."""
    if sound is None:
        return []
    edit: Edit = sound.edit
    return [
        *("-map", f"1:{edit.clip.audio_stream}"),
        *("-af", audio_filters(edit, length_s=length_s), *CODING),
    ]


def _encode(
    pieces: Sequence[Piece], target: Path, sound: Footage | None, logger: ProgressBarLogger
) -> None:
    """Join in MoviePy's words, at a rate so high that no frame of any piece comes late."""
    logger.callback()
    size = (pieces[0].clip.width, pieces[0].clip.height)
    fps = pieces[0].clip.fps * math.ceil(1 / _IN_STEP_S / pieces[0].clip.fps)
    with ExitStack() as open_clips:
        pictures = []
        for piece in pieces:
            footage = open_clips.enter_context(open_clip(piece.clip))
            if tuple(footage.size) != size:
                footage = open_clips.enter_context(footage.resized(size))
            pictures.append(footage.without_audio().with_duration(piece.duration_s))
        joined = concatenate_videoclips(pictures)
        if sound is not None and sound.audio is not None:
            joined = joined.with_audio(sound.audio)
        write_frames(joined, target, fps=fps, sound=True, options=(), logger=logger)


class _Stop(ProgressBarLogger):  # type: ignore[misc]  # proglog ships no types
    """MoviePy's logger as a way to stop."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        super().__init__(logged_bars=None)
        self._should_stop = should_stop

    def callback(self, **_: Any) -> None:
        """Raise Canceled when the work is to stop."""
        if self._should_stop():
            raise Canceled("Joining the parts was stopped.", what_next="It can be begun again.")

    def bars_callback(self, *_: Any) -> None:
        """Look with every frame."""
        self.callback()

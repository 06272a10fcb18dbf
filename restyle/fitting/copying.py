"""Which plans need no new encoding: only the container or the length changes, packets stay.

`copied_part` decides it, `copy_arguments` is the ffmpeg command; what came out is looked at again
(`is_as_planned`), because what packets promise a decoder need not find.
"""

from bisect import bisect_left, bisect_right
from pathlib import Path

from restyle.clips import Clip, guard
from restyle.limits import LIMITS, check

_TOLERANCE_S = 0.04
_USUAL_S = (29.5, 29.9)
_SOUND_S = 0.1  # the last packet of the sound may end this much after the picture
_SAFE_BYTES = 97_000_000  # the estimate has to hold for the index and louder parts, too
_FORMATS = ("MP4", "MOV", "3GP", "MKV", "FLV")
_NEAR_S = 0.001


def copied_part(
    clip: Clip, start_s: float, end_s: float, *, end_chosen: bool
) -> tuple[float, float] | None:
    """The part of a clip, in its own seconds, that can be copied for the one that is wanted.

    Its ends are within 40 ms of the wanted ones, or where nobody chose the end, up to 0.4 s
    earlier. None where packets cannot be parted there or the clip must be encoded.
    """
    if not _is_copyable(clip):
        return None
    start = _nearest(clip.entries_s, start_s)
    if start is None or (start > 0 and clip.demuxer != "mov"):
        return None
    # The whole of a picture that is short enough, or up to a place where packets can be parted.
    end = _nearest((*clip.cuts_s, clip.duration_s), end_s)
    if not end_chosen and end_s - start > _USUAL_S[1]:
        place = bisect_right(clip.cuts_s, start + _USUAL_S[1]) - 1
        end = clip.cuts_s[place] if clip.cuts_s[place] >= start + _USUAL_S[0] else None
    if end is None or end - start > LIMITS.max_duration_s - _SOUND_S:
        return None
    if copied_bytes(clip, end - start) > _SAFE_BYTES:
        return None
    return start, end


def copied_bytes(clip: Clip, duration_s: float) -> int:
    """About how large a copied part is; what came out is looked at again."""
    return round(clip.bytes_per_s * duration_s)


def copy_arguments(clip: Clip, start_s: float, frame_count: int, target: Path) -> list[str]:
    """ffmpeg's arguments that copy `frame_count` frames and their sound into an MP4."""
    seek = ["-ss", f"{start_s + clip.phase_s + 1e-6:.6f}"] if start_s else []
    sound = ["-map", f"0:{clip.audio_stream}"] if clip.has_audio else []
    return [
        *("-loglevel", "error", *seek, *guard.input_arguments(clip.path, clip.demuxer)),
        *("-map", f"0:{clip.video_stream}", *sound, "-c", "copy"),
        # Sound from before the cut stays out, rather than behind an edit list that not all heed.
        *(["-copypriorss:a", "0"] if start_s else []),
        *("-frames:v", str(frame_count), "-t", f"{frame_count / clip.fps + clip.phase_s:.6f}"),
        *(["-tag:v", "hvc1"] if clip.video_codec == "hevc" else []),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart"),
        *("-f", "mp4", "-y", f"file:{target}"),
    ]


def is_as_planned(out: Clip, clip: Clip, frame_count: int) -> bool:
    """Whether a copy is what was to come out: every frame, at its time, with the sound."""
    return (
        _is_copyable(out)
        and all(row.ok for row in check(out))
        and out.frame_count == frame_count
        and abs(out.fps - clip.fps) < _NEAR_S
        and abs(out.duration_s - frame_count / clip.fps) < _NEAR_S + 0.1 / clip.fps
        and abs(out.phase_s) < _NEAR_S
        and out.has_audio == clip.has_audio
        and (out.width, out.height) == (clip.width, clip.height)
    )


def _is_copyable(clip: Clip) -> bool:
    return (
        all(row.ok for row in check(clip) if row.name not in ("format", "duration", "size"))
        and clip.format in _FORMATS
        and clip.video_codec in ("h264", "hevc")
        and clip.audio_codec in ("aac", None)
        and clip.pixel_format in ("yuv420p", "yuvj420p")
        and not (clip.is_hdr or clip.turned or clip.interlaced or clip.variable_rate)
        and clip.has_square_pixels
        and clip.width % 2 == clip.height % 2 == 0
        and not clip.faults
        and abs(clip.phase_s) < _NEAR_S
    )


def _nearest(times: tuple[float, ...], wanted_s: float) -> float | None:
    place = bisect_left(times, wanted_s)
    near = [t for t in times[max(0, place - 1) : place + 1] if abs(t - wanted_s) <= _TOLERANCE_S]
    return min(near, key=lambda t: abs(t - wanted_s), default=None)

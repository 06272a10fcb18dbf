"""plan_fit(): what fitting will do to a clip, in numbers and in words, without touching it.

A clip within every limit, and of a kind that every decoder reads the same, stays as it is.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

from restyle.clips import Clip
from restyle.errors import ClipUnfit, OptionError
from restyle.fitting.copying import copied_bytes, copied_part
from restyle.fitting.shapes import Shape, fitting_shape
from restyle.fitting.words import reasons
from restyle.footage import Crop, Pad
from restyle.limits import LIMITS, check, clock

MIN_DURATION_S = 0.5
ENCODED_S = 29.9  # the sound's last packet may end up to a few hundredths later
_MAX_FPS = 30
_MIN_FPS = 1.0
_MAX_PIXELS = 8192 * 4320 * 120 * 30  # to be decoded: a bound on the work a small file can ask for
_SLACK_S = 0.06  # times from a slider are rounded
_END_SLACK_S = 0.5
_PLAIN_CODECS = {"h264", "hevc", "mpeg4", "mpeg2video"}
_PLAIN_PIXELS = {"yuv420p", "yuvj420p"}


@dataclass(frozen=True)
class FitPlan:
    """What `fit` will do: seconds `start_s` to `end_s`, `crop`, scaling, `pad`, ending in `size`.

    `duration_s` is that of the outcome, which the service bills; `reasons` say it all to a
    person; `unchanged` means the very same bytes, `copied` the same coded picture and sound in
    another container or cut where that needs no new coding (where that fails, it is encoded).
    """

    clip: Clip
    start_s: float
    end_s: float
    duration_s: float
    fps: float
    crop: Crop | None
    scaled: tuple[int, int]
    pad: Pad | None
    size: tuple[int, int]
    reasons: tuple[str, ...]
    unchanged: bool
    copied: bool = False
    crop_at: float = 0.5

    def as_dict(self) -> dict[str, Any]:
        """The plan as `/submit` gives it."""
        crop, pad = self.crop, self.pad
        return {
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "duration_s": round(self.duration_s, 3),
            "fps": round(self.fps, 3),
            "width": self.size[0],
            "height": self.size[1],
            "crop": None
            if crop is None
            else {"x": crop.x, "y": crop.y, "width": crop.width, "height": crop.height},
            "crop_at": self.crop_at,
            "pad": None
            if pad is None
            else {
                "left": pad.left,
                "top": pad.top,
                "right": pad.right,
                "bottom": pad.bottom,
            },
            "unchanged": self.unchanged,
            "copied": self.copied,
            "reasons": list(self.reasons),
        }


def plan_fit(
    clip: Clip,
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    shape: Literal["crop", "pad"] = "crop",
    crop_at: float = 0.5,
    copying: bool = True,
) -> FitPlan:
    """Plan how a clip is brought inside the limits; pure and instant.

    Times in seconds of the clip; without `end_s` it is the clip's end, or 30 s after the start.
    `shape` says how a picture that is too wide or tall is treated, and `crop_at` where a crop
    lies: 0 at the left or top, 1 at the right or bottom; without `copying` it is coded anew in any
    case. Raises OptionError for times and places that make no sense, ClipUnfit for a clip that is
    too short or too narrow.
    """
    if shape not in ("crop", "pad"):
        raise OptionError(f"shape is {shape!r}.", what_next='Choose "crop" or "pad".')
    _check_place(crop_at)
    start, end = chosen_times(clip, start_s, end_s)
    whole = start == 0 and end >= clip.duration_s - _SLACK_S
    if copying and whole and passes(clip):
        size = (clip.width, clip.height)
        words = ("Within every limit: it goes through byte for byte.",)
        return FitPlan(
            clip,
            0.0,
            clip.duration_s,
            clip.duration_s,
            clip.fps,
            None,
            size,
            None,
            size,
            words,
            True,
        )
    part = copied_part(clip, start, end, end_chosen=end_s is not None) if copying else None
    if part:
        return _copied(clip, *part, end_s)
    _check_work(clip, end - start)
    fps = fitted_rate(clip.fps)
    frames = max(1, int(min(end - start, ENCODED_S) * fps + 1e-3))
    formed: Shape = fitting_shape(clip.width, clip.height, padded=shape == "pad", crop_at=crop_at)
    duration_s = frames / fps
    return FitPlan(
        clip=clip,
        start_s=start,
        end_s=start + duration_s,
        duration_s=duration_s,
        fps=fps,
        crop=formed.crop,
        scaled=formed.scaled,
        pad=formed.pad,
        size=formed.size,
        reasons=reasons(clip, formed, fps=fps, start_s=start, duration_s=duration_s, end_s=end_s),
        unchanged=False,
        crop_at=float(crop_at),
    )


def passes(clip: Clip) -> bool:
    """Whether a clip can go to the service as it is: within limits, and read alike by everyone."""
    return (
        all(row.ok for row in check(clip))
        and clip.video_codec in _PLAIN_CODECS
        and clip.pixel_format in _PLAIN_PIXELS
        and not (clip.is_hdr or clip.turned or clip.interlaced or clip.variable_rate)
        and clip.has_square_pixels
        and clip.video_streams == 1
        and clip.says_duration
        and clip.width % 2 == clip.height % 2 == 0
        and not clip.faults
    )


def _copied(clip: Clip, start_s: float, end_s: float, chosen_end_s: float | None) -> FitPlan:
    size = (clip.width, clip.height)
    duration_s = round((end_s - start_s) * clip.fps) / clip.fps
    formed = Shape(None, size, None, size)
    words = reasons(
        clip,
        formed,
        fps=clip.fps,
        start_s=start_s,
        duration_s=duration_s,
        end_s=chosen_end_s,
        copied_bytes=copied_bytes(clip, duration_s),
    )
    return FitPlan(
        clip=clip,
        start_s=start_s,
        end_s=start_s + duration_s,
        duration_s=duration_s,
        fps=clip.fps,
        crop=None,
        scaled=size,
        pad=None,
        size=size,
        reasons=words,
        unchanged=False,
        copied=True,
    )


def _check_length(clip: Clip) -> None:
    if clip.frame_count == 1:
        raise ClipUnfit(
            "The clip is a single picture: there is nothing that moves.",
            what_next="Choose a clip of at least half a second.",
        )
    if clip.duration_s < MIN_DURATION_S:
        raise ClipUnfit(
            f"The clip lasts {clip.duration_s:.2f} s, which is too short for a transform.",
            what_next="Choose a clip of at least half a second.",
        )


def _check_work(clip: Clip, duration_s: float) -> None:
    if clip.stored_width * clip.stored_height * clip.fps * duration_s > _MAX_PIXELS:
        raise ClipUnfit(
            f"The picture is {clip.width}×{clip.height} at {clip.fps:.0f} frames a second: "
            "more than can be prepared here.",
            what_next="Choose a shorter part, or convert the clip with a video editor first.",
        )


def _check_place(crop_at: float) -> None:
    wrong = isinstance(crop_at, bool) or not isinstance(crop_at, int | float)
    if wrong or not 0 <= crop_at <= 1:
        raise OptionError(
            f"The crop's place is {crop_at!r}, but it goes from 0 to 1.",
            what_next="Choose 0 for the left or top, 1 for the right or bottom, "
            "0.5 for the middle.",
        )


def chosen_times(
    clip: Clip, start_s: float, end_s: float | None, *, most_s: float = LIMITS.max_duration_s
) -> tuple[float, float]:
    """Start and end in seconds of the clip, at most `most_s` apart, checked and rounded to it.

    Raises OptionError for times that make no sense, ClipUnfit for a clip that is too short.
    """
    _check_length(clip)
    for name, value in (("start", start_s), ("end", end_s)):
        wrong = isinstance(value, bool) or not isinstance(value, int | float | None)
        if wrong or (value is not None and not math.isfinite(value)):
            raise OptionError(
                f"The {name} is {value!r}, but it is a time in seconds.",
                what_next=f"Give the {name} in seconds, for example 4.5.",
            )
    length = clip.duration_s
    if not 0 <= start_s <= length - MIN_DURATION_S + _SLACK_S:
        raise OptionError(
            f"The start is at {start_s:g} s, but the clip goes from 0 to {length:.2f} s.",
            what_next=f"Choose a start between 0 and {max(0.0, length - MIN_DURATION_S):.1f} s.",
        )
    start = min(float(start_s), length - MIN_DURATION_S)
    if end_s is None:
        return start, min(length, start + most_s)
    if end_s - start_s < MIN_DURATION_S - _SLACK_S:
        raise OptionError(
            f"The part from {start_s:g} to {end_s:g} s is too short.",
            what_next="Choose an end at least half a second after the start.",
        )
    if end_s > length + _END_SLACK_S:
        raise OptionError(
            f"The end is at {end_s:g} s, but the clip ends at {length:.2f} s.",
            what_next=f"Choose an end up to {length:.1f} s, or leave it open.",
        )
    if end_s - start_s > most_s + _SLACK_S:
        raise OptionError(
            f"The part from {start_s:g} to {end_s:g} s lasts {clock(end_s - start_s)}, but the "
            f"service takes at most {LIMITS.max_duration_s:.0f} s.",
            what_next=f"Choose an end up to {start_s + LIMITS.max_duration_s:g} s.",
        )
    return start, min(float(end_s), length)


def fitted_rate(fps: float) -> float:
    """The frame rate of the outcome: a whole part of a fast one, so that motion stays even."""
    if fps < _MIN_FPS:  # a slide show: a length in whole frames could miss the limit by far
        return _MIN_FPS
    return fps / math.ceil(fps / _MAX_FPS - 1e-3)

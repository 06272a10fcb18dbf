"""What fitting will do, as a person reads it: before → after, and what can be chosen instead."""

from collections.abc import Sequence

from restyle.clips import Clip
from restyle.fitting.shapes import Shape
from restyle.footage import Crop
from restyle.limits import LIMITS, clock, megabytes, ratio_ok

_SEEN_PX = 2  # an odd row or column is nothing that anyone misses


def reasons(
    clip: Clip,
    shape: Shape,
    *,
    fps: float,
    start_s: float,
    duration_s: float,
    end_s: float | None,
    copied_bytes: int | None = None,
) -> tuple[str, ...]:
    """One line for each thing that is changed; `end_s` as the visitor chose it, None if not.

    `copied_bytes`: how large a part is that needs no new encoding, None where it is encoded.
    """
    lines = [
        _time(clip, start_s, duration_s, end_s),
        _picture(clip, shape),
        "Several videos in one file → the largest" if clip.video_streams > 1 else "",
        _turn(clip),
        "Stretched to square pixels" if not clip.has_square_pixels else "",
        "Interlaced → progressive" if clip.interlaced else "",
        "HDR → SDR colours" if clip.is_hdr else "",
        _rate(clip, fps),
        _coding(clip),
        _size(clip, copied_bytes),
        "The file has damaged parts: what can be read is kept" if clip.faults else "",
    ]
    return tuple(line for line in lines if line)


def _time(clip: Clip, start_s: float, duration_s: float, end_s: float | None) -> str:
    limit_s = LIMITS.max_duration_s
    if end_s is not None and (start_s > 0 or clip.duration_s - end_s > 0.06):
        return f"{clock(clip.duration_s)} → {_span(start_s, start_s + duration_s)}, as chosen"
    if clip.duration_s > limit_s:
        if start_s == 0:
            before = clock(clip.duration_s, exact=True)
            return f"{before} → the first {clock(duration_s)}; move start and end to choose"
        return f"{clock(clip.duration_s)} → {_span(start_s, start_s + duration_s)}"
    if start_s > 0:
        return f"{clock(clip.duration_s)} → from {clock(start_s)} to the end"
    if clip.file_duration_s > limit_s:
        before = clock(clip.file_duration_s, exact=True)
        return f"{before} in the file → {clock(duration_s)}, where its picture ends"
    if clip.duration_s - duration_s > 0.06:
        return f"{clip.duration_s:.2f} s → {clock(duration_s)}, so that the sound ends in time, too"
    return ""


def in_parts(clip: Clip, count: int, start_s: float, end_s: float) -> str:
    """Which time of a clip is made, in how many parts."""
    if start_s > 0 or clip.duration_s - end_s > 0.06:
        chosen = _span(start_s, end_s)
        return f"{clock(clip.duration_s)} → {chosen}, in {count} parts that are joined again"
    return f"{clock(clip.duration_s)} → {count} parts that are joined again"


def where_cut(cuts_s: Sequence[float], scenes: Sequence[bool]) -> str:
    """Where the cuts between parts are, in seconds of the clip, and what shows there."""
    times = ", ".join(_minutes(at) for at in cuts_s)
    if all(scenes):
        return f"Cut at {times}, where the scene changes"
    if any(scenes):
        return f"Cut at {times}, where the scene changes or else evenly"
    return f"Cut at {times}, evenly: no change of scene is near"


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _span(start_s: float, end_s: float) -> str:
    if end_s < 60:
        return f"{start_s:.1f}–{end_s:.1f} s"
    return f"{clock(start_s)} to {clock(end_s)}"


def _picture(clip: Clip, shape: Shape) -> str:
    before, after = (clip.width, clip.height), shape.size
    if before == after:
        return ""
    change = f"{before[0]}×{before[1]} → {after[0]}×{after[1]}"
    wide = clip.width > clip.height
    if shape.pad is not None:
        return f"{change}, bars {'above and below' if wide else 'left and right'}; or crop"
    if not ratio_ok(*before):
        return _cropped(change, clip, shape)
    if min(after) > min(before):
        return f"{change}, scaled up"
    if min(before) - min(after) > 1 or max(before) - max(after) > 1:
        return f"{change}, scaled down"
    return f"{change}, even sides"


def _cropped(change: str, clip: Clip, shape: Shape) -> str:
    crop = shape.crop or Crop(0, 0, clip.width, clip.height)
    if clip.width > clip.height:
        if crop.x < _SEEN_PX:
            return f"{change}, cropped on the right; or pad"
        if clip.width - crop.x - crop.width < _SEEN_PX:
            return f"{change}, cropped on the left; or pad"
        return f"{change}, cropped left and right; or pad"
    if crop.y < _SEEN_PX:
        return f"{change}, cropped below; or pad"
    if clip.height - crop.y - crop.height < _SEEN_PX:
        return f"{change}, cropped above; or pad"
    return f"{change}, cropped above and below; or pad"


def _turn(clip: Clip) -> str:
    if not clip.turned:
        return ""
    return "Turned upright" if clip.rotation else "Mirrored, as players show it"


def _rate(clip: Clip, fps: float) -> str:
    if clip.variable_rate:
        return f"Varying frame rate → {_fps(fps)} frames a second"
    return f"{_fps(clip.fps)} → {_fps(fps)} frames a second" if fps < clip.fps else ""


def _fps(fps: float) -> str:
    return f"{fps:.2f}".rstrip("0").rstrip(".")


def _size(clip: Clip, copied_bytes: int | None) -> str:
    if clip.size_bytes <= LIMITS.max_size_bytes:
        return ""
    before = megabytes(clip.size_bytes)
    if copied_bytes is not None:
        return f"{before} → about {megabytes(copied_bytes)}"
    return f"{before} → compressed below {LIMITS.max_size_bytes // 10**6} MB"


def _coding(clip: Clip) -> str:
    if clip.format not in LIMITS.formats:
        return f"{clip.format} → MP4"
    if not clip.says_duration:
        return f"{clip.format} that does not say how long it is → MP4"
    if clip.video_codec not in ("h264", "hevc", "mpeg4", "mpeg2video"):
        return f"{clip.video_codec.upper()} in {clip.format} → H.264 in MP4"
    if clip.pixel_format not in ("yuv420p", "yuvj420p") and not clip.is_hdr:
        return f"{clip.pixel_format} → 8-bit 4:2:0"
    return ""

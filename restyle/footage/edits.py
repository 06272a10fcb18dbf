"""Edit: a cut of a clip with crops, scalings and bars, and the one ffmpeg filter graph it becomes.

The graph also makes the picture right: upright, square pixels, progressive, SDR, constant rate.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from restyle.clips import Clip
from restyle.clips.guard import THREADS
from restyle.clips.guard import input_arguments as guarded_input

_HD_HEIGHT = 720
_TONE_MAP = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,"
    "tonemap=mobius:param=0.9:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)
_RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr")
_RUN_IN_S = 0.05  # a sound coder needs a packet or two before it sounds right
_SEEK_SLACK_S = 0.5
_WITHOUT_INDEX = ("mpegts", "mpeg")


@dataclass(frozen=True)
class Crop:
    """Keep the rectangle `width` × `height` whose left top corner is at (`x`, `y`), in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Scale:
    """Scale to `width` × `height` pixels."""

    width: int
    height: int


@dataclass(frozen=True)
class Pad:
    """Add bars around the picture, in pixels; `color` is red, green, blue."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0
    color: tuple[int, int, int] = (0, 0, 0)


Step = Crop | Scale | Pad


@dataclass(frozen=True)
class Edit:
    """`duration_s` seconds of a clip from `start_s`, at `fps`, with `steps` in their order."""

    clip: Clip
    start_s: float
    duration_s: float
    fps: float
    steps: tuple[Step, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the outcome in pixels."""
        width, height = self.clip.width, self.clip.height
        for step in self.steps:
            if isinstance(step, Pad):
                width += step.left + step.right
                height += step.top + step.bottom
            else:
                width, height = step.width, step.height
        return width, height

    @property
    def frame_count(self) -> int:
        """How many frames the outcome has: at least one."""
        return max(1, int(self.duration_s * self.fps + 1e-3))

    def then(self, step: Step) -> "Edit":
        """The edit with one more step."""
        return replace(self, steps=(*self.steps, step))

    def cut(self, start_s: float, end_s: float) -> "Edit":
        """The part from `start_s` to `end_s` of this edit, in seconds of its own time.

        The start goes back to the frame that is shown then, so that the picture of a cut is the
        picture of the whole at that time, and sound and picture begin together.
        """
        frame = int(start_s * self.fps + 1e-3)
        return replace(
            self,
            start_s=self.start_s + frame / self.fps,
            duration_s=min(end_s, self.duration_s) - start_s,
        )


def input_arguments(edit: Edit) -> list[str]:
    """ffmpeg's guarded input for an edit: seeks a little before it, and reads a little beyond."""
    seek_s = _seek(edit)
    seek = ["-ss", f"{seek_s:.3f}"] if seek_s else []
    length_s = start_in_file_s(edit) - seek_s + edit.duration_s + edit.clip.longest_frame_s + 1
    # A stream whose size changes in the middle is scaled to its first size by the graph itself;
    # started anew, the graph would count its frames from 0 again.
    # For one frame, threads that run ahead would decode a dozen that nobody asks for.
    threads = "1" if edit.frame_count == 1 else THREADS
    opened = ["-reinit_filter", "0"]
    opened += guarded_input(edit.clip.path, edit.clip.demuxer, threads=threads)
    return [*seek, "-t", f"{length_s:.3f}", *opened]


def video_filters(edit: Edit, *, pixel_format: str) -> str:
    """The filter graph of the picture, ending in frames of `pixel_format` (yuv420p or rgb24)."""
    clip = edit.clip
    rate = Fraction(edit.fps).limit_denominator(1001)
    shift_s = lead_s(edit)
    filters = [
        # Frames before the cut get negative times: the last of them fills its first moment.
        *([f"setpts=PTS-{shift_s:.6f}/TB"] if shift_s else []),
        f"fps={rate}:start_time=0",
        f"trim=end_frame={edit.frame_count}",
        f"scale={clip.stored_width}:{clip.stored_height}",
    ]
    if clip.interlaced:
        filters.insert(0, "bwdif=mode=send_frame:deint=all")
    matrix, tags = _color(clip)
    filters += tags
    steps = list(edit.steps)
    if not clip.has_square_pixels and not (steps and isinstance(steps[0], Scale)):
        steps.insert(0, Scale(clip.width, clip.height))
    normal = _normal_colors(clip)
    first_bar = next((n for n, step in enumerate(steps) if isinstance(step, Pad)), len(steps))
    for step in steps[:first_bar]:
        filters.append(_filter(step, matrix))
    # After scaling down, where it costs less; before bars, which are in screen colours already.
    filters += normal
    for step in steps[first_bar:]:
        filters.append(_filter(step, "bt709" if normal else matrix))
    scaled = any(isinstance(step, Scale) for step in steps)
    if pixel_format != "rgb24" and not scaled and (clip.color_range == "pc" or _is_rgb(clip)):
        filters.append(f"scale=out_range=tv:out_color_matrix={matrix}")
    if pixel_format != "rgb24" and any(side % 2 for side in edit.size):
        filters.append("crop=trunc(iw/2)*2:trunc(ih/2)*2")
    filters += ["setsar=1", f"format={pixel_format}"]
    return ",".join(filters)


def audio_filters(edit: Edit, *, length_s: float | None = None) -> str:
    """The filter graph of the sound: cut like the picture, gaps filled, in step with it.

    It ends with the last frame of the picture, or after `length_s` seconds.
    """
    shift_s = lead_s(edit)
    shift = [f"asetpts=PTS-{shift_s:.6f}/TB"] if shift_s else []
    end_s = edit.frame_count / edit.fps if length_s is None else length_s
    return ",".join([*shift, "aresample=48000:async=1:first_pts=0", f"atrim=end={end_s:.6f}"])


def start_in_file_s(edit: Edit) -> float:
    """Where an edit starts in the file's own time, on its grid of frames, in seconds."""
    return edit.start_s + edit.clip.phase_s


def lead_s(edit: Edit) -> float:
    """How many seconds before the edit reading begins."""
    return start_in_file_s(edit) - _seek(edit)


def _seek(edit: Edit) -> float:
    """Where reading begins: before the frame that is still shown when the cut starts."""
    clip = edit.clip
    margin_s = max(_RUN_IN_S, 1.5 * clip.longest_frame_s)
    if clip.demuxer in _WITHOUT_INDEX:  # seeking there lands anywhere between key frames
        margin_s += clip.key_gap_s + _SEEK_SLACK_S
    return max(0, int((start_in_file_s(edit) - margin_s) * 1000)) / 1000


def _filter(step: Step, matrix: str) -> str:
    match step:
        case Crop():
            return f"crop={step.width}:{step.height}:{step.x}:{step.y}:exact=1"
        case Scale():
            return f"scale={step.width}:{step.height}:out_range=tv:out_color_matrix={matrix}"
        case Pad():
            color = "0x" + "".join(f"{part:02x}" for part in step.color)
            return (
                f"pad=iw+{step.left + step.right}:ih+{step.top + step.bottom}"
                f":{step.left}:{step.top}:{color}"
            )


def _color(clip: Clip) -> tuple[str, list[str]]:
    """The matrix of the outcome for `scale`, and the tags for what the file leaves unsaid.

    Unsaid means BT.709 for HD and BT.601 for smaller pictures, as players take it.
    """
    if _is_rgb(clip):
        return "bt709", []
    small = min(clip.stored_width, clip.stored_height) < _HD_HEIGHT
    usual = "bt2020" if clip.is_hdr else "smpte170m" if small else "bt709"
    tags = []
    space = clip.color_space
    if space in ("unknown", "reserved"):
        space = "bt2020nc" if clip.is_hdr else usual
        tags.append(f"colorspace={space}")
    if clip.color_primaries in ("unknown", "reserved"):
        tags.append(f"color_primaries={usual}")
    if clip.color_transfer in ("unknown", "reserved"):
        tags.append(f"color_trc={usual}")
    if clip.color_range == "unknown" and not clip.pixel_format.startswith("yuvj"):
        tags.append("range=tv")
    matrix = {"bt2020nc": "bt2020", "bt2020c": "bt2020", "bt470bg": "bt470bg"}.get(space, space)
    known = matrix in ("bt709", "fcc", "bt601", "bt470bg", "smpte170m", "smpte240m", "bt2020")
    return matrix if known else "bt709", ["setparams=" + ":".join(tags)] if tags else []


def _is_rgb(clip: Clip) -> bool:
    return clip.pixel_format.startswith(_RGB)


def _normal_colors(clip: Clip) -> list[str]:
    """Into BT.709 and standard range, where the clip has colours or light beyond them."""
    if clip.is_hdr:
        return [_TONE_MAP]
    if clip.color_primaries == "bt2020" or clip.color_space in ("bt2020nc", "bt2020c"):
        return ["zscale=p=bt709:t=bt709:m=bt709:r=tv"]
    return []

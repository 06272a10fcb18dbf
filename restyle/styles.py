"""The eight styles and the parameters of the service, with their ranges and defaults.

Source: the reference's "Supported styles" and "parameters" tables; Chinese names from the
vendor's Chinese documentation.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from restyle.errors import OptionError

FPS_RANGE = (15, 25)
SHORT_SIDES = (720, 540)


class Style(IntEnum):
    """One of the eight looks; the value is the service's style code."""

    JAPANESE_MANGA = 0
    AMERICAN_COMIC = 1
    FRESH_COMIC = 2
    CARTOON_3D = 3
    CHINESE_CARTOON = 4
    PAPER_ART = 5
    SIMPLE_ILLUSTRATION = 6
    CHINESE_INK_WASH = 7

    @property
    def title(self) -> str:
        """The English name."""
        return _NAMES[self][0]

    @property
    def title_zh(self) -> str:
        """The Chinese name."""
        return _NAMES[self][1]

    @property
    def note(self) -> str:
        """What the reference notes about the style, or an empty string."""
        return _NOTES.get(self, "")

    @property
    def slug(self) -> str:
        """A name for files: lower case, with hyphens."""
        return self.name.lower().replace("_", "-")

    def as_dict(self) -> dict[str, Any]:
        """The style as `/styles` gives it."""
        return {
            "code": int(self),
            "name": self.title,
            "name_zh": self.title_zh,
            "note": self.note,
        }


_NAMES = {
    Style.JAPANESE_MANGA: ("Japanese manga", "日式漫画"),
    Style.AMERICAN_COMIC: ("American comic", "美式漫画"),
    Style.FRESH_COMIC: ("Fresh comic", "清新漫画"),
    Style.CARTOON_3D: ("3D cartoon", "3D卡通"),
    Style.CHINESE_CARTOON: ("Chinese cartoon", "国风卡通"),
    Style.PAPER_ART: ("Paper art", "纸艺风格"),
    Style.SIMPLE_ILLUSTRATION: ("Simple illustration", "简易插画"),
    Style.CHINESE_INK_WASH: ("Chinese ink wash", "国风水墨"),
}
_NOTES = {Style.CHINESE_CARTOON: "Best for inputs with ancient costumes"}


@dataclass(frozen=True)
class Options:
    """The parameters of one transform, checked when made.

    `video_fps` is the output's frame rate, 15–25 frames a second; `min_len` the output's shorter
    side, 720 or 540 pixels. `use_SR` with 540 makes 1080: on this machine not by enlarging the
    540p picture, but by painting at 1080 from the input at its best, edges drawn crisper. With
    720 the output stays 720, its edges drawn crisper as well.
    Raises OptionError for a value outside the reference.
    """

    style: Style = Style.JAPANESE_MANGA
    video_fps: int = 15
    animate_emotion: bool = True
    min_len: int = 720
    use_SR: bool = False

    def __post_init__(self) -> None:
        if _is_not_int(self.style) or not 0 <= self.style <= 7:
            raise OptionError(
                f"style is {self.style!r}, but there are eight styles, 0 to 7.",
                what_next="Choose a style code from 0 to 7.",
            )
        object.__setattr__(self, "style", Style(self.style))
        low, high = FPS_RANGE
        if _is_not_int(self.video_fps) or not low <= self.video_fps <= high:
            raise OptionError(
                f"video_fps is {self.video_fps!r}, but the service renders {low} to {high} "
                "frames a second.",
                what_next=f"Choose a whole number from {low} to {high}.",
            )
        if _is_not_int(self.min_len) or self.min_len not in SHORT_SIDES:
            raise OptionError(
                f"min_len is {self.min_len!r}, but the service renders a shorter side of "
                "720 or 540 pixels.",
                what_next="Choose 720 or 540.",
            )
        for name in ("animate_emotion", "use_SR"):
            if not isinstance(getattr(self, name), bool):
                raise OptionError(
                    f"{name} is {getattr(self, name)!r}, but it is a switch.",
                    what_next="Give true or false.",
                )

    @property
    def output_short_side(self) -> int:
        """The shorter side of the output in pixels: 540 with super-resolution becomes 1080."""
        return 1080 if self.use_SR and self.min_len == 540 else self.min_len

    def as_parameters(self) -> dict[str, int | bool]:
        """The `parameters` object of a submit, every one of them said."""
        return {
            "style": int(self.style),
            "video_fps": self.video_fps,
            "animate_emotion": self.animate_emotion,
            "min_len": self.min_len,
            "use_SR": self.use_SR,
        }


def _is_not_int(value: object) -> bool:
    return isinstance(value, bool) or not isinstance(value, int)

"""Which of MoviePy's effects are plain crops, scalings or bars, and the steps they become.

MoviePy's own effect does the arithmetic on a probe, so that both ways mean the same rectangle.
"""

from typing import Any

from moviepy.video.fx import Crop as CropEffect
from moviepy.video.fx import Margin as MarginEffect
from moviepy.video.fx import Resize as ResizeEffect

from restyle.footage.edits import Crop, Pad, Scale, Step


class _Probe:
    """Stands in for a clip while an effect works out its numbers."""

    mask = None
    is_mask = False

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.w, self.h = size

    def image_transform(self, *_: Any, **__: Any) -> "_Probe":
        return self

    transform = with_effects = with_mask = image_transform


def step_of(effect: Any, size: tuple[int, int]) -> Step | None:
    """The step that an effect means for a picture of `size`, or None if it is not so plain."""
    if type(effect) not in (CropEffect, ResizeEffect, MarginEffect):
        return None
    effect = effect.copy()
    effect.apply(_Probe(size))
    if isinstance(effect, CropEffect):
        return _crop(effect, size)
    if isinstance(effect, ResizeEffect):
        return _scale(effect)
    return _pad(effect)


def _crop(effect: Any, size: tuple[int, int]) -> Crop | None:
    left, top, right, bottom = (int(v) for v in (effect.x1, effect.y1, effect.x2, effect.y2))
    right, bottom = min(right, size[0]), min(bottom, size[1])
    if not (0 <= left < right and 0 <= top < bottom):
        return None
    return Crop(left, top, right - left, bottom - top)


def _scale(effect: Any) -> Scale | None:
    if effect.new_size is None or callable(effect.new_size):
        return None
    width, height = (int(side) for side in effect.new_size)
    return Scale(width, height) if width > 0 and height > 0 else None


def _pad(effect: Any) -> Pad | None:
    sides = (effect.left, effect.top, effect.right, effect.bottom)
    if effect.opacity != 1.0 or min(sides) < 0 or len(effect.color) != 3:
        return None
    left, top, right, bottom = (int(side) for side in sides)
    red, green, blue = (int(part) for part in effect.color)
    return Pad(left, top, right, bottom, (red, green, blue))

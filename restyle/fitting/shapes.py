"""The geometry of fitting: which crop, scale and bars bring a picture inside the limits.

Both sides come out even and 256–4096 pixels, longer:shorter at most 1.8; nothing is scaled up
that need not be.
"""

from dataclasses import dataclass
from fractions import Fraction

from restyle.errors import ClipUnfit
from restyle.footage import Crop, Pad
from restyle.limits import LIMITS, ratio_ok

_AIM = Fraction(16, 9)
"""The ratio of a picture that was cropped or padded: a usual one, safely under 1.8."""

_ENOUGH_PX = 1080
"""The service renders a shorter side of at most 1080: more only costs upload time."""

_LEAST_PX = 16


@dataclass(frozen=True)
class Shape:
    """What becomes of the picture: `crop`, then scaling to `scaled`, then `pad`; ends in `size`."""

    crop: Crop | None
    scaled: tuple[int, int]
    pad: Pad | None
    size: tuple[int, int]


def fitting_shape(width: int, height: int, *, padded: bool, crop_at: float = 0.5) -> Shape:
    """The shape for a picture of `width` × `height` that is encoded anyway.

    `padded` chooses bars over cropping where the ratio is too large; `crop_at` is where the crop
    lies: 0 keeps the left or top end, 1 the right or bottom one. Raises ClipUnfit for a picture
    of a few pixels.
    """
    if min(width, height) < _LEAST_PX:
        raise ClipUnfit(
            f"The picture is {width}×{height}: too narrow to make a video of.",
            what_next=f"Choose a clip whose sides are at least {LIMITS.min_side_px} pixels.",
        )
    if ratio_ok(width, height):
        return _scaled(width, height, None)
    if padded:
        return _padded(width, height)
    return _cropped(width, height, crop_at)


def _cropped(width: int, height: int, at: float) -> Shape:
    if width > height:
        kept = _even(height * _AIM)
        return _scaled(kept, height, Crop(_place(width - kept, at), 0, kept, height))
    kept = _even(width * _AIM)
    return _scaled(width, kept, Crop(0, _place(height - kept, at), width, kept))


def _place(room: int, at: float) -> int:
    return min(_even(room * at), room - room % 2)


def _padded(width: int, height: int) -> Shape:
    longer = max(width, height)
    scale = _scale(Fraction(longer) / _AIM, longer)
    long_px = _even(longer * scale)
    short_px = _even(long_px / _AIM)
    inner = max(2, _even(min(width, height) * scale))
    before = _even((short_px - inner) / 2)
    after = short_px - inner - before
    if width > height:
        pad, scaled, size = Pad(top=before, bottom=after), (long_px, inner), (long_px, short_px)
    else:
        pad, scaled, size = Pad(left=before, right=after), (inner, long_px), (short_px, long_px)
    return Shape(None, scaled, pad, size)


def _scaled(width: int, height: int, crop: Crop | None) -> Shape:
    scale = _scale(Fraction(min(width, height)), max(width, height))
    if scale == 1:
        even = (width - width % 2, height - height % 2)
        if even != (width, height):  # a row or column less keeps every other pixel as it is
            crop = Crop(crop.x if crop else 0, crop.y if crop else 0, *even)
        return Shape(crop, even, None, even)
    size = (_even(width * scale), _even(height * scale))
    while not ratio_ok(*size):  # rounding went over the limit
        size = (size[0] - 2, size[1]) if size[0] > size[1] else (size[0], size[1] - 2)
    return Shape(crop, size, None, size)


def _scale(short_px: Fraction, long_px: int) -> Fraction:
    if short_px < LIMITS.min_side_px:
        return LIMITS.min_side_px / short_px
    return min(Fraction(1), _ENOUGH_PX / short_px, Fraction(LIMITS.max_side_px, long_px))


def _even(length: Fraction | float) -> int:
    return 2 * round(length / 2)

"""Where faces are in one picture: cascades at two scales and from the side, sifted by colour.

Haar cascades of OpenCV. A face is first looked for from the front and coarsely, which is cheap;
what that misses is looked for finer, then from either side. Cascades also see faces in folds and
prints, so what is found must have a colour that skin has, and if it was found only just, eyes.
"""

from enum import Enum
from functools import cache

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import reduce_bytes

Rect = tuple[float, float, float, float]  # x, y, width, height

_NEAR_SIDE = 64  # pixels to which a known face is brought before it is looked at again
_SURE = 9  # of the cascade's windows that agree: more need no eyes to be believed
_EYE_FACE = 110  # pixels to which a doubtful face is enlarged to find eyes in it
_SKIN_SHARE = 0.34  # of a face's middle that must look like skin
_COLOURLESS = 3.5  # mean chroma under which a picture is grey, and colour tells nothing


class Search(Enum):
    """A way to look for faces: cascade, short side of the picture in pixels, windows that agree."""

    COARSE = ("frontalface_alt2", 240, 4)
    FINE = ("frontalface_alt2", 360, 3)
    LEFT = ("profileface", 160, 6)
    RIGHT = ("profileface", 160, 7)


def search(grey: Bytes, rgb: Bytes, how: Search) -> list[Rect]:
    """Faces in a half-size picture, given as grey (h, w) and RGB (h, w, 3), 8 bits."""
    cascade, side, agreeing = how.value
    height, width = grey.shape
    zoom = side / min(height, width)
    small = cv2.equalizeHist(_resized(grey, zoom))
    if how is Search.RIGHT:
        small = np.ascontiguousarray(small[:, ::-1])
    boxes, windows = _cascade(cascade).detectMultiScale2(
        small, 1.12, agreeing, minSize=(20, 20), maxSize=(side, side)
    )
    found = []
    for (x, y, w, h), count in zip(boxes, windows, strict=True):
        left = small.shape[1] - x - w if how is Search.RIGHT else x
        rect = left / zoom, y / zoom, w / zoom, h / zoom
        sure = count >= _SURE or how in (Search.LEFT, Search.RIGHT)
        if looks_like_skin(rgb, rect) and (sure or _has_eyes(grey, rect)):
            found.append(rect)
    return found


def search_near(grey: Bytes, rgb: Bytes, face: Rect) -> Rect | None:
    """The face again, close to where it was: a small part of the picture, so hardly any work."""
    x, y, w, h = face
    height, width = grey.shape
    left, right = max(int(x - 0.45 * w), 0), min(int(x + 1.45 * w), width)
    top, bottom = max(int(y - 0.45 * h), 0), min(int(y + 1.45 * h), height)
    if right - left < 16 or bottom - top < 16:
        return None
    zoom = _NEAR_SIDE / w
    part = cv2.equalizeHist(_resized(np.ascontiguousarray(grey[top:bottom, left:right]), zoom))
    least, most = round(0.72 * _NEAR_SIDE), round(1.35 * _NEAR_SIDE)
    boxes = _cascade("frontalface_alt2").detectMultiScale(
        part, 1.1, 2, minSize=(least, least), maxSize=(most, most)
    )
    rects = [(left + a / zoom, top + b / zoom, c / zoom, d / zoom) for a, b, c, d in boxes]
    rects = [rect for rect in rects if looks_like_skin(rgb, rect)]
    return max(rects, key=lambda rect: overlap(rect, face), default=None)


def looks_like_skin(rgb: Bytes, face: Rect) -> bool:
    """Whether the middle of a face has a colour that skin can have; grey pictures always do."""
    core = middle(rgb, face)
    if not core.size:
        return False
    if _chroma(np.ascontiguousarray(rgb[::8, ::8])).mean() < _COLOURLESS:
        return True
    return bool(skin_likeness(core[::2, ::2]).mean() > _SKIN_SHARE)


def skin_likeness(rgb: Bytes) -> Floats:
    """How much each pixel (h, w, 3), 8 bits, has a colour that skin has: (h, w), 0–1.

    In Lab: from red to yellow, neither grey nor loud; people are as different as light is, so the
    borders are wide.
    """
    lab = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2LAB).astype(np.float32)
    light, a, b = lab[..., 0] * F(1 / 2.55), lab[..., 1] - F(128), lab[..., 2] - F(128)
    chroma = np.sqrt(a * a + b * b)
    likely = _ramp(a, 0.5, 4.0) * _ramp(b, -4.0, 1.0) * _ramp(chroma, 4.0, 8.0)
    likely *= _ramp(F(56) - chroma, 0, 12) * _ramp(F(2.9) * a - b + F(8), 0, 8)
    likely *= _ramp(light, 10, 22)
    return np.asarray(likely, np.float32)


def middle(picture: Bytes, face: Rect) -> Bytes:
    """Cheeks, nose and what is between, of a picture (h, w) or (h, w, n)."""
    x, y, w, h = face
    rows = slice(max(int(y + 0.25 * h), 0), max(int(y + 0.85 * h), 0))
    return picture[rows, max(int(x + 0.22 * w), 0) : max(int(x + 0.78 * w), 0)]


def overlap(one: Rect, two: Rect) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (one[2] * one[3] + two[2] * two[3] - shared)


def _has_eyes(grey: Bytes, face: Rect) -> bool:
    x, y, w, h = face
    rows = slice(max(int(y + 0.12 * h), 0), max(int(y + 0.62 * h), 0))
    upper = grey[rows, max(int(x), 0) : max(int(x + w), 0)]
    if min(upper.shape) < 6:
        return False
    large = cv2.equalizeHist(_resized(np.ascontiguousarray(upper), _EYE_FACE / w))
    eyes = _cascade("eye").detectMultiScale(large, 1.1, 1, minSize=(16, 16), maxSize=(44, 44))
    return len(eyes) > 0


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    folder: str = cv2.data.haarcascades  # type: ignore[attr-defined]  # missing from its stubs
    return cv2.CascadeClassifier(f"{folder}haarcascade_{name}.xml")


def _resized(grey: Bytes, zoom: float) -> Bytes:
    size = max(8, round(grey.shape[0] * zoom)), max(8, round(grey.shape[1] * zoom))
    if zoom < 1:
        return reduce_bytes(grey, size)
    return np.asarray(cv2.resize(grey, (size[1], size[0])), np.uint8)


def _chroma(rgb: Bytes) -> Floats:
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32) - F(128)
    return np.asarray(np.hypot(lab[..., 1], lab[..., 2]), np.float32)


def _ramp(values: Floats, low: float, high: float) -> Floats:
    return np.asarray(np.clip((values - F(low)) / F(high - low), F(0), F(1)), np.float32)

"""Eyes, brows and mouth as shapes to cut out: what makes a face of flat colours readable.

Eyes and the mouth's line are what a morphological closing of the size of an eye would fill; lips
are what is redder than the skin around. Each is looked for in its own zone of the face, measured
against the face's own contrast, steadied in time at half size, and thresholded at full size.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats, brush
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, luma
from restyle.engine.tones import smoothstep_pixel

STEADY = 0.6
EYES, LIPS, MOUTH, TEETH = range(4)  # layers of the response, in the order of painting


class _Zone(NamedTuple):
    """A rounded part of a face box; places and half sizes in widths and heights of the box."""

    across: float
    down: float
    half_width: float
    half_height: float


_EYES_ZONE = _Zone(0.5, 0.36, 0.33, 0.15)
_LIPS_ZONE = _Zone(0.5, 0.82, 0.26, 0.09)
_MOUTH_ZONE = _Zone(0.5, 0.795, 0.25, 0.09)
_TEETH_ZONE = _Zone(0.5, 0.825, 0.20, 0.05)
_NOTHING = -1.0  # the response where there is no face
# Face widths that the closing spans: more than the height of an open eye. Small faces are blurred:
# eye and brow are one there.
_EYE_LARGE, _EYE_SMALL = 0.12, 0.15
_LEAST_DARK = 0.055  # darkness, relative to the skin around, under which nothing is a feature
_LEAST_RED = 0.025
_LEAST_WHITE = 0.2


class Features(NamedTuple):
    """The features of all faces of a frame, for `paint_features_pixel`.

    `response` (h, w, 4), half size, is positive inside EYES (with brows), LIPS …; `window` holds
    the full-size rows from – to and columns from – to outside of which there is nothing.
    """

    response: Floats
    window: NDArray[np.int32]


NO_FEATURES = Features(np.full((2, 2, 4), _NOTHING, np.float32), np.zeros(4, np.int32))


def features(frame: Frame, memory: Memory) -> Features:
    """The features of this frame's faces."""
    if not frame.face_boxes or not frame.face_mask.any():
        return NO_FEATURES
    height, width = frame.half_size
    response = np.full((height, width, 4), F(_NOTHING))
    for box in reversed(frame.face_boxes):
        _read_face(frame, box, response)
    x, y, w, h, _ = np.array(frame.face_boxes).T
    down, across = frame.size[0] / height, frame.size[1] / width
    window = np.array(
        [
            (y.min() - 2) * down,
            ((y + h).max() + 2) * down,
            (x.min() - 2) * across,
            ((x + w).max() + 2) * across,
        ]
    )
    return Features(memory.blend("features", response, STEADY), window.astype(np.int32))


@brush
def paint_features_pixel(
    response: Floats, inks: Floats, opacity: F, py: F, px: F, red: F, green: F, blue: F
) -> tuple[F, F, F]:
    """A colour with the features at (py, px) of the response laid over, in `inks` (4, 3)."""
    y0 = min(np.int32(py), np.int32(response.shape[0] - 2))
    x0 = min(np.int32(px), np.int32(response.shape[1] - 2))
    fy = py - F(y0)
    fx = px - F(x0)
    for layer in range(4):
        above = response[y0, x0, layer]
        above += fx * (response[y0, x0 + 1, layer] - above)
        below = response[y0 + 1, x0, layer]
        below += fx * (response[y0 + 1, x0 + 1, layer] - below)
        here = above + fy * (below - above)
        if here > F(-0.12):
            cover = opacity * smoothstep_pixel(F(-0.12), F(0.16), here)
            red += cover * (inks[layer, 0] - red)
            green += cover * (inks[layer, 1] - green)
            blue += cover * (inks[layer, 2] - blue)
    return red, green, blue


def _read_face(
    frame: Frame, box: tuple[float, float, float, float, float], response: Floats
) -> None:
    x, y, w, h, strength = box
    height, width = frame.half_size
    left, right = max(int(x - 0.1 * w), 0), min(int(x + 1.1 * w) + 1, width)
    top, bottom = max(int(y - 0.1 * h), 0), min(int(y + 1.2 * h) + 1, height)
    if right - left < 8 or bottom - top < 8 or w < 12:
        return
    window = slice(top, bottom), slice(left, right)
    seen = w / frame.scale  # the width at 720p
    # A large face is taken lightly abstracted, without its pores; a small one has nothing to lose.
    calm = F(np.clip((seen - 60) / 80, 0, 0.6))
    colour = (F(1) - calm) / F(255) * frame.half[window] + calm * frame.light[window]
    across = (np.arange(left, right, dtype=np.float32)[None] - F(x)) / F(w)
    down = (np.arange(top, bottom, dtype=np.float32)[:, None] - F(y)) / F(h)
    bridge = np.clip((F(0.13) - abs(across - F(0.5))) / F(0.05), F(0), F(1))
    eyes = np.clip(F(1) - bridge * np.clip((down - F(0.24)) / F(0.05), F(0), F(1)), F(0), F(1))
    dark, red, white = _darkness(colour, w, seen), _redness(colour, w), _whiteness(colour, w)
    mouth = float(np.interp(seen, (60, 110), (0.34, 0.46)))
    teeth = float(np.clip((seen - 50) / 15, 0, 1))  # of small faces only highlights would be found
    for layer, values, zone, least, part, rank in (
        (EYES, dark * eyes, _EYES_ZONE, _LEAST_DARK, 0.38, 96),
        (LIPS, red, _LIPS_ZONE, _LEAST_RED, 0.50, 80),
        (MOUTH, _joined(dark, w), _MOUTH_ZONE, _LEAST_DARK, mouth, 96),
        (TEETH, white * F(teeth), _TEETH_ZONE, _LEAST_WHITE, 0.50, 94),
    ):
        place = _within(zone, across, down)
        core = values[place > 0.5]
        typical = float(np.percentile(core, rank)) if core.size else 0.0
        threshold = max(least, part * typical)
        shape = np.clip(values * place / F(threshold) - F(1), F(-1), F(1.5)) * F(strength)
        shape -= F(1 - strength)
        here = response[window][..., layer]
        np.maximum(here, shape, out=here)


def _joined(dark: Floats, face_width: float) -> Floats:
    """Pieces of a mouth's line made one: blurred along the lips, hardly across them."""
    wide, high = max(0.035 * face_width, 0.5), max(0.006 * face_width, 0.4)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), wide, sigmaY=high), np.float32)


def _darkness(colour: Floats, face_width: float, seen: float) -> Floats:
    """How much darker than the skin around a small feature is, as a share of that skin's luma."""
    fine = blur(luma(colour), max(0.012 * face_width, 0.7))
    eye = np.interp(seen, (60, 110), (_EYE_SMALL, _EYE_LARGE))
    filled = cv2.morphologyEx(fine, cv2.MORPH_CLOSE, _square(eye * face_width))
    return np.asarray((filled - fine) / np.maximum(filled, F(0.08)), np.float32)


def _redness(colour: Floats, face_width: float) -> Floats:
    red, green = colour[..., 0], colour[..., 1]
    hue: Floats = (red - green) / (red + green + F(0.1))
    fine = blur(hue, max(0.025 * face_width, 1.0))
    around = cv2.morphologyEx(fine, cv2.MORPH_OPEN, _square(0.26 * face_width))
    return np.asarray(fine - around, np.float32)


def _whiteness(colour: Floats, face_width: float) -> Floats:
    """How much less red for its brightness than the skin around: teeth, but not lips."""
    white = colour[..., 1] + colour[..., 2] - colour[..., 0]
    fine = blur(white, max(0.012 * face_width, 0.7))
    around = cv2.morphologyEx(fine, cv2.MORPH_OPEN, _square(0.17 * face_width))
    return np.asarray(fine - around, np.float32)


def _square(diameter: float) -> Bytes:
    # A square, because OpenCV does it separably: a disc takes 10 ms on a large face.
    side = max(3, int(0.9 * diameter) | 1)
    return cast(Bytes, cv2.getStructuringElement(cv2.MORPH_RECT, (side, side)))


def _within(zone: _Zone, across: Floats, down: Floats) -> Floats:
    """1 inside the zone, softly 0 outside: between an ellipse and a box."""
    u = (across - F(zone.across)) / F(zone.half_width)
    v = (down - F(zone.down)) / F(zone.half_height)
    return np.clip((F(1.25) - u**4 - v**4) / F(0.5), F(0), F(1))

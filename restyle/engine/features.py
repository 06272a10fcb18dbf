"""Eyes, brows, nose and mouth drawn from a face's points, as an illustrator would: flat shapes.

Each follows the expression: lids tell how far an eye is open, lips how far a mouth is. Small faces
get features of a least size, so that they still read; of a face in profile the far eye goes.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.faces import Face
from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats, brush
from restyle.engine.pictures import luma

# Layers of the cover, in the order of painting.
NOSE, LIPS, MOUTH, TEETH, WHITES, EYES, BROWS = range(7)
LAYERS = 7


class _Eye(NamedTuple):
    """Points of the mesh (MediaPipe's numbers): lids from the outer corner to the inner one, and
    the brow's upper and lower border from its outer end to its inner one."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    brow_upper: tuple[int, ...]
    brow_lower: tuple[int, ...]


_RIGHT = _Eye(
    (33, 246, 161, 160, 159, 158, 157, 173, 133),
    (33, 7, 163, 144, 145, 153, 154, 155, 133),
    (70, 63, 105, 66, 107),
    (46, 53, 52, 65, 55),
)
_LEFT = _Eye(
    (263, 466, 388, 387, 386, 385, 384, 398, 362),
    (263, 249, 390, 373, 374, 380, 381, 382, 362),
    (300, 293, 334, 296, 336),
    (276, 283, 282, 295, 285),
)
_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_CHEEKS = (50, 280, 205, 425)
_NOSE = (98, 97, 2, 326, 327)

# Shares of an eye's width: how far its lids are apart where it is shut, and where it is open; the
# iris's radius, the lash line's thickness.
SHUT, OPEN = 0.12, 0.20
IRIS, LASHES = 0.23, 0.12
ROUNDER = 1.1  # eyes are drawn so much more open than they are
DOT = 15.0  # pixels at 720p: eyes narrower than this are drawn as dots
BROW = 0.13  # thickness of a brow's inner end, in widths of an eye
# Shares of the mouth's width: how far lips are apart where it is closed, and where it is open; the
# thickness of its line.
CLOSED, PARTED = 0.03, 0.08
LIP_LINE = 0.045
NOSE_LINE = 0.016  # thickness, in heights of the face
LEAST = 1.5  # pixels at 720p that a line is thick at least
# Width of the further eye in that of the nearer one, at which it is gone, and whole.
FAR_EYE = (0.30, 0.55)
# Tone of what is between the lips in that of the skin, from which on it is teeth.
TEETH_TONE = (0.55, 0.75)
FEW_TEETH = (0.1, 0.3)  # of the way down between the lips: fewer are not drawn
_SHIFT = 4  # bits of a pixel's fraction, for OpenCV


class Features(NamedTuple):
    """The features of all faces of a frame, for `paint_features_pixel`.

    `cover` (h, w, LAYERS), 0–255, is how much of each full-size pixel of the `window` (rows from –
    to, columns from – to) is covered.
    """

    cover: Bytes
    window: NDArray[np.int32]


NO_FEATURES = Features(np.zeros((1, 1, LAYERS), np.uint8), np.zeros(4, np.int32))


def features(frame: Frame) -> Features:
    """The features of this frame's faces."""
    height, width = frame.size
    to_full = np.array([width / frame.half_size[1], height / frame.half_size[0]], np.float32)
    meshes = [face.mesh[:, :2] * to_full for face in frame.faces]
    if not meshes:
        return NO_FEATURES
    points = np.concatenate(meshes)
    left, top = np.maximum(points.min(0).astype(int) - 4, 0)
    right, bottom = np.minimum(points.max(0).astype(int) + 5, (width, height))
    if left >= right or top >= bottom:
        return NO_FEATURES
    layers = np.zeros((LAYERS, bottom - top, right - left), np.uint8)
    for face, mesh in zip(reversed(frame.faces), reversed(meshes), strict=True):
        mesh -= np.array([left, top], np.float32)
        _draw_face(layers, mesh, frame, face)
    window = np.array([top, bottom, left, right], np.int32)
    return Features(np.ascontiguousarray(layers.transpose(1, 2, 0)), window)


@brush
def paint_features_pixel(
    covers: Bytes, inks: Floats, opacity: F, red: F, green: F, blue: F
) -> tuple[F, F, F]:
    """A colour with features laid over that cover it (LAYERS,), in `inks` (LAYERS, 3)."""
    for layer in range(LAYERS):
        if covers[layer] > 0:
            cover = opacity * F(covers[layer]) * F(1 / 255)
            red += cover * (inks[layer, 0] - red)
            green += cover * (inks[layer, 1] - green)
            blue += cover * (inks[layer, 2] - blue)
    return red, green, blue


def _draw_face(layers: Bytes, mesh: Floats, frame: Frame, face: Face) -> None:
    least = max(LEAST * frame.scale, 1.0)
    full = round(255 * face.strength)
    tall = float(np.linalg.norm(mesh[10] - mesh[152]))
    _line(layers[NOSE], _smooth(mesh[list(_NOSE)]), max(NOSE_LINE * tall, least), full)
    _draw_mouth(layers, mesh, least, full, _teeth(frame, face))
    widths = [
        float(np.linalg.norm(mesh[eye.upper[0]] - mesh[eye.upper[-1]])) for eye in (_RIGHT, _LEFT)
    ]
    widest = max(*widths, 1.0)
    for eye, wide in zip((_RIGHT, _LEFT), widths, strict=True):
        seen = round(full * _ramp(wide / widest, *FAR_EYE))
        if seen:
            _draw_eye(layers, mesh, eye, least, seen, DOT * frame.scale)
            _draw_brow(layers[BROWS], mesh, eye, max(BROW * widest, 1.25 * least), seen)


def _draw_eye(layers: Bytes, mesh: Floats, eye: _Eye, least: float, seen: int, dot: float) -> None:
    upper, lower = mesh[list(eye.upper)], mesh[list(eye.lower)]
    wide = float(np.linalg.norm(upper[0] - upper[-1]))
    opening = float(np.linalg.norm(upper[4] - lower[4])) / max(wide, 1.0)
    is_open = _ramp(opening, SHUT, OPEN)
    middle: Floats = F(0.5) * (upper + lower)
    upper, lower = middle + F(ROUNDER) * (upper - middle), middle + F(ROUNDER) * (lower - middle)
    lid = _smooth(middle + F(is_open) * (upper - middle))
    _line(layers[EYES], lid, max(LASHES * wide, least), seen)
    if is_open <= 0:
        return
    centre = (upper[4] + lower[4] + 0.5 * (upper[2:7].mean(0) + lower[2:7].mean(0))) / 3
    high = ROUNDER * opening * wide / 2 * is_open
    if wide < dot:
        _disc(layers[EYES], centre, (max(0.24 * wide, least), max(0.9 * high, least)), seen)
        return
    almond = np.zeros_like(layers[EYES])
    _fill(almond, _smooth(np.concatenate([upper, lower[-2:0:-1]]), closed=True), seen)
    np.maximum(layers[WHITES], almond, out=layers[WHITES])
    iris = np.zeros_like(almond)
    _disc(iris, centre, (IRIS * wide, IRIS * wide), seen)
    np.maximum(layers[EYES], np.minimum(iris, almond), out=layers[EYES])


def _draw_brow(layer: Bytes, mesh: Floats, eye: _Eye, thick: float, seen: int) -> None:
    """An arc that tapers off outwards."""
    arc = _smooth(F(0.5) * (mesh[list(eye.brow_upper)] + mesh[list(eye.brow_lower)]))
    along = np.gradient(arc, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-3)
    part = np.linspace(0.3, 1, len(arc), dtype=np.float32)[:, None]
    half = F(thick / 2) * np.sqrt(part)
    _fill(layer, np.concatenate([arc + half * across, (arc - half * across)[::-1]]), seen)


def _draw_mouth(layers: Bytes, mesh: Floats, least: float, full: int, teeth: float) -> None:
    upper, lower = mesh[list(_UPPER_LIP)], mesh[list(_LOWER_LIP)]
    wide = float(np.linalg.norm(upper[0] - upper[-1]))
    opening = float(np.linalg.norm(upper[5] - lower[5])) / max(wide, 1.0)
    is_open = _ramp(opening, CLOSED, PARTED)
    _fill(layers[LIPS], _smooth(mesh[list(_LIPS)], closed=True), full)
    line = max(LIP_LINE * wide * (1 - 0.5 * is_open), least)
    _line(layers[MOUTH], _smooth(F(0.5) * (upper + lower)), line, full)
    if is_open <= 0:
        return
    _fill(layers[MOUTH], _smooth(np.concatenate([upper, lower[-2:0:-1]]), closed=True), full)
    shown = round(full * is_open * _ramp(teeth, *FEW_TEETH))
    if shown:
        edge = upper + F(teeth) * (lower - upper)
        row = np.concatenate([upper[1:-1], edge[-2:0:-1]])
        _fill(layers[TEETH], _smooth(row, closed=True), shown)


def _teeth(frame: Frame, face: Face) -> float:
    """How far down from the upper lip there are teeth rather than dark: 0 none, 1 all the way."""
    upper, lower = face.mesh[list(_UPPER_LIP[3:8]), :2], face.mesh[list(_LOWER_LIP[3:8]), :2]
    cheeks = max(_tone(frame, face.mesh[list(_CHEEKS), :2]), 1.0)
    depths = (0.2, 0.4, 0.6, 0.8)
    tones = [_tone(frame, upper + F(depth) * (lower - upper)) for depth in depths]
    return sum(_ramp(tone / cheeks, *TEETH_TONE) for tone in tones) / len(depths)


def _tone(frame: Frame, points: Floats) -> float:
    """Mean luma (0–255) at points (n, 2), half-size pixels."""
    height, width = frame.half_size
    x = np.clip(points[:, 0].astype(int), 0, width - 1)
    y = np.clip(points[:, 1].astype(int), 0, height - 1)
    colours: Floats = frame.half[y, x].astype(np.float32)[None]
    return float(luma(colours).mean())


def _ramp(value: float, start: float, end: float) -> float:
    part = min(max((value - start) / (end - start), 0.0), 1.0)
    return part * part * (3 - 2 * part)


def _smooth(points: Floats, *, closed: bool = False) -> Floats:
    """A curve through about these points: corners cut twice (Chaikin 1974)."""
    for _ in range(2):
        after = np.roll(points, -1, axis=0) if closed else points[1:]
        before = points if closed else points[:-1]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], 1)
        rounded = cut.reshape(-1, 2)
        points = rounded if closed else np.concatenate([points[:1], rounded, points[-1:]])
    return np.asarray(points, np.float32)


def _fixed(points: Floats) -> NDArray[np.int32]:
    # OpenCV's pixels are whole at their middle.
    return np.round((points - F(0.5)) * (1 << _SHIFT)).astype(np.int32)


def _fill(layer: Bytes, outline: Floats, value: int) -> None:
    cv2.fillPoly(layer, [_fixed(outline)], value, cv2.LINE_AA, _SHIFT)


def _line(layer: Bytes, curve: Floats, thick: float, value: int) -> None:
    """A stroke that is thinner at its ends."""
    along = np.gradient(curve, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-3)
    part = np.linspace(-1, 1, len(curve), dtype=np.float32)[:, None]
    half = F(thick / 2) * (F(1) - F(0.6) * part * part)
    _fill(layer, np.concatenate([curve + half * across, (curve - half * across)[::-1]]), value)


def _disc(layer: Bytes, centre: Floats, radii: tuple[float, float], value: int) -> None:
    middle = cast(tuple[int, int], tuple(int(v) for v in _fixed(centre)))
    axes = cast(tuple[int, int], tuple(round(r * (1 << _SHIFT)) for r in radii))
    cv2.ellipse(layer, middle, axes, 0, 0, 360, value, cv2.FILLED, cv2.LINE_AA, _SHIFT)

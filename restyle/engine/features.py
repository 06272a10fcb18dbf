"""Eyes, brows, nose and mouth drawn from a face's points, as an illustrator would: flat shapes.

Each follows the expression: lids tell how far an eye is open, lips how far a mouth is. Small faces
get features of a least size, so that they still read; of a face in profile the far eye goes.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.face_shapes import EyeShape, FaceShapes, between, shapes_of, stroke
from restyle.engine.faces import Face
from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats, brush
from restyle.engine.pictures import luma

# Layers of the cover, in the order of painting.
NOSE, LIPS, MOUTH, TEETH, WHITES, EYES, BROWS = range(7)
LAYERS = 7


# Shares of an eye's width: how far its lids are apart where it is shut, and where it is open; the
# iris's radius, the lash line's thickness.
SHUT, OPEN = 0.12, 0.20
IRIS, LASHES = 0.23, 0.12
ROUNDER = 1.1  # eyes are drawn so much more open than they are
DOT = 15.0  # pixels at 720p: eyes narrower than this are drawn as dots
ROOM = 0.25  # around what is drawn, in widths of an eye
BROW = 0.13  # thickness of a brow's inner end, in widths of an eye
# Shares of the mouth's width: how far lips are apart where it is closed, and where it is open; the
# thickness of its line.
CLOSED, PARTED = 0.03, 0.08
LIP_LINE = 0.045
NOSE_LINE = 0.016  # thickness, in widths of the face
LEAST = 1.5  # pixels at 720p that a line is thick at least
# Tone of what is between the lips in that of the skin, from which on it is teeth.
TEETH_TONE = (0.55, 0.75)
FEW_TEETH = (0.1, 0.3)  # of the way down between the lips: fewer are not drawn
SOFT = 0.5  # σ in pixels: edges as wide as those of regions
_SHIFT = 4  # bits of a pixel's fraction, for OpenCV
_CHEEKS = (50, 280, 205, 425)  # points of the mesh


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
    zoom = width / frame.half_size[1], height / frame.half_size[0]
    if not frame.faces:
        return NO_FEATURES
    drawn = [shapes_of(face.mesh, face.box[2], zoom) for face in frame.faces]
    reaches = [_reach(shapes) for shapes in drawn]
    left, top = np.maximum(np.min([low for low, _ in reaches], 0).astype(int) - 4, 0)
    furthest = np.max([high for _, high in reaches], 0).astype(int) + 5
    right, bottom = np.minimum(furthest, (width, height))
    if left >= right or top >= bottom:
        return NO_FEATURES
    sheet = _Sheet(
        np.zeros((LAYERS, bottom - top, right - left), np.uint8),
        np.array([left, top], np.float32),
        max(LEAST * frame.scale, 1.0),
    )
    for face, shapes in zip(reversed(frame.faces), reversed(drawn), strict=True):
        full = round(255 * face.strength)
        sheet.line(NOSE, shapes.nostrils, NOSE_LINE * shapes.width, full)
        _draw_mouth(sheet, shapes, full, teeth_shown(frame, face))
        widest = max(eye.width for eye in shapes.eyes)
        for eye in shapes.eyes:
            seen = round(full * eye.seen)
            if seen:
                _draw_eye(sheet, eye, seen, DOT * frame.scale)
                _draw_brow(sheet, eye, BROW * widest, seen)
    window = np.array([top, bottom, left, right], np.int32)
    cover = cv2.GaussianBlur(cv2.merge(list(sheet.layers)), (3, 3), SOFT)
    return Features(np.asarray(cover, np.uint8), window)


def _reach(shapes: FaceShapes) -> tuple[Floats, Floats]:
    """The upper left and the lower right corner of what is drawn of a face."""
    lines = [line for eye in shapes.eyes for line in (eye.upper, eye.lower, eye.brow)]
    lines += [shapes.lip_top, shapes.lip_bottom, shapes.nostrils]
    points = np.concatenate(lines)
    # Lines are thick, eyes are drawn rounder than they are.
    room = F(ROOM * max(eye.width for eye in shapes.eyes))
    return points.min(0) - room, points.max(0) + room


def teeth_shown(frame: Frame, face: Face) -> float:
    """How far down from the upper lip there are teeth rather than dark: 0 none, 1 all the way."""
    shapes = face.shapes
    third = len(shapes.mouth_top) // 3
    upper, lower = shapes.mouth_top[third:-third], shapes.mouth_bottom[third:-third]
    cheeks = max(_tone(frame, face.mesh[list(_CHEEKS), :2]), 1.0)
    depths = (0.2, 0.4, 0.6, 0.8)
    tones = [_tone(frame, upper + F(depth) * (lower - upper)) for depth in depths]
    return sum(_ramp(tone / cheeks, *TEETH_TONE) for tone in tones) / len(depths)


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


@brush
def mark_features(covers: Bytes, left: int, right: int, marks: Bytes) -> None:
    """Mark what a row of features (w, LAYERS) covers from `left` to `right`."""
    flat, layers = covers.reshape(-1), covers.shape[1]
    for x in range(right - left):
        some = np.uint8(0)
        for layer in range(layers):
            some |= flat[x * layers + layer]
        marks[left + x] |= some


class _Sheet(NamedTuple):
    """Layers (LAYERS, h, w) to draw on, where they begin in the picture, the least thickness of a
    line; all in full-size pixels."""

    layers: Bytes
    origin: Floats
    least: float

    def fill(self, layer: int, outline: Floats, value: int) -> None:
        """Fill an outline."""
        cv2.fillPoly(self.layers[layer], [self._fixed(outline)], value, cv2.LINE_AA, _SHIFT)

    def line(self, layer: int, curve: Floats, thick: float, value: int) -> None:
        """Draw a stroke that is thinner at its ends."""
        part = np.linspace(-1, 1, len(curve), dtype=np.float32)
        widths = F(max(thick, self.least)) * (F(1) - F(0.6) * part * part)
        self.fill(layer, stroke(curve, widths), value)

    def disc(self, layer: int, centre: Floats, radii: tuple[float, float], value: int) -> None:
        """Fill an ellipse."""
        middle = cast(tuple[int, int], tuple(int(v) for v in self._fixed(centre)))
        axes = cast(tuple[int, int], tuple(round(r * (1 << _SHIFT)) for r in radii))
        how = cv2.FILLED, cv2.LINE_AA, _SHIFT
        cv2.ellipse(self.layers[layer], middle, axes, 0, 0, 360, value, *how)

    def blank(self) -> "_Sheet":
        """A single layer more."""
        return self._replace(layers=np.zeros_like(self.layers[:1]))

    def _fixed(self, points: Floats) -> NDArray[np.int32]:
        # OpenCV's pixels are whole at their middle.
        return np.round((points - self.origin - F(0.5)) * (1 << _SHIFT)).astype(np.int32)


def _draw_eye(sheet: _Sheet, eye: EyeShape, seen: int, dot: float) -> None:
    is_open = _ramp(eye.open, SHUT, OPEN)
    middle: Floats = F(0.5) * (eye.upper + eye.lower)
    upper = middle + F(ROUNDER) * (eye.upper - middle)
    lower = middle + F(ROUNDER) * (eye.lower - middle)
    sheet.line(EYES, middle + F(is_open) * (upper - middle), LASHES * eye.width, seen)
    if is_open <= 0:
        return
    if eye.width < dot:
        high = ROUNDER * eye.open * eye.width / 2 * is_open
        radii = max(0.24 * eye.width, sheet.least), max(0.9 * high, sheet.least)
        sheet.disc(EYES, eye.middle, radii, seen)
        return
    almond, iris = sheet.blank(), sheet.blank()
    almond.fill(0, between(upper, lower), seen)
    iris.disc(0, eye.middle, (IRIS * eye.width, IRIS * eye.width), seen)
    ball = almond.layers[0]
    np.maximum(sheet.layers[WHITES], ball, out=sheet.layers[WHITES])
    iris_seen = np.minimum(iris.layers[0], ball)
    np.maximum(sheet.layers[EYES], iris_seen, out=sheet.layers[EYES])


def _draw_brow(sheet: _Sheet, eye: EyeShape, thick: float, seen: int) -> None:
    """An arc that tapers off outwards."""
    part = np.linspace(1, 0.3, len(eye.brow), dtype=np.float32)
    widths = F(max(thick, 1.25 * sheet.least)) * np.sqrt(part)
    sheet.fill(BROWS, stroke(eye.brow, widths), seen)


def _draw_mouth(sheet: _Sheet, shapes: FaceShapes, full: int, teeth: float) -> None:
    upper, lower = shapes.mouth_top, shapes.mouth_bottom
    is_open = _ramp(shapes.gape, CLOSED, PARTED)
    sheet.fill(LIPS, between(shapes.lip_top, shapes.lip_bottom), full)
    wide = float(np.linalg.norm(upper[0] - upper[-1]))
    sheet.line(MOUTH, F(0.5) * (upper + lower), LIP_LINE * wide * (1 - 0.5 * is_open), full)
    if is_open <= 0:
        return
    sheet.fill(MOUTH, between(upper, lower), full)
    shown = round(full * is_open * _ramp(teeth, *FEW_TEETH))
    if shown:
        sheet.fill(TEETH, between(upper, upper + F(teeth) * (lower - upper)), shown)


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

"""Faces drawn with a pen: lids, irises, brows, nose and mouth as clean shapes over small faces.

A face of fifty pixels has smears for eyes; a draughtsman draws them. Shapes follow the points of
the face, so they blink and speak with it. Large faces bring features of their own: the larger the
face, the less is drawn. The finished full-size picture is changed in place.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.face_shapes import EyeShape, FaceShapes, between, shapes_of, stroke
from restyle.engine.features import teeth_shown
from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats

Colour = tuple[int, int, int]

SMALL, LARGE = 112.0, 150.0  # face widths in pixels at 720p: drawn wholly, and not at all
TINY = 24.0  # a face less wide than this is left alone
_WHITE = (246, 244, 240)
_CLOSED = 0.13  # an eye less open, in its widths, is a line
_SHUT = 0.10  # a mouth less open, in its width, is a line
_MANY = 0.5  # of the way down between the lips: fewer teeth are not drawn


@dataclass(frozen=True)
class Pen:
    """How a style draws faces: its ink, and how thick lines are in face widths; colours RGB.

    `throat` is what an open mouth shows, `iris` the radius of an iris in widths of the eye,
    `taller` how much an eye is opened; `white` of the eyes, `lips`, how far they are reddened,
    `catchlight` and `opacity` are 0–1; `least_px`, the least thickness of a line, in pixels at
    720p."""

    ink: Colour
    throat: Colour = (92, 30, 32)
    lid: float = 0.027
    brow: float = 0.024
    mouth: float = 0.018
    iris: float = 0.30
    taller: float = 1.15
    white: float = 0.55
    lips: float = 0.0
    catchlight: float = 0.9
    opacity: float = 0.9
    least_px: float = 1.5


def draw_faces(picture: Bytes, frame: Frame, pen: Pen) -> None:
    """Draw the features of a frame's faces into a finished full-size RGB picture, in place."""
    zoom = frame.size[1] / frame.half_size[1], frame.size[0] / frame.half_size[0]
    for face in reversed(frame.faces):
        width = face.box[2]
        seen = width * zoom[0] / frame.scale
        if not TINY < seen < LARGE:
            continue
        share = float(np.interp(seen, (SMALL, LARGE), (1, 0)))
        shapes = shapes_of(face.mesh, width, zoom)
        sheet = Sheet(picture, shapes, pen.opacity * share * face.strength)
        least = pen.least_px * frame.scale
        for eye in shapes.eyes:
            _draw_eye(sheet, eye, shapes.width, pen, least)
        _draw_nose(sheet, shapes, pen, least)
        teeth = teeth_shown(frame, face) > _MANY
        _draw_mouth(sheet, shapes, pen, least, shows_teeth=teeth)


class Shape(NamedTuple):
    """How much each pixel of a part of the sheet is covered, 0–255."""

    mask: NDArray[np.uint8]
    rows: slice
    columns: slice

    def within(self, other: "Shape") -> "Shape":
        """What of it lies in another shape."""
        rows = slice(max(self.rows.start, other.rows.start), min(self.rows.stop, other.rows.stop))
        columns = slice(
            max(self.columns.start, other.columns.start), min(self.columns.stop, other.columns.stop)
        )
        one, two = (
            shape.mask[
                rows.start - shape.rows.start : max(rows.stop - shape.rows.start, 0),
                columns.start - shape.columns.start : max(columns.stop - shape.columns.start, 0),
            ]
            for shape in (self, other)
        )
        return Shape(np.minimum(one, two), rows, columns)


class Sheet:
    """The part of a picture in which one face is drawn, at an opacity 0–1."""

    def __init__(self, picture: Bytes, shapes: FaceShapes, opacity: float) -> None:
        points = np.vstack([*(eye.brow for eye in shapes.eyes), shapes.lip_top, shapes.lip_bottom])
        room = 0.2 * shapes.width
        left, top = np.floor(points.min(0) - room).astype(int)
        right, bottom = np.ceil(points.max(0) + room).astype(int)
        rows = slice(max(top, 0), max(bottom, 0))
        columns = slice(max(left, 0), max(right, 0))
        self.part = picture[rows, columns]
        self._origin = np.array((columns.start, rows.start), np.float32)
        self._opacity = opacity

    def shape(self, outline: Floats, soft: float = 0.0) -> Shape:
        """What an outline encloses, with borders of a pixel, or so `soft` (σ in pixels)."""
        rows, columns = self.part.shape[:2]
        local = outline - self._origin
        room = 1 + int(np.ceil(2 * soft))
        left, top = np.clip(np.floor(local.min(0)).astype(int) - room, 0, (columns, rows))
        right, bottom = np.clip(np.ceil(local.max(0)).astype(int) + 1 + room, 0, (columns, rows))
        mask = np.zeros((bottom - top, right - left), np.uint8)
        polygon = np.round((local - (left, top)) * 256).astype(np.int32)
        if mask.size:
            cv2.fillPoly(mask, [polygon], 255, cv2.LINE_AA, 8)
            if soft:
                cv2.GaussianBlur(mask, (0, 0), soft, dst=mask)
        return Shape(mask, slice(top, bottom), slice(left, right))

    def lay(self, colour: Colour, shape: Shape, opacity: float = 1.0) -> None:
        """Lay a colour over the picture where the shape is."""
        under = self.part[shape.rows, shape.columns]
        cover = shape.mask.astype(np.float32)[..., None] * F(opacity * self._opacity / 255)
        paint = under + cover * (np.array(colour, np.float32) - under)
        under[:] = (paint + F(0.5)).astype(np.uint8)


def _draw_eye(sheet: Sheet, eye: EyeShape, width: float, pen: Pen, least: float) -> None:
    along = np.linspace(0, 1, len(eye.upper), dtype=np.float32)
    thick = max(pen.lid * width, least)
    taper = F(thick) * (F(0.35) + F(0.65) * np.sin(along * F(2.4)) ** 2)
    if eye.open < _CLOSED:
        closed = sheet.shape(stroke((eye.upper + eye.lower) / F(2), taper))
        sheet.lay(pen.ink, closed, eye.seen)
    else:
        middle = eye.middle
        wider = np.array((0, pen.taller - 1), np.float32)
        upper = eye.upper + (eye.upper - middle) * wider
        lower = eye.lower + (eye.lower - middle) * wider
        opening = sheet.shape(between(upper, lower))
        sheet.lay(_WHITE, opening, pen.white * eye.seen)
        iris = pen.iris * eye.width
        disc = sheet.shape(_disc(middle, iris, 1.15 * iris)).within(opening)
        sheet.lay(pen.ink, disc, 0.94 * eye.seen)
        if iris > 2.2:
            spot = _disc(middle - F(0.36 * iris), 0.28 * iris, 0.28 * iris)
            sheet.lay((255, 255, 255), sheet.shape(spot), pen.catchlight * eye.seen)
        sheet.lay(pen.ink, sheet.shape(stroke(upper - (0, F(0.3 * thick)), taper)), eye.seen)
        below = sheet.shape(stroke(lower[len(lower) // 2 :], 0.35 * taper[len(lower) // 2 :]))
        sheet.lay(pen.ink, below, 0.5 * eye.seen)
    thick = max(pen.brow * width, least)
    along = np.linspace(0, 1, len(eye.brow), dtype=np.float32)
    brow = sheet.shape(stroke(eye.brow, F(thick) * np.maximum(F(1) - along**3, F(0.15))))
    sheet.lay(pen.ink, brow, 0.85 * eye.seen)


def _draw_nose(sheet: Sheet, shapes: FaceShapes, pen: Pen, least: float) -> None:
    line = shapes.nostrils
    along = np.linspace(-1, 1, len(line), dtype=np.float32)
    thick = F(max(0.7 * pen.mouth * shapes.width, 0.8 * least))
    sheet.lay(pen.ink, sheet.shape(stroke(line, thick * (F(0.3) + F(0.7) * along**2))), 0.35)


def _draw_mouth(
    sheet: Sheet, shapes: FaceShapes, pen: Pen, least: float, *, shows_teeth: bool
) -> None:
    if pen.lips > 0:
        lips = sheet.shape(between(shapes.lip_top, shapes.lip_bottom))
        sheet.lay((186, 74, 70), lips, pen.lips)
    along = np.linspace(-1, 1, len(shapes.mouth_top), dtype=np.float32)
    thick = F(max(pen.mouth * shapes.width, least))
    if shapes.gape < _SHUT:
        line = stroke((shapes.mouth_top + shapes.mouth_bottom) / F(2), thick * _pressed(along))
        sheet.lay(pen.ink, sheet.shape(line), 0.9)
        return
    inside = sheet.shape(between(shapes.mouth_top, shapes.mouth_bottom))
    if shows_teeth:
        sheet.lay(_WHITE, inside, 0.9)
        edge = stroke(shapes.mouth_bottom, F(0.6) * thick * _pressed(along))
        sheet.lay(pen.ink, sheet.shape(edge), 0.7)
    else:
        sheet.lay(pen.throat, inside, 0.92)
    line = stroke(shapes.mouth_top, F(0.8) * thick * _pressed(along))
    sheet.lay(pen.ink, sheet.shape(line), 0.9)


def _pressed(along: Floats) -> Floats:
    """Pressure of the pen along a line from −1 to 1: it is set down and lifted."""
    return np.asarray(np.maximum(F(1) - along**4, F(0.2)), np.float32)


def _disc(middle: Floats, across: float, down: float) -> Floats:
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False, dtype=np.float32)
    around = np.stack([np.cos(turn) * F(across), np.sin(turn) * F(down)], 1)
    return np.asarray(middle + around, np.float32)

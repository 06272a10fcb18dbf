"""Cartoon mouths: rounded lips painted where a small face's points say that they are.

A mouth of twenty pixels is a smudge; a modeller gives it a line between the lips that reads from
afar, an upper lip that turns to the ground, a lower one that catches the light, and teeth as one
clean band. Large faces bring mouths of their own. The finished picture is changed in place.
"""

import numpy as np

from restyle.engine.drawn_faces import LARGE, SMALL, TINY, Colour, Sheet
from restyle.engine.face_shapes import FaceShapes, between, shapes_of, stroke
from restyle.engine.faces import Face
from restyle.engine.features import teeth_shown
from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import luma

# Colours of lips, to that of the skin beside them: above, below, in the light, of the line between
# them, and of the shade under the lower one.
ABOVE, BELOW, LIT = (0.82, 0.60, 0.60), (0.92, 0.70, 0.69), (1.10, 0.93, 0.91)
LINE, SHADE = (0.34, 0.17, 0.17), (0.74, 0.62, 0.58)
FULLER = 1.25  # lips, than they are seen: rounded forms read better
SOFT, EDGE = 0.022, 0.010  # σ of forms, and of outlines, in widths of a face
THICK = 0.026  # of the line, in widths of a face
SHUT, OPEN = 0.06, 0.14  # a mouth's gape, in its width, from which there is a gap, and wholly
TEETH = 0.4  # of the way down between the lips: fewer are not shown
WHITE, THROAT = (240, 234, 228), (84, 28, 30)
INERTIA = 0.8
# Tone between the lips, to that of the cheeks: a mouth's, and what is something before it.
MOUTH, NO_MOUTH = 0.88, 0.96
_CHEEKS = (50, 101, 36, 280, 330, 266)  # points of the mesh


class CartoonMouths:
    """Paints the mouths of one clip."""

    def __init__(self) -> None:
        self._sure: list[float] = []

    def paint(self, picture: Bytes, frame: Frame) -> None:
        """Paint over the mouths of small faces in a finished full-size RGB picture, in place."""
        if frame.is_cut:
            self._sure = []
        del self._sure[len(frame.faces) :]
        zoom = frame.size[1] / frame.half_size[1], frame.size[0] / frame.half_size[0]
        for rank, face in enumerate(frame.faces):
            sure = _sure(frame, face)
            if rank == len(self._sure):
                self._sure.append(sure)
            self._sure[rank] += (1 - INERTIA) * (sure - self._sure[rank])
            seen = face.box[2] * zoom[0] / frame.scale
            share = float(np.interp(seen, (SMALL, LARGE), (1, 0))) if seen > TINY else 0.0
            share *= self._sure[rank] * face.strength
            if share > 0.02:
                shapes = shapes_of(face.mesh, face.box[2], zoom)
                skin = _colour(picture, face.mesh[list(_CHEEKS), :2] * np.array(zoom, np.float32))
                _paint(Sheet(picture, shapes, share), shapes, skin, teeth_shown(frame, face))


def _sure(frame: Frame, face: Face) -> float:
    """How surely a mouth is seen, rather than a hand before it: 0–1."""
    shapes = face.shapes
    third = len(shapes.mouth_top) // 3
    middle = (F(0.5) * (shapes.mouth_top + shapes.mouth_bottom))[third:-third]
    cheeks = float(luma(_colour(frame.half, face.mesh[list(_CHEEKS), :2])[None, None])[0, 0])
    tone = float(luma(_colour(frame.half, middle)[None, None])[0, 0])
    return float(np.interp(tone / max(cheeks, 1.0), (MOUTH, NO_MOUTH), (1, 0)))


def _colour(picture: Bytes, places: Floats) -> Floats:
    """The median colour (3,), 0–255, of the pixels at some places (n, 2)."""
    x = np.clip(places[:, 0].astype(int), 0, picture.shape[1] - 1)
    y = np.clip(places[:, 1].astype(int), 0, picture.shape[0] - 1)
    return np.asarray(np.median(picture[y, x].astype(np.float32), axis=0), np.float32)


def _paint(sheet: Sheet, shapes: FaceShapes, skin: Floats, teeth: float) -> None:
    def tinted(shares: tuple[float, float, float]) -> Colour:
        red, green, blue = (min(int(c * s), 255) for c, s in zip(skin, shares, strict=True))
        return red, green, blue

    width = shapes.width
    soft, edge = max(SOFT * width, 0.6), max(EDGE * width, 0.4)
    top, bottom = shapes.mouth_top, shapes.mouth_bottom
    line = F(0.5) * (top + bottom)
    upper, lower = (
        inner + F(FULLER) * (lip - inner)
        for lip, inner in ((shapes.lip_top, top), (shapes.lip_bottom, bottom))
    )
    along = np.linspace(-1, 1, len(line), dtype=np.float32)
    pressed = np.asarray(np.maximum(F(1) - along**4, F(0.25)), np.float32)
    third = len(line) // 4
    fall = lower - bottom
    below = (lower + F(0.35) * fall)[third:-third]
    under = stroke(below, F(0.06 * width) * pressed[third:-third])
    sheet.lay(tinted(SHADE), sheet.shape(under, soft), 0.55)
    sheet.lay(tinted(BELOW), sheet.shape(between(line, lower), edge), 0.85)
    sheet.lay(tinted(ABOVE), sheet.shape(between(upper, line), edge), 0.85)
    shine = (bottom + F(0.45) * fall)[third:-third]
    lit = stroke(shine, F(0.045 * width) * pressed[third:-third])
    sheet.lay(tinted(LIT), sheet.shape(lit, 0.7 * soft), 0.6)
    opened = float(np.interp(shapes.gape, (SHUT, OPEN), (0, 1)))
    if opened > 0:
        inside = sheet.shape(between(top, bottom), 0.6 * edge)
        sheet.lay(THROAT, inside, 0.9 * opened)
        if teeth > TEETH:
            row = between(top, top + F(teeth) * (bottom - top))
            sheet.lay(WHITE, sheet.shape(row, 0.6 * edge), 0.85 * opened)
    thick = F(max(THICK * width, 1.2)) * pressed
    parting = top + F(1 - opened) * (line - top)
    sheet.lay(tinted(LINE), sheet.shape(stroke(parting, thick), 0.6 * edge), 0.85)

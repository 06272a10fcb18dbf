"""Cartoon mouths: small ones get lips that read, hidden and large ones are left as they are."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from meshes import face_at

from restyle.engine.drawn_faces import LARGE
from restyle.engine.face_shapes import FaceShapes, between, shapes_of
from restyle.engine.faces import Face
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.mouths import CartoonMouths

SIZE = 960, 720  # width, height: pixels as at 720p
SIDE = 50.0
SKIN = (200, 160, 140)
# Points of the upper lip and of the lower, inside, one below the other.
_LIPS = ((13, 14), (312, 317), (311, 402), (310, 318), (82, 87), (81, 178), (80, 88))
_LIPS += ((415, 324), (191, 95))


def face(side: float = SIDE, gape: float = 0.0) -> Face:
    """A face with its mouth open by so much of its side."""
    made = face_at((150, 120, side, side, 1.0))
    mesh = made.mesh.copy()
    for upper, lower in _LIPS:
        middle = (mesh[upper] + mesh[lower]) / 2
        mesh[upper], mesh[lower] = middle, middle
        mesh[upper, 1] -= gape / 2 * side
        mesh[lower, 1] += gape / 2 * side
    return replace(made, mesh=mesh)


@cache
def wall() -> Frame:
    picture = np.full((SIZE[1], SIZE[0], 3), SKIN, np.uint8)
    return FrameReader(Abstraction(0, 30, 1), keep_faces=False).read(picture)


def seen(one: Face, inside: int = 90) -> Frame:
    """Skin all over, and a smudge so dark where the mouth is."""
    half = wall().half.copy()
    cv2.fillPoly(half, [line_of(one, 1).round().astype(np.int32)], (inside,) * 3)
    middle = (one.shapes.mouth_top + one.shapes.mouth_bottom) / 2
    cv2.polylines(half, [middle.round().astype(np.int32)], False, (inside,) * 3, 2)
    return replace(wall(), half=half, faces=[one])


def line_of(one: Face, zoom: float) -> Floats:
    shapes = shapes_of(one.mesh, one.box[2], (zoom, zoom))
    return between(shapes.mouth_top, shapes.mouth_bottom)


def painted(*frames: Frame) -> Bytes:
    mouths = CartoonMouths()
    for frame in frames:
        picture = frame.full.copy()
        mouths.paint(picture, frame)
    return picture


def shapes(one: Face) -> FaceShapes:
    return shapes_of(one.mesh, one.box[2], (2, 2))


def at(picture: Bytes, place: Floats) -> Floats:
    x, y = place.round().astype(int)
    return np.asarray(picture[y - 1 : y + 2, x - 1 : x + 2].mean((0, 1)), np.float32)


def test_a_small_shut_mouth_has_a_dark_line_between_rounded_lips() -> None:
    one = face()
    picture, mouth = painted(seen(one)), shapes(one)
    middle = len(mouth.mouth_top) // 2
    line = at(picture, (mouth.mouth_top[middle] + mouth.mouth_bottom[middle]) / 2)
    lower = at(picture, mouth.mouth_bottom[middle] * 0.4 + mouth.lip_bottom[middle] * 0.6)
    upper = at(picture, mouth.mouth_top[middle] * 0.4 + mouth.lip_top[middle] * 0.6)
    assert line.mean() < 0.8 * min(lower.mean(), upper.mean())
    assert lower.mean() > upper.mean() + 4, "the lower lip catches the light"
    assert (upper[1] + upper[2]) / upper[0] < 0.95 * (SKIN[1] + SKIN[2]) / SKIN[0], (
        "lips are redder"
    )
    changed = np.argwhere((picture != np.array(SKIN)).any(2))
    assert changed[:, 0].min() > 240 + SIDE, "all of it is in the lower half of the face"


def test_an_open_mouth_shows_what_is_inside() -> None:
    one = face(gape=0.12)
    mouth = shapes(one)
    middle = len(mouth.mouth_top) // 2
    inside = (mouth.mouth_top[middle] + mouth.mouth_bottom[middle]) / 2
    dark, teeth = (at(painted(seen(one, tone)), inside) for tone in (40, 160))
    assert dark.mean() < 90
    assert teeth.mean() > dark.mean() + 60


def test_what_is_before_a_mouth_is_not_painted_over() -> None:
    hidden = seen(face(), inside=168)
    assert (painted(hidden) == hidden.full).all()
    shown = seen(face())
    later = replace(hidden, is_cut=False)
    some, most = (np.abs(painted(shown, *[later] * n).astype(int) - hidden.full) for n in (12, 1))
    assert some.sum() < 0.2 * most.sum(), "a mouth that was seen fades"


def test_large_faces_keep_their_own_mouths() -> None:
    large = seen(face(LARGE / 2 + 1))
    assert (painted(large) == large.full).all()

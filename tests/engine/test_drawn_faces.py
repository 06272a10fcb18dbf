"""Drawn faces: small ones get clean features that follow theirs, large ones keep their own."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from meshes import face_at
from skimage import data

from restyle.engine.drawn_faces import LARGE, TINY, Pen, draw_faces
from restyle.engine.face_shapes import shapes_of
from restyle.engine.faces import Face
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes

PEN = Pen(ink=(10, 10, 10))
SIZE = 960, 720  # width, height: pixels as at 720p
ASIDE = np.array([0.6, 0.6])  # from the middle of an iris, off its catchlight
SIDE = 40.0  # half-size pixels of a small face


@cache
def plain() -> Frame:
    """A wall of one colour."""
    picture = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
    return FrameReader(Abstraction(0, 30, 1), keep_faces=False).read(picture)


def drawn(*faces: Face, pen: Pen = PEN) -> Bytes:
    frame = replace(plain(), faces=list(faces))
    picture = frame.full.copy()
    draw_faces(picture, frame, pen)
    return picture


def small(**how: float) -> Face:
    return face_at((100, 120, SIDE, SIDE, how.get("strength", 1.0)))


def at(picture: Bytes, place: np.ndarray) -> float:
    x, y = (2 * place).round().astype(int)
    return float(picture[y - 1 : y + 2, x - 1 : x + 2].mean())


def test_a_small_face_gets_eyes_brows_and_a_mouth() -> None:
    picture = drawn(small())
    face = shapes_of(small().mesh, SIDE)
    for eye in face.eyes:
        assert at(picture, eye.middle + ASIDE) < 110
        assert at(picture, eye.brow[len(eye.brow) // 3]) < 120
    assert at(picture, face.mouth_top[len(face.mouth_top) // 2]) < 170
    changed = np.argwhere((picture != 200).any(2))[:, ::-1] / 2
    assert (changed.min(0) > (100, 120)).all()
    assert (changed.max(0) < (100 + SIDE, 120 + SIDE)).all()


def test_what_is_drawn_closes_its_eyes() -> None:
    mesh = small().mesh.copy()
    for lower, upper in ((145, 159), (144, 160), (153, 158), (154, 157), (163, 161), (155, 173)):
        mesh[lower] = mesh[upper]
    mesh[7] = mesh[246]
    picture = drawn(Face(mesh))
    left, right = shapes_of(mesh, SIDE).eyes

    def dark(eye_middle: np.ndarray) -> int:
        x, y = (2 * eye_middle).round().astype(int)
        return int((picture[y - 5 : y + 6, x - 7 : x + 8, 0] < 120).sum())

    assert dark(left.middle) < 0.7 * dark(right.middle)


@pytest.mark.parametrize(
    ("shade", "least", "most"), [(20, 0, 110), (250, 180, 255)], ids=["a throat", "teeth"]
)
def test_an_open_mouth_shows_what_is_in_it(shade: int, least: float, most: float) -> None:
    mesh = small().mesh.copy()
    for point in (14, 87, 317, 178, 402, 88, 318):
        mesh[point, 1] += 6
    frame = replace(plain(), faces=[Face(mesh)])
    shapes = shapes_of(mesh, SIDE)
    outline = np.concatenate([shapes.mouth_top, shapes.mouth_bottom[::-1]]).round().astype(int)
    half = frame.half.copy()
    cv2.fillPoly(half, [outline], (shade, shade, shade))
    picture = frame.full.copy()
    draw_faces(picture, replace(frame, half=half), PEN)
    middle = (shapes.mouth_top + shapes.mouth_bottom)[len(shapes.mouth_top) // 2] / 2
    assert least < at(picture, middle) < most


@pytest.mark.parametrize(
    "box",
    [
        (40.0, 60.0, LARGE / 2 + 1, LARGE / 2 + 1, 1.0),
        (40.0, 60.0, TINY / 2 - 1, TINY / 2 - 1, 1.0),
        (-500.0, 60.0, 40.0, 40.0, 1.0),
    ],
    ids=["large", "tiny", "outside"],
)
def test_other_faces_are_left_alone(box: tuple[float, float, float, float, float]) -> None:
    assert (drawn(face_at(box)) == 200).all()


@pytest.mark.parametrize("place", [(-20.0, 100.0), (460.0, 100.0), (100.0, -15.0), (100.0, 340.0)])
def test_a_face_may_leave_the_picture(place: tuple[float, float]) -> None:
    picture = drawn(face_at((*place, SIDE, SIDE, 1.0)))
    assert (picture != 200).any()


def test_a_face_that_fades_is_drawn_more_lightly() -> None:
    eye = shapes_of(small().mesh, SIDE).eyes[0].middle + ASIDE
    faint, full = (at(drawn(small(strength=strength)), eye) for strength in (0.5, 1.0))
    assert full + 20 < faint < 190


def test_a_found_face_is_drawn_where_it_is() -> None:
    picture = np.full((720, 960, 3), 170, np.uint8)
    person = cv2.resize(data.astronaut()[:256, :480], (240, 128), interpolation=cv2.INTER_AREA)
    picture[300:428, 400:640] = person
    frame = FrameReader(Abstraction(2, 30, 2), keep_faces=True).read(picture)
    painted = picture.copy()
    draw_faces(painted, frame, PEN)
    changed = np.argwhere((painted != picture).any(2))[:, ::-1]
    np.testing.assert_allclose(changed.mean(0), (400 + 113, 300 + 60), atol=8)

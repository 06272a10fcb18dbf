"""Faces as they are in space: a nose that stands out, skin without the room's light, features."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from skimage import data

from restyle.engine.face_forms import FaceForms, delight, face_forms
from restyle.engine.faces import Face
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Floats

# MediaPipe's points.
NOSE_TIP, LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD = 4, 205, 425, 9
EYELID, LIP, BROW = 159, 13, 52


@cache
def portrait() -> Frame:
    return FrameReader(Abstraction(0, 30, 1), keep_faces=True).read(data.astronaut())


@cache
def forms() -> FaceForms:
    return face_forms(portrait())


def place(point: int) -> tuple[int, int]:
    x, y = portrait().faces[0].mesh[point, :2]
    return round(float(y)), round(float(x))


def test_there_is_face_where_the_points_are_and_none_elsewhere() -> None:
    for point in (NOSE_TIP, LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD):
        assert forms().cover[place(point)] > 0.9
    assert forms().cover[200, 100] == 0
    assert forms().slopes[200, 100].tolist() == [0, 0]


def test_the_nose_stands_out_and_cheeks_fall_away_to_the_sides() -> None:
    y, x = place(NOSE_TIP)
    assert forms().slopes[y, x - 5, 0] > 0.1, "it rises from the left"
    assert forms().slopes[y, x + 5, 0] < -0.1
    # Rightwards: up to the middle of the face and down again.
    width = round(portrait().faces[0].box[2])
    assert forms().slopes[y, x - width * 2 // 5, 0] > 0.2
    assert forms().slopes[y, x + width * 2 // 5, 0] < -0.2


@pytest.mark.parametrize(
    "feature", [159, 386, 13, 52, 282], ids=["eye", "eye", "lips", "brow", "brow"]
)
def test_eyes_brows_and_lips_are_features_and_skin_is_none(feature: int) -> None:
    assert forms().features[place(feature)] > 0.5
    for point in (LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD):
        assert forms().features[place(point)] < 0.1


def _delit(colour: Floats) -> Floats:
    out = colour.copy()
    delight(out, forms(), portrait().faces)
    return out


def test_skin_lit_from_one_side_is_evened_out_and_its_colour_kept() -> None:
    height, width = portrait().half_size
    face = portrait().faces[0].box
    across = (np.arange(width, dtype=np.float32) - face[0]) / face[2]
    light = np.clip(1.15 - 0.5 * across, 0.65, 1.15)
    colour = np.float32([0.62, 0.45, 0.36]) * np.broadcast_to(
        light[None, :, None], (height, width, 1)
    )
    colour = np.ascontiguousarray(colour, np.float32)
    before, after = (
        abs(float(p[place(LEFT_CHEEK)].mean() - p[place(RIGHT_CHEEK)].mean()))
        for p in (colour, _delit(colour))
    )
    assert after < 0.6 * before
    red, green, blue = _delit(colour)[place(FOREHEAD)]
    assert red > green > blue


def test_a_dark_face_is_brought_to_light_and_its_dark_features_stay_dark() -> None:
    colour = portrait().light * np.float32(0.4)
    out = _delit(colour)
    assert out[place(LEFT_CHEEK)].mean() > 1.3 * colour[place(LEFT_CHEEK)].mean()
    skin, pupil = out[place(LEFT_CHEEK)].mean(), out[place(EYELID)].mean()
    assert pupil / skin < 1.05 * colour[place(EYELID)].mean() / colour[place(LEFT_CHEEK)].mean()


def test_what_is_no_face_keeps_its_light() -> None:
    colour = portrait().light
    outside = forms().cover == 0
    np.testing.assert_array_equal(_delit(colour)[outside], colour[outside])


@pytest.mark.parametrize("move", [(-110, -60), (4000, 0), (0, 190)])
def test_a_face_that_leaves_the_picture_is_no_trouble(move: tuple[int, int]) -> None:
    face = portrait().faces[0]
    mesh = face.mesh + np.float32([*move, 0])
    frame = replace(portrait(), faces=[Face(mesh)])
    made = face_forms(frame)
    assert np.isfinite(made.slopes).all()
    colour = portrait().light.copy()
    delight(colour, made, frame.faces)
    assert np.isfinite(colour).all()

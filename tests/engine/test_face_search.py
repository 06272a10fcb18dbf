"""The search for faces: tilted, small, grey ones, and pictures of any size."""

import cv2
import numpy as np
import pytest
from skimage import data

from restyle.engine.face_search import EYE_CORNERS, crop_around, detect
from restyle.engine.faces import faces_of
from restyle.engine.kernels import Bytes
from restyle.engine.pictures import reduce_bytes

EYES = ((101.5, 51.0), (123.0, 51.5))  # of the portrait, in its pixels


@pytest.fixture(scope="module")
def portrait() -> Bytes:
    """A woman's face of about 50 pixels at (85, 35)–(135, 85) of 240 × 256, RGB."""
    picture: Bytes = data.astronaut()
    return reduce_bytes(np.ascontiguousarray(picture[:, :480]), (256, 240))


@pytest.mark.parametrize("turn", [-35, -15, 15, 35])
def test_a_tilted_face_is_found_upright(portrait: Bytes, turn: float) -> None:
    move = cv2.getRotationMatrix2D((110, 56), turn, 1)
    tilted = np.asarray(
        cv2.warpAffine(portrait, move, (240, 256), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
    (face,) = faces_of(tilted)
    expected = np.array(EYES) @ move[:, :2].T + move[:, 2]
    eyes = [face.mesh[list(corners), :2].mean(0) for corners in EYE_CORNERS]
    np.testing.assert_allclose(eyes, expected, atol=4)
    assert np.degrees(crop_around(face.mesh).turn) == pytest.approx(-turn, abs=8)


def test_small_faces_are_found_each(portrait: Bytes) -> None:
    street = np.full((360, 640, 3), 150, np.uint8)
    person = cv2.resize(portrait, (120, 128), interpolation=cv2.INTER_AREA)
    for left, top in ((60, 40), (400, 180)):
        street[top : top + 128, left : left + 120] = person
    found = sorted(face.box[0] for face in faces_of(street))
    assert found == pytest.approx([60 + 43, 400 + 43], abs=5)


def test_a_grey_or_dark_picture_may_have_a_face(portrait: Bytes) -> None:
    grey = np.repeat(portrait[..., 1:2], 3, -1)
    assert len(faces_of(grey)) == len(faces_of(portrait // 3)) == 1


@pytest.mark.parametrize("size", [(64, 64), (40, 300), (300, 40), (2, 2)])
def test_pictures_of_any_size_are_searched(size: tuple[int, int]) -> None:
    assert detect(np.full((*size, 3), 90, np.uint8)) == []

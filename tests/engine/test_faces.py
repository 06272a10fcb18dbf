"""Faces: found, followed, let go; and the mask they leave."""

import cv2
import numpy as np
import pytest
from skimage import data

from restyle.engine.face_search import Search, looks_like_skin, search, skin_likeness
from restyle.engine.faces import EVERY, PATIENCE, FaceFinder, face_mask
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.pictures import grey_of, reduce_bytes


@pytest.fixture(scope="module")
def portrait() -> Bytes:
    """A woman's face of about 50 pixels at (85, 35)–(135, 85) of 240 × 256, RGB."""
    picture: Bytes = data.astronaut()
    return reduce_bytes(np.ascontiguousarray(picture[:, :480]), (256, 240))


Boxes = list[tuple[float, float, float, float, float]]


def read(
    finder: FaceFinder, rgb: Bytes, flow: tuple[float, float] = (0, 0), *, is_cut: bool = False
) -> Boxes:
    return finder.read(grey_of(rgb), rgb, still(rgb, flow), is_cut)


def still(picture: Bytes, flow: tuple[float, float] = (0, 0)) -> Floats:
    field = np.empty((*picture.shape[:2], 2), np.float32)
    field[:] = flow
    return field


def test_a_face_is_found_at_a_cut_at_full_strength(portrait: Bytes) -> None:
    found = read(FaceFinder(), portrait, is_cut=True)
    assert len(found) == 1
    x, y, width, height, strength = found[0]
    assert strength == 1
    assert x < 112 < x + width
    assert y < 56 < y + height
    assert 30 < width < 80


def test_none_is_found_in_noise() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (180, 240, 3), np.uint8)
    assert read(FaceFinder(), noise, is_cut=True) == []


def test_a_face_moves_with_the_flow_between_detections(portrait: Bytes) -> None:
    finder = FaceFinder()
    before = read(finder, portrait, is_cut=True)[0]
    # The way back is (−3, −2): the face moved right and down.
    after = read(finder, portrait, (-3, -2))[0]
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((3, 2))


def test_a_face_that_is_gone_fades_and_a_new_one_grows(portrait: Bytes) -> None:
    empty = np.full_like(portrait, 128)
    finder = FaceFinder()
    read(finder, portrait, is_cut=True)
    strengths = []
    for _ in range(2 * EVERY):
        found = read(finder, empty)
        strengths.append(found[0][4] if found else 0.0)
    assert strengths[0] == 1
    assert strengths[-1] == 0
    assert any(0 < strength < 1 for strength in strengths)
    for _ in range(EVERY):
        found = read(finder, portrait)
    assert found == [] or 0 < found[0][4] <= 1


def test_a_cut_forgets_the_faces(portrait: Bytes) -> None:
    empty = np.full_like(portrait, 128)
    finder = FaceFinder()
    read(finder, portrait, is_cut=True)
    assert read(finder, empty, is_cut=True) == []


def test_the_mask_is_soft_full_inside_and_nothing_far_away() -> None:
    mask = face_mask([(60, 40, 60, 60, 1.0)], 160, 200)
    assert mask.shape == (160, 200)
    assert mask[71, 90] > 0.95
    assert mask[150, 190] == mask[5, 5] == 0
    assert 0.05 < np.mean((mask > 0.02) & (mask < 0.98)) < 0.3
    assert not face_mask([], 160, 200).any()


@pytest.mark.parametrize("box", [(-30, -20, 60, 60, 0.5), (170, 130, 80, 80, 1.0)])
def test_a_mask_may_leave_the_frame(box: tuple[float, float, float, float, float]) -> None:
    mask = face_mask([box], 160, 200)
    assert 0 < mask.max() <= box[4] + 1e-5


def covered(rgb: Bytes) -> Bytes:
    """A bar of skin over the eyes: no cascade sees the face any more."""
    changed = rgb.copy()
    changed[48:66, 80:140] = np.median(rgb[66:80, 100:122].reshape(-1, 3), 0).astype(np.uint8)
    return changed


def test_a_face_behind_a_hand_is_kept_for_a_while_but_not_for_ever(portrait: Bytes) -> None:
    hidden = covered(portrait)
    assert read(FaceFinder(), hidden, is_cut=True) == []
    finder = FaceFinder()
    read(finder, portrait, is_cut=True)
    strengths = []
    for _ in range((PATIENCE + 2) * EVERY):
        found = read(finder, hidden)
        strengths.append(found[0][4] if found else 0.0)
    assert set(strengths[: PATIENCE * EVERY]) == {1.0}
    assert strengths[-1] == 0


def test_a_small_face_is_found_by_the_finer_search(portrait: Bytes) -> None:
    small = np.full((360, 480, 3), 150, np.uint8)
    small[100:228, 150:270] = cv2.resize(portrait, (120, 128), interpolation=cv2.INTER_AREA)
    assert search(grey_of(small), small, Search.COARSE) == []
    x, y, width, height = search(grey_of(small), small, Search.FINE)[0]
    assert x < 150 + 56 < x + width
    assert y < 100 + 28 < y + height
    assert [box[:2] for box in read(FaceFinder(), small, is_cut=True)] == [(x, y)]


@pytest.mark.parametrize(
    ("colour", "is_skin"),
    [
        ((255, 224, 200), True),
        ((224, 172, 140), True),
        ((141, 85, 60), True),
        ((70, 44, 34), True),
        ((120, 104, 100), True),
        ((60, 90, 200), False),
        ((60, 160, 70), False),
        ((128, 128, 128), False),
        ((255, 165, 0), False),
    ],
)
def test_skin_is_told_by_its_colour(colour: tuple[int, int, int], is_skin: bool) -> None:
    patch = np.full((4, 4, 3), colour, np.uint8)
    assert bool(skin_likeness(patch).mean() > 0.5) is is_skin


def test_a_face_of_another_colour_is_none_but_a_grey_picture_may_have_one(portrait: Bytes) -> None:
    assert read(FaceFinder(), np.ascontiguousarray(portrait[..., ::-1]), is_cut=True) == []
    grey = np.ascontiguousarray(np.repeat(grey_of(portrait)[..., None], 3, -1))
    assert len(read(FaceFinder(), grey, is_cut=True)) == 1
    assert looks_like_skin(grey, (85, 30, 55, 55))

"""Faces: found, followed, let go; and the mask they leave."""

import numpy as np
import pytest
from skimage import data

from restyle.engine.faces import EVERY, FaceFinder, face_mask
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.pictures import grey_of, reduce_bytes


@pytest.fixture(scope="module")
def portrait() -> Bytes:
    """A woman's face of about 55 pixels at (140, 75)–(210, 150) of 288 × 256."""
    picture: Bytes = data.astronaut()
    return grey_of(reduce_bytes(np.ascontiguousarray(picture[:, :480]), (256, 240)))


def still(picture: Bytes, flow: tuple[float, float] = (0, 0)) -> Floats:
    field = np.empty((*picture.shape, 2), np.float32)
    field[:] = flow
    return field


def test_a_face_is_found_at_a_cut_at_full_strength(portrait: Bytes) -> None:
    found = FaceFinder().read(portrait, still(portrait), is_cut=True)
    assert len(found) == 1
    x, y, width, height, strength = found[0]
    assert strength == 1
    assert x < 112 < x + width
    assert y < 56 < y + height
    assert 30 < width < 80


def test_none_is_found_in_noise() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (180, 240), np.uint8)
    assert FaceFinder().read(noise, still(noise), is_cut=True) == []


def test_a_face_moves_with_the_flow_between_detections(portrait: Bytes) -> None:
    finder = FaceFinder()
    before = finder.read(portrait, still(portrait), is_cut=True)[0]
    # The way back is (−3, −2): the face moved right and down.
    after = finder.read(portrait, still(portrait, (-3, -2)), is_cut=False)[0]
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((3, 2))


def test_a_face_that_is_gone_fades_and_a_new_one_grows(portrait: Bytes) -> None:
    empty = np.full_like(portrait, 128)
    finder = FaceFinder()
    finder.read(portrait, still(portrait), is_cut=True)
    strengths = []
    for _ in range(2 * EVERY):
        found = finder.read(empty, still(empty), is_cut=False)
        strengths.append(found[0][4] if found else 0.0)
    assert strengths[0] == 1
    assert strengths[-1] == 0
    assert any(0 < strength < 1 for strength in strengths)
    for _ in range(EVERY):
        found = finder.read(portrait, still(portrait), is_cut=False)
    assert found == [] or 0 < found[0][4] <= 1


def test_a_cut_forgets_the_faces(portrait: Bytes) -> None:
    empty = np.full_like(portrait, 128)
    finder = FaceFinder()
    finder.read(portrait, still(portrait), is_cut=True)
    assert finder.read(empty, still(empty), is_cut=True) == []


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

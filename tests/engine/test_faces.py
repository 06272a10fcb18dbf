"""Faces: found, followed, let go; and the mask they leave."""

from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from restyle.engine.face_search import EYE_CORNERS
from restyle.engine.faces import EVERY, EYE_LINE, PATIENCE, Face, FaceFinder, face_mask, faces_of
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.pictures import reduce_bytes
from restyle.footage import open_clip

SAMPLES = Path(__file__).resolve().parents[2] / "demo_assets"
EYES = ((101.5, 51.0), (123.0, 51.5))  # of the portrait, in its pixels


@pytest.fixture(scope="module")
def portrait() -> Bytes:
    """A woman's face of about 50 pixels at (85, 35)–(135, 85) of 240 × 256, RGB."""
    picture: Bytes = data.astronaut()
    return reduce_bytes(np.ascontiguousarray(picture[:, :480]), (256, 240))


def read(
    finder: FaceFinder, rgb: Bytes, flow: tuple[float, float] = (0, 0), *, is_cut: bool = False
) -> list[Face]:
    field = np.empty((*rgb.shape[:2], 2), np.float32)
    field[:] = flow
    return finder.read(rgb, field, is_cut)


def eyes(face: Face) -> Floats:
    return np.array([face.mesh[list(corners), :2].mean(0) for corners in EYE_CORNERS])


def moved(rgb: Bytes, right: float, down: float) -> Bytes:
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    size = rgb.shape[1], rgb.shape[0]
    return np.asarray(cv2.warpAffine(rgb, move, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def without_face(rgb: Bytes) -> Bytes:
    """Nothing but cheek where the face was."""
    changed = rgb.copy()
    changed[20:100, 70:150] = np.median(rgb[62:72, 92:100].reshape(-1, 3), 0).astype(np.uint8)
    return changed


def test_a_face_is_found_at_a_cut_at_full_strength_with_its_eyes(portrait: Bytes) -> None:
    (face,) = read(FaceFinder(), portrait, is_cut=True)
    assert face.strength == 1
    np.testing.assert_allclose(eyes(face), EYES, atol=2.5)


def test_a_box_is_square_with_the_eyes_on_their_line(portrait: Bytes) -> None:
    (face,) = faces_of(portrait)
    x, y, width, height, strength = face.box
    assert width == height == pytest.approx(np.ptp(face.oval[:, 1]), rel=0.06)
    assert strength == 1
    assert y + EYE_LINE * height == pytest.approx(eyes(face)[:, 1].mean(), abs=1e-3)
    assert x < 100 < 120 < x + width


def flower() -> Bytes:
    """Petals that pass for a face at a first look."""
    with open_clip(SAMPLES / "phone.mp4") as clip:
        (frame,) = islice(clip.subclipped(21.0, 22.0).frames(15, (540, 1170)), 1)
    return reduce_bytes(frame, (585, 270))


@pytest.mark.parametrize("what", ["noise", "black", "coffee", "cat", "flower"])
def test_none_is_found_where_there_is_none(what: str) -> None:
    pictures = {
        "noise": lambda: np.random.default_rng(0).integers(0, 256, (180, 240, 3), np.uint8),
        "black": lambda: np.zeros((180, 240, 3), np.uint8),
        "coffee": data.coffee,
        "cat": data.chelsea,
        "flower": flower,
    }
    picture = np.ascontiguousarray(pictures[what]())
    assert faces_of(picture) == read(FaceFinder(), picture, is_cut=True) == []


def test_points_follow_the_face(portrait: Bytes) -> None:
    finder = FaceFinder()
    (before,) = read(finder, portrait, is_cut=True)
    # The way back is (−6, −4): the face moved right and down.
    (after,) = read(finder, moved(portrait, 6, 4), (-6, -4))
    np.testing.assert_allclose(eyes(after) - eyes(before), [(6, 4)] * 2, atol=0.5)


def test_points_hold_still_in_noise(portrait: Bytes) -> None:
    random = np.random.default_rng(1)
    finder, alone, held = FaceFinder(), [], []
    for _ in range(16):
        noisy = portrait + random.normal(0, 12, portrait.shape)
        frame = np.clip(noisy, 0, 255).astype(np.uint8)
        alone.append(faces_of(frame)[0].mesh[:, :2])
        held.append(read(finder, frame, is_cut=not held)[0].mesh[:, :2])
    # The first frames still come from the detector's crop to that of the points.
    jitter = [np.abs(np.diff(np.stack(meshes[4:]), axis=0)).mean() for meshes in (held, alone)]
    assert jitter[0] < 0.5 * jitter[1]


def test_a_face_that_is_hidden_is_kept_for_a_while_then_fades(portrait: Bytes) -> None:
    hidden = without_face(portrait)
    finder = FaceFinder()
    read(finder, portrait, is_cut=True)
    strengths = []
    for _ in range(PATIENCE + 10):
        found = read(finder, hidden)
        strengths.append(found[0].strength if found else 0.0)
    assert set(strengths[:PATIENCE]) == {1.0}
    assert strengths[-1] == 0
    assert any(0 < strength < 1 for strength in strengths)


def test_a_newcomer_grows(portrait: Bytes) -> None:
    finder = FaceFinder()
    assert read(finder, without_face(portrait), is_cut=True) == []
    strengths = []
    for _ in range(EVERY + 8):
        found = read(finder, portrait)
        strengths.append(found[0].strength if found else 0.0)
    assert strengths == sorted(strengths)
    assert strengths[8] > 0 or any(0 < strength < 1 for strength in strengths)
    assert strengths[-1] == 1


def test_a_cut_forgets_the_faces(portrait: Bytes) -> None:
    finder = FaceFinder()
    read(finder, portrait, is_cut=True)
    assert read(finder, without_face(portrait), is_cut=True) == []


def test_the_mask_is_soft_full_inside_and_nothing_far_away(portrait: Bytes) -> None:
    mask = face_mask(faces_of(portrait), 256, 240)
    assert mask.shape == (256, 240)
    assert mask[60, 110] > 0.95
    assert mask[200, 110] == mask[5, 5] == 0
    assert 0.02 < np.mean((mask > 0.02) & (mask < 0.98)) < 0.3
    assert not face_mask([], 160, 200).any()


@pytest.mark.parametrize("step", [(-110, -50), (120, 190)])
def test_a_mask_may_leave_the_frame(portrait: Bytes, step: tuple[float, float]) -> None:
    (face,) = faces_of(portrait)
    mesh = face.mesh + np.array([*step, 0], np.float32)
    mask = face_mask([Face(mesh, 0.5)], 256, 240)
    assert 0 < mask.max() <= 0.5 + 1e-5

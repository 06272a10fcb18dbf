"""Cartoon eyes: painted where there are eyes, large and glossy; everything else untouched."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from restyle.engine.eyes import CartoonEyes
from restyle.engine.face_shapes import shapes_of
from restyle.engine.faces import Face
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes, Floats


def frame_of(picture: Bytes) -> Frame:
    return FrameReader(Abstraction(0, 30, 1), keep_faces=True).read(picture)


@cache
def portrait() -> Frame:
    return frame_of(data.astronaut())


def painted(frame: Frame) -> Bytes:
    picture = frame.full.copy()
    CartoonEyes().paint(picture, frame)
    return picture


def with_faces(frame: Frame, *faces: Face) -> Frame:
    changed = frame_of(frame.full)
    changed.faces = list(faces)
    return changed


def moved(right: float, down: float) -> Face:
    return Face(portrait().faces[0].mesh + np.float32([right, down, 0]))


def eyes(frame: Frame) -> list[tuple[Floats, float]]:
    """Middle and width of either eye, full-size pixels."""
    face = frame.faces[0]
    shapes = shapes_of(face.mesh, face.box[2], (2, 2))
    return [(eye.middle, eye.width) for eye in shapes.eyes]


def around(picture: Bytes, middle: Floats, reach: float) -> NDArray[np.uint8]:
    x, y = middle
    return picture[int(y - reach) : int(y + reach) + 1, int(x - reach) : int(x + reach) + 1]


def test_an_eye_has_white_a_dark_pupil_and_a_catchlight() -> None:
    for middle, width in eyes(portrait()):
        eye = around(painted(portrait()), middle, width / 2).astype(int)
        assert eye.max() > 225, "catchlight"
        assert eye.mean(2).min() < 30, "pupil"
        white = (eye.min(2) > 130) & (np.ptp(eye, axis=2) < 30)
        assert white.mean() > 0.05


def test_only_eyes_are_painted() -> None:
    changed = np.argwhere((painted(portrait()) != portrait().full).any(2))[:, ::-1]
    nearest = np.min(
        [np.hypot(*(changed - middle).T) / width for middle, width in eyes(portrait())], axis=0
    )
    assert len(changed) > 200
    assert nearest.max() < 0.85


def test_closed_eyes_show_no_ball() -> None:
    mesh = portrait().faces[0].mesh.copy()
    for upper, lower in (
        ((246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)),
        ((466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382)),
    ):
        mesh[list(upper)] = mesh[list(lower)]
    frame = with_faces(portrait(), Face(mesh))
    plain = np.full_like(frame.full, 150)
    CartoonEyes().paint(plain, frame)
    assert plain.max() < 160, "nothing white"
    assert plain.min() < 90, "a line of lashes"


def test_eyes_behind_a_hand_or_dark_glasses_are_not_painted() -> None:
    for tone in (190, 25):
        covered = portrait().full.copy()
        for middle, width in eyes(portrait()):
            around(covered, middle, 0.95 * width)[:] = (tone, tone * 4 // 5, tone * 3 // 4)
        frame = with_faces(frame_of(covered), portrait().faces[0])
        np.testing.assert_array_equal(painted(frame), covered)


@pytest.mark.parametrize(
    "face",
    [moved(205, 0), moved(-90, -60), moved(5000, 5000), Face(0.1 * portrait().faces[0].mesh)],
    ids=["beyond the right", "beyond the top left", "far away", "tiny"],
)
def test_a_face_that_leaves_the_picture_or_is_tiny_is_no_trouble(face: Face) -> None:
    assert painted(with_faces(portrait(), face)).shape == (512, 512, 3)


def test_eyes_fade_with_their_face() -> None:
    def change(strength: float) -> int:
        face = Face(portrait().faces[0].mesh, strength)
        now = painted(with_faces(portrait(), face)).astype(int)
        return int(np.abs(now - portrait().full).sum())

    assert 0 < change(0.3) < 0.6 * change(1.0)
    assert change(0.0) == 0


def test_without_faces_nothing_changes() -> None:
    frame = with_faces(portrait())
    np.testing.assert_array_equal(painted(frame), frame.full)

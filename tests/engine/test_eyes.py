"""Cartoon eyes: larger where there are eyes, everything else untouched."""

import numpy as np
import pytest
from meshes import face_at

from restyle.engine.eyes import CartoonEyes
from restyle.engine.frames import Abstraction, Frame, FrameReader

BOX = (60.0, 40.0, 120.0, 120.0, 1.0)  # half-size pixels
EYES = ((60 + 0.315 * 120 + 3, 40 + 0.415 * 120 - 2), (60 + 0.685 * 120 + 3, 40 + 0.415 * 120 - 2))


def _face() -> np.ndarray:
    picture = np.full((400, 480, 3), 205, np.uint8)
    y, x = np.mgrid[:400, :480]
    for ex, ey in EYES:
        picture[np.hypot(x - 2 * ex, y - 2 * ey) < 9] = 30
    return picture


def _frame(picture: np.ndarray, *boxes: tuple[float, float, float, float, float]) -> Frame:
    reader = FrameReader(Abstraction(0, 30, 1), keep_faces=False)
    frame = reader.read(picture)
    frame.faces = [face_at(box) for box in boxes]
    return frame


def test_eyes_grow_where_they_are() -> None:
    picture = _face()
    painted = picture.copy()
    CartoonEyes().paint(painted, _frame(picture, BOX))
    before, after = (int((p[..., 0] < 110).sum()) for p in (picture, painted))
    assert after > 1.2 * before
    changed = np.argwhere((painted != picture).any(2))[:, ::-1] / 2
    nearest = np.min([np.hypot(*(changed - eye).T) for eye in EYES], axis=0)
    assert nearest.max() < 0.2 * BOX[2]


def test_open_eyes_get_a_catchlight() -> None:
    picture = _face()
    painted = picture.copy()
    CartoonEyes().paint(painted, _frame(picture, BOX))
    for ex, ey in EYES:
        eye = painted[int(2 * ey) - 9 : int(2 * ey) + 9, int(2 * ex) - 9 : int(2 * ex) + 9, 0]
        assert eye.max() > 180


@pytest.mark.parametrize(
    "box",
    [(200.0, 150.0, 120.0, 120.0, 1.0), (-60.0, -50.0, 110.0, 110.0, 1.0), (60, 40, 9, 9, 1.0)],
    ids=["beyond the right", "beyond the top left", "tiny"],
)
def test_a_face_that_leaves_the_picture_or_is_tiny_is_no_trouble(
    box: tuple[float, float, float, float, float],
) -> None:
    picture = _face()
    CartoonEyes().paint(picture, _frame(picture, box))
    assert picture.shape == (400, 480, 3)


def test_without_faces_nothing_changes() -> None:
    picture = _face()
    painted = picture.copy()
    CartoonEyes().paint(painted, _frame(picture))
    np.testing.assert_array_equal(painted, picture)

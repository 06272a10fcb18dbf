"""Hair: brown hair in dull light is painted brown, black hair black, all else is left alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from meshes import face_at

from restyle.engine.faces import face_mask
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.hair_tint import seen_hair, with_hair
from restyle.engine.kernels import Floats

BOX = (120.0, 90.0, 80.0, 80.0, 1.0)
SKIN, WALL = (170, 140, 130), (175, 175, 175)
DULL, BLACK, BLOND, BALD = (120, 107, 103), (62, 62, 64), (165, 130, 80), SKIN
CROWN, SHOULDER = (slice(76, 88), slice(145, 175)), (slice(200, 230), slice(130, 190))


def head(hair: tuple[int, int, int], box: tuple[float, ...] = BOX) -> Frame:
    """A head before a wall, above a pullover of the hair's colour."""
    picture = np.full((480, 640, 3), WALL, np.uint8)
    x, y, side = 2 * box[0] + box[2], 2 * box[1], 2 * box[2]
    cv2.ellipse(picture, (int(x), int(y + 55)), (78, 100), 0, 0, 360, hair, cv2.FILLED)
    cv2.ellipse(picture, (int(x), int(y + 90)), (64, 82), 0, 0, 360, SKIN, cv2.FILLED)
    picture[int(y + 1.25 * side) :, int(x - 100) : int(x + 100)] = hair
    frame = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False).read(picture)
    x, y, width, height, strength = box
    faces = [face_at((x, y, width, height, strength))]
    return replace(frame, faces=faces, face_mask=face_mask(faces, *frame.half_size))


def chroma(colours: Floats) -> float:
    """How warm, of the lightest channel."""
    mean = colours.reshape(-1, 3).mean(0)
    return float((mean[0] - mean[2]) / mean.max())


def test_dull_brown_hair_becomes_brown_and_darker_than_skin() -> None:
    frame = head(DULL)
    painted, cover = with_hair(frame, 0.5)
    for before, after in ((frame.abstract, painted.abstract), (frame.light, painted.light)):
        assert chroma(before[CROWN]) < 0.16
        assert 0.25 < chroma(after[CROWN]) < 0.45
        assert after[CROWN].mean() < 0.85 * before[CROWN].mean()
    assert cover[CROWN].min() > 0.7


def test_black_hair_becomes_blacker_and_not_brown() -> None:
    frame = head(BLACK)
    painted, _ = with_hair(frame, 0.5)
    assert painted.abstract[CROWN].mean() < 0.65 * frame.abstract[CROWN].mean()
    assert abs(chroma(painted.abstract[CROWN])) < 0.06
    as_it_was, _ = with_hair(frame, 0.0)
    assert np.allclose(as_it_was.abstract, frame.abstract, atol=0.01)


def test_walls_skin_and_clothes_stay_as_they_are() -> None:
    frame = head(DULL)
    painted, cover = with_hair(frame, 0.5)
    for part in (SHOULDER, (slice(110, 150), slice(140, 180)), (slice(0, 40), slice(0, 320))):
        assert np.allclose(painted.abstract[part], frame.abstract[part], atol=0.01)
        assert cover[part].max() < 0.05


@pytest.mark.parametrize("colour", [BLOND, BALD], ids=["blond", "bald"])
def test_clear_hair_and_bald_heads_keep_their_colours(colour: tuple[int, int, int]) -> None:
    frame = head(colour)
    painted, _ = with_hair(frame, 0.5)
    assert np.abs(painted.abstract - frame.abstract)[CROWN].max() < 0.04


def test_a_face_at_the_border_has_no_hair_to_see() -> None:
    frame = head(DULL, (120.0, -2.0, 80.0, 80.0, 1.0))
    assert seen_hair(frame, frame.face_boxes[0]) is None
    painted, cover = with_hair(frame, 0.5)
    assert painted is frame
    assert not cover.any()

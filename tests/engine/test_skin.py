"""Skin: hands are told by the face beside them, whatever its colour."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Floats
from restyle.engine.motion import Memory
from restyle.engine.skin import skin

SIDE = 256
FACE, HAND, SHIRT = (slice(20, 50), slice(20, 50)), (slice(80, 110), slice(20, 50)), slice(70, 128)


def scene(colour: tuple[int, int, int], *, with_face: bool) -> Frame:
    """A grey wall, an orange shirt, a face and, darker by a third, a hand."""
    picture = np.full((SIDE, SIDE, 3), (150, 165, 168), np.uint8)
    picture[140:, 140:] = (250, 120, 20)
    picture[40:100, 40:100] = colour
    picture[160:220, 40:100] = np.array(colour) * 2 // 3
    frame = FrameReader(Abstraction(2, 30, 3), keep_faces=False).read(picture)
    mask: Floats = np.zeros(frame.half_size, np.float32)
    if with_face:
        mask[FACE] = 1
    return replace(frame, face_mask=mask)


@pytest.mark.parametrize("colour", [(225, 172, 150), (176, 118, 84), (96, 62, 46)], ids=str)
def test_a_hand_is_of_its_owners_colour(colour: tuple[int, int, int]) -> None:
    found = skin(scene(colour, with_face=True), Memory())
    assert found[HAND][6:-6, 6:-6].min() > 0.9
    assert found[SHIRT, SHIRT][8:, 8:].max() < 0.1
    assert found[:16].max() < 0.1


def test_where_there_is_no_face_nothing_is_skin() -> None:
    assert skin(scene((225, 172, 150), with_face=False), Memory()).max() == 0

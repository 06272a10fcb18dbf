"""Prints: letters on a pullover stay, leaves beside people are still massed."""

from dataclasses import replace

import cv2
import numpy as np
from meshes import face_at

from restyle.engine.faces import face_mask
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Floats
from restyle.engine.prints import with_prints

ABSTRACTION = Abstraction(passes=5, range_sigma=30, radius=3.0, sharpness=2)
SIDE = 40.0
CHEST, AWAY = (slice(130, 160), slice(90, 150)), (slice(130, 160), slice(270, 330))  # half size


def somebody(strength: float = 1.0) -> Frame:
    """Somebody in black with white letters, and the same letters far beside."""
    picture = np.full((480, 720, 3), 40, np.uint8)
    for x in (190, 550):
        cv2.putText(picture, "MIST", (x, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (235,) * 3, 5)
    frame = FrameReader(ABSTRACTION, keep_faces=False).read(picture)
    faces = [face_at((100, 50, SIDE, SIDE, strength))] if strength else []
    return replace(frame, faces=faces, face_mask=face_mask(faces, *frame.half_size))


def lost(frame: Frame, paint: Floats, part: tuple[slice, slice]) -> float:
    """How far paint is from what was seen."""
    return float(np.abs(paint - frame.light)[part].mean())


def test_letters_on_clothes_are_as_clear_as_they_were() -> None:
    frame = somebody()
    painted = with_prints(frame)
    assert lost(frame, painted, CHEST) < 0.5 * lost(frame, frame.abstract, CHEST)


def test_what_is_beside_or_above_stays_the_abstraction() -> None:
    frame = somebody()
    painted = with_prints(frame)
    assert (painted[AWAY] == frame.abstract[AWAY]).all()
    assert (painted[:90] == frame.abstract[:90]).all()


def test_they_come_as_the_face_comes_and_as_far_as_is_wanted() -> None:
    whole = lost(somebody(), with_prints(somebody()), CHEST)
    faint, less = (
        lost(frame, with_prints(frame, share), CHEST)
        for frame, share in ((somebody(0.5), 1.0), (somebody(), 0.5))
    )
    assert abs(faint - less) < 0.1 * less
    assert faint > 1.2 * whole
    frame = somebody(0)
    assert with_prints(frame) is frame.abstract

"""Casts: a room's cold and a lens's haze go where there are people, a landscape keeps its own."""

from dataclasses import replace

import numpy as np
import pytest
from meshes import face_at

from restyle.engine.cast import Cast
from restyle.engine.faces import face_mask
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Floats

SIZE = (288, 512)
WALL, BLACK = (slice(10, 60), slice(10, 60)), (slice(110, 140), slice(200, 250))  # half size


def room(wall: tuple[int, int, int], black: tuple[int, int, int], strength: float = 1.0) -> Frame:
    """A wall, a black thing before it, and somebody of such strength."""
    picture = np.full((*SIZE, 3), wall, np.uint8)
    picture[200:, 360:] = black
    frame = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False).read(picture)
    faces = [face_at((100, 40, 60, 60, strength))] if strength else []
    mask = face_mask(faces, *frame.half_size)
    return replace(frame, faces=faces, face_mask=mask)


def coloured(frame: Frame, part: tuple[slice, slice]) -> float:
    """How far a part is from grey."""
    mean = frame.abstract[part].reshape(-1, 3).mean(0)
    return float(mean.max() - mean.min())


def test_cold_walls_and_blue_blacks_go_grey_where_there_are_people() -> None:
    frame = room((170, 190, 185), (30, 42, 40))
    cleared = Cast().clear(frame)
    for part in (WALL, BLACK):
        assert coloured(cleared, part) < 0.4 * coloured(frame, part)
    before, after = (one.abstract[WALL].mean() for one in (frame, cleared))
    assert abs(after - before) < 0.02, "it is as light as before"
    change: Floats = cleared.light - frame.light
    assert np.allclose(change[WALL], (cleared.abstract - frame.abstract)[WALL], atol=0.01)


@pytest.mark.parametrize(
    ("wall", "strength"),
    [((170, 190, 185), 0.0), ((200, 180, 150), 1.0), ((90, 130, 200), 1.0), ((180, 180, 180), 1.0)],
    ids=["nobody", "warm light", "a blue wall", "no cast"],
)
def test_all_else_stays_the_very_same(wall: tuple[int, int, int], strength: float) -> None:
    frame = room(wall, (30, 30, 30), strength)
    assert Cast().clear(frame) is frame


def test_it_comes_slowly_and_anew_with_a_cut() -> None:
    cast = Cast()
    cold, nobody = room((170, 190, 185), (30, 42, 40)), room((170, 190, 185), (30, 42, 40), 0)
    cast.clear(nobody)
    cold.is_cut = False
    slow = coloured(cast.clear(cold), WALL)
    cold.is_cut = True
    at_once = coloured(cast.clear(cold), WALL)
    assert at_once < 0.5 * slow < slow < coloured(nobody, WALL)


@pytest.mark.parametrize("level", [0, 255])
def test_flat_frames_do_not_break_it(level: int) -> None:
    cleared = Cast().clear(room((level,) * 3, (level,) * 3))
    assert np.isfinite(cleared.abstract).all()

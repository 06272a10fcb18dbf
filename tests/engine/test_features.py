"""Faces in flat colours: eyes and mouth are found where they are, and nowhere without a face."""

from dataclasses import replace
from functools import cache

import numpy as np
from skimage import data

from restyle.engine.features import EYES, LIPS, MOUTH, NO_FEATURES, TEETH, features
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.motion import Memory, Motion
from restyle.engine.palette import LANES
from restyle.engine.sheets import Sheets, grain_row

# In the crop below, half size: the astronaut's eyes and the middle of the teeth, (x, y).
EYE_PLACES = ((101, 50), (124, 51))
TEETH_PLACE = (111, 73)


@cache
def _astronaut(keep_faces: bool = True) -> Frame:
    reader = FrameReader(Abstraction(passes=4, range_sigma=32, radius=4.5), keep_faces=keep_faces)
    return reader.read(np.ascontiguousarray(data.astronaut()[:320, :448]))


def _fresh_memory(frame: Frame) -> Memory:
    memory = Memory()
    memory.advance(Motion(frame.flow, frame.confidence, is_cut=True))
    return memory


def test_the_astronaut_has_eyes_lips_and_teeth() -> None:
    frame = _astronaut()
    found = features(frame, _fresh_memory(frame))
    for x, y in EYE_PLACES:
        assert found.response[y - 3 : y + 4, x - 3 : x + 4, EYES].max() > 0.3
    x, y = TEETH_PLACE
    around = found.response[y - 4 : y + 5, x - 8 : x + 9]
    assert around[..., LIPS].max() > 0.2
    assert around[..., [MOUTH, TEETH]].max() > 0.2


def test_cheeks_and_everything_outside_the_face_stay_bare() -> None:
    frame = _astronaut()
    found = features(frame, _fresh_memory(frame))
    assert found.response[:, :40].max() <= -0.99
    assert (found.response[..., EYES] > 0).mean() < 0.02
    top, bottom, left, right = found.window
    rows, columns = np.nonzero(found.response.max(-1) > -0.5)
    assert top <= 2 * rows.min()
    assert bottom >= 2 * rows.max()
    assert left <= 2 * columns.min()
    assert right >= 2 * columns.max()


def test_without_faces_there_are_no_features() -> None:
    frame = _astronaut(keep_faces=False)
    assert features(frame, _fresh_memory(frame)) is NO_FEATURES


def test_paper_follows_the_motion_of_its_own_layer() -> None:
    frame = _astronaut()
    height, width = frame.half_size
    label = np.zeros((height, width), np.uint8)
    label[:, width // 2 :] = 1
    flow = np.zeros((height, width, 2), np.float32)
    flow[:, width // 2 :, 0] = -4  # half-size pixels: the right half moves to the right
    sheets = Sheets((448, 320), 320 / 720)
    start = sheets.move(frame, label)
    moving = replace(frame, flow=flow, confidence=np.ones((height, width), np.float32))
    moved = sheets.move(replace(moving, is_cut=False), label)
    rows, columns = np.array(sheets.tile.shape) - 1
    shift = (moved.whole - start.whole + [rows // 2, columns // 2]) % [rows, columns]
    shift = shift - [rows // 2, columns // 2]
    assert abs(shift[0]).max() <= 1
    assert shift[1][0] == 0
    assert -9 <= shift[1][1] <= -7
    assert moved.taps.shape == (LANES, 4)


def test_paper_has_no_seam_and_keeps_its_strength_while_it_moves() -> None:
    tile = Sheets((448, 320), 1.0).tile
    inner = np.abs(np.diff(tile, axis=1)).mean()
    seam = np.abs(tile[:, -2] - tile[:, -1]).mean()
    assert seam < 1.5 * inner
    assert (tile[:, 0] == tile[:, -1]).all()
    assert (tile[0] == tile[-1]).all()
    assert 0.01 < tile.std() < 0.08


def test_each_pixel_has_the_grain_of_its_own_layer_across_the_tiles_seams() -> None:
    frame = _astronaut()
    sheets = Sheets((448, 320), 320 / 720)
    grain = sheets.move(frame, np.zeros(frame.half_size, np.uint8))
    tile, taps = sheets.tile, grain.taps
    rows, columns = np.array(tile.shape) - 1
    layers = np.random.default_rng(3).integers(0, LANES, 60).repeat(7)[:400].astype(np.uint8)
    for y in (0, 163, 319):
        found = np.empty(400, np.float32)
        grain_row(layers, tile, grain.whole, taps, y, found)
        v = (y + grain.whole[layers, 0]) % rows
        u = (np.arange(400) + grain.whole[layers, 1]) % columns
        corners = np.stack([tile[v, u], tile[v, u + 1], tile[v + 1, u], tile[v + 1, u + 1]], 1)
        np.testing.assert_allclose(found, (corners * taps[layers]).sum(1), atol=1e-6)

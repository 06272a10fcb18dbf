"""Faces in flat colours: features are drawn where they are, follow expressions, stay readable."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from meshes import face_at
from skimage import data

from restyle.engine.faces import Face
from restyle.engine.features import (
    BROWS,
    EYES,
    LIPS,
    MOUTH,
    NO_FEATURES,
    NOSE,
    TEETH,
    WHITES,
    Features,
    features,
)
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.marks import run_starts
from restyle.engine.palette import LANES
from restyle.engine.sheets import Sheets, grain_row

UPPER_LIDS = (159, 158, 160, 386, 385, 387)
LOWER_LIDS = (145, 153, 144, 374, 380, 373)
LOWER_LIP = (14, 317, 402, 318, 87, 178, 88, 17, 84, 314, 181, 405, 91, 321)


@cache
def _astronaut(keep_faces: bool = True) -> Frame:
    reader = FrameReader(Abstraction(passes=4, range_sigma=32, radius=4.5), keep_faces=keep_faces)
    return reader.read(np.ascontiguousarray(data.astronaut()[:320, :448]))


def _with(*faces: Face) -> Features:
    return features(replace(_astronaut(), faces=list(faces)))


def _around(found: Features, face: Face, point: int, reach: int = 3) -> Bytes:
    """The cover near a point of a face's mesh."""
    top, _, left, _ = found.window
    x, y = 2 * face.mesh[point, :2]
    row, column = round(float(y)) - top, round(float(x)) - left
    return found.cover[row - reach : row + reach + 1, column - reach : column + reach + 1]


def _area(found: Features, layer: int) -> float:
    return float(found.cover[..., layer].sum()) / 255


def test_the_astronaut_has_all_features_in_their_places() -> None:
    (face,) = _astronaut().faces
    found = features(_astronaut())
    for lid in (159, 386):
        assert _around(found, face, lid)[..., EYES].max() > 200
    for brow in (105, 334):
        assert _around(found, face, brow)[..., BROWS].max() > 200
    assert _around(found, face, 2)[..., NOSE].max() > 200
    assert _around(found, face, 0)[..., LIPS].max() > 200
    assert _around(found, face, 13, 6)[..., [MOUTH, TEETH]].max() > 200


def test_cheeks_stay_bare_and_nothing_lies_outside_the_face() -> None:
    (face,) = _astronaut().faces
    found = features(_astronaut())
    for cheek in (50, 280):
        assert not _around(found, face, cheek).any()
    top, bottom, left, right = found.window
    assert found.cover.shape[:2] == (bottom - top, right - left)
    low, high = 2 * face.mesh[:, :2].min(0), 2 * face.mesh[:, :2].max(0)
    assert left >= low[0] - 8
    assert right <= high[0] + 8
    assert top >= low[1] - 8
    assert bottom <= high[1] + 8


@pytest.mark.parametrize("side", [11, 20, 60])
def test_small_faces_keep_two_eyes_brows_and_a_mouth(side: float) -> None:
    face = face_at((60, 40, side, side, 1.0))
    found = _with(face)
    for point, layer in ((159, EYES), (386, EYES), (105, BROWS), (334, BROWS), (13, MOUTH)):
        assert _around(found, face, point)[..., layer].max() > 150


def test_shut_eyes_are_lines() -> None:
    face = face_at((60, 40, 80, 80, 1.0))
    shut = face.mesh.copy()
    for upper, lower in zip(UPPER_LIDS, LOWER_LIDS, strict=True):
        shut[upper, :2] = shut[lower, :2] - (0, 0.2)
    seen, closed = _with(face), _with(Face(shut))
    assert _area(seen, WHITES) > 50
    assert _area(closed, WHITES) < 0.2 * _area(seen, WHITES)
    assert 20 < _area(closed, EYES) < 0.8 * _area(seen, EYES)


def test_an_open_mouth_is_drawn_open() -> None:
    face = face_at((60, 40, 80, 80, 1.0))
    opened = face.mesh.copy()
    opened[list(LOWER_LIP), 1] += 14
    assert _area(_with(Face(opened)), MOUTH) > 1.5 * _area(_with(face), MOUTH)


def test_of_a_face_in_profile_the_far_eye_goes() -> None:
    face = face_at((60, 40, 80, 80, 1.0))
    turned = face.mesh.copy()
    right = turned[:, 0] < turned[168, 0]
    turned[right, 0] = turned[168, 0] + 0.15 * (turned[right, 0] - turned[168, 0])
    found = _with(Face(turned))
    assert not _around(found, Face(turned), 159, 1)[..., [EYES, WHITES, BROWS]].any()
    assert _around(found, Face(turned), 386)[..., EYES].max() > 200


def test_a_face_that_fades_is_drawn_faintly() -> None:
    whole, faint = (face_at((60, 40, 60, 60, strength)) for strength in (1.0, 0.25))
    assert _with(faint).cover.max() <= 0.26 * _with(whole).cover.max()


def test_without_faces_or_off_the_picture_there_are_no_features() -> None:
    assert features(_astronaut(keep_faces=False)) is NO_FEATURES
    assert _with(face_at((-300, -300, 60, 60, 1.0))) is NO_FEATURES


@pytest.mark.parametrize("side", [24.0, 60.0, 140.0])
def test_nothing_drawn_is_cut_off_by_the_window(side: float) -> None:
    cover = _with(face_at((20, 10, side, side, 1.0))).cover
    assert cover.any()
    assert not cover[[0, -1]].any()
    assert not cover[:, [0, -1]].any()


def test_frames_of_nearly_one_size_share_their_paper() -> None:
    assert Sheets((448, 320), 1.0).tile is Sheets((446, 318), 1.0).tile


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
        grain_row(layers, run_starts(layers), tile, grain.whole, taps, y, found)
        v = (y + grain.whole[layers, 0]) % rows
        u = (np.arange(400) + grain.whole[layers, 1]) % columns
        corners = np.stack([tile[v, u], tile[v, u + 1], tile[v + 1, u], tile[v + 1, u + 1]], 1)
        np.testing.assert_allclose(found, (corners * taps[layers]).sum(1), atol=1e-6)

"""Necks: in the shade of a jaw there is skin under blond hair, and hair where hair is."""

from functools import cache

import cv2
import numpy as np
import pytest

from restyle.engine.clusters import Sample
from restyle.engine.colours import Manner
from restyle.engine.necks import add_necks
from restyle.engine.palette import GRID, Palette, fit

MANNER = Manner(clusters=12, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.2)
SKIN, SHADE, WALL, SHIRT = (215, 172, 146), (162, 127, 103), (205, 205, 210), (30, 60, 150)
BLOND, DARK = (168, 144, 104), (50, 35, 30)
JAW = (144, 125, 97)  # skin in the shade of a jaw, nearer to the hair than to lit skin
BOX = (30.0, 20.0, 40.0, 50.0, 1.0)
UNDER_CHIN = (75, 50)


@cache
def _palette(hair: tuple[int, int, int]) -> Palette:
    rgb = np.full((180, 240, 3), WALL, np.uint8)
    cv2.rectangle(rgb, (60, 125), (180, 180), SHIRT, cv2.FILLED)
    cv2.rectangle(rgb, (88, 25), (152, 60), hair, cv2.FILLED)
    face, locks = np.zeros((180, 240), np.float32), np.zeros((180, 240), np.float32)
    cv2.ellipse(rgb, (120, 85), (30, 42), 0, 0, 360, SKIN, cv2.FILLED)
    cv2.ellipse(rgb, (128, 95), (14, 26), 0, 0, 360, SHADE, cv2.FILLED)
    cv2.ellipse(face, (120, 85), (27, 38), 0, 0, 360, 1.0, cv2.FILLED)
    locks[25:42, 95:145] = 1
    noisy = rgb + np.random.default_rng(3).normal(0, 4, rgb.shape)
    return fit([Sample(np.clip(noisy, 0, 255).astype(np.uint8), face, locks)], MANNER)


def _opened(colour: tuple[int, int, int], palette: Palette, before: float = 0) -> np.ndarray:
    gate = np.full((120, 100), before, np.float32)
    picture = np.full((120, 100, 3), np.float32(colour) / 255, np.float32)
    add_necks(gate, picture, [BOX], palette)
    return gate


def test_the_shade_of_a_jaw_is_skin_under_blond_hair_though_hair_is_nearer() -> None:
    palette = _palette(BLOND)
    cell = tuple(round(value / 255 * (GRID - 1)) for value in JAW)
    by_colour, by_place = (table[cell] for table in (palette.table, palette.cheek_table))
    assert by_colour[: palette.n_skin].sum() < 128 < by_place[: palette.n_skin].sum()
    assert _opened(JAW, palette)[UNDER_CHIN] == 2


@pytest.mark.parametrize("colour", [BLOND, WALL, SHIRT, (20, 20, 22)])
def test_what_is_no_skin_stays_as_it_is_under_a_chin(colour: tuple[int, int, int]) -> None:
    assert not _opened(colour, _palette(BLOND)).any()


def test_beside_and_far_below_a_neck_nothing_is_changed() -> None:
    gate = _opened(SHADE, _palette(BLOND))
    assert gate[UNDER_CHIN] == 2
    assert not gate[:62].any()
    assert not gate[91:].any()
    assert not gate[:, :32].any()
    assert not gate[:, 69:].any()


def test_with_dark_hair_colour_tells_enough() -> None:
    assert not _opened(SHADE, _palette(DARK)).any()


@pytest.mark.parametrize("before", [-1.0, 2.0])
def test_places_of_hair_and_what_is_open_already_stay(before: float) -> None:
    assert (_opened(SHADE, _palette(BLOND), before) == before).all()


def test_a_face_at_the_lower_edge_has_no_neck() -> None:
    gate = np.zeros((20, 20), np.float32)
    picture = np.full((20, 20, 3), np.float32(SHADE) / 255, np.float32)
    add_necks(gate, picture, [(2.0, 0.0, 16.0, 40.0, 1.0)], _palette(BLOND))
    assert not gate.any()

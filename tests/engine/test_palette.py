"""Palettes: deterministic, clean, with skin where there are faces, and memberships that add up."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from restyle.engine import colours
from restyle.engine.clusters import Sample, distance, nearest_of
from restyle.engine.colours import Manner
from restyle.engine.palette import GRID, LANES, Palette, _blond, fit
from restyle.engine.shot_palette import _alike, looked_at, shot_palette

Bytes = NDArray[np.uint8]

MANNER = Manner(clusters=16, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.2)
SKIN, WALL, SHIRT, HAIR = (205, 150, 120), (180, 190, 195), (20, 60, 170), (50, 35, 30)


def _portrait(noise: float = 4.0) -> Sample:
    """A face of one skin with hair above, a blue shirt and a grey wall."""
    rgb = np.full((180, 240, 3), WALL, np.uint8)
    cv2.rectangle(rgb, (60, 125), (180, 180), SHIRT, cv2.FILLED)
    cv2.rectangle(rgb, (88, 25), (152, 60), HAIR, cv2.FILLED)
    face, hair = np.zeros((180, 240), np.float32), np.zeros((180, 240), np.float32)
    cv2.ellipse(rgb, (120, 85), (30, 42), 0, 0, 360, SKIN, cv2.FILLED)
    cv2.ellipse(rgb, (128, 95), (14, 26), 0, 0, 360, (165, 112, 88), cv2.FILLED)
    cv2.ellipse(face, (120, 85), (27, 38), 0, 0, 360, 1.0, cv2.FILLED)
    hair[25:42, 95:145] = 1
    dice = np.random.default_rng(3)
    noisy = rgb + dice.normal(0, noise, rgb.shape)
    return Sample(np.clip(noisy, 0, 255).astype(np.uint8), face, hair)


def _plain(rgb: Bytes) -> Sample:
    none = np.zeros(rgb.shape[:2], np.float32)
    return Sample(rgb, none, none)


def _memberships(palette: Palette, colour: tuple[int, int, int]) -> Bytes:
    r, g, b = (round(value / 255 * (GRID - 1)) for value in colour)
    return palette.table[r, g, b]


def test_the_same_samples_give_the_same_palette_whatever_was_drawn_before() -> None:
    sample = _plain(data.coffee()[::2, ::2])
    first = fit([sample], MANNER)
    cv2.setRNGSeed(12345)
    cv2.randu(np.empty((10, 10), np.uint8), 0, 255)
    second = fit([sample], MANNER)
    np.testing.assert_array_equal(first.lab, second.lab)
    np.testing.assert_array_equal(first.rgb, second.rgb)
    np.testing.assert_array_equal(first.table, second.table)


@pytest.mark.parametrize("name", ["table", "face_table", "cheek_table", "hair_table"])
def test_memberships_of_every_colour_sum_to_a_whole(name: str) -> None:
    table = getattr(fit([_portrait()], MANNER), name)
    assert table.shape == (GRID, GRID, GRID, LANES)
    np.testing.assert_allclose(table.sum(-1, dtype=int), 255, atol=4)


def test_faces_get_skin_and_hair_entries_of_their_own() -> None:
    palette = fit([_portrait()], MANNER)
    assert palette.n_skin == 2
    assert palette.n_hair >= 1
    base, shade, hair = palette.lab[0], palette.lab[1], palette.lab[2]
    assert shade[0] < base[0]
    skin_lab, hair_lab = colours.to_lab(np.array([[SKIN, HAIR]], np.float32) / 255)[0]
    assert np.linalg.norm(base - skin_lab) < 8
    assert np.linalg.norm(hair - hair_lab) < 8
    assert _memberships(palette, SKIN)[0] > 128


def test_inside_a_face_only_skin_hair_and_darks_may_appear() -> None:
    palette = fit([_portrait()], MANNER)
    blue = int(np.argmax(_memberships(palette, SHIRT)))
    wall = int(np.argmax(_memberships(palette, WALL)))
    for entry in (blue, wall):
        assert not palette.in_face[entry]
        assert palette.face_table[..., entry].max() == 0
    assert palette.in_face[: palette.n_skin + palette.n_hair].all()


def test_in_a_blond_face_a_jaws_shadow_is_no_lock_of_hair() -> None:
    lab = np.float32([[73, 11, 18], [57, 9, 19], [55, 3, 25], [27, 6, 26], [25, 8, -40]])
    handicap = _blond(lab, n_skin=2, n_hair=1)
    assert handicap[:2].max() == 0, "skin"
    assert handicap[2] > handicap[3] > 0, "hair, and its darks"
    assert handicap[4] == 0, "another hue"
    lab[2, 0] = 30
    assert not _blond(lab, n_skin=2, n_hair=1).any(), "brown hair"


def test_in_the_hair_there_is_no_skin() -> None:
    palette = fit([_portrait()], MANNER)
    assert palette.hair_table[..., : palette.n_skin].max() == 0


def test_without_faces_there_is_no_skin() -> None:
    palette = fit([_plain(_portrait().rgb)], MANNER)
    assert palette.n_skin == palette.n_hair == 0
    assert palette.in_face.all()


def test_a_small_spot_of_another_hue_keeps_a_colour() -> None:
    dice = np.random.default_rng(1)
    rgb = np.full((180, 320, 3), (150, 120, 100), np.uint8)
    rgb[:, 160:] = (185, 160, 140)
    rgb[80:92, 150:164] = (110, 160, 40)
    noisy = np.clip(rgb + dice.normal(0, 5, rgb.shape), 0, 255).astype(np.uint8)
    palette = fit([_plain(noisy)], MANNER)
    assert (palette.lab[:, 1] < -12).any()


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_of_one_colour_has_a_palette(value: int) -> None:
    palette = fit([_plain(np.full((37, 53, 3), value, np.uint8))], MANNER)
    assert 1 <= len(palette) <= LANES
    assert np.isfinite(palette.rgb).all()
    assert ((palette.rgb >= 0) & (palette.rgb <= 1)).all()


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_photographs_get_clean_colours_in_clear_steps(name: str) -> None:
    palette = shot_palette([looked_at(getattr(data, name)())], MANNER)
    assert 6 <= len(palette) <= LANES
    lightness = colours.to_lab(palette.rgb[None])[0, :, 0]
    assert lightness.min() < 35
    assert lightness.max() > 88
    # Skin lies over the rest, hair over skin.
    assert palette.height.min() == 0
    assert palette.height.max() == 1


def test_the_astronaut_has_skin() -> None:
    palette = shot_palette([looked_at(data.astronaut())], MANNER)
    assert palette.n_skin == 2
    base = colours.to_lab(palette.rgb[None])[0, 0]
    assert 60 < base[0] < 86
    assert base[1] > 5
    assert base[2] > 10


def test_mid_greys_lean_to_their_own_side_and_never_turn_to_mud() -> None:
    lab = np.array([[12, 0, 0], [55, 0, 0], [55, 4, 9], [55, 30, 60], [92, 0, 2]], np.float32)
    painted = colours.to_lab(colours.design(lab, 0, 55, MANNER)[None])[0]
    grey, sand, cream = painted[1], painted[2], painted[4]
    assert grey[2] < -3  # cool
    assert sand[2] > 9  # warm, and more so than it was
    assert cream[2] > 5


def test_every_lab_colour_becomes_one_that_exists() -> None:
    dice = np.random.default_rng(2)
    lab = dice.uniform([0, -90, -90], [100, 90, 90], (64, 3)).astype(np.float32)
    rgb = colours.to_rgb(lab)
    assert ((rgb >= 0) & (rgb <= 1)).all()
    back = colours.to_lab(rgb[None])[0]
    assert np.abs(back[:, 0] - lab[:, 0]).max() < 8


def test_a_fold_of_cloth_is_not_taken_for_a_face() -> None:
    faces = [np.array([62, 14, 17]), np.array([60, 13, 18]), np.array([41, 16, 52])]
    assert _alike([face.astype(np.float32) for face in faces]) == [True, True, False]


def test_two_people_of_different_skin_both_count() -> None:
    faces = [np.array([72, 12, 16]), np.array([38, 14, 19])]
    assert _alike([face.astype(np.float32) for face in faces]) == [True, True]


def test_the_nearest_entry_is_that_of_the_least_distance() -> None:
    dice = np.random.default_rng(6)
    lab = dice.uniform([0, -60, -60], [100, 60, 60], (300, 3)).astype(np.float32)
    entries = lab[:9]
    wanted = np.argmin([distance(lab, entry) for entry in entries], 0)
    np.testing.assert_array_equal(nearest_of(lab.reshape(20, 15, 3), entries).ravel(), wanted)

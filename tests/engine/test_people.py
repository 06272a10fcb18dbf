"""People in a palette: skin is named once, dark hair and the blacks beside it have one hue."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine import colours
from restyle.engine.people import one_cloth, one_head, others_than

Floats = NDArray[np.float32]

SKIN = np.array([[60, 14, 18], [48, 15, 18]], np.float32)


def _lab(*entries: tuple[float, float, float]) -> Floats:
    return np.array(entries, np.float32)


@pytest.mark.parametrize(
    ("centre", "stays"),
    [((62, 12, 20), False), ((46, 18, 15), False), ((60, 14, 40), True), ((90, 2, 4), True)],
    ids=["lit skin", "reddish shade", "orange cloth", "paper"],
)
def test_what_is_left_around_skin_is_no_colour_of_its_own(
    centre: tuple[float, float, float], stays: bool
) -> None:
    wall = (70.0, -6.0, -2.0)
    assert len(others_than(SKIN, _lab(wall, centre))) == (2 if stays else 1)


def test_a_picture_of_skin_alone_keeps_its_colours() -> None:
    assert len(others_than(SKIN, SKIN + 1)) == 2


def test_without_faces_nothing_gives_way() -> None:
    assert len(others_than(np.empty((0, 3), np.float32), SKIN)) == 2


def _hues(lab: Floats, painted: Floats, hair: slice) -> Floats:
    rgb = one_head(lab, colours.to_rgb(painted), hair, np.ones(len(lab), bool))
    return colours.to_lab(rgb[None])[0]


def test_hair_and_the_blacks_that_continue_it_have_one_hue() -> None:
    lab = _lab((20, 2, 3), (27, -4, 1), (26, 2, 20))
    painted = _lab((18, 4, -16), (30, 8, 2), (28, 6, 20))
    seen = _hues(lab, painted, slice(0, 1))
    np.testing.assert_allclose(seen[1, 1:], seen[0, 1:], atol=1.5)
    np.testing.assert_allclose(seen[1, 0], 30, atol=1)
    np.testing.assert_allclose(seen[2], painted[2], atol=1.5)  # leather is not hair


@pytest.mark.parametrize("n_hair", [0, 1], ids=["no hair was seen", "hair is blond"])
def test_blacks_keep_their_hue_where(n_hair: int) -> None:
    lab = _lab((62, 6, 30), (20, 2, 3), (27, 4, 9))
    painted = _lab((70, 8, 34), (18, 4, -16), (30, 8, 12))
    np.testing.assert_allclose(_hues(lab, painted, slice(0, n_hair)), painted, atol=1.5)


@pytest.mark.parametrize(
    ("part", "stays"), [(0.35, False), (0.7, True)], ids=["a hand in its light", "the cloth itself"]
)
def test_what_clothes_throw_on_skin_is_skin(part: float, stays: bool) -> None:
    cloth = np.array([48, 22, 60], np.float32)
    between = SKIN[1] + np.float32(part) * (cloth - SKIN[1])
    assert len(others_than(SKIN, np.stack([cloth, between]))) == (2 if stays else 1)


def test_a_wall_between_skin_and_white_in_colour_stays() -> None:
    white, wall = np.array([90, 2, 6], np.float32), np.array([72, 9, 13], np.float32)
    assert len(others_than(SKIN, np.stack([white, wall]))) == 2


@pytest.mark.parametrize(
    ("grey", "goes"),
    [((40, 1, -1), True), ((40, 6, 6), False), ((75, 0, 1), False)],
    ids=["black in haze", "taupe", "a light wall"],
)
def test_dark_greys_go_towards_the_hue_of_black(
    grey: tuple[float, float, float], goes: bool
) -> None:
    seen = _lab((60, 14, 18), (20, 0, 0), grey)
    painted = _lab((66, 12, 20), (16, 3, -14), (44, -9, -8))
    found = colours.to_lab(one_cloth(seen, colours.to_rgb(painted), 1)[None])[0]
    np.testing.assert_allclose(found[:2], painted[:2], atol=1)
    assert (found[2, 1] > -5) == goes
    assert found[2, 2] < -7


def test_without_a_black_dark_greys_stay() -> None:
    painted = _lab((44, -9, -8), (60, 3, 9))
    found = one_cloth(_lab((42, 0, 0), (60, 2, 8)), colours.to_rgb(painted), 0)
    np.testing.assert_allclose(colours.to_lab(found[None])[0], painted, atol=1)

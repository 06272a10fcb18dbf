"""Regions: they hold still, lose crumbs, follow the motion, forget at a cut, have smooth edges."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.clusters import Sample
from restyle.engine.colours import Manner
from restyle.engine.palette import Palette, fit
from restyle.engine.regions import Cut, Field, Regions, _gate

Floats = NDArray[np.float32]

HEIGHT, WIDTH = 180, 240
RED, BLUE, SKIN = (0.8, 0.2, 0.15), (0.15, 0.3, 0.75), (0.8, 0.6, 0.5)
CUT = Cut(blur=1.3, round=1.6, crumb=150, least=1.0)
MANNER = Manner(clusters=6, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.2)


@dataclass
class Still:
    """A frame as regions see it, with nothing moving."""

    abstract: Floats
    is_cut: bool = False
    passes: bool = False
    flow: Floats = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH, 2), np.float32))
    confidence: Floats = field(default_factory=lambda: np.ones((HEIGHT, WIDTH), np.float32))
    face_mask: Floats = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH), np.float32))
    face_boxes: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    scale: float = 1.0


def _halves(border: int = 120) -> Floats:
    picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
    picture[:, :border], picture[:, border:] = RED, BLUE
    return picture


def _noisy(picture: Floats, seed: int, strength: float = 0.03) -> Floats:
    noise = np.random.default_rng(seed).normal(0, strength, picture.shape)
    return np.clip(picture + noise, 0, 1).astype(np.float32)


def _palette(*colours: tuple[float, float, float]) -> Palette:
    columns = [np.full((120, 60, 3), colour, np.float32) for colour in colours]
    rgb = (np.hstack(columns) * 255).astype(np.uint8)
    none = np.zeros(rgb.shape[:2], np.float32)
    return fit([Sample(rgb, none, none)], MANNER)


def _read(regions: Regions, palette: Palette, seen: Still) -> Field:
    return regions.read(seen, palette, (2 * WIDTH, 2 * HEIGHT))


@pytest.fixture(scope="module")
def two_colours() -> Palette:
    return _palette(RED, BLUE)


def test_noise_does_not_make_regions_flicker(two_colours: Palette) -> None:
    regions = Regions(CUT)
    fields = [
        _read(regions, two_colours, Still(_noisy(_halves(), i), is_cut=i == 0)) for i in range(6)
    ]
    for before, now in pairwise(fields[2:]):
        assert (before.first != now.first).mean() < 0.001


def test_borders_are_smooth_and_in_their_place(two_colours: Palette) -> None:
    found = _read(Regions(CUT), two_colours, Still(_halves(), is_cut=True))
    red, blue = found.first[10, 10], found.first[10, -10]
    assert red != blue
    assert (found.first[:, :236] == red).all()
    assert (found.first[:, 244:] == blue).all()
    soft = np.flatnonzero(found.share[HEIGHT] < 255)
    assert 1 <= len(soft) <= 6
    assert abs(soft.mean() - 239.5) < 2


@pytest.mark.parametrize(("radius", "stays"), [(5, False), (14, True)])
def test_crumbs_go_and_pieces_stay(two_colours: Palette, radius: int, stays: bool) -> None:
    picture = _halves()
    cv2.circle(picture, (60, 90), radius, BLUE, cv2.FILLED)
    found = _read(Regions(CUT), two_colours, Still(picture, is_cut=True))
    assert (found.first[180, 120] == found.first[180, 400]) == stays


@pytest.mark.parametrize(("radius", "stays"), [(1, False), (5, True)])
def test_what_stands_out_may_be_smaller(two_colours: Palette, radius: int, stays: bool) -> None:
    picture = _halves()
    cv2.circle(picture, (60, 90), radius, BLUE, cv2.FILLED)
    found = _read(Regions(replace(CUT, least=0.12)), two_colours, Still(picture, is_cut=True))
    assert (found.first[180, 120] == found.first[180, 400]) == stays


@pytest.mark.parametrize(
    ("petal", "ground", "stays"),
    [((0.95, 0.55, 0.3), (0.75, 0.3, 0.1), True), ((0.75, 0.7, 0.6), (0.5, 0.45, 0.35), False)],
    ids=["of a flower", "of a wall"],
)
def test_tones_of_a_flower_may_be_smaller_pieces(
    petal: tuple[float, float, float], ground: tuple[float, float, float], stays: bool
) -> None:
    picture = np.full((HEIGHT, WIDTH, 3), ground, np.float32)
    cv2.circle(picture, (60, 90), 8, petal, cv2.FILLED)
    alone = Regions(replace(CUT, crumb=350, petal=0.5))
    found = _read(alone, _palette(petal, ground), Still(picture, is_cut=True))
    assert (found.first[180, 120] != found.first[180, 400]) == stays


@pytest.mark.parametrize(("left", "right"), [(58, 63), (58, 62), (59, 64), (59, 63)])
def test_a_thin_piece_that_stands_still_does_not_wear_away(
    two_colours: Palette, left: int, right: int
) -> None:
    picture = _halves()
    picture[:, left:right] = BLUE
    regions = Regions(CUT)
    fields = []
    for i in range(12):
        seen = Still(_noisy(picture, i), is_cut=i == 0)
        seen.flow[..., 0] = 0.12  # what a codec's noise makes of stillness
        fields.append(_read(regions, two_colours, seen))
    assert (fields[-1].first != fields[0].first).mean() < 0.002


def test_another_palette_begins_anew(two_colours: Palette) -> None:
    turned = _palette(BLUE, RED, (0.2, 0.6, 0.2))
    regions = Regions(CUT)
    for _ in range(3):
        _read(regions, two_colours, Still(_halves(60)))
    after = _read(regions, turned, Still(_halves(180)))
    fresh = _read(Regions(CUT), turned, Still(_halves(180)))
    np.testing.assert_array_equal(after.first, fresh.first)


def test_a_piece_in_view_may_shrink_before_it_goes(two_colours: Palette) -> None:
    regions = Regions(CUT)
    for radius in (9, 8, 7, 6.5):  # 6.5: an area of 133, under the limit but not by half
        picture = _halves()
        cv2.circle(picture, (60, 90), int(radius), BLUE, cv2.FILLED)
        found = _read(regions, two_colours, Still(picture, is_cut=radius == 9))
    assert found.first[180, 120] == found.first[180, 400]


def test_a_crumb_goes_to_the_neighbour_with_the_longest_border() -> None:
    green = (0.2, 0.6, 0.2)
    picture = _halves()
    # A green crumb, most of it within red.
    picture[85:95, 112:123] = green
    found = _read(Regions(CUT), _palette(RED, BLUE, green), Still(picture, is_cut=True))
    assert found.label[90, 115] == found.label[10, 10]


def test_a_crumb_rather_goes_to_an_alike_neighbour() -> None:
    darker = tuple(0.78 * channel for channel in BLUE)
    picture = _halves()
    # Most of its border is with red, some with the blue that it is a shade of.
    picture[86:94, 111:120] = darker
    cut = Cut(blur=1.3, round=1.6, crumb=150, least=0.1)
    found = _read(Regions(cut), _palette(RED, BLUE, darker), Still(picture, is_cut=True))
    red, blue, crumb = (int(found.label[place]) for place in ((10, 10), (10, 230), (90, 115)))
    assert red != blue
    assert crumb == blue


def test_after_a_cut_nothing_of_the_past_remains(two_colours: Palette) -> None:
    regions = Regions(CUT)
    for i in range(3):
        _read(regions, two_colours, Still(_halves(60), is_cut=i == 0))
    after = _read(regions, two_colours, Still(_halves(180), is_cut=True))
    fresh = _read(Regions(CUT), two_colours, Still(_halves(180), is_cut=True))
    np.testing.assert_array_equal(after.first, fresh.first)


def test_a_colour_that_truly_changed_is_shown_at_once(two_colours: Palette) -> None:
    regions = Regions(CUT)
    for i in range(3):
        _read(regions, two_colours, Still(_halves(60), is_cut=i == 0))
    # The flow claims (wrongly) that nothing moved.
    now = _read(regions, two_colours, Still(_halves(180)))
    assert (now.label[:, 70:170] == now.label[10, 10]).mean() > 0.98


def test_memory_follows_the_flow(two_colours: Palette) -> None:
    regions = Regions(CUT)
    for i in range(8):
        seen = Still(_noisy(_halves(80 + 5 * i), i), is_cut=i == 0)
        seen.flow[..., 0] = -5
        found = _read(regions, two_colours, seen)
    border = np.argmax(found.first != found.first[0, 0], axis=1)
    assert abs(np.median(border) - 230) <= 2


def test_inside_a_face_no_odd_colours_remain() -> None:
    dice = np.random.default_rng(4)
    rgb = np.full((HEIGHT, WIDTH, 3), BLUE, np.float32)
    rgb[100:] = RED
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(rgb, (120, 90), (45, 60), 0, 0, 360, SKIN, cv2.FILLED)
    cv2.ellipse(mask, (120, 90), (42, 56), 0, 0, 360, 1.0, cv2.FILLED)
    noisy = np.clip(rgb + dice.normal(0, 0.01, rgb.shape), 0, 1)
    sample = Sample((noisy * 255).astype(np.uint8), mask, np.zeros_like(mask))
    palette = fit([sample], MANNER)
    cv2.circle(rgb, (130, 90), 12, (1, 1, 1), cv2.FILLED)  # a highlight
    cv2.circle(rgb, (105, 110), 10, BLUE, cv2.FILLED)  # a reflection
    seen = Still(rgb, is_cut=True, face_mask=mask, face_boxes=[(75, 30, 90, 90, 1.0)])
    found = _read(Regions(CUT), palette, seen)
    assert palette.n_skin == 2
    inside = cv2.erode(mask, np.ones((9, 9), np.uint8)) > 0.99  # borders are blurred
    assert set(np.unique(found.label[inside])) <= set(np.flatnonzero(palette.in_face))


@pytest.mark.parametrize("size", [(256, 455), (455, 256), (271, 331)])
def test_any_size_is_resolved(two_colours: Palette, size: tuple[int, int]) -> None:
    width, height = size
    half = (height // 4 * 2, width // 4 * 2)
    picture = cv2.resize(_halves(), (half[1], half[0]))
    seen = Still(
        picture,
        is_cut=True,
        flow=np.zeros((*half, 2), np.float32),
        confidence=np.zeros(half, np.float32),
        face_mask=np.zeros(half, np.float32),
        scale=256 / 720,
    )
    found = Regions(CUT).read(seen, two_colours, size)
    assert found.first.shape == found.second.shape == found.share.shape == (height, width)
    assert found.first.max() < len(two_colours)


def test_locks_of_different_shades_are_one_head_of_hair() -> None:
    wall, brown, black = (0.7, 0.75, 0.77), (0.2, 0.14, 0.12), (0.07, 0.06, 0.08)
    rgb = np.full((180, 240, 3), wall, np.float32)
    rgb[25:60, 88:152], rgb[60:120, 95:145], rgb[120:, 60:180] = brown, SKIN, black
    face, hair = np.zeros((180, 240), np.float32), np.zeros((180, 240), np.float32)
    face[62:118, 97:143], hair[27:42, 95:145] = 1, 1
    palette = fit([Sample((255 * rgb).astype(np.uint8), face, hair)], MANNER)
    assert palette.n_hair == 1
    picture = np.full((HEIGHT, WIDTH, 3), wall, np.float32)
    picture[60:72, 50:60], picture[60:72, 60:70] = brown, black  # 120 pixels each
    picture[60:72, 150:160] = brown
    found = _read(Regions(replace(CUT, crumb=600)), palette, Still(picture, is_cut=True))
    assert found.label[66, 155] == found.label[10, 10]
    assert found.label[10, 10] not in (found.label[66, 55], found.label[66, 65])
    assert found.label[66, 55] != found.label[66, 65]


@pytest.mark.parametrize(("down", "sooner"), [(0.6, False), (0.9, True), (1.1, True)])
def test_a_chin_is_wholly_cheek_where_its_mask_is_fading(down: float, sooner: bool) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    mask[40:] = 0.45  # open by a quarter
    seen = Still(_halves(), face_mask=mask, face_boxes=[(80, 40, 80, 100, 1.0)])
    gate = _gate(seen, np.zeros((HEIGHT // 2, WIDTH // 2), np.float32))
    assert gate[40 + round(100 * down), 120] == pytest.approx(2.0 if sooner else 1.25)

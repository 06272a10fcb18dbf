"""The figure as one body: filled, round towards its border, with a shadow on what is behind."""

from functools import cache

import cv2
import numpy as np
from meshes import face_at
from skimage import data

from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.silhouettes import Silhouette, Silhouettes, heads

WIDTH, HEIGHT = 1280, 720
MIDDLE, RADIUS = (600, 400), 200


@cache
def frame() -> Frame:
    """A yellow disc with a hole of the ground's colour, in the dark: nobody is seen in it."""
    picture = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
    cv2.circle(picture, MIDDLE, RADIUS, (230, 230, 60), cv2.FILLED)
    cv2.circle(picture, (MIDDLE[0] + 90, MIDDLE[1]), 14, (40, 40, 40), cv2.FILLED)
    return FrameReader(Abstraction(2, 30, 3.0), keep_faces=False).read(picture)


@cache
def found() -> Silhouette:
    return Silhouettes().find(frame())


@cache
def person() -> Silhouette:
    reader = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False)
    return Silhouettes().find(reader.read(data.astronaut()))


def at(field: np.ndarray, right: float, down: float = 0) -> float:
    """The value so many radii away from the disc's middle."""
    x, y = MIDDLE[0] + right * RADIUS, MIDDLE[1] + down * RADIUS
    return float(field[round(y / 2), round(x / 2)])


def test_the_figure_is_solid_and_what_is_behind_is_not() -> None:
    assert at(found().solid, 0) > 0.95
    assert at(found().solid, -0.9) > 0.95
    assert at(found().solid, -1.1) < 0.05


def test_small_holes_are_filled() -> None:
    assert at(found().solid, 90 / RADIUS) > 0.95


def test_a_body_is_round_towards_its_border() -> None:
    heights = [at(found().height, -part) for part in (0.2, 0.6, 0.8, 0.92)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] < 0.8 * heights[0]
    assert at(found().height, -1.1) == 0


def test_the_shadow_falls_to_the_right_and_down_on_the_ground_alone() -> None:
    shadow = found().shadow
    assert at(shadow, 0.74, 0.74) > 0.4
    assert at(shadow, 0.74, 0.74) > 3 * at(shadow, -0.78, -0.78)
    assert at(shadow, 0) < 0.05
    assert at(shadow, 2.5) < 0.01


def test_what_merely_stands_out_casts_no_shadow_on_a_lighter_sky() -> None:
    picture = np.full((HEIGHT, WIDTH, 3), 225, np.uint8)
    cv2.circle(picture, MIDDLE, RADIUS, (120, 60, 40), cv2.FILLED)
    reader = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False)
    seen = Silhouettes().find(reader.read(picture))
    assert at(seen.solid, 0) > 0.95
    assert at(seen.shadow, 0.74, 0.74) < 0.05


def test_petals_around_petals_are_all_in_front_and_cast_no_shadow() -> None:
    picture = np.full((HEIGHT, WIDTH, 3), (150, 70, 40), np.uint8)
    for x, y in np.mgrid[40:WIDTH:90, 40:HEIGHT:90].reshape(2, -1).T:
        near = np.hypot(x - MIDDLE[0], y - MIDDLE[1]) < RADIUS
        petal = (220, 60, 30) if near else (240, 170, 110)
        cv2.circle(picture, (int(x), int(y)), 34, petal, cv2.FILLED)
    reader = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False)
    seen = Silhouettes().find(reader.read(picture))
    assert seen.solid.min() > 0.95
    assert seen.shadow.max() < 0.05


def test_what_merely_stands_out_in_colour_is_before_no_distant_ground() -> None:
    assert at(found().front, 0) < 0.3


def test_a_lake_a_little_darker_than_the_sky_is_no_figure() -> None:
    picture = np.full((HEIGHT, WIDTH, 3), (215, 225, 240), np.uint8)
    picture[430:, 200:1000] = (190, 198, 212)
    reader = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False)
    assert Silhouettes().find(reader.read(picture)).solid.max() < 0.05


def test_a_person_stands_in_front_whatever_the_colours() -> None:
    suit, black_collar, flag, shuttle = (220, 110), (150, 110), (40, 15), (60, 235)
    for place in (suit, black_collar):
        assert person().front[place] > 0.95
        assert person().solid[place] > 0.95
    for place in (flag, shuttle):
        assert person().front[place] < 0.05
        assert person().height[place] < 1


def test_a_figure_seen_for_a_moment_does_not_change_all_at_once() -> None:
    reader, finder = FrameReader(Abstraction(2, 30, 3.0), keep_faces=False), Silhouettes()
    empty = np.full((512, 512, 3), 140, np.uint8)
    shares = []
    for picture in (empty, data.astronaut()):
        seen = reader.read(picture)
        seen.is_cut = not shares
        shares.append(float(finder.find(seen).front.max()))
    assert shares[0] < 0.05
    assert shares[1] < 0.3


def test_a_head_is_a_dome_level_at_its_rim() -> None:
    seen = frame()
    boxes = (200.0, 100.0, 60.0, 60.0, 1.0), (-20.0, -20.0, 30.0, 30.0, 0.5)
    seen.faces = [face_at(box) for box in boxes]
    try:
        domes = heads(seen)
    finally:
        seen.faces = []
    assert domes[123, 230] > 0.98
    assert domes.max() <= 1
    steepness = np.hypot(*np.gradient(domes[60:190, 150:310]))
    rim = (domes[60:190, 150:310] > 0) & (domes[60:190, 150:310] < 0.05)
    assert steepness[rim].max() < 0.7 * steepness.max()


def test_without_faces_there_are_no_heads() -> None:
    assert not heads(frame()).any()

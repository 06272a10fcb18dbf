"""American comic: clean walls and whole blacks."""

import cv2
import numpy as np
import pytest

from restyle.engine.kernels import Bytes
from restyle.engine.looks.american_comic import STEPPED
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

HEIGHT, WIDTH = 360, 480


def printed(grey: Bytes) -> Bytes:
    """The brightness of a still grey scene (HEIGHT, WIDTH) in print."""
    frame = np.repeat(grey[..., None], 3, axis=2)
    stylizer = Stylizer(Options(Style.AMERICAN_COMIC), (WIDTH, HEIGHT))
    return cv2.cvtColor([stylizer.render(frame) for _ in range(3)][-1], cv2.COLOR_RGB2GRAY)


def test_only_lights_are_printed_without_steps() -> None:
    steepest = np.diff(STEPPED) * len(STEPPED)
    lights = np.linspace(0, 1, len(STEPPED))[1:] > 0.64
    assert steepest[lights].max() < 1.2
    assert steepest[~lights].max() > 3


def test_dark_cloth_is_black_up_to_a_white_wall() -> None:
    scene = np.full((HEIGHT, WIDTH), 235, np.uint8)
    scene[100:, 150:330] = 52
    scene[160:220, 200:280] = 12
    cloth = printed(scene)[110:350, 156:324]
    assert (cloth < 60).mean() > 0.96


def test_black_that_slides_into_light_runs_out_in_strokes() -> None:
    slope = np.repeat(np.linspace(0, 220, WIDTH, dtype=np.uint8)[None], HEIGHT, axis=0)
    print_ = printed(slope)[60:-60].astype(float)
    ends = (print_.mean(axis=0) > 40) & (print_.mean(axis=0) < 80)
    # Dots alone leave 12 there.
    assert print_[:, ends].std(axis=0).mean() > 16
    assert print_[:, :40].max() < 20, "blacks hold together"


def test_a_vivid_thing_before_a_wall_hardly_lighter_has_a_line() -> None:
    scene = np.full((HEIGHT, WIDTH, 3), 155, np.uint8)
    scene[:, WIDTH // 2 :] = (240, 120, 30)
    stylizer = Stylizer(Options(Style.AMERICAN_COMIC), (WIDTH, HEIGHT))
    drawn = [stylizer.render(scene) for _ in range(3)][-1].max(axis=2)
    border = drawn[60:-60, WIDTH // 2 - 6 : WIDTH // 2 + 6]
    assert (border.min(axis=1) < 70).mean() > 0.95


@pytest.mark.parametrize(
    ("colour", "is_black"),
    [
        pytest.param((120, 14, 18), False, id="deep red"),
        pytest.param((14, 30, 110), False, id="deep blue"),
        pytest.param((46, 44, 42), True, id="dark grey"),
    ],
)
def test_deep_colours_stay_colours_and_dark_greys_are_black(
    colour: tuple[int, int, int], is_black: bool
) -> None:
    scene = np.full((HEIGHT, WIDTH, 3), 235, np.uint8)
    scene[60:300, 120:360] = colour
    scene[:20] = 4
    stylizer = Stylizer(Options(Style.AMERICAN_COMIC), (WIDTH, HEIGHT))
    thing = [stylizer.render(scene) for _ in range(3)][-1][100:260, 160:320].mean((0, 1))
    assert (thing.max() < 30) if is_black else (np.ptp(thing) > 60), thing


def test_the_gentle_fall_of_a_sky_is_not_feathered() -> None:
    # Steps in it are for the levels alone; between them tone falls a third as fast as above.
    sky = np.repeat(np.linspace(5, 70, WIDTH, dtype=np.uint8)[None], HEIGHT, axis=0)
    sky[:20], sky[-20:] = 0, 240
    print_ = printed(sky)[90:-90].astype(float)
    ends = (print_.mean(axis=0) > 30) & (print_.mean(axis=0) < 80)
    assert ends.any()
    assert print_[:, ends].std(axis=0).mean() < 14

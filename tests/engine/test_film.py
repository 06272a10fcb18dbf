"""Film: what a row of colour becomes, and what light makes of it."""

import numpy as np
import pytest

from restyle.engine.film import enrich_row, expose_row, film_row, luma_row
from restyle.engine.kernels import F, Floats
from restyle.engine.tones import curve

COLOURS = np.array([(0.1, 0.3, 0.2), (0.5, 0.4, 0.7), (0.7, 0.5, 0.4), (0.5, 0.5, 0.5)], np.float32)
NONE = np.zeros(len(COLOURS), np.float32)


def _middle(paint: Floats) -> Floats:
    middle = np.empty(paint.shape[1], np.float32)
    luma_row(*paint, middle)
    return middle


def _exposed(shade: float) -> Floats:
    paint = np.ascontiguousarray(COLOURS.T)
    lights = np.array([[shade], [0], [0]], np.float32).repeat(len(COLOURS), 1)
    expose_row(paint, _middle(paint), NONE, lights, NONE)
    return paint.T


def test_levels_are_stretched_and_toned() -> None:
    paint = np.empty((3, len(COLOURS)), np.float32)
    film_row(F(0.1) + F(0.5) * COLOURS, curve(lambda y: y / 2), F(0.1), F(2), paint)
    np.testing.assert_allclose(paint.T, COLOURS / 2, atol=2e-3)


@pytest.mark.parametrize("neutral", [0.0, 1.0])
def test_greys_stay_grey(neutral: float) -> None:
    paint = np.ascontiguousarray(COLOURS.T)
    enrich_row(paint, _middle(paint), NONE, F(neutral), F(1))
    assert np.ptp(paint[:, 3]) < 1e-3
    assert np.ptp(paint[:, 1]) > 0.2


@pytest.mark.parametrize(
    ("colour", "kept"),
    [
        pytest.param((0.45, 0.3, 0.15), 0.5, id="brown"),
        pytest.param((0.15, 0.3, 0.45), 1, id="blue"),
    ],
)
def test_only_what_is_warm_gives_back_the_colour_that_levels_gave(
    colour: tuple[float, float, float], kept: float
) -> None:
    spans = []
    for span in (1, 0.5):
        paint = np.array([colour], np.float32).T.repeat(len(COLOURS), 1)
        enrich_row(paint, _middle(paint), NONE, F(0), F(span))
        spans.append(np.ptp(paint[:, 0]))
    assert spans[1] == pytest.approx(kept * spans[0], rel=0.1)


def test_even_light_changes_nothing() -> None:
    np.testing.assert_allclose(_exposed(1.0), COLOURS, atol=1e-6)


def test_shade_is_darker_and_cool_on_what_is_cool() -> None:
    shaded = _exposed(0.5)
    assert (shaded < COLOURS).all()
    blue, red = shaded[1, 2] / COLOURS[1, 2], shaded[1, 0] / COLOURS[1, 0]
    assert blue > 1.05 * red


@pytest.mark.parametrize("colour", [(1.35, 0.8, 0.4), (0.6, 0.05, -0.05)])
def test_no_channel_is_far_over_full_or_loses_all_its_hue_under_none(
    colour: tuple[float, float, float],
) -> None:
    paint = np.array([colour], np.float32).T.repeat(len(COLOURS), 1)
    enrich_row(paint, _middle(paint), NONE, F(0), F(1))
    assert paint.max() < 1.1
    assert paint.min() > -0.1
    assert (np.diff(paint[:, 0]) < -0.05).all(), "red stays over green, and green over blue"

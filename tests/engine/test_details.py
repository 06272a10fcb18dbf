"""Details: strokes where the flat colours lack something, none where they show it themselves."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from restyle.engine.clusters import Sample
from restyle.engine.colours import Manner
from restyle.engine.details import busy, details, stands_alone_pixel, stroke_colours, stroke_pixel
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.motion import Memory
from restyle.engine.palette import Palette, fit
from restyle.engine.pictures import luma
from restyle.engine.regions import Field
from restyle.engine.strokes import Lines

WIDTH, HEIGHT = 480, 360
LINES = Lines(sigma=1.8, epsilon=-0.009, phi=50, length=5)
MANNER = Manner(clusters=6, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.2)
SKY, SEA = (190, 205, 225), (60, 110, 150)


@pytest.fixture(scope="module")
def palette() -> Palette:
    rgb = np.empty((120, 160, 3), np.uint8)
    rgb[:60], rgb[60:] = SKY, SEA
    none = np.zeros(rgb.shape[:2], np.float32)
    return fit([Sample(rgb, none, none)], MANNER)


def _entry(palette: Palette, light: bool) -> int:
    order = palette.lab[:, 0]
    return int(np.argmax(order) if light else np.argmin(order))


def _scene() -> Bytes:
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:180], picture[180:] = SKY, SEA
    return picture


def _field(palette: Palette) -> Field:
    """Sky over sea, and nothing else."""
    label = np.full((HEIGHT // 2, WIDTH // 2), _entry(palette, light=True), np.uint8)
    label[90:] = _entry(palette, light=False)
    full = cv2.resize(label, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    return Field(label, full, full, np.full_like(full, 255))


def _frame(picture: Bytes) -> Frame:
    return FrameReader(Abstraction(2, 30, 3.0), keep_faces=False).read(picture)


def _strokes(picture: Bytes, palette: Palette) -> Floats:
    """1 dark … −1 light."""
    response = details(_frame(picture), Memory(), _field(palette), palette, LINES)
    strokes = [stroke_pixel(F(v), F(LINES.epsilon), F(LINES.phi)) for v in response.ravel()]
    return np.array(strokes, np.float32).reshape(response.shape)


def test_where_the_regions_show_everything_there_are_no_strokes(palette: Palette) -> None:
    assert np.abs(_strokes(_scene(), palette)).max() < 0.1


@pytest.mark.parametrize(
    ("colour", "centre", "sign"), [((40, 40, 50), (240, 60), 1), ((250, 250, 245), (240, 280), -1)]
)
def test_a_bird_or_a_sail_that_is_no_region_becomes_a_stroke(
    palette: Palette, colour: tuple[int, int, int], centre: tuple[int, int], sign: int
) -> None:
    picture = _scene()
    x, y = centre
    cv2.line(picture, (x - 9, y - 2), (x + 9, y + 2), colour, 3, cv2.LINE_AA)
    strokes = sign * _strokes(picture, palette)
    assert strokes[y, x] > 0.8
    strokes[y - 14 : y + 14, x - 20 : x + 20] = 0
    assert np.abs(strokes).max() < 0.1


def test_what_the_regions_already_show_gets_no_stroke(palette: Palette) -> None:
    picture = _scene()
    picture[50:54] = SEA
    plain = _field(palette)
    shown = plain.label.copy()
    shown[25:27] = _entry(palette, light=False)
    frame = _frame(picture)
    lacking = details(frame, Memory(), plain, palette, LINES)[52]
    complete = details(frame, Memory(), replace(plain, label=shown), palette, LINES)[52]
    assert lacking.max() < -0.03
    assert complete.min() > 0.2 * lacking.max()


def test_strokes_are_darker_and_lighter_than_what_they_lie_on(palette: Palette) -> None:
    dark, light = stroke_colours(palette)
    below = luma(palette.rgb[None])[0]
    n = len(palette)
    assert (luma(dark[None])[0, :n] < below - 0.1).all()
    assert (luma(light[None])[0, :n] > below).all()


def test_a_bird_in_the_sky_stands_alone_and_leaves_do_not() -> None:
    picture = _scene()
    dice = np.random.default_rng(2)
    leaves = dice.integers(20, 200, (36, 96, 1), np.uint8)
    picture[180:, :] = cv2.resize(leaves, (WIDTH, 180), interpolation=cv2.INTER_NEAREST)[..., None]
    cv2.line(picture, (231, 58), (249, 62), (40, 40, 50), 3, cv2.LINE_AA)
    frame = _frame(picture)
    around = busy(frame)

    def alone(y: int, x: int) -> float:
        return float(stands_alone_pixel(F(frame.anisotropy[y, x]), F(around[y, x])))

    assert alone(30, 120) > 0.8
    assert np.median([alone(y, x) for y in range(110, 170, 4) for x in range(10, 230, 4)]) < 0.5

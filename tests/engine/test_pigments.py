"""The mineral colours of Chinese cartoon, against the values they were designed to give."""

import cv2
import numpy as np
import pytest

from restyle.engine import pigments
from restyle.engine.kernels import Band, Floats, kernel, rows_in


def _paint(red: int, green: int, blue: int) -> np.ndarray:
    return pigments.mineral(np.array([red, green, blue], np.float32) / 255) * 255


def _chroma_hue(colour: tuple[int, int, int] | np.ndarray) -> tuple[float, float]:
    pixel = np.array(colour, np.float32).reshape(1, 1, 3) / 255
    _, a, b = cv2.cvtColor(pixel, cv2.COLOR_RGB2Lab).ravel()
    return float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ((128, 128, 128), (152, 144, 133)),
        ((255, 255, 255), (255, 242, 220)),
        ((255, 0, 0), (241, 70, 31)),
        ((0, 255, 0), (96, 232, 161)),
        ((0, 0, 255), (12, 91, 183)),
    ],
)
def test_a_colour_becomes_its_pigment(
    source: tuple[int, int, int], target: tuple[int, int, int]
) -> None:
    np.testing.assert_allclose(_paint(*source), target, atol=1.5)


@pytest.mark.parametrize("level", [0, 12, 24, 36])
def test_black_stays_black_and_warm_rather_than_petrol(level: int) -> None:
    red, _, blue = _paint(level, level, level)
    assert red < 62
    assert blue - red < 4


@pytest.mark.parametrize("tinted", [(212, 216, 210), (218, 214, 214), (206, 208, 216)])
def test_a_wall_with_a_trace_of_colour_is_bare_silk(tinted: tuple[int, int, int]) -> None:
    grey = round(np.mean(tinted))
    np.testing.assert_allclose(_paint(*tinted), _paint(grey, grey, grey), atol=9)


def test_a_pale_sky_is_a_wash_of_azurite() -> None:
    red, _, blue = _paint(200, 216, 236)
    assert blue > red - 4, "bare silk is 60 more red than blue"


@pytest.mark.parametrize("pale", [(190, 150, 110), (215, 180, 140), (240, 190, 145)])
def test_fur_and_petals_are_shell_white_with_a_breath_of_ochre(pale: tuple[int, int, int]) -> None:
    assert 20 < _chroma_hue(_paint(*pale))[0] < _chroma_hue(pale)[0]


def test_a_hand_in_the_shade_is_warmer_than_silk() -> None:
    assert _chroma_hue(_paint(176, 152, 140))[0] > _chroma_hue(_paint(156, 156, 156))[0] + 5


@pytest.mark.parametrize(
    ("vivid", "hue_deg"), [((235, 110, 40), (48, 58)), ((235, 170, 20), (72, 84))]
)
def test_what_is_vivid_stays_a_stone_however_light(
    vivid: tuple[int, int, int], hue_deg: tuple[int, int]
) -> None:
    chroma, hue = _chroma_hue(_paint(*vivid))
    assert chroma > 60
    assert hue_deg[0] < hue < hue_deg[1]


@pytest.mark.parametrize("leaf", [(110, 125, 60), (170, 190, 110)])
def test_olive_leaves_are_malachite(leaf: tuple[int, int, int]) -> None:
    assert _chroma_hue(_paint(*leaf))[1] > 147


def test_white_is_laid_on_silk_and_lighter_and_less_yellow_than_it() -> None:
    white, silk = _paint(255, 255, 255), _paint(206, 206, 206)
    assert white.min() > silk.max()
    assert white[0] - white[2] <= silk[0] - silk[2]


def test_neutrals_rise_in_lightness_without_a_step_back() -> None:
    greys = np.linspace(0, 1, 64, dtype=np.float32)[:, None].repeat(3, 1)
    luma = pigments.mineral(greys) @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(luma) > 0).all()


def test_the_table_holds_the_function_at_its_nodes() -> None:
    table = pigments.table()
    assert table.shape == (25, 25, 25, 3)
    node = np.array([18, 6, 12], np.float32) / 24
    np.testing.assert_allclose(table[18, 6, 12], pigments.mineral(node), atol=1e-5)


@kernel
def _look_up(band: Band, table: Floats, colours: Floats, out: Floats) -> None:
    flat, side = table.reshape(-1), table.shape[0]
    for i in rows_in(band, colours.shape[0]):
        red, green, blue = colours[i]
        out[i, 0], out[i, 1], out[i, 2] = pigments.pigment_pixel(flat, side, red, green, blue)


def looked_up(table: Floats, colours: Floats) -> Floats:
    out = np.empty_like(colours)
    _look_up(table, colours, out)
    return out


def test_colours_looked_up_are_those_of_the_formula() -> None:
    colours = np.random.default_rng(4).random((500, 3), np.float32)
    colours[:8] = [[r, g, b] for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    error = np.abs(looked_up(pigments.table(), colours) - pigments.mineral(colours))
    assert error.max() < 0.12
    assert error.mean() < 0.006
    assert error[:8].max() < 1e-5


def test_a_grey_is_looked_up_between_greys_alone() -> None:
    only_greys = np.zeros((5, 5, 5, 3), np.float32)
    for step in range(5):
        only_greys[step, step, step] = step / 4
    greys = np.repeat(np.linspace(0, 1, 41, dtype=np.float32)[:, None], 3, 1)
    np.testing.assert_allclose(looked_up(only_greys, greys), greys, atol=1e-6)

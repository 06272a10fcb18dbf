"""The mineral colours of Chinese cartoon, against the values they were designed to give."""

import numpy as np
import pytest

from restyle.engine import pigments


def _paint(red: int, green: int, blue: int) -> np.ndarray:
    return pigments.mineral(np.array([red, green, blue], np.float32) / 255) * 255


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ((128, 128, 128), (156, 147, 132)),
        ((255, 255, 255), (250, 226, 189)),
        ((255, 0, 0), (255, 102, 52)),
        ((0, 255, 0), (87, 247, 173)),
        ((0, 0, 255), (48, 102, 199)),
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


def test_neutrals_rise_in_lightness_without_a_step_back() -> None:
    greys = np.linspace(0, 1, 64, dtype=np.float32)[:, None].repeat(3, 1)
    luma = pigments.mineral(greys) @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(luma) > 0).all()


def test_the_table_holds_the_function_at_its_nodes() -> None:
    table = pigments.table()
    assert table.shape == (25, 25, 25, 3)
    node = np.array([18, 6, 12], np.float32) / 24
    np.testing.assert_allclose(table[18, 6, 12], pigments.mineral(node), atol=1e-5)

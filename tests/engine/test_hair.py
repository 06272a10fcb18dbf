"""Hair keeps the family of its hue in any light; cloth of the colour of brown hair stays black."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.clusters import Sample
from restyle.engine.colours import Manner, to_lab
from restyle.engine.palette import GRID, LANES, Palette, fit

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

MANNER = Manner(clusters=16, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.2)
# Linear RGB of what a webcam shows, skin too being pale, and of lights.
SKIN, WALL, TROUSERS = (0.4, 0.31, 0.25), (0.5, 0.5, 0.5), (0.3, 0.3, 0.3)
CLOTH, HAZY_CLOTH = (0.03, 0.03, 0.03), (0.15, 0.15, 0.15)
BROWN, LIT_BROWN, BLACK = (0.085, 0.073, 0.063), (0.135, 0.114, 0.096), (0.07, 0.07, 0.07)
BLOND, SHADED_BLOND, GREY = (0.3, 0.22, 0.11), (0.085, 0.055, 0.018), (0.4, 0.4, 0.4)
DAY, COOL, WARM = (1.0, 1.0, 1.0), (0.82, 1.0, 1.2), (1.15, 1.0, 0.82)
GREENISH = (0.88, 1.05, 1.0)


def _seen(colour: tuple[float, ...], light: tuple[float, ...]) -> tuple[float, ...]:
    linear = np.array(colour) * np.array(light)
    return tuple(255 * (1.055 * linear ** (1 / 2.4) - 0.055))


def _portrait(
    hair: tuple[float, ...], light: tuple[float, ...], *, is_long: bool = False
) -> Sample:
    """A face with hair above (and beside it), a black jacket, part of it in haze, a grey wall."""
    rgb = np.full((180, 240, 3), _seen(WALL, light), np.float32)
    rgb[125:165, 50:190] = _seen(CLOTH, light)
    rgb[125:165, 130:190] = _seen(HAZY_CLOTH, light)
    rgb[165:, 50:190] = _seen(TROUSERS, light)
    rgb[25 : 125 if is_long else 62, 84:156] = _seen(hair, light)
    face, above, beside = (np.zeros((180, 240), np.float32) for _ in range(3))
    cv2.ellipse(rgb, (120, 85), (30, 42), 0, 0, 360, _seen(SKIN, light), cv2.FILLED)
    cv2.ellipse(face, (120, 85), (27, 38), 0, 0, 360, 1.0, cv2.FILLED)
    above[27:42, 95:145] = beside[100:124, 76:88] = beside[100:124, 152:164] = 1
    noisy = rgb + np.random.default_rng(3).normal(0, 2, rgb.shape)
    return Sample(np.clip(noisy, 0, 255).astype(np.uint8), face, above, beside)


def _painted(palette: Palette, table: str, colour: tuple[float, ...]) -> Floats:
    """Lab of what this colour is painted in by a table."""
    r, g, b = (round(value / 255 * (GRID - 1)) for value in colour)
    entry = int(np.argmax(getattr(palette, table)[r, g, b]))
    return np.asarray(to_lab(palette.rgb[None])[0, entry])


@pytest.mark.parametrize("light", [DAY, COOL, WARM, GREENISH], ids=["day", "cool", "warm", "green"])
def test_brown_hair_is_brown_and_black_hair_black_in_any_light(light: tuple[float, ...]) -> None:
    for hair, is_brown in ((BROWN, True), (BLACK, False)):
        palette = fit([_portrait(hair, light)], MANNER)
        lightness, a, b = _painted(palette, "head_table", _seen(hair, light))
        assert lightness < 45
        assert (a > 5 and b > 6) if is_brown else b < 0


def test_blond_hair_is_ochre_and_grey_hair_is_no_brown() -> None:
    blond = _painted(fit([_portrait(BLOND, DAY)], MANNER), "head_table", _seen(BLOND, DAY))
    assert blond[0] > 50
    assert blond[2] > 25
    grey = _painted(fit([_portrait(GREY, DAY)], MANNER), "head_table", _seen(GREY, DAY))
    assert grey[0] > 60
    assert np.hypot(*grey[1:]) < 16


def test_cloth_of_the_colour_of_brown_hair_is_black_and_of_one_hue_with_the_rest() -> None:
    palette = fit([_portrait(BROWN, GREENISH)], MANNER)
    cloth = _painted(palette, "table", _seen(BROWN, GREENISH))
    black = _painted(palette, "table", _seen(CLOTH, GREENISH))
    assert cloth[0] < 45
    np.testing.assert_allclose(cloth[1:], black[1:], atol=2)


def test_black_cloth_in_haze_has_the_hue_of_black_cloth() -> None:
    palette = fit([_portrait(BLACK, GREENISH)], MANNER)
    haze = _painted(palette, "table", _seen(HAZY_CLOTH, GREENISH))
    assert haze[1] > -7  # blue, as navy is, not the green of the light
    assert haze[2] < -5


def test_long_brown_hair_is_brown_wherever_it_falls_and_black_cloth_is_not() -> None:
    palette = fit([_portrait(BROWN, DAY, is_long=True)], MANNER)
    hair = _painted(palette, "table", _seen(BROWN, DAY))
    np.testing.assert_allclose(hair, _painted(palette, "head_table", _seen(BROWN, DAY)))
    assert hair[2] > 6
    assert _painted(palette, "table", _seen(BLACK, DAY))[2] < 0


def test_coloured_hair_of_one_tone_has_a_lock_in_light_and_no_black() -> None:
    palette = fit([_portrait(BROWN, DAY)], MANNER)
    brown = _painted(palette, "head_table", _seen(BROWN, DAY))
    lit = _painted(palette, "head_table", _seen(LIT_BROWN, DAY))
    assert brown[0] + 4 < lit[0] < brown[0] + 12
    np.testing.assert_allclose(lit[1:], brown[1:], atol=5)
    np.testing.assert_allclose(_painted(palette, "head_table", (5, 5, 5)), brown, atol=0.1)
    on_head, anywhere = (
        set(np.flatnonzero(table.any((0, 1, 2)))) for table in (palette.head_table, palette.table)
    )
    assert len(on_head) == 2
    assert not on_head & anywhere


def test_coloured_hair_has_a_shade_of_its_hue_but_no_grey() -> None:
    portrait = _portrait(BLOND, DAY)
    rgb = portrait.rgb.copy()
    rgb[25:62, 135:156] = _seen(SHADED_BLOND, DAY)
    rgb[140:, :120], rgb[140:, 120:] = _seen(SHADED_BLOND, DAY), _seen(GREY, DAY)
    palette = fit([replace(portrait, rgb=rgb)], MANNER)
    blond = _painted(palette, "head_table", _seen(BLOND, DAY))
    shaded = _painted(palette, "head_table", _seen(SHADED_BLOND, DAY))
    assert shaded[0] < blond[0] - 12
    for tone in (shaded, _painted(palette, "head_table", _seen(GREY, DAY))):
        assert np.hypot(*tone[1:]) > 16
        assert tone[1:] @ blond[1:] > 0.9 * np.hypot(*tone[1:]) * np.hypot(*blond[1:])


def test_a_picture_of_many_colours_keeps_them_all_and_spares_the_lock() -> None:
    portrait = _portrait(BROWN, DAY)
    many = portrait.rgb.copy()
    hues = np.linspace(0, 179, LANES, endpoint=False)
    bars = np.array([[(hue, 160, 90 + 100 * (n % 2)) for n, hue in enumerate(hues)]], np.uint8)
    many[:20] = cv2.resize(
        cv2.cvtColor(bars, cv2.COLOR_HSV2RGB), (240, 20), interpolation=cv2.INTER_NEAREST
    )
    for sample, tones in ((portrait, 2), (replace(portrait, rgb=many), 1)):
        palette = fit([sample], replace(MANNER, clusters=30))
        assert np.count_nonzero(palette.head_table.any((0, 1, 2))) == tones
    assert len(palette.lab) == LANES


def test_black_hair_needs_no_entries_of_its_own() -> None:
    palette = fit([_portrait(BLACK, DAY)], MANNER)
    np.testing.assert_array_equal(palette.of_head, palette.in_face)

"""Light on a relief: from the upper left, never a halo, a band across hair."""

import numpy as np
import pytest

from restyle.engine import lighting
from restyle.engine.kernels import Floats
from restyle.engine.lighting import Relief
from restyle.engine.tones import curve

SIDE = 120
PLAIN = curve(lambda y: y)


def _field(value: float) -> Floats:
    return np.full((SIDE, SIDE), value, np.float32)


def _dome(
    *, solid: float = 1, shadow: float = 0, head: float = 0, strand: tuple[int, int] = (1, 0)
) -> Relief:
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - SIDE / 2
    height = 10 + np.sqrt(np.maximum(50**2 - x * x - y * y, 0)).astype(np.float32)
    strands = np.stack([_field(part) for part in strand])
    fields = (_field(value) for value in (20, solid, shadow, 0, head))
    return Relief(height, *fields, strands, np.zeros((SIDE, SIDE, 2), np.float32))


def _lit(relief: Relief, grey: float = 0.5) -> Floats:
    colour = np.full((SIDE, SIDE, 3), grey, np.float32)
    return lighting.light(colour, relief, PLAIN, (0.0, 1.0), 1.0).mean(2)


def test_a_dome_is_light_at_the_upper_left_and_dark_at_the_lower_right() -> None:
    lit = _lit(_dome())
    assert lit[38, 42] > lit[60, 60] + 0.02
    assert lit[84, 78] < lit[60, 60] - 0.08


def test_what_is_flat_keeps_its_tone() -> None:
    flat = _dome()._replace(height=_field(20))
    assert _lit(flat)[60, 60] == pytest.approx(0.5, abs=0.02)


def test_what_is_behind_a_figure_is_never_lit_by_its_relief() -> None:
    assert _lit(_dome(solid=0)).max() < _lit(_dome()._replace(height=_field(20)))[60, 60] + 0.01


def test_a_cast_shadow_darkens() -> None:
    assert _lit(_dome(shadow=1))[60, 60] < 0.85 * _lit(_dome())[60, 60]


def test_hair_shines_in_a_band_across_its_strands() -> None:
    bare, down = (_lit(_dome(head=head, strand=(0, 1)), 0.12) for head in (0, 1))
    shine = (down - bare)[:, 60]
    brightest = int(shine.argmax())
    assert shine[brightest] > 0.05
    assert 20 < brightest < 60, "on the side that faces the light"
    assert shine[90] < 0.5 * shine[brightest]


def test_a_face_is_lit_on_its_own_shape() -> None:
    facial = np.zeros((SIDE, SIDE, 2), np.float32)
    facial[..., 0] = np.where(np.arange(SIDE) < 60, 0.5, -0.5)
    lit = _lit(_dome()._replace(face=_field(1), facial=facial))
    assert lit[60, 30] > lit[60, 90] + 0.08, "the side that faces the light"


def test_orange_in_the_shade_turns_deep_and_not_green() -> None:
    colour = np.broadcast_to(np.float32([0.85, 0.50, 0.10]), (SIDE, SIDE, 3)).copy()
    lit = lighting.light(colour, _dome(), PLAIN, (0.0, 1.0), 1.0)
    lit_side, shaded = lit[40, 44], lit[86, 80]
    assert shaded.mean() < 0.9 * lit_side.mean()
    assert shaded[1] / shaded[0] < lit_side[1] / lit_side[0] + 0.02


def test_a_faint_cast_on_grey_is_cleaned_where_that_is_wanted() -> None:
    colour = np.broadcast_to(np.float32([0.58, 0.62, 0.61]), (SIDE, SIDE, 3)).copy()
    flat = _dome()._replace(height=_field(20))
    kept, cleaned = (
        np.ptp(lighting.light(colour, flat, PLAIN, (0.0, 1.0), 1.0, neutral=wanted)[60, 60])
        for wanted in (0.0, 1.0)
    )
    assert cleaned < 0.75 * kept


def test_brown_hair_is_not_taken_for_a_cast() -> None:
    colour = np.broadcast_to(np.float32([0.30, 0.25, 0.20]), (SIDE, SIDE, 3)).copy()
    kept, cleaned = (
        lighting.light(colour, _dome(), PLAIN, (0.0, 1.0), 1.0, neutral=wanted)
        for wanted in (0.0, 1.0)
    )
    np.testing.assert_allclose(kept, cleaned, atol=0.002)


def test_light_skin_does_not_burn_out() -> None:
    colour = np.broadcast_to(np.float32([0.98, 0.86, 0.80]), (SIDE, SIDE, 3)).copy()
    lit = lighting.light(colour, _dome()._replace(face=_field(1)), PLAIN, (0.0, 1.0), 1.0)
    assert lit.max() < 1.001


def test_light_on_brown_hair_is_brown() -> None:
    brown = np.broadcast_to(np.float32([0.20, 0.12, 0.08]), (SIDE, SIDE, 3)).copy()
    bare, lit = (
        lighting.light(brown, _dome(head=head, strand=(0, 1)), PLAIN, (0.0, 1.0), 1.0)[:, 60]
        for head in (0, 1)
    )
    brightest = int((lit - bare).sum(1).argmax())
    assert lit[brightest].sum() > 1.2 * bare[brightest].sum()
    assert lit[brightest, 2] / lit[brightest, 0] < 1.35 * bare[brightest, 2] / bare[brightest, 0]

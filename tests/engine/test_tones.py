"""Tones: the curves' values, levels, and saturation."""

import numpy as np
import pytest

from restyle.engine.kernels import F, Floats
from restyle.engine.looks.american_comic import STEPPED
from restyle.engine.looks.fresh_comic import WASH
from restyle.engine.looks.japanese_manga import LIFTED
from restyle.engine.tones import (
    LevelMeter,
    byte_pixel,
    contain_pixel,
    curve,
    curve_pixel,
    posterise,
    saturate_pixel,
    screen_pixel,
    smoothstep,
    smoothstep_pixel,
    to_bytes,
)

TENTHS = np.linspace(0, 1, 11, dtype=np.float32)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (STEPPED, [0.1, 0.338, 0.338, 0.575, 0.575, 0.575, 0.812, 0.835, 0.909, 0.981, 1.05]),
        (WASH, [0.273, 0.433, 0.551, 0.591, 0.697, 0.728, 0.811, 0.855, 0.885, 0.972, 1]),
        (LIFTED, TENTHS**0.78),
    ],
    ids=["comic", "fresh", "anime"],
)
def test_curves_have_the_values_of_their_recipes(table: Floats, values: list[float]) -> None:
    found = [curve_pixel(table, y) for y in TENTHS]
    assert found == pytest.approx(values, abs=0.004)


@pytest.mark.parametrize(("y", "value"), [(-1, 0), (0.25, 0.25), (0.7, 0.7), (9, 1)])
def test_a_curve_is_read_between_its_entries_and_clamped(y: float, value: float) -> None:
    assert curve_pixel(curve(lambda luma: luma), F(y)) == pytest.approx(value, abs=1e-6)


def test_posterising_gives_flat_steps_with_soft_edges() -> None:
    y = np.linspace(0, 1, 1001, dtype=np.float32)
    steps = posterise(y, 4, 0.2)
    assert (np.diff(steps) >= -1e-6).all()
    flat = np.diff(steps) < 1e-6
    assert 0.75 < flat.mean() < 0.85
    assert posterise(np.float32([0.25, 0.5, 0.75]), 4, 0.2) == pytest.approx([0.25, 0.5, 0.75])


def test_smoothstep_is_the_same_for_pictures_and_pixels() -> None:
    picture = smoothstep(0.2, 0.7, TENTHS)
    assert picture == pytest.approx([smoothstep_pixel(F(0.2), F(0.7), y) for y in TENTHS])
    assert picture[[0, 2, -1]].tolist() == [0, 0, 1]


def test_saturation_keeps_luma_and_greys() -> None:
    assert saturate_pixel(F(0.4), F(0.4), F(0.4), F(2)) == pytest.approx((0.4, 0.4, 0.4))
    more = np.array(saturate_pixel(F(0.6), F(0.4), F(0.3), F(1.5)))
    assert more @ [0.299, 0.587, 0.114] == pytest.approx(0.4484, abs=1e-3)
    assert np.ptp(more) == pytest.approx(0.45, abs=1e-3)


def test_containing_a_colour_keeps_its_hue() -> None:
    inside = (F(0.2), F(0.5), F(0.9))
    assert contain_pixel(*inside, F(1)) == pytest.approx(inside)
    out = np.array(contain_pixel(F(0.55), F(0.3), F(1.4), F(1)))
    assert out.max() == pytest.approx(1, abs=1e-5)
    assert 0.35 < out @ [0.299, 0.587, 0.114] < 0.5
    assert (out[0] - out[1]) / (out[2] - out[1]) == pytest.approx(0.25 / 1.1, abs=1e-3)


@pytest.mark.parametrize(("value", "byte"), [(-1, 0), (0, 0), (0.5, 128), (1, 255), (7, 255)])
def test_bytes_are_rounded_and_clipped(value: float, byte: int) -> None:
    assert byte_pixel(F(value)) == byte
    assert to_bytes(np.full((2, 2), value, np.float32))[0, 0] == byte


def test_screened_light_only_brightens() -> None:
    assert screen_pixel(F(0.5), F(0)) == 0.5
    assert screen_pixel(F(0.5), F(0.4)) == pytest.approx(0.7)


def test_levels_follow_slowly_and_restart_at_a_cut() -> None:
    meter = LevelMeter()
    grey = np.full((40, 40, 3), 0.2, np.float32)
    grey[:, 20:] = 0.6
    first = meter.read(grey, is_cut=True)
    assert first == pytest.approx((0.16, 0.612), abs=0.01)
    slow = meter.read(grey * F(0.5), is_cut=False)
    assert first[1] * 0.9 < slow[1] < first[1]
    assert meter.read(grey * F(0.5), is_cut=True)[1] < 0.75 * first[1]


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_levels_of_a_flat_picture_leave_room(value: float) -> None:
    low, high = LevelMeter().read(np.full((20, 20, 3), value, np.float32), is_cut=True)
    assert 0 <= low < high <= 1


@pytest.mark.parametrize("shape", [(12, 9), (90, 80), (60, 50, 2)])
def test_many_values_pass_the_s_curve_as_few_do(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(7).uniform(-0.5, 1.5, shape).astype(np.float32)
    for values in (x, x[::-1, ::2], x.astype(np.float64)):
        t = np.clip((values - F(0.2)) / F(0.5), 0, 1)
        found = smoothstep(0.2, 0.7, values)
        assert found.shape == values.shape
        np.testing.assert_allclose(found, t * t * (3 - 2 * t), atol=1e-6)

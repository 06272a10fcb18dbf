"""Simple illustration: petals lie over one another; shots of anything else are left as they are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.kernels import Bytes
from restyle.engine.looks import simple_illustration
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

WIDE = 720
PITCH = 120  # of the petals' places
ORANGE = np.array([1.0, 0.58, 0.26], np.float32)


def _beyond() -> NDArray[np.float32]:
    """How far each pixel is from the rim of the nearest petal, negative within."""
    y, x = np.mgrid[:WIDE, :WIDE].astype(np.float32) % PITCH - PITCH / 2
    return np.asarray(np.hypot(x, y) - 48, np.float32)


def _flower() -> Bytes:
    """Discs of several oranges, each a little lighter than what lies under it."""
    shade = 110 + 15 * (np.arange(WIDE) // PITCH)[None]
    tone = shade + 60 * np.clip(0.5 - _beyond() / 4, 0, 1)
    return np.rint(tone[..., None] * ORANGE).astype(np.uint8)


def _painted(picture: Bytes) -> NDArray[np.float32]:
    stylizer = Stylizer(Options(Style.SIMPLE_ILLUSTRATION), (WIDE, WIDE), [picture])
    return stylizer.render(picture).astype(np.float32)


def test_a_petal_lays_a_flat_shade_on_what_lies_under_its_rim(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flower = _painted(_flower())
    monkeypatch.setattr(simple_illustration, "blooms", lambda lab: 0.0)
    flat = _painted(_flower())
    inner = np.zeros((WIDE, WIDE), bool)
    inner[60:-60, 60:-60] = True
    under = inner & (_beyond() > 3) & (_beyond() < 7)
    left = (flower[under] / np.maximum(flat[under], 1))[:, 1]
    assert np.percentile(left, [20, 50, 80]) == pytest.approx(
        [simple_illustration.SHADE[1]] * 3, abs=0.04
    )
    assert np.median(np.abs(flower - flat)[inner & (_beyond() < -6)]) == 0


def test_creases_are_looked_for_in_flowers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def creases(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(simple_illustration, "creases", creases)
    with pytest.raises(AssertionError):
        _painted(_flower())
    _painted(np.ascontiguousarray(np.repeat(_flower()[..., :1], 3, 2)))

"""Petals: what is of a flower, the hollows in it, and shadows on the lower side of creases."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.frames import Abstraction, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.petals import HOLLOW, Creases, blooms, creases, hollows, petals

Floats = NDArray[np.float32]

SIZE = 80
WIDE = 720
PITCH = 120  # of the discs' places


def _found(grey: Floats) -> Creases:
    picture: Bytes = np.repeat(grey.astype(np.uint8)[..., None], 3, 2)
    return creases(FrameReader(Abstraction(2, 34, 3.2, 4), keep_faces=False).read(picture))


def _beyond() -> Floats:
    """How far each pixel is from the rim of the nearest of many discs, negative within."""
    y, x = np.mgrid[:WIDE, :WIDE].astype(np.float32) % PITCH - PITCH / 2
    return np.asarray(np.hypot(x, y) - 48, np.float32)


def _discs(step: float) -> Floats:
    """Many discs, `step` (0–255) lighter than what lies under them."""
    return np.asarray(190 + step * np.clip(0.5 - _beyond() / 4, 0, 1), np.float32)


def test_petals_lie_over_the_shadow_between_them() -> None:
    shadow, beyond = _found(_discs(40)).shadow, _beyond()[::2, ::2]
    inner = np.zeros(shadow.shape, bool)
    inner[40:-40, 40:-40] = True
    assert np.median(shadow[inner & (beyond > 1) & (beyond < 4)]) > 0.5
    assert np.median(shadow[inner & (beyond < -3)]) < 0.05


def test_creases_are_walls_between_petals() -> None:
    walls, beyond = _found(_discs(40)).walls, _beyond()[::4, ::4]
    assert np.median(walls[20:-20, 20:-20][np.abs(beyond[20:-20, 20:-20] - 2) < 2]) > 0.3
    assert walls[20:-20, 20:-20][beyond[20:-20, 20:-20] < -10].max() < 0.05


def test_one_crease_alone_is_of_no_petals() -> None:
    grey = np.full((WIDE, WIDE), 230, np.float32)
    grey[:, WIDE // 2 :] = 190
    found = _found(grey)
    assert found.shadow.max() < 0.05
    assert found.walls.max() < 0.05


@pytest.mark.parametrize(
    ("n_loud", "n_others", "expected"),
    [(11, 5, True), (6, 10, False), (0, 16, False)],
    ids=["a flower", "a red cup", "greys"],
)
def test_a_flower_has_most_of_the_tones(n_loud: int, n_others: int, expected: bool) -> None:
    loud = [(light, 40.0, 45.0) for light in np.linspace(30, 75, n_loud)]
    others = [(light, 0.0, 2.0) for light in np.linspace(5, 95, n_others)]
    assert (blooms(np.array(loud + others, np.float32)) > 0) == expected


@pytest.mark.parametrize(
    ("lab", "expected"),
    [
        ([(88, 12, 36), (72, 30, 45), (64, 38, 52), (58, 45, 55)], True),
        ([(58, 45, 55), (44, 42, 48), (92, 0, 2), (30, 2, -6)], False),
        ([(90, 1, 4), (70, 1, 3), (50, 0, 3), (30, 0, 2)], False),
    ],
    ids=["many tones of a loud hue", "a red coat", "greys"],
)
def test_many_loud_tones_of_a_hue_are_petals(
    lab: list[tuple[float, float, float]], expected: bool
) -> None:
    found = petals(np.array(lab, np.float32))
    assert (found[: len(lab)].max() > 0.5) == expected
    assert expected or found.max() == 0
    assert found[len(lab) :].max() == 0


def test_the_gap_between_two_petals_is_in_shadow_and_a_faint_shade_is_not() -> None:
    tone = np.full((SIZE, SIZE), 0.8, np.float32)
    tone[:, 38:44] = 0.4
    assert hollows(tone, 1.0)[:, 39:43].min() > 0.9
    assert hollows(tone, 1.0)[:, : round(40 - 3 * HOLLOW)].max(initial=0) == 0
    tone[:, 38:44] = 0.78
    assert hollows(tone, 1.0).max() == 0

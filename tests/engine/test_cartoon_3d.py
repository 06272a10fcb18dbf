"""3D cartoon: depths that show as tone are lit as depths."""

from typing import Any

import cv2
import numpy as np
import pytest

from restyle.engine import lighting
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.lighting import Relief
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

HEIGHT, WIDTH = 360, 480


def cushion(fold: int) -> Bytes:
    """A red cushion before a light wall, with an upright fold darker by so much."""
    scene = np.full((HEIGHT, WIDTH, 3), 215, np.uint8)
    cv2.ellipse(scene, (240, 190), (150, 130), 0, 0, 360, (170, 60, 50), cv2.FILLED)
    soft = np.exp(-(((np.arange(WIDTH) - 240) / 2.5) ** 2)) * fold
    scene[110:270] = np.clip(scene[110:270] - soft[None, :, None], 0, 255)
    return scene


def across(fold: int) -> Floats:
    """Red of the painted cushion, from left to right of where the fold is, over the wall's."""
    stylizer = Stylizer(Options(Style.CARTOON_3D), (WIDTH, HEIGHT))
    painted = [stylizer.render(cushion(fold)) for _ in range(3)][-1]
    return np.asarray(painted[150:230, 215:266, 0].mean(axis=0), np.float32)


def test_a_dark_fold_has_a_side_in_the_light_and_one_in_the_shade() -> None:
    plain, folded = across(0), across(24)
    change = folded - plain
    # The light comes from the left: it falls on the fold's right bank.
    left, right = change[14:24], change[27:37]
    assert right.max() > left.max() + 4
    assert change.min() < -8, "the shade is deeper than the paint alone"


def fur() -> Bytes:
    """Light brown, with short strands all over."""
    noise = np.random.default_rng(3).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    strand = np.zeros((13, 13), np.float32)
    cv2.line(strand, (2, 4), (10, 8), 1, 1)
    strands = cv2.filter2D(cv2.GaussianBlur(noise, (0, 0), 0.8), -1, strand)
    strands *= 20 / strands.std()
    coat = np.float32([165, 150, 135]) + strands[..., None]
    return np.asarray(np.clip(coat, 0, 255), np.uint8)


def test_fur_is_not_lit_as_hammered_metal() -> None:
    coat = fur()
    stylizer = Stylizer(Options(Style.CARTOON_3D), (WIDTH, HEIGHT))
    painted = [stylizer.render(coat) for _ in range(3)][-1]
    before, after = (roughness(picture) for picture in (coat, painted))
    # Clearer tones make it a little rougher, as all else.
    assert after < 1.35 * before


def roughness(picture: Bytes) -> float:
    """How far tones differ from those around, of the middle."""
    tone = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float((tone - cv2.GaussianBlur(tone, (0, 0), 6))[60:-60, 60:-60].std())


def test_petals_are_plump_cushions(monkeypatch: pytest.MonkeyPatch) -> None:
    reliefs: list[Relief] = []
    light = lighting.light

    def lit(colour: Floats, relief: Relief, *rest: Any, **named: Any) -> Floats:
        reliefs.append(relief)
        return light(colour, relief, *rest, **named)

    monkeypatch.setattr(lighting, "light", lit)
    petals = np.full((HEIGHT, WIDTH, 3), (150, 60, 72), np.uint8)
    for y in range(30, HEIGHT, 60):
        for x in range(40, WIDTH, 80):
            cv2.ellipse(petals, (x, y), (37, 27), 0, 0, 360, (205, 95, 110), cv2.FILLED)
    Stylizer(Options(Style.CARTOON_3D), (WIDTH, HEIGHT)).render(petals)
    # The middle row of one in the middle, half size: its rim, halfway, and its top.
    pieces = reliefs[0].small[75, 80:121:4]
    top, half = pieces[5], (pieces[3] + pieces[7]) / 2
    assert top > 8, "high, though it is wide"
    assert top - half > 0.06 * top, "and round, not flat like foil with a rim"
    whole = reliefs[0].height[75, 80:121:4]
    assert whole[5] - whole[[0, 10]].mean() > 2.5, "it is lit so, too"

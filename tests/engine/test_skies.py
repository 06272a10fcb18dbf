"""Skies: a plain ground from the upper border becomes paper; nights, walls apart and fur do not."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import blur, luma
from restyle.engine.skies import BARE, EVERY, SLOWLY, Skies

HEIGHT, WIDTH = 360, 640
TOWER = slice(100, 360), slice(300, 340)
DUSK = 0.45


def ground(level: float = DUSK) -> Floats:
    """A sky that is darker above, with a tower before it: 0–1."""
    grey = np.repeat(np.linspace(level - 0.05, level + 0.05, HEIGHT)[:, None], WIDTH, 1)
    grey[TOWER] = 0.05
    return np.asarray(grey, np.float32)


def read(grey: Floats) -> tuple[Floats, Frame]:
    """Its tone as it is, half size, and its frame."""
    picture = np.repeat(np.clip(grey * 255, 0, 255).astype(np.uint8)[..., None], 3, 2)
    frame = FrameReader(Abstraction(2, 34, 5), keep_faces=False).read(picture)
    return luma(frame.abstract), frame


def within(tone: Floats, rows: slice, columns: slice) -> Floats:
    """What of a half-size map is well within a part of the full-size picture."""
    inner = [slice(part.start // 2 + 6, part.stop // 2 - 6) for part in (rows, columns)]
    return tone[inner[0], inner[1]]


SKY = slice(40, 340), slice(20, 280)


def test_a_plain_sky_becomes_paper_and_keeps_its_gradient() -> None:
    bare = within(Skies().bare(*read(ground())), *SKY)
    assert abs(bare.mean() - BARE) < 0.03
    assert bare[:10].mean() < bare[-10:].mean() - 0.05


def test_what_stands_before_a_sky_keeps_its_tone() -> None:
    tone, frame = read(ground())
    bare = Skies().bare(tone, frame)
    np.testing.assert_allclose(within(bare, *TOWER), within(tone, *TOWER), atol=0.01)


def test_what_is_a_little_lighter_than_the_sky_is_not_lost_on_the_paper() -> None:
    grey = ground()
    grey[120:, 480:496] = DUSK + 0.2
    bare = Skies().bare(*read(grey))
    assert bare[70:170, 242:246].max() < BARE - 0.3


def night() -> Floats:
    return ground(0.1)


def light_sky() -> Floats:
    return ground(0.8)


def foliage() -> Floats:
    noise = np.random.default_rng(2).normal(size=(HEIGHT, WIDTH)).astype(np.float32)
    leaves = blur(noise, 2.5)
    return ground() + F(0.1) * leaves / leaves.std()


def below_a_roof() -> Floats:
    grey = ground()
    grey[:60] = np.where(np.arange(WIDTH) // 8 % 2, 0.1, 0.5)
    return grey


def small_window() -> Floats:
    grey = foliage()
    grey[:120, :120] = DUSK
    return grey


@pytest.mark.parametrize("picture", [night, light_sky, foliage, below_a_roof, small_window])
def test_what_is_no_sky_or_bare_already_keeps_its_tone(picture) -> None:  # type: ignore[no-untyped-def]
    tone, frame = read(picture())
    np.testing.assert_allclose(Skies().bare(tone, frame), tone, atol=1e-6)


def test_a_sky_that_comes_into_view_grows_light_slowly() -> None:
    skies = Skies()
    skies.bare(*read(foliage()))
    tone, frame = read(ground())
    for _ in range(EVERY):
        entered = skies.bare(tone, replace(frame, is_cut=False))
    risen = float((within(entered, *SKY) - within(tone, *SKY)).max())
    assert risen < 2 * SLOWLY * BARE

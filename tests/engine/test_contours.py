"""Contours: faint edges that run far are found, short ones and those among many are not."""

import numpy as np
import pytest

from restyle.engine.contours import CLEAR, SEEN, Contours
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import blur
from restyle.engine.strokes import Lines, line_edges, line_tone, stroke_weights
from restyle.engine.tracing import traced

SIZE = 720
# Half-size pixels from the middle of a border that what is drawn along it may lie.
NEAR = 8
LINES = Lines(sigma=2.9, epsilon=-0.0190, phi=55, length=9)


def seen(picture: Bytes) -> Floats:
    frame: Frame = FrameReader(Abstraction(4, 34, 5, 4), keep_faces=False).read(picture)
    edges = line_edges(line_tone(frame), frame, LINES)
    (followed,) = traced([edges], frame.tangents, [stroke_weights(LINES.length)])
    return Contours().read(followed, frame)


def pale(level: float = 232) -> Floats:
    return np.full((SIZE, SIZE), level, np.float32)


def picture_of(grey: Floats) -> Bytes:
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, 2)


def disc(step: float) -> tuple[Floats, Floats]:
    """A pale disc that is `step` (0–255) darker than its ground, and how far from its rim."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) - SIZE / 2
    beyond = np.hypot(x, y) - F(200)
    return pale() - F(step) * np.clip(F(0.5) - beyond / 4, 0, 1), beyond


def test_the_faint_rim_of_a_pale_disc_is_a_contour_all_around() -> None:
    grey, beyond = disc(14)
    found = seen(picture_of(grey))
    rim = np.abs(beyond[::2, ::2]) < 2 * NEAR
    angle = np.arctan2(*(np.mgrid[:SIZE:2, :SIZE:2] - SIZE / 2))
    for around in np.linspace(-np.pi, np.pi, 24, endpoint=False):
        part = rim & (angle >= around) & (angle < around + np.pi / 12)
        assert found[part].max() > CLEAR
    assert found[~rim].max() < SEEN


def test_a_short_edge_as_strong_is_none() -> None:
    grey = pale()
    grey[352:368, 350:370] -= 14
    assert seen(picture_of(grey)).max() < SEEN


def test_edges_among_many_as_strong_are_of_fur() -> None:
    noise = np.random.default_rng(3).normal(size=(SIZE, SIZE)).astype(np.float32)
    strands = blur(noise, 2.5)
    strands *= F(14) / strands.std()
    found = seen(picture_of(pale(200) + strands))
    assert (found > SEEN).mean() < 0.01


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_no_contours(level: int) -> None:
    assert seen(picture_of(pale(level))).max() < SEEN


def test_the_rim_of_a_flower_does_not_drown_the_fainter_rims_of_its_petals() -> None:
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) - SIZE / 2
    from_middle = np.hypot(x, y)
    grey, tips = pale(), []
    for angle in np.linspace(0, 2 * np.pi, 6, endpoint=False):
        beyond = np.hypot(x - 200 * np.cos(angle), y - 200 * np.sin(angle)) - 85
        grey -= F(10) * np.clip(F(0.5) - beyond / 4, 0, 1)
        tips.append((np.abs(beyond) < NEAR) & (from_middle > 240))
    # Dark leaves around.
    grey[from_middle > 305] = 20
    found = seen(picture_of(grey))
    for tip in tips:
        assert (found[tip[::2, ::2]] > SEEN).mean() > 0.1

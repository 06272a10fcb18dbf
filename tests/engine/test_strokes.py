"""Strokes: edge directions, and where ink goes and where it does not."""

import numpy as np
import pytest

from restyle.engine.frames import Abstraction, Frame, FrameReader, tangent_field
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur
from restyle.engine.strokes import Lines, draw_lines, ink_pixel

LINES = Lines(sigma=1.3, epsilon=-0.0035, phi=110, length=5)
SIZE = 256


def drawn(picture: Bytes) -> Floats:
    reader = FrameReader(Abstraction(2, 26, 2), keep_faces=False)
    frame: Frame = reader.read(picture)
    return draw_lines(frame, Memory(), LINES)


def grey(value: int) -> Bytes:
    return np.full((SIZE, SIZE, 3), value, np.uint8)


def test_tangents_run_along_stripes_of_any_direction() -> None:
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    for degrees in (0, 30, 90, 135):
        along = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        across = (-along[1] * x + along[0] * y) / 6
        tangents, anisotropy = tangent_field((128 + 100 * np.sin(across)).astype(np.float32), 2.6)
        inner = np.abs(np.tensordot(along, tangents[:, 20:-20, 20:-20], 1))
        assert inner.min() > 0.98
        assert anisotropy[20:-20, 20:-20].min() > 0.8


def test_nothing_runs_where_it_is_flat() -> None:
    tangents, anisotropy = tangent_field(np.full((64, 64), 90, np.float32), 2.6)
    assert not anisotropy.any()
    assert (tangents[0] == 1).all()
    assert not tangents[1].any()


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_picture_gets_no_ink(value: int) -> None:
    assert drawn(grey(value)).min() == 1


def test_a_dark_stroke_is_inked_and_its_surroundings_are_not() -> None:
    picture = grey(200)
    picture[126:130, 30:-30] = 40
    lines = drawn(picture)
    assert lines.shape == (SIZE, SIZE)
    assert lines[127:129, 60:-60].max() < 0.2
    assert lines[:110].min() == lines[150:].min() == 1


def test_texture_gets_less_ink_than_an_edge_of_its_contrast() -> None:
    noise = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(np.float32)
    speckle = blur(noise, 2.0)
    textured = np.clip(128 + 30 * speckle / speckle.std(), 0, 255).astype(np.uint8)
    edged = grey(98)
    edged[:, ::32] = edged[:, 1::32] = edged[:, 2::32] = edged[:, 3::32] = 38
    speckled = 1 - drawn(np.repeat(textured[..., None], 3, axis=2)).mean()
    assert speckled < 0.35
    assert 1 - drawn(edged)[:, ::32].mean() > 2 * speckled


@pytest.mark.parametrize(
    ("response", "paper"), [(0.0, 1.0), (-0.0035, 1.0), (-0.0126, 0.25), (-0.0217, 0), (-1, 0)]
)
def test_ink_grows_with_the_response(response: float, paper: float) -> None:
    assert ink_pixel(F(response), F(-0.0035), F(110)) == pytest.approx(paper, abs=0.01)

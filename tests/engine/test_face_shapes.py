"""Shapes of a face: on its features, following what they do."""

from functools import cache

import numpy as np
import pytest
from skimage import data

from restyle.engine.face_shapes import FaceShapes, between, shapes_of, stroke
from restyle.engine.faces import Face, faces_of


@cache
def smiling() -> Face:
    """A woman who smiles, her eyes at about (203, 101) and (246, 103)."""
    return faces_of(np.ascontiguousarray(data.astronaut()[:256, :480]))[0]


@cache
def shapes() -> FaceShapes:
    return shapes_of(smiling().mesh, smiling().box[2])


def test_eyes_come_from_left_to_right_below_their_brows_above_the_mouth() -> None:
    left, right = shapes().eyes
    np.testing.assert_allclose(left.middle, (203, 101), atol=4)
    np.testing.assert_allclose(right.middle, (246, 103), atol=4)
    for eye in (left, right):
        assert eye.brow[:, 1].max() < eye.middle[1]
        assert eye.upper[:, 1].mean() < eye.lower[:, 1].mean()
        assert 0.15 < eye.open < 0.6
        assert eye.seen == 1
    assert shapes().nostrils[:, 1].min() > left.middle[1]
    assert shapes().mouth_top[:, 1].min() > shapes().nostrils[:, 1].max()


def test_lids_run_from_the_nose_outwards() -> None:
    left, right = shapes().eyes
    assert left.upper[0, 0] > left.upper[-1, 0]
    assert right.upper[0, 0] < right.upper[-1, 0]
    assert left.brow[0, 0] > left.brow[-1, 0]


def test_lips_enclose_the_mouth() -> None:
    face = shapes()
    assert face.lip_top[:, 1].min() < face.mouth_top[:, 1].min()
    assert face.lip_bottom[:, 1].max() > face.mouth_bottom[:, 1].max()
    assert face.lip_top[0, 0] < face.mouth_top[0, 0]


def test_a_closed_eye_and_an_open_mouth_are_measured() -> None:
    mesh = smiling().mesh.copy()
    for lower, upper in ((145, 159), (144, 160), (153, 158), (154, 157), (163, 161)):
        mesh[lower] = mesh[upper]
    mesh[14, 1] += 20
    face = shapes_of(mesh, 100)
    assert face.eyes[0].open < 0.15 < face.eyes[1].open
    assert face.gape > shapes().gape + 0.2


@pytest.mark.parametrize(("squeeze", "seen"), [(1.0, 1.0), (0.1, 0.0), (0.45, None)])
def test_the_far_eye_of_a_face_that_turns_away_is_seen_less(
    squeeze: float, seen: float | None
) -> None:
    mesh = smiling().mesh.copy()
    middle = mesh[168, 0]
    left = mesh[:, 0] < middle
    mesh[left, 0] = middle + np.float32(squeeze) * (mesh[left, 0] - middle)
    far, near = shapes_of(mesh, 100).eyes
    assert near.seen == 1
    assert far.seen == seen if seen is not None else 0 < far.seen < 1


def test_shapes_are_enlarged_by_a_zoom() -> None:
    large = shapes_of(smiling().mesh, smiling().box[2], (2, 3))
    np.testing.assert_allclose(large.mouth_top, shapes().mouth_top * (2, 3), rtol=1e-5)
    assert large.width == 2 * shapes().width


def test_a_stroke_is_as_wide_as_it_is_told() -> None:
    line = np.stack([np.arange(11), np.zeros(11)], 1).astype(np.float32)
    outline = stroke(line, np.linspace(2, 4, 11, dtype=np.float32))
    assert outline.shape == (22, 2)
    assert np.abs(outline[0] - outline[-1]).max() == pytest.approx(2)
    assert np.abs(outline[10] - outline[11]).max() == pytest.approx(4)


def test_what_lies_between_two_lines_is_enclosed_once() -> None:
    one = np.array([(0, 0), (5, -3), (10, 0)], np.float32)
    other = np.array([(0, 0), (5, 3), (10, 0)], np.float32)
    np.testing.assert_array_equal(between(one, other)[:, 1], [0, -3, 0, 0, 3, 0])

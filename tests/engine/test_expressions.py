"""`animate_emotion`: on a face that talks and moves, features are readable and no less steady."""

from functools import cache

import cv2
import numpy as np
import pytest
from talking_face import Place, View, talking_face
from warping import Step, steps_of, warping_error

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.looks import LOOKS
from restyle.engine.pictures import grey_of
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

SIZE = (320, 256)
FRAMES = 7  # from a closed mouth to an open one


@cache
def views() -> list[View]:
    return talking_face(SIZE, FRAMES)


@cache
def steps() -> list[Step]:
    return steps_of([view.frame for view in views()])


@cache
def styled(style: Style, emotion: bool) -> list[Bytes]:
    stylizer = Stylizer(Options(style, animate_emotion=emotion), SIZE, [views()[0].frame])
    return [stylizer.render(view.frame) for view in views()]


every_look = pytest.mark.parametrize("style", list(LOOKS), ids=lambda style: style.slug)


@every_look
def test_eyes_stand_out_from_the_skin_around_them(style: Style) -> None:
    on, off = (np.mean(list(map(_eyes, styled(style, kept), views()))) for kept in (True, False))
    assert on > 40, "of 255"
    assert on > 1.1 * off


@every_look
def test_an_open_mouth_is_told_from_a_closed_one(style: Style) -> None:
    frames = styled(style, True)
    closed, opened = _mouth(frames[0], views()[0]), _mouth(frames[-1], views()[-1])
    assert opened > closed + 25, "of 255"


@every_look
def test_features_are_no_less_steady_for_their_contrast(style: Style) -> None:
    on, off = (_flicker(styled(style, kept)) for kept in (True, False))
    source = _flicker([view.frame for view in views()])
    # What is steadier than half the source's own changes is steady, blurred features or not.
    assert on < 1.1 * max(off, 0.5 * source)
    assert on < 1.3 * source


def _flicker(frames: list[Bytes]) -> float:
    """The warping error of a face, for the contrast of its features."""
    where = [view.face() for view in views()[1:]]
    features = [_detail(f)[v.face()].var() for f, v in zip(frames, views(), strict=True)]
    return float(warping_error(frames, steps(), where) / np.mean(features))


def _eyes(frame: Bytes, view: View) -> float:
    """How much darker than the skin the eyes are, 0–255."""
    return _skin(frame, view) - float(
        np.mean([_tone(frame, eye, 3 * view.unit) for eye in view.eyes])
    )


def _mouth(frame: Bytes, view: View) -> float:
    """How much darker than the skin the middle of the mouth is, 0–255."""
    return _skin(frame, view) - _tone(frame, view.mouth, 3 * view.unit)


def _skin(frame: Bytes, view: View) -> float:
    return float(np.mean([_tone(frame, cheek, 4 * view.unit) for cheek in view.cheeks]))


def _tone(frame: Bytes, place: Place, radius: float) -> float:
    y, x = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]]
    near = np.hypot(x - place[0], y - place[1]) < radius
    return float(grey_of(frame)[near].mean())


def _detail(frame: Bytes) -> Floats:
    grey = grey_of(frame).astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 6), np.float32)

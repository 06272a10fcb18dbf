"""American comic and 3D cartoon show people as they are seen: each step for that is in use."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from restyle.engine.frames import Frame
from restyle.engine.looks import american_comic, cartoon_3d
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

Bytes = NDArray[np.uint8]
LOOKS = {Style.AMERICAN_COMIC: american_comic, Style.CARTOON_3D: cartoon_3d}
MOUTH = (222, 149)  # in the photograph
COLD = (0.9, 1.0, 1.04)


def _painted(style: Style) -> Bytes:
    """A small face, its lips shut, with dull hair over a printed shirt, in a cold room."""
    photograph = data.astronaut()
    cv2.ellipse(photograph, MOUTH, (21, 8), 2, 0, 360, (150, 84, 80), cv2.FILLED)
    portrait = photograph[:260, 90:440].astype(np.float32)
    grey = portrait.mean(-1, keepdims=True)
    portrait[:70] = grey[:70] * 0.6 + 0.4 * portrait[:70]
    room = np.full((540, 720, 3), 190, np.float32)
    small = cv2.resize(portrait, (154, 115), interpolation=cv2.INTER_AREA)
    room[77:192, 280:434] = small
    room[192:, 200:520] = 40
    cv2.putText(room, "MISFITS", (245, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (220,) * 3, 5)
    seen = np.clip(room * COLD, 0, 255).astype(np.uint8)
    return Stylizer(Options(style), (720, 540), [seen]).render(seen)


def _none_brought_back(frame: Frame, share: float = 1.0) -> NDArray[np.float32]:
    return frame.abstract


def _no_hair(frame: Frame, deeper: float) -> tuple[Frame, NDArray[np.float32]]:
    return frame, np.zeros(frame.half_size, np.float32)


STEPS: dict[str, tuple[str, Callable[..., Any]]] = {
    "the room's cast is cleared": ("Cast.clear", lambda self, frame: frame),
    "prints stay": ("with_prints", _none_brought_back),
    "hair has its colour": ("with_hair", _no_hair),
    "mouths are painted": ("CartoonMouths.paint", lambda self, out, frame: None),
}


# American comic's mouths are its pen's.
CASES = [
    (style, step)
    for style in LOOKS
    for step in STEPS
    if style is not Style.AMERICAN_COMIC or "mouths" not in step
]


@pytest.mark.parametrize(("style", "step"), CASES, ids=str)
def test_each_step_is_seen_in_the_picture(
    style: Style, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, nothing = STEPS[step]
    whole = _painted(style).astype(np.float32)
    monkeypatch.setattr(f"{LOOKS[style].__name__}.{name}", nothing)
    changed = np.abs(_painted(style) - whole).max(-1)
    assert np.count_nonzero(changed > 12) > 60

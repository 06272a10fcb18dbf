"""Where black ends."""

import cv2
import numpy as np
import pytest

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

HEIGHT, WIDTH = 360, 480


def printed(row: Bytes) -> Floats:
    """The brightness of a still scene, grey in columns like `row`, in American comic's print."""
    scene = np.repeat(np.repeat(row[None, :, None], HEIGHT, axis=0), 3, axis=2)
    scene[:20], scene[-20:] = 0, 240
    stylizer = Stylizer(Options(Style.AMERICAN_COMIC), (WIDTH, HEIGHT))
    last = [stylizer.render(scene) for _ in range(3)][-1]
    return cv2.cvtColor(last, cv2.COLOR_RGB2GRAY)[90:-90].astype(np.float32)


@pytest.mark.parametrize(("dark", "light"), [(5, 70), (5, 100), (10, 120)])
def test_black_ends_crisp_in_a_sky_however_slowly_it_falls(dark: int, light: int) -> None:
    sky = np.linspace(dark, light, WIDTH).astype(np.uint8)
    print_ = np.median(printed(sky), axis=0)
    black, clear = (print_ < 25).nonzero()[0], (print_ > 70).nonzero()[0]
    assert black.size
    assert clear.size
    assert clear.min() - black.max() < 24

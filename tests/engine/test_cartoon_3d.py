"""3D cartoon: depths that show as tone are lit as depths."""

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, Floats
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

"""Chinese ink wash: pale things on pale paper are held by a contour."""

import numpy as np

from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

SIZE = 480


def test_a_pale_thing_on_pale_paper_is_held_by_a_contour() -> None:
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) - SIZE / 2
    beyond = np.hypot(x, y) - 140
    grey = 240 - 24 * np.clip(0.5 - beyond / 4, 0, 1)
    picture = np.repeat(grey.astype(np.uint8)[..., None], 3, 2)
    stylizer = Stylizer(Options(style=Style.CHINESE_INK_WASH), (SIZE, SIZE))
    painted = stylizer.render(picture).mean(2)
    rim = np.abs(beyond) < 8
    angle = np.arctan2(y, x)
    darkest = [
        painted[rim & (angle >= around) & (angle < around + np.pi / 6)].min()
        for around in np.linspace(-np.pi, np.pi, 12, endpoint=False)
    ]
    # The hand's pressure lets a stroke thin out here and there; it is 198 without contours.
    assert np.median(darkest) < 130
    assert painted[beyond < -20].min() > 185

"""Chinese ink wash: petals on pale paper are held by a contour; an empty sky is paper."""

import numpy as np

from restyle.engine.kernels import Floats
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

SIZE = 480
PEACH = np.array([252, 208, 160], np.float32)
GREY = np.array([216, 216, 216], np.float32)


def rim_of(colour: Floats) -> float:
    """How dark the rim of a disc on a ground that is a little lighter is drawn, 0–255."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) - SIZE / 2
    beyond = np.hypot(x, y) - 140
    shade = 1 - 0.1 * np.clip(0.5 - beyond / 4, 0, 1)
    stylizer = Stylizer(Options(style=Style.CHINESE_INK_WASH), (SIZE, SIZE))
    painted = stylizer.render((shade[..., None] * colour).astype(np.uint8)).mean(2)
    assert painted[beyond < -20].min() > 150
    rim = np.abs(beyond) < 8
    angle = np.arctan2(y, x)
    # The hand's pressure lets a stroke thin out here and there.
    darkest = [
        painted[rim & (angle >= around) & (angle < around + np.pi / 6)].min()
        for around in np.linspace(-np.pi, np.pi, 12, endpoint=False)
    ]
    return float(np.median(darkest))


def test_a_pale_petal_is_held_by_a_contour_and_grey_mist_is_not() -> None:
    petal, mist = rim_of(PEACH), rim_of(GREY)
    assert petal < 130
    assert mist > 170


def test_an_empty_sky_at_dusk_is_left_as_paper_and_a_tower_before_it_is_ink() -> None:
    picture = np.empty((SIZE, SIZE, 3), np.uint8)
    picture[:] = (56, 84, 140)
    picture[180:, 210:270] = (30, 26, 22)
    # A lamp: the scene's white.
    picture[410:470, 20:90] = 250
    stylizer = Stylizer(Options(style=Style.CHINESE_INK_WASH), (SIZE, SIZE))
    painted = stylizer.render(picture).mean(2)
    assert painted[60:400, 20:180].mean() > 232
    assert painted[220:460, 225:255].mean() < 110

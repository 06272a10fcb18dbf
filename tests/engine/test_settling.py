"""Settling: flicker is left as it was, news comes at once, lines stay sharp."""

import numpy as np

from restyle.engine.kernels import Bytes
from restyle.engine.motion import Motion
from restyle.engine.planes import Planes
from restyle.engine.settling import Settler

HEIGHT, WIDTH = 96, 128


def motion(flow: tuple[float, float] = (0, 0), trust: float = 1, cut: bool = False) -> Motion:
    field = np.empty((HEIGHT // 2, WIDTH // 2, 2), np.float32)
    field[:] = flow
    return Motion(field, np.full(field.shape[:2], trust, np.float32), is_cut=cut)


def noisy(seed: int, strength: float = 3) -> Planes:
    dice = np.random.default_rng(seed)
    shapes = (HEIGHT, WIDTH), (HEIGHT // 2, WIDTH // 2, 2)
    return Planes(*(dice.normal(128, strength, shape).astype(np.uint8) for shape in shapes))


def flat(value: int) -> Planes:
    return Planes(
        np.full((HEIGHT, WIDTH), value, np.uint8),
        np.full((HEIGHT // 2, WIDTH // 2, 2), value, np.uint8),
    )


def apart(one: Planes, two: Planes) -> list[Bytes]:
    """How much two pictures differ, plane by plane."""
    return [np.abs(a.astype(int) - b) for a, b in zip(one, two, strict=True)]


def test_small_differences_are_calmed() -> None:
    settler = Settler()
    shown = [settler.settle(noisy(i), motion(cut=i == 0)) for i in range(6)]
    raw = apart(noisy(5), noisy(4))
    for calmed, before in zip(apart(shown[5], shown[4]), raw, strict=True):
        assert calmed.mean() < 0.6 * before.mean()


def test_what_truly_changes_is_shown_at_once() -> None:
    settler = Settler()
    settler.settle(flat(40), motion(cut=True))
    for off in apart(settler.settle(flat(200), motion()), flat(200)):
        assert off.max() <= 2


def test_another_colour_of_the_same_brightness_is_shown_at_once() -> None:
    blue, red = flat(120), flat(120)
    blue.chroma[:] = 220, 100
    red.chroma[:] = 90, 240
    settler = Settler()
    settler.settle(blue, motion(cut=True))
    assert apart(settler.settle(red, motion()), red)[1].max() <= 2


def test_nothing_is_kept_across_a_cut_or_where_motion_is_not_trusted() -> None:
    for then in (motion(cut=True), motion(trust=0), motion((999, 0))):
        settler = Settler()
        settler.settle(noisy(0), motion(cut=True))
        assert all(not off.any() for off in apart(settler.settle(noisy(1), then), noisy(1)))


def test_a_still_picture_stays_as_it_is_and_as_sharp() -> None:
    picture = flat(128)
    picture.luma[:] = (np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2) * 60 + 100
    settler = Settler()
    settler.settle(picture, motion(cut=True))
    for _ in range(8):
        shown = settler.settle(picture, motion((0.15, 0.1)))
    assert all(not off.any() for off in apart(shown, picture))


def test_the_past_is_taken_from_where_things_were() -> None:
    wide = noisy(3, 20)
    settler = Settler()
    settler.settle(wide, motion(cut=True))
    moved = Planes(np.roll(wide.luma, 4, axis=1), np.roll(wide.chroma, 2, axis=1))
    off = apart(settler.settle(moved, motion((-2, 0))), moved)
    assert not off[0][:, 8:].any()
    assert not off[1][:, 4:].any()


def striped(shift: float) -> Planes:
    """Fine stripes, so many full-size pixels further to the left."""
    x = np.arange(WIDTH) + shift
    stripes = 128 + 40 * np.sin(2 * np.pi * x / 5)
    return Planes(
        np.broadcast_to(stripes.round(), (HEIGHT, WIDTH)).astype(np.uint8), flat(128).chroma
    )


def test_what_is_carried_between_pixels_stays_sharp() -> None:
    settler = Settler()
    for i in range(9):
        shown = settler.settle(striped(0.5 * i), motion((0.25, 0), cut=i == 0))
    kept = shown.luma[:, 20:-20].std() / striped(4).luma[:, 20:-20].std()
    assert 0.91 < kept < 1.02


def test_an_edge_that_is_cut_now_before_and_now_behind_a_pixel_is_calmed() -> None:
    edges = [flat(60), flat(60)]
    for i, edge in enumerate(edges):
        edge.luma[:, 41 + i :] = 160
    settler = Settler()
    shown = [settler.settle(edges[i % 2], motion(cut=i == 0)).luma[:, 41] for i in range(8)]
    assert np.abs(shown[7].astype(int) - shown[6]).max() < 0.5 * 100


def test_a_line_that_flickers_is_calmed() -> None:
    settler = Settler()
    shown = [settler.settle(flat(128 + 20 * (i % 2)), motion(cut=i == 0)).luma for i in range(8)]
    assert np.abs(shown[7].astype(int) - shown[6]).mean() < 0.75 * 20

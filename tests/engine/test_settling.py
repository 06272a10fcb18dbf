"""Settling: flicker is left as it was, news comes at once, lines stay sharp."""

import numpy as np

from restyle.engine.kernels import Bytes
from restyle.engine.motion import Motion
from restyle.engine.settling import Settler

HEIGHT, WIDTH = 96, 128


def motion(flow: tuple[float, float] = (0, 0), trust: float = 1, cut: bool = False) -> Motion:
    field = np.empty((HEIGHT // 2, WIDTH // 2, 2), np.float32)
    field[:] = flow
    return Motion(field, np.full(field.shape[:2], trust, np.float32), is_cut=cut)


def noisy(seed: int, strength: float = 3) -> Bytes:
    dice = np.random.default_rng(seed)
    return np.clip(dice.normal(128, strength, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)


def test_small_differences_are_calmed() -> None:
    settler = Settler()
    shown = [settler.settle(noisy(i), motion(cut=i == 0)) for i in range(6)]
    raw = np.abs(noisy(5).astype(int) - noisy(4)).mean()
    assert np.abs(shown[5].astype(int) - shown[4]).mean() < 0.6 * raw


def test_what_truly_changes_is_shown_at_once() -> None:
    settler = Settler()
    settler.settle(np.full((HEIGHT, WIDTH, 3), 40, np.uint8), motion(cut=True))
    bright = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    assert np.abs(settler.settle(bright, motion()).astype(int) - 200).max() <= 2


def test_nothing_is_kept_across_a_cut_or_where_motion_is_not_trusted() -> None:
    for then in (motion(cut=True), motion(trust=0), motion((999, 0))):
        settler = Settler()
        settler.settle(noisy(0), motion(cut=True))
        assert np.array_equal(settler.settle(noisy(1), then), noisy(1))


def test_a_still_picture_stays_as_it_is_and_as_sharp() -> None:
    checks = ((np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2) * 60 + 100).astype(np.uint8)
    picture = np.repeat(checks[..., None], 3, axis=2)
    settler = Settler()
    settler.settle(picture, motion(cut=True))
    for _ in range(8):
        shown = settler.settle(picture, motion((0.15, 0.1)))
    assert np.array_equal(shown, picture)


def test_the_past_is_taken_from_where_things_were() -> None:
    wide = noisy(3, 20)
    settler = Settler()
    settler.settle(wide, motion(cut=True))
    moved = np.roll(wide, 4, axis=1)
    shown = settler.settle(moved, motion((-2, 0)))
    assert np.array_equal(shown[:, 8:], moved[:, 8:])

"""Airbrushed colour: even within regions, crisp between them."""

import cv2
import numpy as np
from discs import CLEAR, HEIGHT, WIDTH, disc, joined

from restyle.engine import airbrush, shading


def test_evening_out_removes_noise_but_no_edge() -> None:
    clean = disc()
    dice = np.random.default_rng(2)
    noisy = (clean + 0.02 * dice.standard_normal(clean.shape)).astype(np.float32)
    keep = np.zeros((HEIGHT, WIDTH), np.float32)
    even = airbrush.even(noisy, joined(clean), reach=8, keep=keep)
    inside = even[50:70, 80:100]
    assert inside.std() < 0.008
    assert abs(float(even[60, 90].mean()) - 0.9) < 0.02
    assert abs(float(even[60, 10].mean()) - 0.2) < 0.02


def test_what_is_kept_is_not_evened_out() -> None:
    dice = np.random.default_rng(3)
    colour = dice.random((HEIGHT, WIDTH, 3)).astype(np.float32)
    np.testing.assert_array_equal(
        airbrush.even(colour, joined(disc()), reach=8, keep=CLEAR), colour
    )


def test_crisping_steepens_an_edge_without_overshoot() -> None:
    soft = np.linspace(0, 1, 9, dtype=np.float32)
    row = np.concatenate([np.full(30, 0.2), 0.2 + 0.6 * soft, np.full(30, 0.8)])
    colour = np.broadcast_to(row[None, :, None], (20, row.size, 3)).astype(np.float32)
    blurred = np.stack(
        [np.convolve(np.pad(row, 4, "edge"), np.ones(9) / 9, "valid")] * 3, axis=-1
    ).astype(np.float32)
    blurred = np.broadcast_to(blurred[None], colour.shape).copy()
    force = np.ones(colour.shape[:2], np.float32)
    sharp = airbrush.crisp(np.ascontiguousarray(colour), blurred, force)
    assert np.abs(np.diff(sharp[10, :, 0])).max() > np.abs(np.diff(row)).max()
    assert sharp.min() >= 0.2 - 1e-6
    assert sharp.max() <= 0.8 + 1e-6


def test_a_negative_force_softens_an_edge_and_at_most_to_the_blurred_copy() -> None:
    colour = disc()
    blurred = np.asarray(cv2.GaussianBlur(colour, (0, 0), 2), np.float32)
    half, whole, more = (
        airbrush.crisp(colour, blurred, np.full(colour.shape[:2], force, np.float32))
        for force in (-0.5, -1, -3)
    )
    steepest = [
        float(np.abs(np.diff(row[HEIGHT // 2, :, 0])).max()) for row in (colour, half, whole)
    ]
    assert steepest == sorted(steepest, reverse=True)
    assert steepest[2] < 0.8 * steepest[0]
    np.testing.assert_array_equal(whole, more)


def test_every_row_and_column_is_swept_both_ways_whatever_their_number() -> None:
    dice = np.random.default_rng(5)
    for height, width in ((5, 7), (30, 131), (43, 260)):
        colour = dice.random((height, width, 3)).astype(np.float32)
        right, down, keep = dice.random((3, height, width)).astype(np.float32)
        found = airbrush.even(colour, shading.Links(right, down), reach=6, keep=keep)
        wanted = colour.astype(np.float64)
        free = 1 - keep.astype(np.float64)[..., None]
        for reach in (6, 3):
            feedback = np.exp(-np.sqrt(2) / reach)
            across, along = (
                feedback * (x.astype(np.float64) ** 2)[..., None] for x in (right, down)
            )
            for x in range(1, width):
                step = wanted[:, x - 1] - wanted[:, x]
                wanted[:, x] += across[:, x - 1] * free[:, x] * step
            for x in range(width - 2, -1, -1):
                wanted[:, x] += across[:, x] * free[:, x] * (wanted[:, x + 1] - wanted[:, x])
            for y in range(1, height):
                wanted[y] += along[y - 1] * free[y] * (wanted[y - 1] - wanted[y])
            for y in range(height - 2, -1, -1):
                wanted[y] += along[y] * free[y] * (wanted[y + 1] - wanted[y])
        np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_crisping_never_passes_the_nine_pixels_around_at_borders_too() -> None:
    dice = np.random.default_rng(6)
    colour, soft = dice.random((2, 12, 17, 3)).astype(np.float32)
    force = dice.uniform(-2, 3, (12, 17)).astype(np.float32)
    found = airbrush.crisp(colour, soft, force)
    wide = np.pad(colour, ((1, 1), (1, 1), (0, 0)), "edge")
    around = np.stack([wide[y : y + 12, x : x + 17] for y in range(3) for x in range(3)])
    sharp = colour + np.maximum(force, -1)[..., None] * (colour - soft)
    np.testing.assert_allclose(found, np.clip(sharp, around.min(0), around.max(0)), atol=1e-6)

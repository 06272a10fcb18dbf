"""Motion: what the flow finds, when a cut is seen, what is remembered and what is not."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.engine.kernels import Bytes
from restyle.engine.motion import Denoiser, Memory, Motion, MotionReader
from restyle.engine.pictures import blur

HEIGHT, WIDTH = 120, 160


def scene(seed: int = 0, size: int = 260) -> Bytes:
    """A soft, richly textured grey picture."""
    noise = np.random.default_rng(seed).normal(size=(size, size)).astype(np.float32)
    soft = blur(noise, 3)
    return np.clip(128 + 40 * soft / soft.std(), 0, 255).astype(np.uint8)


def window(picture: Bytes, x: int, y: int) -> Bytes:
    return np.ascontiguousarray(picture[y : y + HEIGHT, x : x + WIDTH])


def motion(flow: tuple[float, float] = (0, 0), confidence: float = 1, cut: bool = False) -> Motion:
    field = np.empty((HEIGHT, WIDTH, 2), np.float32)
    field[:] = flow
    return Motion(field, np.full((HEIGHT, WIDTH), confidence, np.float32), is_cut=cut)


def test_the_first_frame_begins_a_shot() -> None:
    assert MotionReader().read(window(scene(), 0, 0), (2, 2)).is_cut


def test_a_pan_is_found_and_trusted() -> None:
    reader, picture = MotionReader(), scene()
    reader.read(window(picture, 20, 20), (2, 2))
    found = reader.read(window(picture, 23, 21), (2, 2))
    assert not found.is_cut
    # The window moved right and down, so the way back to the previous frame is (+3, +1).
    assert np.median(found.flow.reshape(-1, 2), axis=0) == pytest.approx([3, 1], abs=0.2)
    assert found.confidence[10:-10, 10:-10].mean() > 0.8


def test_a_thin_thing_is_followed_on_its_own() -> None:
    reader, ground, pole = MotionReader(), scene(1), scene(2)
    wide = 12
    frames = [window(ground, 20, 20), window(ground, 20, 20)]
    for frame, left in zip(frames, (70, 72), strict=True):
        frame[:, left : left + wide] = pole[:HEIGHT, :wide]
    reader.read(frames[0], (2, 2))
    found = reader.read(frames[1], (2, 2)).flow
    on_pole = found[10:-10, 73 : 71 + wide]
    assert np.hypot(on_pole[..., 0] + 2, on_pole[..., 1]).mean() < 0.7
    beside = found[10:-10, 20:60]
    assert np.hypot(beside[..., 0], beside[..., 1]).mean() < 0.05


def test_drift_adds_up_in_full_size_pixels_and_restarts_at_a_cut() -> None:
    reader, picture = MotionReader(), scene()
    for step in range(4):
        reader.read(window(picture, 20 + 2 * step, 20), (2, 2))
    assert reader.drift == pytest.approx([12, 0], abs=0.8)
    assert reader.read(window(scene(9), 0, 0), (2, 2)).is_cut
    assert reader.drift.tolist() == [0, 0]


def test_a_still_scene_does_not_drift() -> None:
    reader, picture = MotionReader(), scene()
    dice = np.random.default_rng(1)
    for _ in range(6):
        noisy = window(picture, 20, 20) + dice.normal(0, 3, (HEIGHT, WIDTH))
        reader.read(np.clip(noisy, 0, 255).astype(np.uint8), (2, 2))
    assert reader.drift.tolist() == [0, 0]


def test_denoising_averages_noise_but_keeps_true_change() -> None:
    dice = np.random.default_rng(2)
    truth = np.repeat(window(scene(), 20, 20)[..., None], 3, axis=2)
    cleaner = Denoiser()
    first = np.clip(truth + dice.normal(0, 4, truth.shape), 0, 255).astype(np.uint8)
    cleaner.clean(first, motion(cut=True))
    for _ in range(6):
        noisy = np.clip(truth + dice.normal(0, 4, truth.shape), 0, 255).astype(np.uint8)
        clean, _ = cleaner.clean(noisy, motion())
    left = np.abs(clean.astype(float) - truth).mean()
    assert left < 0.75 * np.abs(noisy.astype(float) - truth).mean()
    changed = truth.copy()
    changed[40:80, 40:80] = 255 - changed[40:80, 40:80] // 2
    far = np.abs(changed.astype(int) - clean).sum(axis=2) > 150
    assert (np.abs(cleaner.clean(changed, motion())[0].astype(int) - changed)[far] <= 12).all()


def test_denoising_does_not_blur_what_stands_still() -> None:
    checks = ((np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2) * 10 + 120).astype(np.uint8)
    picture = np.repeat(checks[..., None], 3, axis=2)
    cleaner = Denoiser()
    cleaner.clean(picture, motion(cut=True))
    for _ in range(10):
        clean, _ = cleaner.clean(picture, motion(flow=(0.15, 0.1)))
    assert np.array_equal(clean, picture)


def test_what_is_of_another_hue_is_not_trusted_however_alike_its_grey() -> None:
    cleaner = Denoiser()
    wall = np.full((HEIGHT, WIDTH, 3), (150, 155, 150), np.uint8)
    hand = wall.copy()
    hand[30:60, 40:80] = (200, 140, 120)
    cleaner.clean(hand, motion(cut=True))
    clean, found = cleaner.clean(wall, motion())
    assert found.confidence[35:55, 45:75].max() < 0.1
    assert found.confidence[:20].min() > 0.99
    assert np.abs(clean.astype(int) - wall).max() <= 12


@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (HEIGHT, WIDTH, 1), (HEIGHT, WIDTH, 5)])
def test_memory_mixes_the_past_in_by_weight(shape: tuple[int, ...]) -> None:
    memory = Memory()
    memory.advance(motion(cut=True))
    memory.blend("tone", np.ones(shape, np.float32), 0.5)
    memory.advance(motion())
    mixed = memory.blend("tone", np.zeros(shape, np.float32), 0.5)
    assert mixed.shape == shape
    assert mixed == pytest.approx(0.5)


def test_memory_drops_a_past_that_is_news() -> None:
    memory = Memory()
    past = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    past[:, 50:] = 20
    memory.advance(motion(cut=True))
    memory.blend("height", past, 0.8)
    memory.advance(motion())
    mixed = memory.blend("height", np.ones_like(past), 0.8, news=10)
    assert mixed[:, :50] == pytest.approx(0.2, abs=0.1)
    assert mixed[:, 50:] == pytest.approx(1, abs=0.8)


def test_memory_moves_along_the_flow() -> None:
    memory = Memory()
    spot = np.zeros((HEIGHT, WIDTH), np.float32)
    spot[50, 60] = 1
    memory.advance(motion(cut=True))
    memory.blend("spot", spot, 1)
    memory.advance(motion(flow=(-7, 4)))
    moved = memory.blend("spot", np.zeros_like(spot), 1)
    assert np.unravel_index(moved.argmax(), moved.shape) == (46, 67)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (motion(cut=True), "a cut"),
        (motion(confidence=0), "no trust"),
        (motion((999, 0)), "outside"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_memory_forgets(then: Motion, why: str) -> None:
    memory = Memory()
    memory.advance(motion(cut=True))
    memory.blend("tone", np.ones((HEIGHT, WIDTH), np.float32), 0.9)
    memory.advance(then)
    assert not memory.blend("tone", np.zeros((HEIGHT, WIDTH), np.float32), 0.9).any(), why


def test_a_flash_is_looked_past_and_a_change_that_lasts_is_accepted() -> None:
    reader, picture = MotionReader(), scene()
    views = [window(picture, 20 + step, 20) for step in range(9)]
    for flashed in (3, 4, 6, 7, 8):
        views[flashed] = np.clip(0.5 * views[flashed].astype(np.float32) + 120, 0, 255).astype(
            np.uint8
        )
    found = [reader.read(view, (2, 2)) for view in views]
    assert [i for i, motion in enumerate(found) if motion.is_cut] == [0]
    # Two frames of flash, then two steps into a change that stays.
    assert [i for i, motion in enumerate(found) if motion.passes] == [3, 4, 6, 7]
    assert np.median(found[5].flow.reshape(-1, 2), axis=0) == pytest.approx([3, 0], abs=0.3)
    assert found[5].confidence[10:-10, 10:-10].mean() > 0.8


def test_nothing_of_a_flash_is_remembered() -> None:
    memory, cleaner = Memory(), Denoiser()
    dark, bright = np.zeros((HEIGHT, WIDTH), np.float32), np.ones((HEIGHT, WIDTH), np.float32)
    grey = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    memory.advance(motion(cut=True))
    memory.blend("tone", dark, 0.9)
    cleaner.clean(grey, motion(cut=True))
    flash = replace(motion(confidence=0), passes=True)
    memory.advance(flash)
    assert memory.blend("tone", bright, 0.9).min() == 1
    assert cleaner.clean(grey + np.uint8(9), flash)[0].min() == 99
    memory.advance(motion())
    assert memory.blend("tone", bright, 0.9) == pytest.approx(0.1, abs=1e-6)
    assert cleaner.clean(grey + np.uint8(9), motion())[0].max() < 96

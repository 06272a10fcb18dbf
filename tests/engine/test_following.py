"""A frame is made smaller and followed: half its size, its way here, and where the scene went."""

import numpy as np
import pytest

from restyle.engine.following import Follower
from restyle.engine.kernels import Bytes
from restyle.engine.pictures import blur


def scene(seed: int = 0) -> Bytes:
    """A soft, richly textured picture."""
    noise = np.random.default_rng(seed).normal(size=(400, 500, 3)).astype(np.float32)
    soft = blur(noise, 5)
    return np.clip(128 + 40 * soft / soft.std(), 0, 255).astype(np.uint8)


def window(picture: Bytes, x: int, y: int, height: int = 240, width: int = 320) -> Bytes:
    return picture[y : y + height, x : x + width]


@pytest.mark.parametrize(
    ("height", "width", "half"),
    [(240, 320, (120, 160)), (241, 321, (120, 160)), (242, 300, (121, 150))],
)
def test_the_halves_sizes_say_how_many_pixels_went_into_one(
    height: int, width: int, half: tuple[int, int]
) -> None:
    found = Follower().follow(window(scene(), 0, 0, height, width))
    assert found.full.shape == (height, width, 3)
    assert found.guide.shape == (height, width)
    assert found.raw.shape == (*half, 3)
    assert found.motion.flow.shape == (*half, 2)
    assert found.full_per_half == (width / half[1], height / half[0])


def test_the_way_is_found_in_half_size_pixels_and_adds_up_in_full_size_ones() -> None:
    follower, picture = Follower(), scene()
    first = follower.follow(window(picture, 20, 20))
    assert first.motion.is_cut
    assert first.drift == (0, 0)
    for step in (1, 2):
        found = follower.follow(window(picture, 20 + 6 * step, 20 + 2 * step))
        assert not found.motion.is_cut
        way = np.median(found.motion.flow.reshape(-1, 2), axis=0)
        assert way == pytest.approx([3, 1], abs=0.2)
        assert found.drift == pytest.approx((6 * step, 2 * step), abs=0.8)


def test_the_guide_is_freed_of_single_noisy_pixels_and_keeps_edges() -> None:
    picture = np.full((120, 160, 3), 90, np.uint8)
    picture[:, 80:] = 170
    clean = Follower().follow(picture).guide
    picture[40, 30] = picture[70, 120] = 255
    assert np.array_equal(Follower().follow(picture).guide, clean)
    assert set(np.unique(clean[:, :80])) | set(np.unique(clean[:, 80:])) == {90, 170}

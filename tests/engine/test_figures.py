"""The figure: who stands in front is in it, the rest is not, and it holds still."""

import numpy as np
import pytest
from skimage import data

from restyle.engine.figures import EVERY, FigureFinder, snapped
from restyle.engine.frames import Abstraction, Frame, FrameReader
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import enlarge

PLAIN = Abstraction(2, 30, 2)


def frames(*pictures: Bytes) -> list[Frame]:
    reader = FrameReader(PLAIN, keep_faces=False)
    return [reader.read(picture) for picture in pictures]


def found(*pictures: Bytes) -> list[Floats]:
    finder = FigureFinder(0.6)
    masks = []
    for frame in frames(*pictures):
        mask = enlarge(finder.read(frame), frame.half_size)
        masks.append(snapped(mask, frame.grey / F(255), 5 * frame.scale))
    return masks


def test_a_person_is_told_from_what_is_behind() -> None:
    (mask,) = found(data.astronaut())
    assert mask.shape == (256, 256)
    assert mask.dtype == np.float32
    assert 0 <= mask.min() <= mask.max() <= 1
    face, suit, flag, shuttle = mask[60, 110], mask[220, 110], mask[40, 15], mask[120, 215]
    assert min(face, suit) > 0.95
    assert max(flag, shuttle) < 0.05


def test_its_border_is_that_of_the_picture() -> None:
    (mask,) = found(data.astronaut())
    # Dark hair before a light wall, to the right of the head: within two half-size pixels.
    row = data.astronaut()[100:102].mean((0, 2)).reshape(-1, 2).mean(1)
    wall = 128 + int(np.argmax(np.diff(row[128:150])))
    border = 110 + int(np.argmax(mask[50, 110:] < 0.5))
    assert abs(border - wall) <= 4


@pytest.mark.parametrize("what", ["rocket", "noise", "plain"])
def test_scenes_without_anybody_have_no_figure(what: str) -> None:
    pictures = {
        "rocket": data.rocket(),
        "noise": np.random.default_rng(0).integers(0, 256, (256, 320, 3), np.uint8),
        "plain": np.full((256, 320, 3), 120, np.uint8),
    }
    (mask,) = found(pictures[what])
    assert mask.mean() < 0.05


def test_it_holds_still_in_noise() -> None:
    random = np.random.default_rng(0)
    noisy = [
        np.clip(data.astronaut() + random.normal(0, 10, (512, 512, 3)), 0, 255).astype(np.uint8)
        for _ in range(6)
    ]
    held = np.stack(found(*noisy))
    alone = np.stack([found(picture)[0] for picture in noisy])
    assert np.abs(np.diff(held, axis=0)).mean() < 0.6 * np.abs(np.diff(alone, axis=0)).mean()


def test_between_two_looks_it_follows_the_motion() -> None:
    wide = np.pad(data.astronaut(), ((0, 0), (60, 60), (0, 0)), mode="edge")
    still, moved = (np.ascontiguousarray(wide[:, left : left + 512]) for left in (60, 48))
    assert EVERY > 1
    masks = found(still, moved)
    (truth,) = found(moved)
    change = np.abs(truth - masks[0]).mean()
    assert np.abs(masks[1] - truth).mean() < 0.4 * change

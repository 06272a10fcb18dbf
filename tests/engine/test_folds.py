"""Depths that show as tone: folds are deep, fur is none."""

import cv2
import numpy as np
import pytest

from restyle.engine.folds import Folds, folds
from restyle.engine.frames import Abstraction, FrameReader
from restyle.engine.kernels import Bytes, Floats

HEIGHT, WIDTH = 720, 720
MIDDLE = (slice(120, 240), slice(120, 240))  # half size


def found(picture: Bytes) -> Folds:
    reader = FrameReader(Abstraction(passes=3, range_sigma=32, radius=3.0), keep_faces=False)
    return folds(reader.read(picture))


def on_cloth(change: Floats) -> Bytes:
    """A plain cloth, lighter or darker by `change` (HEIGHT, WIDTH)."""
    cloth = np.float32([165, 150, 135]) + change[..., None]
    return np.clip(cloth, 0, 255).astype(np.uint8)


def line(change: float, sigma: float = 4) -> Floats:
    """An upright fold in the middle."""
    from_it = np.arange(WIDTH, dtype=np.float32) - WIDTH / 2
    row = change * np.exp(-((from_it / sigma) ** 2) / 2)
    return np.broadcast_to(row, (HEIGHT, WIDTH)).astype(np.float32)


def fur(strength: float = 22) -> Floats:
    """Short strands all over, most of them running down to the right."""
    noise = np.random.default_rng(3).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    strand = np.zeros((21, 21), np.float32)
    cv2.line(strand, (4, 7), (16, 13), 1, 2)
    strands = np.asarray(cv2.filter2D(cv2.GaussianBlur(noise, (0, 0), 1.2), -1, strand), np.float32)
    return np.asarray(strands * (strength / float(strands.std())), np.float32)


def rims(cell: int = 120) -> Floats:
    """Light rims around pieces that lie side by side, dark beside them: petals."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32) % cell - cell / 2
    away = np.hypot(y, x) - cell * 0.42
    rim = 45 * np.exp(-((away / 4) ** 2) / 2) - 60 * np.exp(-(((away - 9) / 5) ** 2) / 2)
    return np.asarray(rim, np.float32)


def test_a_dark_fold_is_deep_and_a_light_one_hardly_high() -> None:
    deep, high = (found(on_cloth(line(change))).depth[MIDDLE] for change in (-60, 60))
    assert deep.min() < -1.5
    assert 0.1 < high.max() < -0.5 * deep.min()


def test_faint_tones_are_no_folds_in_the_light_but_in_the_dark() -> None:
    cloth = on_cloth(line(-9))
    light = found(cloth).depth[MIDDLE].min()
    dark = found(cloth - np.uint8(100)).depth[MIDDLE].min()
    assert dark < 2 * light < 0


def test_fur_is_no_relief() -> None:
    made = found(on_cloth(fur()))
    assert made.fur[MIDDLE].mean() > 0.8
    assert np.abs(made.depth[MIDDLE]).mean() < 0.05


@pytest.mark.parametrize(
    "change", [line(-60), rims(), 0 * line(0)], ids=["a fold", "petals", "plain cloth"]
)
def test_what_has_contours_or_nothing_is_no_fur(change: Floats) -> None:
    assert found(on_cloth(change)).fur[MIDDLE].mean() < 0.1

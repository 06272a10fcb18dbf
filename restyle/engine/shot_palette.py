"""A shot's palette from its sample frames: looks for faces first, and tells true from false.

Kept apart from `palette`, which knows of colours only.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.engine.clusters import Sample
from restyle.engine.colours import Manner, to_lab
from restyle.engine.faces import FaceFinder, face_mask
from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.palette import Palette, fit
from restyle.engine.pictures import grey_of, reduce_bytes

MOST_SAMPLES = 8
_SHORT_SIDE = 360  # pixels at which samples are looked at


Box = tuple[float, float, float, float, float]


def shot_palette(frames: Sequence[Bytes], manner: Manner) -> Palette:
    """The palette of a clip's RGB frames (H, W, 3), at least one; of many, eight are looked at."""
    count = min(len(frames), MOST_SAMPLES)
    places = np.linspace(0, len(frames) - 1, count).round().astype(int)
    small = [_reduced(frames[place]) for place in places]
    found = [(i, box, _core(rgb, box)) for i, rgb in enumerate(small) for box in _boxes(rgb)]
    kept = _alike([core for _, _, core in found])
    boxes: list[list[Box]] = [[] for _ in small]
    for (i, box, _), is_kept in zip(found, kept, strict=True):
        if is_kept:
            boxes[i].append(box)
    return fit([_sample(rgb, of) for rgb, of in zip(small, boxes, strict=True)], manner)


def with_true_faces(frame: Frame, palette: Palette) -> Frame:
    """The frame without faces that lack the palette's skin: cascades see faces in folds."""
    if not frame.face_boxes:
        return frame
    true = [box for box in frame.face_boxes if palette.n_skin and _has_skin(frame, box, palette)]
    if len(true) == len(frame.face_boxes):
        return frame
    return replace(frame, face_boxes=true, face_mask=face_mask(true, *frame.half_size))


def _has_skin(frame: Frame, box: Box, palette: Palette) -> bool:
    core = _window(frame.light, box)
    if not core.size:
        return False
    lab = to_lab(core[::2, ::2]).reshape(-1, 3)
    off = np.min(
        [
            np.hypot(*(lab - tone).T[1:]) + 0.3 * abs(lab[:, 0] - tone[0])
            for tone in palette.lab[:2]
        ],
        0,
    )
    return bool((off < 14).mean() > 0.4)


def _window(picture: NDArray[Any], box: Box) -> NDArray[Any]:
    """The middle of a face box: cheeks, nose and what is between."""
    x, y, w, h, _ = box
    rows = slice(max(int(y + 0.25 * h), 0), max(int(y + 0.85 * h), 0))
    return picture[rows, max(int(x + 0.22 * w), 0) : max(int(x + 0.78 * w), 0)]


def _core(rgb: Bytes, box: Box) -> Floats:
    core = _window(rgb, box)
    if not core.size:
        return np.array([0, 0, 0], np.float32)
    lab = to_lab(core.astype(np.float32) / np.float32(255))
    return np.asarray(np.median(lab.reshape(-1, 3), 0), np.float32)


def _alike(cores: list[Floats]) -> list[bool]:
    """Which faces agree with the most, and most skin-like, of the others in colour."""
    if not cores:
        return []
    lab = np.stack(cores)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    likely = np.exp(-(((chroma - 20) / 15) ** 2)) * np.where(lab[:, 1] > -2, 1.0, 0.2)
    apart = np.hypot(lab[:, None, 1] - lab[None, :, 1], lab[:, None, 2] - lab[None, :, 2])
    support = likely * (likely[None] * np.exp(-((apart / 10) ** 2))).sum(1)
    return [bool(near) for near in apart[int(np.argmax(support))] < 18]


def _reduced(frame: Bytes) -> Bytes:
    height, width = frame.shape[:2]
    shrink = min(1.0, _SHORT_SIDE / min(height, width))
    size = max(2, round(height * shrink)), max(2, round(width * shrink))
    return reduce_bytes(frame, size)


def _boxes(rgb: Bytes) -> list[Box]:
    grey = grey_of(rgb)
    still = np.zeros((*grey.shape, 2), np.float32)
    return FaceFinder().read(grey, rgb, still, is_cut=True)


def _sample(rgb: Bytes, boxes: list[Box]) -> Sample:
    height, width = rgb.shape[:2]
    hair = np.zeros((height, width), np.float32)
    for x, y, w, h, _ in boxes:
        # The band over the forehead; a bald head's skin is told apart by its colour.
        rows = slice(max(int(y - 0.16 * h), 0), max(int(y + 0.08 * h), 0))
        hair[rows, max(int(x + 0.2 * w), 0) : max(int(x + 0.8 * w), 0)] = 1
    return Sample(rgb, face_mask(boxes, height, width), hair)

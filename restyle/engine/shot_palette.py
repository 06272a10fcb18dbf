"""The palette of each shot: which frames it is taken from, and which faces in them are true.

Kept apart from `palette`, which knows of colours only.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.clusters import Sample, distance
from restyle.engine.colours import Manner, to_lab
from restyle.engine.faces import Box, Face, face_mask, faces_of
from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.palette import Palette, fit
from restyle.engine.pictures import reduce_bytes

MOST_SAMPLES = 8
MOST_SHOTS = 6  # that are remembered, in case one is shown again
EVERY = 15  # frames between looks whether the palette still fits
MISFIT = 0.25  # more of the picture far from every entry than at first: it fits no longer
FAR = 16.0  # ΔE from the nearest entry
AKIN, SAME = 0.84, 0.96  # likeness of two pictures of one shot, of nearly the same picture
_MIX = 8  # bins of lightness, of a and of b
_SHORT_SIDE = 360  # pixels at which samples are looked at


class Looked(NamedTuple):
    """A frame made small, RGB 8 bits (h, w, 3), and the faces found in that."""

    rgb: Bytes
    faces: list[Face]


def looked_at(frame: Bytes) -> Looked:
    """What a palette is taken from, of an RGB frame (H, W, 3), 8 bits."""
    small = _reduced(frame)
    return Looked(small, faces_of(small))


class Palettes:
    """The palettes of one clip, a shot's kept from its first frame to its last.

    A shot's palette is taken from its first frame and from those of the clip's `samples` that
    look like it; one that was shown before gets the palette it had then. Where the picture has
    changed without a cut (a dissolve, a long pan) until the palette no longer fits, it is chosen
    anew, once the picture has come to rest.
    """

    def __init__(self, manner: Manner, samples: Iterable[Bytes] = ()) -> None:
        self._manner = manner
        aside = ThreadPoolExecutor(1, thread_name_prefix="palette")  # beside the first frames
        self._samples = aside.submit(
            lambda: [(colour_mix(sample), looked_at(sample)) for sample in samples]
        )
        aside.shutdown(wait=False)
        # Of the latest shots the colours of a picture, and the palette: some megabytes each.
        self._shots: deque[tuple[Floats, Palette]] = deque(maxlen=MOST_SHOTS)
        self._palette: Palette | None = None
        self._last: Bytes | None = None
        self._before = np.zeros(_MIX**3, np.float32)
        self._misfit = 0.0
        self._age = 0

    def of(self, frame: Frame) -> Palette:
        """The palette of a frame; the same object as long as nothing calls for another one."""
        palette = self._palette
        if palette is None:
            palette = self._chosen(frame)
        elif frame.is_cut:
            if self._last is not None:
                self._shots.append((colour_mix(self._last), palette))
            palette = self._chosen(frame)
        elif self._age % EVERY == 0 and self._no_longer_fits(frame, palette):
            palette = self._chosen(frame)
        self._age += 1
        self._palette, self._last = palette, frame.half
        return palette

    def _chosen(self, frame: Frame) -> Palette:
        mix = colour_mix(frame.half)
        known = [(likeness(mix, then), palette) for then, palette in self._shots]
        most, palette = max(known, key=lambda one: one[0], default=(0.0, None))
        if palette is None or most < SAME:
            palette = shot_palette([looked_at(frame.full), *self._akin(mix)], self._manner)
            self._shots.append((mix, palette))
        self._before, self._misfit, self._age = mix, _misfit(frame.half, palette), 0
        return palette

    def _akin(self, mix: Floats) -> list[Looked]:
        """The samples that look like a picture of this mix."""
        samples = self._samples.result()
        return [sample for then, sample in samples if likeness(mix, then) > AKIN]

    def _no_longer_fits(self, frame: Frame, palette: Palette) -> bool:
        before, self._before = self._before, colour_mix(frame.half)
        at_rest = likeness(before, self._before) > SAME
        return at_rest and _misfit(frame.half, palette) > self._misfit + MISFIT


def shot_palette(samples: Sequence[Looked], manner: Manner) -> Palette:
    """The palette of a shot's frames, at least one; of many, eight from first to last are taken."""
    places = np.linspace(0, len(samples) - 1, min(len(samples), MOST_SAMPLES)).round().astype(int)
    looked = [samples[place] for place in places]
    found = [(i, face) for i, one in enumerate(looked) for face in one.faces]
    kept = _alike([_core(looked[i].rgb, face.box) for i, face in found])
    faces: list[list[Face]] = [[] for _ in looked]
    for (i, face), is_kept in zip(found, kept, strict=True):
        if is_kept:
            faces[i].append(face)
    return fit([_sample(one.rgb, of) for one, of in zip(looked, faces, strict=True)], manner)


def with_true_faces(frame: Frame, palette: Palette) -> Frame:
    """The frame without faces whose skin the palette lacks: they have no colours to be drawn in."""
    if not frame.faces:
        return frame
    true = [face for face in frame.faces if palette.n_skin and _has_skin(frame, face.box, palette)]
    if len(true) == len(frame.faces):
        return frame
    return replace(frame, faces=true, face_mask=face_mask(true, *frame.half_size))


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


def _sample(rgb: Bytes, faces: list[Face]) -> Sample:
    height, width = rgb.shape[:2]
    hair, beside = (np.zeros((height, width), np.float32) for _ in range(2))
    for x, y, w, h, _ in (face.box for face in faces):
        # The band over the forehead; a bald head's skin is told apart by its colour.
        rows = slice(max(int(y - 0.16 * h), 0), max(int(y + 0.08 * h), 0))
        hair[rows, max(int(x + 0.2 * w), 0) : max(int(x + 0.8 * w), 0)] = 1
        # Lower is the collar.
        low = slice(max(int(y + 0.6 * h), 0), max(int(y + 1.0 * h), 0))
        for left in (x - 0.3 * w, x + 0.95 * w):
            beside[low, max(int(left), 0) : max(int(left + 0.35 * w), 0)] = 1
    return Sample(rgb, face_mask(faces, height, width), hair, beside)


def colour_mix(rgb: Bytes) -> Floats:
    """How much of each colour a picture has, as soft shares: unit length, for `likeness`."""
    small = cv2.resize(rgb, (64, 36), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(1, -1, 3)
    # a and b lie in the middle of their range: the outer quarters hold only neon.
    ranges = [0, 256, 64, 192, 64, 192]
    mix = cv2.calcHist([lab], [0, 1, 2], None, [_MIX] * 3, ranges)
    for axis in range(3):
        padded = np.pad(mix, [(1, 1) if k == axis else (0, 0) for k in range(3)])
        before, after = (np.take(padded, range(k, k + _MIX), axis) for k in (0, 2))
        mix = mix / 2 + (before + after) / 4
    root = np.sqrt(mix).ravel()
    return np.asarray(root / max(float(np.linalg.norm(root)), 1e-6), np.float32)


def likeness(one: Floats, two: Floats) -> float:
    """0–1, how much two mixes share (Bhattacharyya's coefficient)."""
    return float(one @ two)


def _misfit(half: Bytes, palette: Palette) -> float:
    """The share of a picture that is far from every entry of a palette."""
    lab = to_lab(half[::8, ::8].astype(np.float32) / np.float32(255)).reshape(-1, 3)
    nearest = np.min([distance(lab, entry) for entry in palette.lab], 0)
    return float((nearest > FAR).mean())

"""Faces: found now and then, followed by the flow between, kept while they look alike; a mask.

Boxes are in half-size pixels. A face that a hand covers or that turns away is not let go at once:
where the flow has carried it, it stays as long as there is skin.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from restyle.engine.face_search import (
    Rect,
    Search,
    middle,
    overlap,
    search,
    search_near,
    skin_likeness,
)
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.pictures import blur, enlarge, shrink

EVERY = 12  # frames between looks
PATIENCE = 8  # looks in a row that may miss a face which still has its colour
ALIKE = 0.6  # of its first skin that a face nobody sees must still show, to be kept
FEATURE_SIZE = 0.07  # σ of that blur, in widths of a face
DARKEN, LIGHTEN = 1.1, 0.35
FADE = 1 / 6  # of a face's strength gained or lost a frame: nothing pops


# What is tried while no face is known, in turn, one a look.
_TURNS = (Search.COARSE, Search.FINE, Search.LEFT, Search.RIGHT)


@dataclass
class _Face:
    box: Rect
    skin: float  # likeness of its middle to skin when it was last seen
    wanted: bool = True
    strength: float = 0.0
    missed: int = 0


class FaceFinder:
    """Follows the faces of a shot."""

    def __init__(self) -> None:
        self._faces: list[_Face] = []
        self._age = 0
        self._turn = 0

    def read(
        self, grey: Bytes, rgb: Bytes, flow: Floats, is_cut: bool
    ) -> list[tuple[float, float, float, float, float]]:
        """Boxes (x, y, width, height, strength 0–1) in this half-size frame, largest first.

        `grey` (h, w) and `rgb` (h, w, 3) are 8 bits.
        """
        if is_cut:
            self._faces = []
            self._turn = 0
        for face in self._faces:
            face.box = _carried(face.box, flow)
        if is_cut or self._age >= EVERY:
            self._age = 0
            self._look(grey, rgb, is_cut)
            if is_cut:
                for face in self._faces:
                    face.strength = 1.0
        self._age += 1
        for face in self._faces:
            step = FADE if face.wanted else -FADE
            face.strength = min(max(face.strength + step, 0.0), 1.0)
        self._faces = [face for face in self._faces if face.strength > 0]
        found = [(*face.box, face.strength) for face in self._faces]
        return sorted(found, key=lambda box: -box[2])

    def _look(self, grey: Bytes, rgb: Bytes, is_cut: bool) -> None:
        if is_cut:
            found = search(grey, rgb, Search.COARSE) or search(grey, rgb, Search.FINE)
        else:
            # Known faces cost little to see again: newcomers alone then need the whole picture.
            turns = _TURNS[:2] if self._faces else _TURNS
            found = search(grey, rgb, turns[self._turn % len(turns)])
            self._turn += 1
        for face in self._faces:
            self._see_again(face, found, grey, rgb)
        for box in found:
            if all(overlap(box, face.box) < 0.15 for face in self._faces):
                self._faces.append(_Face(box, _skin(rgb, box)))

    def _see_again(self, face: _Face, found: list[Rect], grey: Bytes, rgb: Bytes) -> None:
        near = [box for box in found if overlap(box, face.box) > 0.3]
        seen = max(near, key=lambda box: overlap(box, face.box), default=None)
        seen = seen or search_near(grey, rgb, face.box)
        if seen is not None:
            # Half way only: the cascade's boxes jitter by some pixels.
            x, y, w, h = ((a + b) / 2 for a, b in zip(seen, face.box, strict=True))
            face.box = (x, y, w, h)
            face.missed, face.wanted = 0, True
            face.skin = _skin(rgb, face.box)
            return
        face.missed += 1
        alike = face.skin > 0.1 and _skin(rgb, face.box) > ALIKE * face.skin
        face.wanted = alike and face.missed <= PATIENCE


def _skin(rgb: Bytes, box: Rect) -> float:
    core = middle(rgb, box)
    return float(skin_likeness(core[::2, ::2]).mean()) if core.size else 0.0


def face_mask(
    boxes: list[tuple[float, float, float, float, float]], height: int, width: int
) -> Floats:
    """A soft mask (h, w), 1 inside faces: filled ellipses, blurred."""
    mask = np.zeros((height, width), np.float32)
    for x, y, w, h, strength in reversed(boxes):
        centre = (round(x + w / 2), round(y + 0.52 * h))
        axes = (round(0.48 * w), round(0.62 * h))
        cv2.ellipse(mask, centre, axes, 0, 0, 360, strength, cv2.FILLED)
    if boxes:
        sigma = max(2.0, 0.10 * boxes[0][2])
        # At quarter size: the blur is wide, the mask has no detail to lose.
        mask = enlarge(blur(shrink(mask, 4), sigma / 4), (height, width))
    return mask


def feature_relief(grey: Floats, boxes: list[tuple[float, float, float, float, float]]) -> Floats:
    """What draws a face: eyes, brows and mouth darker, what catches light a little lighter.

    `grey` half size, 0–255; gives a change of tone (h, w), 0–1, to be added inside the mask. It
    is the difference to a blur of an eye's size, dark features counting more than lights.
    """
    height, width = grey.shape
    relief = np.zeros_like(grey)
    for x, y, w, h, _ in boxes:
        left, right = max(int(x - 0.2 * w), 0), min(int(x + 1.2 * w), width)
        top, bottom = max(int(y - 0.2 * h), 0), min(int(y + 1.3 * h), height)
        if right - left < 4 or bottom - top < 4:
            continue
        face = np.ascontiguousarray(grey[top:bottom, left:right])
        detail = (face - blur(face, FEATURE_SIZE * w)) / np.float32(255)
        gain = np.where(detail < 0, np.float32(DARKEN), np.float32(LIGHTEN))
        relief[top:bottom, left:right] = np.clip(gain * detail, -0.35, 0.15)
    return relief


def _carried(box: Rect, flow: Floats) -> Rect:
    x, y, w, h = box
    inside = flow[max(int(y), 0) : max(int(y + h), 0), max(int(x), 0) : max(int(x + w), 0)]
    if inside.size == 0:
        return box
    dx, dy = np.median(inside[::2, ::2].reshape(-1, 2), axis=0)
    return (x - float(dx), y - float(dy), w, h)

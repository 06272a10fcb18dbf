"""Faces: found now and then at low resolution, followed by the flow between, a soft mask.

Haar cascade of OpenCV (frontal faces). Boxes are in half-size pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.pictures import blur, enlarge, reduce_bytes, shrink

SEARCH_SHORT_SIDE = 240  # pixels: detection costs 25 ms at 426×240
SMALLEST = 22  # pixels at that size
EVERY = 12  # frames between detections
FEATURE_SIZE = 0.07  # σ of that blur, in widths of a face
DARKEN, LIGHTEN = 1.1, 0.35
FADE = 1 / 6  # of a face's strength gained or lost a frame: nothing pops


@dataclass
class _Face:
    box: tuple[float, float, float, float]  # x, y, width, height
    wanted: bool = True
    strength: float = 0.0


class FaceFinder:
    """Follows the faces of a shot."""

    def __init__(self) -> None:
        folder: str = cv2.data.haarcascades  # type: ignore[attr-defined]  # missing from its stubs
        self._cascade = cv2.CascadeClassifier(folder + "haarcascade_frontalface_alt2.xml")
        self._faces: list[_Face] = []
        self._age = 0

    def read(
        self, grey: Bytes, flow: Floats, is_cut: bool
    ) -> list[tuple[float, float, float, float, float]]:
        """Boxes (x, y, width, height, strength 0–1) in this half-size frame, largest first."""
        if is_cut:
            self._faces = []
        for face in self._faces:
            face.box = _carried(face.box, flow)
        if is_cut or self._age >= EVERY:
            self._age = 0
            self._match(self._detect(grey))
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

    def _detect(self, grey: Bytes) -> list[tuple[float, float, float, float]]:
        height, width = grey.shape
        shrink = min(1.0, SEARCH_SHORT_SIDE / min(height, width))
        size = (round(height * shrink), round(width * shrink))
        small = cv2.equalizeHist(reduce_bytes(grey, size))
        boxes = self._cascade.detectMultiScale(small, 1.1, 4, minSize=(SMALLEST, SMALLEST))
        return [(x / shrink, y / shrink, w / shrink, h / shrink) for x, y, w, h in boxes]

    def _match(self, boxes: list[tuple[float, float, float, float]]) -> None:
        for face in self._faces:
            near = [box for box in boxes if _overlap(box, face.box) > 0.3]
            face.wanted = bool(near)
            if near:
                best = max(near, key=lambda box: _overlap(box, face.box))
                boxes.remove(best)
                # Half way only: the cascade's boxes jitter by some pixels.
                x, y, w, h = ((a + b) / 2 for a, b in zip(best, face.box, strict=True))
                face.box = (x, y, w, h)
        self._faces += [_Face(box) for box in boxes]


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


def _carried(
    box: tuple[float, float, float, float], flow: Floats
) -> tuple[float, float, float, float]:
    x, y, w, h = box
    inside = flow[max(int(y), 0) : max(int(y + h), 0), max(int(x), 0) : max(int(x + w), 0)]
    if inside.size == 0:
        return box
    dx, dy = np.median(inside[::2, ::2].reshape(-1, 2), axis=0)
    return (x - float(dx), y - float(dy), w, h)


def _overlap(
    one: tuple[float, float, float, float], two: tuple[float, float, float, float]
) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (one[2] * one[3] + two[2] * two[3] - shared)

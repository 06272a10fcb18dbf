"""Faces: found now and then, their points read and steadied in every frame, kept a while; a mask.

Points and boxes are in half-size pixels. A face that a hand covers or that turns away is not let
go at once: where the flow carries it, it stays for some frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from restyle.engine.face_search import (
    EYE_CORNERS,
    NOSE,
    TOP,
    Look,
    crop_around,
    detect,
    is_face,
    read_points,
)
from restyle.engine.face_shapes import FaceShapes, shapes_of
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import blur, enlarge, shrink

SAME = 0.3  # of a crop's side: what is nearer is the same face
EVERY = 10  # frames between looks for faces that are not known
LARGE = 0.3  # of the picture's shorter side
AT_ONCE = 2  # faces whose points are read in a frame; of more, they take turns
PATIENCE = 12  # frames that a face may be unseen and is still kept
FADE = 1 / 6  # of a face's strength gained or lost a frame: nothing pops
# A point's own past, carried along the motion, counts so much where it is hardly contradicted, …
STEADY = 0.95
EXPRESSION = 0.03  # … and half as much where by this share of the face's width: an expression.
AROUND = 0.1  # of a face's height: within it points move alike
FACE_PER_UPPER = 1.67  # height of a face in that from its top to the nose, which no jaw moves
EYE_LINE = 0.41  # of a box's height, where the eyes are
FEATURE_SIZE = 0.07  # σ of that blur, in widths of a face
DARKEN, LIGHTEN = 1.1, 0.35

# The points around a face, in order.
_OVAL = [
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
]

Box = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Face:
    """A face: its mesh (468, 3) float32, x and y in half-size pixels, z (towards the eye negative)
    in the same (MediaPipe's face mesh); `strength` 0–1, how far it is kept."""

    mesh: Floats
    strength: float = 1.0

    @cached_property
    def box(self) -> Box:
        """A square (x, y, width, height, strength) as high as the face with its mouth closed,
        the eyes at `EYE_LINE` of its height."""
        side = FACE_PER_UPPER * float(np.linalg.norm(self.mesh[NOSE, :2] - self.mesh[TOP, :2]))
        eyes = self.mesh[np.ravel(EYE_CORNERS), 1].mean()
        oval = self.mesh[_OVAL, 0]
        middle = float(oval.min() + oval.max()) / 2
        return middle - side / 2, float(eyes) - EYE_LINE * side, side, side, self.strength

    @property
    def oval(self) -> Floats:
        """The outline: (36, 2) points (x, y), in order."""
        return self.mesh[_OVAL, :2]

    @cached_property
    def shapes(self) -> FaceShapes:
        """The shapes to draw of it, in half-size pixels."""
        return shapes_of(self.mesh, self.box[2])


@dataclass
class _Known:
    face: Face
    wanted: bool = True
    unseen: int = 0


class FaceFinder:
    """Follows the faces of a shot."""

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._frame = 0

    def read(self, half: Bytes, flow: Floats, is_cut: bool) -> list[Face]:
        """The faces in a half-size frame, RGB 8 bits (h, w, 3), the largest first."""
        if is_cut:
            self._known, self._frame = [], 0
        for known in self._known:
            known.face = replace(known.face, mesh=_carried(known.face.mesh, flow))
        for turn in range(min(AT_ONCE, len(self._known))):
            self._read_again(self._known[(self._frame * AT_ONCE + turn) % len(self._known)], half)
        if self._frame % EVERY == 0:
            self._look(half, is_cut)
        self._frame += 1
        for known in self._known:
            step = FADE if known.wanted else -FADE
            strength = min(max(known.face.strength + step, 0.0), 1.0)
            known.face = replace(known.face, strength=strength)
        self._known = [known for known in self._known if known.face.strength > 0]
        return sorted((known.face for known in self._known), key=lambda face: -face.box[2])

    def _read_again(self, known: _Known, half: Bytes) -> None:
        points = read_points(half, crop_around(known.face.mesh))
        if is_face(points):
            known.face = replace(known.face, mesh=_steadied(points.mesh, known.face))
            known.wanted, known.unseen = True, 0
        else:
            known.unseen += 1
            known.wanted = known.unseen <= PATIENCE

    def _look(self, half: Bytes, is_cut: bool) -> None:
        faces = [known.face for known in self._known]
        if is_cut:
            found = faces_of(half)
        else:
            looks = (Look.WHOLE,) if _any_large(faces, half) else tuple(Look)
            found = _others(half, looks[self._frame // EVERY % len(looks)], faces)
        strength = 1.0 if is_cut else 0.0
        self._known += [_Known(replace(face, strength=strength)) for face in found]


def faces_of(rgb: Bytes) -> list[Face]:
    """The faces of a single picture (h, w, 3), 8 bits, in its own pixels, the largest first."""
    found = _others(rgb, Look.WHOLE, [])
    if not _any_large(found, rgb):
        found += _others(rgb, Look.CLOSER, found)
    return sorted(found, key=lambda face: -face.box[2])


def _any_large(faces: Sequence[Face], rgb: Bytes) -> bool:
    """Whether there is a large face: beside it nobody looks for tiny ones."""
    return any(face.box[2] > LARGE * min(rgb.shape[:2]) for face in faces)


def _others(rgb: Bytes, look: Look, known: Sequence[Face]) -> list[Face]:
    """The faces of a picture that are not known."""
    found: list[Face] = []
    for crop in detect(rgb, look):
        near = (np.hypot(*(_middle(face) - (crop.x, crop.y))) for face in (*known, *found))
        if any(apart < SAME * crop.side for apart in near):
            continue
        points = read_points(rgb, crop)
        if not is_face(points):
            continue
        # Petals may pass for a face, but hardly again where its own points say that it is.
        again = read_points(rgb, crop_around(points.mesh))
        if is_face(again):
            found.append(Face(again.mesh))
    return found


def face_mask(faces: Sequence[Face], height: int, width: int) -> Floats:
    """A soft mask (h, w), 1 inside the outlines of faces."""
    mask = np.zeros((height, width), np.float32)
    for face in reversed(faces):
        outline = np.round(face.oval * 16).astype(np.int32)
        cv2.fillPoly(mask, [outline], face.strength, shift=4)
    if faces:
        sigma = max(2.0, 0.08 * faces[0].box[2])
        # At quarter size: the blur is wide, the mask has no detail to lose.
        mask = enlarge(blur(shrink(mask, 4), sigma / 4), (height, width))
    return mask


def feature_relief(grey: Floats, faces: Sequence[Face]) -> Floats:
    """What draws a face: eyes, brows and mouth darker, what catches light a little lighter.

    `grey` half size, 0–255; gives a change of tone (h, w), 0–1, to be added inside the mask. It
    is the difference to a blur of an eye's size, dark features counting more than lights.
    """
    height, width = grey.shape
    relief = np.zeros_like(grey)
    for x, y, w, h, _ in (face.box for face in faces):
        left, right = max(int(x - 0.2 * w), 0), min(int(x + 1.2 * w), width)
        top, bottom = max(int(y - 0.2 * h), 0), min(int(y + 1.3 * h), height)
        if right - left < 4 or bottom - top < 4:
            continue
        face = np.ascontiguousarray(grey[top:bottom, left:right])
        detail = (face - blur(face, FEATURE_SIZE * w)) / np.float32(255)
        gain = np.where(detail < 0, np.float32(DARKEN), np.float32(LIGHTEN))
        relief[top:bottom, left:right] = np.clip(gain * detail, -0.35, 0.15)
    return relief


def _steadied(seen: Floats, known: Face) -> Floats:
    """Points as they are seen, held to where they were: small steps are the reading's noise."""
    apart = np.linalg.norm(seen[:, :2] - known.mesh[:, :2], axis=1, keepdims=True)
    moved = apart / F(EXPRESSION * known.box[2])
    keep = F(STEADY) / (F(1) + moved * moved)
    return np.asarray(seen + keep * (known.mesh - seen), np.float32)


def _middle(face: Face) -> Floats:
    return np.asarray(face.mesh[:, :2].mean(0), np.float32)


def _carried(mesh: Floats, flow: Floats) -> Floats:
    """The mesh where the flow has brought it, each point with what is around: jaws and brows move
    by themselves."""
    rows, columns = flow.shape[:2]
    left, top = np.maximum(mesh[:, :2].min(0).astype(int), 0)
    right, bottom = np.minimum(mesh[:, :2].max(0).astype(int) + 1, (columns, rows))
    if left >= right or top >= bottom:
        return mesh
    side = round(AROUND * (bottom - top)) | 1
    motion = cv2.blur(np.ascontiguousarray(flow[top:bottom, left:right]), (side, side))
    x = np.clip(mesh[:, 0].round().astype(int), left, right - 1) - left
    y = np.clip(mesh[:, 1].round().astype(int), top, bottom - 1) - top
    moved = mesh.copy()
    moved[:, :2] -= motion[y, x]
    return moved

"""Where faces are in one picture, how they are turned, and the 468 points of each.

Faces are detected in the whole picture (BlazeFace, Bazarevsky and others 2019, its full-range
kind); then the points of each are read in a crop around it (Kartynnik and others 2019). Both
papers: arXiv 1907.05047 and 1907.06724.
"""

from enum import Enum
from typing import NamedTuple, cast

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.networks import network

_LOOK = 192  # side in pixels of what either network looks at
_CELLS = 48  # the detector answers for each of so many places across and down
_SURE = 0.5  # of a detection, and of there being a face where points were read
_SAME = 0.3  # detections that overlap more are of one face
_ROOM = 1.5  # side of the crop in that of a detected face
_ROOM_AROUND_POINTS = 1.5  # … in the height or width of known points, whichever is more

# Points of the mesh (MediaPipe's numbers): the corners of either eye, the forehead's upper end,
# the nose's lower end.
EYE_CORNERS = ((33, 133), (362, 263))
TOP, NOSE = 10, 2


class Crop(NamedTuple):
    """A square of a picture, turned: its middle and side in pixels, its turn in radians."""

    x: float
    y: float
    side: float
    turn: float


class Points(NamedTuple):
    """The mesh of a face: (468, 3) float32, x and y in pixels of the picture, z (towards the eye
    negative) in the same; and how sure it is that there is a face, 0–1."""

    mesh: Floats
    sure: float


class Look(Enum):
    """What of a picture is looked at: all of it; or parts, in which smaller faces are seen."""

    WHOLE = 1.0
    CLOSER = 0.6  # of its longer side


def detect(rgb: Bytes, look: Look = Look.WHOLE) -> list[Crop]:
    """Crops around the faces in a picture (h, w, 3), 8 bits; where parts overlap, some twice."""
    height, width = rgb.shape[:2]
    side = round(look.value * max(height, width))
    found = []
    for top in sorted({0, max(height - side, 0)}):
        for left in sorted({0, max(width - side, 0)}):
            part = rgb[top : top + side, left : left + side]
            found += [crop._replace(x=crop.x + left, y=crop.y + top) for crop in _detect(part)]
    return found


def _detect(rgb: Bytes) -> list[Crop]:
    height, width = rgb.shape[:2]
    side = max(height, width)
    zoom = _LOOK / side
    rows, columns = max(round(height * zoom), 1), max(round(width * zoom), 1)
    top, left = (_LOOK - rows) // 2, (_LOOK - columns) // 2
    small = cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_AREA)
    look = np.full((_LOOK, _LOOK, 3), F(-1))
    look[top : top + rows, left : left + columns] = small / F(127.5) - F(1)
    scores, places = network("face_detection").ask(look)
    sure = _share(scores.ravel())
    likely = np.flatnonzero(sure > _SURE)
    # Of each place: middle and size of the face, then six points, the eyes first.
    at = places.reshape(-1, 8, 2)[likely] * F(1 / zoom)
    cells = np.stack([likely % _CELLS, likely // _CELLS], 1).astype(np.float32) + F(0.5)
    middle = at[:, 0] + cells * F(_LOOK / _CELLS / zoom) - np.array((left, top)) / zoom
    size = at[:, 1]
    boxes = np.hstack([middle - size / 2, size])
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), sure[likely].tolist(), _SURE, _SAME)
    found = []
    for i in np.asarray(kept, int).ravel():
        (x, y), (across, down) = middle[i], at[i, 3] - at[i, 2]
        turn = float(np.arctan2(down, across))
        found.append(Crop(float(x), float(y), float(_ROOM * size[i].max()), turn))
    return found


def read_points(rgb: Bytes, crop: Crop) -> Points:
    """The points of the face in a crop of a picture (h, w, 3), 8 bits."""
    across, down = np.cos(crop.turn) * crop.side / _LOOK, np.sin(crop.turn) * crop.side / _LOOK
    move = np.array([[across, -down, 0], [down, across, 0]], np.float32)
    move[:, 2] = (crop.x, crop.y) - move[:, :2] @ np.full(2, _LOOK / 2, np.float32)
    look = cv2.warpAffine(rgb, move, (_LOOK, _LOOK), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    score, numbers = network("face_landmarks").ask(look.astype(np.float32) / F(255))
    mesh = numbers.reshape(-1, 3)
    mesh[:, :2] = mesh[:, :2] @ move[:, :2].T + move[:, 2]
    mesh[:, 2] *= F(crop.side / _LOOK)
    return Points(mesh, float(_share(score.ravel())[0]))


def crop_around(mesh: Floats) -> Crop:
    """The crop in which to look for a face again whose points are known."""
    (ax, ay), (bx, by) = (mesh[list(corners), :2].mean(0) for corners in EYE_CORNERS)
    turn = float(np.arctan2(by - ay, bx - ax))
    across = np.array([np.cos(turn), np.sin(turn)], np.float32)
    upright = mesh[:, :2] @ np.stack([across, (-across[1], across[0])], 1)
    low, high = upright.min(0), upright.max(0)
    middle = (low + high) / 2
    x, y = middle @ np.stack([across, (-across[1], across[0])])
    side = _ROOM_AROUND_POINTS * float((high - low).max())
    return Crop(float(x), float(y), side, turn)


def is_face(points: Points) -> bool:
    """Whether there is a face where the points were read."""
    return points.sure > _SURE


def _share(logits: Floats) -> Floats:
    return cast(Floats, F(1) / (F(1) + np.exp(-np.clip(logits, -60, 60))))

"""Cartoon eyes: found inside the faces, enlarged and rounded a little, given a catchlight.

Faces come as half-size boxes; the finished full-size picture is changed in place. An eye is where
it is darkest near its usual place in a face; the place is averaged over time, relative to the box.
"""

import cv2
import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats

PLACES = ((0.315, 0.415), (0.685, 0.415))  # of an eye in a face's box
SEARCH = (0.10, 0.075)  # how far from there it may be, in box widths
SMALLEST = 40.0  # half-size pixels at 720p: eyes of smaller faces are left alone
REACH = 0.17  # of the magnified disc, in box widths
WIDER, TALLER = 1.20, 1.30
INERTIA = 0.85
CATCHLIGHT = 0.70

Eye = tuple[float, float]


class CartoonEyes:
    """Enlarges the eyes of one clip."""

    def __init__(self) -> None:
        self._offsets: list[list[Eye]] = []

    def paint(self, picture: Bytes, frame: Frame) -> None:
        """Change the eyes in a finished full-size RGB picture, in place."""
        if frame.is_cut:
            self._offsets = []
        faces = [box for box in frame.face_boxes if box[2] >= SMALLEST * frame.scale]
        del self._offsets[len(faces) :]
        height, width = frame.size
        across, down = width / frame.half_size[1], height / frame.half_size[0]
        for rank, (x, y, w, h, strength) in enumerate(faces):
            seen = [_offset(frame.grey, (x, y, w, h), place) for place in PLACES]
            if rank == len(self._offsets):
                self._offsets.append(seen)
            self._offsets[rank] = kept = [
                (
                    INERTIA * old[0] + (1 - INERTIA) * new[0],
                    INERTIA * old[1] + (1 - INERTIA) * new[1],
                )
                for old, new in zip(self._offsets[rank], seen, strict=True)
            ]
            for (u, v), (dx, dy) in zip(PLACES, kept, strict=True):
                centre = ((x + (u + dx) * w) * across, (y + v * h + dy * w) * down)
                _magnify(picture, centre, REACH * w * across, strength)
                _light_up(picture, centre, w * across, strength)


def _offset(grey: Floats, box: tuple[float, float, float, float], place: Eye) -> Eye:
    """How far the eye is from its usual place, in box widths: the centroid of what is dark."""
    x, y, w, h = box
    cx, cy = x + place[0] * w, y + place[1] * h
    left, right = round(cx - SEARCH[0] * w), round(cx + SEARCH[0] * w) + 1
    top, bottom = round(cy - SEARCH[1] * w), round(cy + SEARCH[1] * w) + 1
    if left < 0 or top < 0 or right > grey.shape[1] or bottom > grey.shape[0]:
        return 0.0, 0.0
    window = grey[top:bottom, left:right]
    dark = (window.max() - window) ** 3
    v = (np.arange(top, bottom) - cy)[:, None] / w
    u = (np.arange(left, right) - cx)[None, :] / w
    # The usual place is likelier than the edge of the window, where hair and brows are.
    dark = dark * np.exp(-((u / SEARCH[0]) ** 2 + (v / SEARCH[1]) ** 2))
    total = float(dark.sum())
    if total <= 0:
        return 0.0, 0.0
    return float((dark * u).sum()) / total, float((dark * v).sum()) / total


def _patch(picture: Bytes, centre: Eye, reach: float) -> tuple[slice, slice] | None:
    left, right = int(centre[0] - reach), int(centre[0] + reach) + 2
    top, bottom = int(centre[1] - reach), int(centre[1] + reach) + 2
    if left < 0 or top < 0 or right > picture.shape[1] or bottom > picture.shape[0]:
        return None
    return slice(top, bottom), slice(left, right)


def _grid(area: tuple[slice, slice], centre: Eye) -> tuple[Floats, Floats]:
    v = np.arange(area[0].start, area[0].stop, dtype=np.float32)[:, None] - F(centre[1])
    u = np.arange(area[1].start, area[1].stop, dtype=np.float32)[None, :] - F(centre[0])
    return v, u


def _magnify(picture: Bytes, centre: Eye, reach: float, strength: float) -> None:
    area = _patch(picture, centre, reach)
    if area is None:
        return
    v, u = _grid(area, centre)
    fall = np.maximum(F(1) - (u * u + v * v) / F(reach * reach), F(0)) ** F(1.5) * F(strength)
    px = F(centre[0] - area[1].start) + u * (F(1) - F(1 - 1 / WIDER) * fall)
    py = F(centre[1] - area[0].start) + v * (F(1) - F(1 - 1 / TALLER) * fall)
    picture[area] = cv2.remap(
        np.ascontiguousarray(picture[area]),
        np.broadcast_to(px, fall.shape).astype(np.float32),
        np.broadcast_to(py, fall.shape).astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _light_up(picture: Bytes, centre: Eye, face_width: float, strength: float) -> None:
    """A catchlight at the upper left of the pupil, where there is a dark one."""
    spot = centre[0] - 0.016 * face_width, centre[1] - 0.018 * face_width
    radius = 0.017 * face_width
    area = _patch(picture, spot, 3 * radius)
    if area is None:
        return
    v, u = _grid(area, spot)
    under = picture[area].astype(np.float32)
    dark = min(max((135 - float(under.mean())) / 60, 0.0), 1.0)
    cover = np.exp(-(((u * u + v * v) / F(radius * radius)) ** F(1.5))) * F(
        CATCHLIGHT * strength * dark
    )
    picture[area] = (under + cover[..., None] * (F(255) - under) + F(0.5)).astype(np.uint8)

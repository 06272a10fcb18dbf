"""The figure as one body: who stands in front, filled, rounded, and the shadow it casts.

Regions of colour make a body of many cushions; its silhouette makes it one thing that stands in
front of another. Where nobody is seen (`figures`), it is what differs in colour from the border,
if the rest is calm: petals around petals, or a face that fills the picture, have no ground, and
all is in front. All is worked out on a small picture: nothing in it is fine.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine import shading
from restyle.engine.figures import FigureFinder, snapped
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import blur, enlarge, layered, luma, most, shrink
from restyle.engine.tones import smoothstep, to_bytes

SMALL = 4  # how much smaller than half size
# How far a colour lies from all that touches the border: a lake under the sky is ground, too.
GROUND, FIGURE = 0.24, 0.30
GAP = 2.0  # small pixels at 720p: holes of this radius are closed
CRUMB = 7  # small pixels: what is narrower neither stands out nor is a hole
# A ground is calm: steps of colour, of the scene's contrast, that are shapes of its own; the share
# of it that may have such and be ground, or not be ground at all.
SHAPE, CALM = (0.02, 0.08), (0.13, 0.22)
OUTLINE, UNEVEN = 0.15, 0.05  # a step of the filled figure that is a border; one that is none
INSIDE = 0.5, 0.9
STEADY = 0.6
BORDER_REACH = 5.0  # half-size pixels at 720p: within it a border finds the picture's own
BORDER = 0.6, 0.95  # of the figure that is seen, made sharper
# A figure that is seen at all, and beyond doubt; the share of the picture that is enough of one,
# and of that the share beyond doubt: of scenes without anybody, hardly any is.
SEEN = 0.5, 0.9
ENOUGH, CLEAR = (0.01, 0.04), (0.45, 0.70)
INERTIA = 0.85
REACH = 88.0  # half-size pixels at 720p: how far in from its border a body is round
# The shadow on what is behind: right and down of the figure, in half-size pixels at 720p.
CAST, SOFT = (16.0, 10.0), 15.0
# … but not, of what merely stands out, on what is so much lighter: that is the sky, or far away.
LIGHTER = 0.0, 0.15
# Of a head in widths and heights of a face's box: its middle, half its width and height.
HEAD_AT, HEAD_WIDTH, HEAD_HEIGHT = 0.38, 0.74, 0.92


class Silhouette(NamedTuple):
    """The figure at half size, float32 (h, w).

    `solid` 0–1, its inside; `height` in half-size pixels, of it as one cushion; `shadow` 0–1,
    what it casts on the ground behind it; `front` 0–1, its inside where it is seen to stand in
    front of a ground that may lie far behind.
    """

    solid: Floats
    height: Floats
    shadow: Floats
    front: Floats


class Silhouettes:
    """Finds the figures of one clip, in order."""

    def __init__(self) -> None:
        self._figures = FigureFinder(STEADY)
        self._present: float | None = None
        self._ground = 1.0

    def find(self, frame: Frame) -> Silhouette:
        """The figure of a frame: who or what is seen to stand in front, else what stands out."""
        mask = enlarge(self._figures.read(frame), frame.half_size)
        seen = snapped(mask, frame.grey / F(255), BORDER_REACH * frame.scale)
        now = _decided(seen, frame)
        first = self._present is None or frame.is_cut
        self._present = _slowly(None if first else self._present, now)
        sharp, present = smoothstep(*BORDER, seen), F(self._present)
        solid = shrink(sharp, SMALL)
        if present < F(0.99):
            found = _standing_out(frame)
            self._ground = _slowly(None if first else self._ground, _calm(frame, found))
            found += F(1 - self._ground) * (F(1) - found)
            solid += (F(1) - present) * np.maximum(found - solid, F(0))
        return _rounded(frame, sharp, solid, present)


def _slowly(before: float | None, now: float) -> float:
    return now if before is None else INERTIA * before + (1 - INERTIA) * now


def _decided(seen: Floats, frame: Frame) -> float:
    """Whether anybody is seen at all, 0–1: a face, or enough of which most is beyond doubt."""
    some, sure = (float((seen > least).mean()) for least in SEEN)
    enough = np.interp(some, ENOUGH, (0, 1)) * np.interp(sure / max(some, 1e-3), CLEAR, (0, 1))
    return float(max(enough, *(face.strength for face in frame.faces), 0))


def _rounded(frame: Frame, sharp: Floats, solid: Floats, present: F) -> Silhouette:
    joined = shading.links(
        layered(solid, solid, solid), np.ones_like(solid), edge=OUTLINE, texture=UNEVEN
    )
    height = shading.inflate(joined, reach=REACH * frame.scale / SMALL, levels=3)
    parts = layered(solid, F(SMALL) * height, _shadow(frame, solid, present))
    whole = enlarge(parts, frame.half_size)
    # A little within the border, which is soft by now: what is behind must not be rounded.
    inside = smoothstep(*INSIDE, whole[..., 0])
    inside += present * (sharp - inside)
    shadow = np.ascontiguousarray(whole[..., 2])
    return Silhouette(inside, whole[..., 1] * inside, shadow, present * sharp)


def _standing_out(frame: Frame) -> Floats:
    """What differs in colour from all that touches the border, filled; faces belong to it."""
    distance = shading.figure(shrink(frame.abstract, SMALL))
    gap = round(GAP * frame.scale)
    clear = cv2.medianBlur(to_bytes(smoothstep(GROUND, FIGURE, distance)), CRUMB)
    found = cv2.dilate(clear.astype(np.float32) / F(255), _disc(gap))
    # One more than was grown: a small picture's border is a mixture with what is behind.
    solid = np.asarray(cv2.erode(found, _disc(gap + 1)), np.float32)
    if frame.face_boxes:
        solid = np.maximum(solid, shrink(frame.face_mask, SMALL))
    return solid


def _calm(frame: Frame, figure: Floats) -> float:
    """Whether what is around a figure is calm enough to be its ground, 0–1."""
    low, high = frame.levels
    flat = cv2.medianBlur(to_bytes(shrink(frame.abstract, SMALL)), 5).astype(np.float32)
    across, down = (most(np.abs(np.diff(flat, axis=axis))) for axis in (1, 0))
    steps = np.asarray(np.maximum(across[1:], down[:, 1:]) / F(255 * (high - low)), np.float32)
    # Not the figure's own border.
    behind = F(1) - cv2.dilate(figure, _disc(2))[1:, 1:]
    shapes = float((behind * smoothstep(*SHAPE, steps)).sum() / max(float(behind.sum()), 1))
    return 1 - float(np.interp(shapes, CALM, (0, 1)))


def heads(frame: Frame) -> Floats:
    """Domes over the heads of a frame's faces, hair included: float32 (h, w), 0–1."""
    domes = np.zeros(frame.half_size, np.float32)
    for x, y, w, h, strength in frame.face_boxes:
        _add_dome(domes, (x + w / 2, y + HEAD_AT * h), (HEAD_WIDTH * w, HEAD_HEIGHT * h), strength)
    return domes


def _disc(radius: int) -> NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _shadow(frame: Frame, solid: Floats, present: F) -> Floats:
    along, down = (step * frame.scale / SMALL for step in CAST)
    move = np.array([[1, 0, along], [0, 1, down]], np.float32)
    tone = luma(shrink(frame.abstract, SMALL))
    firm = smoothstep(*INSIDE, solid)
    pair = layered(firm, firm * tone)
    moved = cv2.warpAffine(pair, move, solid.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    cast = blur(np.asarray(moved, np.float32), SOFT * frame.scale / SMALL)
    lighter = tone - cast[..., 1] / (cast[..., 0] + F(0.01))
    near = F(1) - (F(1) - present) * smoothstep(*LIGHTER, lighter)
    return np.asarray(cast[..., 0] * near * (F(1) - solid), np.float32)


def _add_dome(
    domes: Floats, centre: tuple[float, float], radii: tuple[float, float], strength: float
) -> None:
    rows, columns = domes.shape
    (cx, cy), (rx, ry) = centre, radii
    top, bottom = max(int(cy - ry), 0), min(int(cy + ry) + 1, rows)
    left, right = max(int(cx - rx), 0), min(int(cx + rx) + 1, columns)
    if top >= bottom or left >= right:
        return
    v = (np.arange(top, bottom, dtype=np.float32)[:, None] - F(cy)) / F(ry)
    u = (np.arange(left, right, dtype=np.float32)[None, :] - F(cx)) / F(rx)
    # Level at its rim: a half-ellipsoid would leave a ring on what is behind the head.
    dome = np.maximum(F(1) - u * u - v * v, F(0)) ** F(1.5)
    inside = domes[top:bottom, left:right]
    np.maximum(inside, F(strength) * dome, out=inside)

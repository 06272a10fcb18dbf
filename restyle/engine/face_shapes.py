"""The shapes a draughtsman needs of a face, from its points: eyes, brows, nose, mouth.

Points are MediaPipe's face mesh; all shapes are in the pixels of the mesh, float32 (n, 2), x and y.
"Left" is where it is seen in the picture of a face that looks at us.
"""

from dataclasses import dataclass

import numpy as np

from restyle.engine.kernels import F, Floats

# From the inner corner to the outer one.
_UPPER_LIDS = (
    (133, 173, 157, 158, 159, 160, 161, 246, 33),
    (362, 398, 384, 385, 386, 387, 388, 466, 263),
)
_LOWER_LIDS = (
    (133, 155, 154, 153, 145, 144, 163, 7, 33),
    (362, 382, 381, 380, 374, 373, 390, 249, 263),
)
_UPPER_BROWS = ((107, 66, 105, 63, 70), (336, 296, 334, 293, 300))
_LOWER_BROWS = ((55, 65, 52, 53, 46), (285, 295, 282, 283, 276))
_UPPER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_LOWER_LIP = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_MOUTH_TOP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_MOUTH_BOTTOM = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_NOSTRILS = (98, 97, 2, 326, 327)
_SMOOTH = 6  # points drawn for each that is known
_STEP = np.arange(_SMOOTH, dtype=np.float32)[:, None] / _SMOOTH
# What each of four neighbours weighs in the points between the middle two.
_CURVE = np.concatenate(
    [
        -(_STEP**3) + 2 * _STEP**2 - _STEP,
        3 * _STEP**3 - 5 * _STEP**2 + 2,
        -3 * _STEP**3 + 4 * _STEP**2 + _STEP,
        _STEP**3 - _STEP**2,
    ],
    axis=1,
) / np.float32(2)
# Of the nearer eye's width: a narrower eye is hidden by the nose, a wider one wholly seen.
_HIDDEN, _SEEN = 0.35, 0.6


@dataclass(frozen=True)
class EyeShape:
    """An eye: its lids from the inner corner to the outer, its brow's middle line likewise.

    `open` is the gap between the middles of the lids in widths of the eye (an open one has about
    0.3); `seen` 0–1, less where the face turns away."""

    upper: Floats
    lower: Floats
    brow: Floats
    open: float
    seen: float

    @property
    def width(self) -> float:
        """From corner to corner."""
        return float(np.linalg.norm(self.upper[-1] - self.upper[0]))

    @property
    def middle(self) -> Floats:
        """Where the iris of an eye is that looks straight ahead."""
        return np.asarray((self.upper[2:-2].mean(0) + self.lower[2:-2].mean(0)) / 2, np.float32)


@dataclass(frozen=True)
class FaceShapes:
    """A face to draw: two eyes, from left to right; the lips' outlines from left to right, outer
    (`lip_*`) and inner (`mouth_*`); below the nose from one nostril to the other.

    `gape` is how far the mouth is open, in its width; `width` that of the face, in pixels."""

    eyes: tuple[EyeShape, EyeShape]
    lip_top: Floats
    lip_bottom: Floats
    mouth_top: Floats
    mouth_bottom: Floats
    nostrils: Floats
    gape: float
    width: float


def shapes_of(mesh: Floats, width: float, zoom: tuple[float, float] = (1, 1)) -> FaceShapes:
    """The shapes of a mesh (468, 3) whose face is so wide, made larger by a zoom (x, y)."""
    points = mesh[:, :2] * np.array(zoom, np.float32)
    smooth = _SMOOTHED @ points[_KNOWN]

    def curve(numbers: tuple[int, ...]) -> Floats:
        return smooth[_PLACES[numbers]]

    lids = [(curve(_UPPER_LIDS[side]), curve(_LOWER_LIDS[side])) for side in (0, 1)]
    widths = [float(np.linalg.norm(upper[-1] - upper[0])) for upper, _ in lids]
    eyes = []
    for side, (upper, lower) in enumerate(lids):
        brow = (curve(_UPPER_BROWS[side]) + curve(_LOWER_BROWS[side])) / 2
        third = len(upper) // 3
        gaps = np.linalg.norm(upper - lower, axis=1)[third:-third]
        gap = float(gaps.mean()) / max(widths[side], 1e-3)
        share = widths[side] / max(*widths, 1e-3)
        seen = min(max((share - _HIDDEN) / (_SEEN - _HIDDEN), 0.0), 1.0)
        eyes.append(EyeShape(upper, lower, np.asarray(brow, np.float32), gap, seen))
    top, bottom = curve(_MOUTH_TOP), curve(_MOUTH_BOTTOM)
    across = max(float(np.linalg.norm(top[-1] - top[0])), 1e-3)
    return FaceShapes(
        eyes=(eyes[0], eyes[1]),
        lip_top=curve(_UPPER_LIP),
        lip_bottom=curve(_LOWER_LIP),
        mouth_top=top,
        mouth_bottom=bottom,
        nostrils=curve(_NOSTRILS),
        gape=float(np.linalg.norm(top - bottom, axis=1).max()) / across,
        width=width * zoom[0],
    )


def stroke(line: Floats, widths: Floats) -> Floats:
    """The outline (2n, 2) of a brush stroke along a line (n, 2), so wide at each of its points."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), F(1e-3))
    aside = np.stack([-along[:, 1], along[:, 0]], 1) * (widths[:, None] / 2)
    return np.concatenate([line + aside, (line - aside)[::-1]]).astype(np.float32)


def between(one: Floats, other: Floats) -> Floats:
    """The outline of what lies between two lines with common ends."""
    return np.concatenate([one, other[::-1]]).astype(np.float32)


def _smooth(points: Floats) -> Floats:
    """More points on a curve through some, (n, k) of any k (Catmull and Rom 1974)."""
    first, last = 2 * points[:1] - points[1:2], 2 * points[-1:] - points[-2:-1]
    known = np.concatenate([first, points, last])
    quartets = np.stack([known[:-3], known[1:-2], known[2:-1], known[3:]])
    pieces = np.einsum("ij,jkc->kic", _CURVE, quartets).reshape(-1, points.shape[1])
    return np.concatenate([pieces, points[-1:]]).astype(np.float32)


_CURVES = (
    *(*_UPPER_LIDS, *_LOWER_LIDS, *_UPPER_BROWS, *_LOWER_BROWS),
    *(_UPPER_LIP, _LOWER_LIP, _MOUTH_TOP, _MOUTH_BOTTOM, _NOSTRILS),
)
_KNOWN = [point for numbers in _CURVES for point in numbers]


def _all_smooth() -> tuple[Floats, dict[tuple[int, ...], slice]]:
    """What each known point weighs in each point of all curves, and where each curve lies."""
    curves = [_smooth(np.eye(len(numbers), dtype=np.float32)) for numbers in _CURVES]
    weights = np.zeros((sum(map(len, curves)), len(_KNOWN)), np.float32)
    places, row, column = {}, 0, 0
    for numbers, curve in zip(_CURVES, curves, strict=True):
        places[numbers] = slice(row, row + len(curve))
        weights[places[numbers], column : column + len(numbers)] = curve
        row, column = row + len(curve), column + len(numbers)
    return weights, places


_SMOOTHED, _PLACES = _all_smooth()

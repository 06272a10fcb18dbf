"""Cartoon eyes: painted where a face's points say that its eyes are, large, glossy, lit.

A white ball under its lids, an iris of the eye's own colour, a pupil, a catchlight, a line of
lashes. All is worked out at full size from the shape of the lids and the place of the gaze; what
is hidden (a hand, dark glasses, hair) is left as it is. The finished picture is changed in place.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from restyle.engine.face_shapes import EyeShape
from restyle.engine.frames import Frame, extent
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.tones import smoothstep, to_bytes

SMALLEST = 16.0  # width of a face in half-size pixels at 720p: eyes of smaller ones are left alone
WIDER = 1.20  # than the eye that is seen
TALLER = 1.45, 1.15  # than it is above its corners, and below
REACH = 1.9  # of what is painted, in half widths
OPEN = 0.13  # height of an open eye in its width; less is a wink, and no ball is seen
IRIS = 0.56  # radius in half widths of the eye
GAZE = 0.30  # how far the iris may be from the middle, in half widths
INERTIA, LIDS_INERTIA = 0.8, 0.6
SOFT = 1.1  # pixels: sharper edges tremble
# To where points are read; half widths away from there, at which these alone count.
PULL, ASTRAY = 0.12, 0.8
# Tone of the eye's darkest to that of the cheek: darker is an eye, lighter is something before it.
EYE, NO_EYE = 0.62, 0.80
# Tone below the eye to that of the cheek: darker are glasses.
SKIN, GLASSES = 0.62, 0.42

WHITE = np.array([0.96, 0.95, 0.94], np.float32)
LASHES = np.array([0.10, 0.06, 0.05], np.float32)
PUPIL = np.array([0.03, 0.02, 0.03], np.float32)
# Places (right, down) and sizes in radii of the iris, and opacity.
CATCHLIGHTS = ((-0.34, -0.36, 0.27, 0.97), (0.34, 0.38, 0.13, 0.55))


# Points (MediaPipe's numbers) below either eye, and of the cheek beside it.
_BELOW = ((119, 120), (348, 349))
_CHEEK = ((50, 101, 36), (280, 330, 266))
# Where a gaze is read, in half widths of the eye: across, and down from its middle.
_ACROSS = np.linspace(-0.6, 0.6, 13, dtype=np.float32)
_DOWN = np.array([-0.1, 0.0, 0.1, 0.2], np.float32)


class _Place(NamedTuple):
    """An eye in the half-size picture: its middle, a unit vector from its left to its right
    corner, half its width in pixels; how far its lids are above and below the middle, in half
    widths."""

    middle: Floats
    along: Floats
    half: float
    above: float
    below: float

    @property
    def down(self) -> Floats:
        """The unit vector across."""
        return np.array([-self.along[1], self.along[0]], np.float32)


@dataclass
class _Seen:
    """What is remembered of an eye: its place, its gaze (−1 to 1 across, in half widths), how
    surely it is one, the colour of its iris and the tone of the skin around, 0–1."""

    place: _Place
    gaze: float
    sure: float
    iris: Floats
    skin: float


class CartoonEyes:
    """Paints the eyes of one clip."""

    def __init__(self) -> None:
        self._seen: list[list[_Seen]] = []

    def paint(self, picture: Bytes, frame: Frame) -> None:
        """Paint over the eyes in a finished full-size RGB picture, in place."""
        if frame.is_cut:
            self._seen = []
        faces = [face for face in frame.faces if face.box[2] >= SMALLEST * frame.scale]
        del self._seen[len(faces) :]
        zoom = frame.size[1] / frame.half_size[1], frame.size[0] / frame.half_size[0]
        for rank, face in enumerate(faces):
            looked = [_look(frame, face.mesh, face.shapes.eyes[side], side) for side in (0, 1)]
            if rank == len(self._seen):
                self._seen.append(looked)
            self._seen[rank] = [
                _averaged(old, new, frame.flow)
                for old, new in zip(self._seen[rank], looked, strict=True)
            ]
            for eye in self._seen[rank]:
                _paint(picture, eye, zoom, face.strength)


def _averaged(old: _Seen, new: _Seen, flow: Floats) -> _Seen:
    def mean(before: float, now: float) -> float:
        return INERTIA * before + (1 - INERTIA) * now

    iris = F(INERTIA) * old.iris + F(1 - INERTIA) * new.iris
    place = _followed(old.place, new.place, flow)
    return _Seen(
        place, mean(old.gaze, new.gaze), mean(old.sure, new.sure), iris, mean(old.skin, new.skin)
    )


def _followed(old: _Place, new: _Place, flow: Floats) -> _Place:
    """Where an eye is now: carried by the motion, and drawn to where its points are read, which
    tremble."""
    reach = max(old.half, 2.0)
    (x, y), (height, width) = old.middle, flow.shape[:2]
    rows = slice(max(int(y - reach), 0), max(min(int(y + reach) + 1, height), 0))
    columns = slice(max(int(x - reach), 0), max(min(int(x + reach) + 1, width), 0))
    around = flow[rows, columns].reshape(-1, 2)
    carried = old.middle - around.mean(0) if len(around) else new.middle
    apart = new.middle - carried
    pull = min(PULL + (float(np.hypot(*apart)) / (ASTRAY * new.half)) ** 2, 1.0)

    def mean(before: float, now: float, inertia: float) -> float:
        return inertia * before + (1 - inertia) * now

    along = F(INERTIA) * old.along + F(1 - INERTIA) * new.along
    return _Place(
        np.asarray(carried + F(pull) * apart, np.float32),
        np.asarray(along / max(float(np.hypot(*along)), 0.1), np.float32),
        mean(old.half, new.half, INERTIA),
        mean(old.above, new.above, LIDS_INERTIA),
        mean(old.below, new.below, LIDS_INERTIA),
    )


def _place(eye: EyeShape, side: int) -> _Place:
    corners = eye.upper[[-1, 0] if side == 0 else [0, -1]]
    half = max(eye.width / 2, 1.0)
    flat = _Place(corners.mean(0), (corners[1] - corners[0]) / F(2 * half), half, 0, 0)
    third = len(eye.upper) // 3
    above = float((flat.middle - eye.upper[third:-third].mean(0)) @ flat.down) / half
    below = float((eye.lower[third:-third].mean(0) - flat.middle) @ flat.down) / half
    return flat._replace(above=above, below=below)


def _look(frame: Frame, mesh: Floats, shape: EyeShape, side: int) -> _Seen:
    """What is seen of an eye in the half-size picture."""
    eye = _place(shape, side)
    places = eye.middle + F(eye.half) * (
        _ACROSS[None, :, None] * eye.along + _DOWN[:, None, None] * eye.down
    )
    tones = _at(frame.grey, places).mean(0)
    dark = (tones.max() - tones) ** 2 * np.exp(-((_ACROSS / F(0.5)) ** 2))
    gaze = float((dark * _ACROSS).sum() / max(float(dark.sum()), 1e-3))
    iris = _at(frame.half, places[:, int(tones.argmin())]).astype(np.float32).mean(0) / F(255)
    cheek = max(float(_at(frame.grey, mesh[list(_CHEEK[side]), :2]).mean()), 1.0)
    below = float(_at(frame.grey, mesh[list(_BELOW[side]), :2]).mean())
    sure = np.interp(tones.min() / cheek, (EYE, NO_EYE), (1, 0))
    sure *= np.interp(below / cheek, (GLASSES, SKIN), (0, 1))
    return _Seen(eye, gaze, float(sure) * shape.seen, iris, cheek / 255)


def _at(picture: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """The nearest pixels to some places (…, 2)."""
    x = np.clip(np.round(places[..., 0]).astype(np.int32), 0, picture.shape[1] - 1)
    y = np.clip(np.round(places[..., 1]).astype(np.int32), 0, picture.shape[0] - 1)
    return np.asarray(picture[y, x])


def _paint(picture: Bytes, eye: _Seen, zoom: tuple[float, float], strength: float) -> None:
    cover = strength * eye.sure
    place, half = eye.place, eye.place.half * zoom[0]
    middle = (place.middle + F(0.5)) * np.array(zoom, np.float32) - F(0.5)
    area = _patch(picture, middle, REACH * half)
    if cover < 0.02 or area is None:
        return
    v = np.arange(area[0].start, area[0].stop, dtype=np.float32)[:, None] - F(middle[1])
    u = np.arange(area[1].start, area[1].stop, dtype=np.float32)[None, :] - F(middle[0])
    wide = F(WIDER * half)
    a = (u * place.along[0] + v * place.along[1]) / wide
    b = u * place.down[0] + v * place.down[1]
    # Taller upwards more than downwards: bags below an eye tire a face.
    rise, fall = F(TALLER[0] * place.above * half), F(TALLER[1] * place.below * half)
    arc = np.maximum(F(1) - a * a, F(0))
    upper, lower = -rise * arc ** F(0.62), fall * arc ** F(0.8)
    inside = np.minimum(np.minimum(b - upper, lower - b), wide * (F(1) - np.abs(a)))
    gap = (place.above + place.below) / 2
    opened = F(cover * np.interp(gap, (0.6 * OPEN, OPEN), (0, 1)))
    # From the upper lid down: its shadow lies on the ball.
    beneath = (b - upper) / max(rise + fall, F(1))
    out = picture[area].astype(np.float32) / F(255)
    seen = opened * _edge(inside)
    part = extent(seen)
    middles = b[part] - (fall - rise) * F(0.42)
    ball = _ball(a[part] * wide, middles, beneath[part], wide, eye)
    out[part] += seen[part][..., None] * (ball - out[part])
    thick = F(max(0.9, 0.085 * half)) * (F(0.55) + F(0.65) * arc)
    line = _edge(thick - np.abs(b - upper + F(0.3) * thick)) * (np.abs(a) < F(1.06))
    _lay(out, LASHES, F(0.85 * cover) * line)
    line = _edge(F(0.6) * thick - np.abs(b - lower)) * (np.abs(a) < F(1))
    _lay(out, LASHES, F(0.30) * opened * line)
    picture[area] = to_bytes(out)


def _ball(across: Floats, down: Floats, beneath: Floats, wide: F, eye: _Seen) -> Floats:
    """The eye without its lids: colours at places from its middle, in pixels."""
    light = F(min(1.0, 0.42 + 0.85 * eye.skin))
    shade = F(0.66) + F(0.34) * smoothstep(-0.1, 0.55, beneath)
    turned = F(1) - F(0.22) * (across / wide) ** 2
    colour = WHITE * (light * shade * turned)[..., None]
    radius = F(IRIS) * wide
    du = across - F(min(max(1.2 * eye.gaze, -GAZE), GAZE)) * wide
    away = np.sqrt(du * du + down * down)
    _lay(colour, _iris(eye.iris, down / radius, away / radius), _edge(radius - away))
    _lay(colour, PUPIL, _edge(F(0.46) * radius - away))
    colour *= (F(0.80) + F(0.20) * smoothstep(0.0, 0.35, beneath))[..., None]
    for right, below, size, glow in CATCHLIGHTS:
        spot = np.hypot(du - F(right) * radius, down - F(below) * radius)
        _lay(colour, np.ones(3, np.float32), F(glow) * _edge(F(size) * radius - spot))
    return colour


def _iris(seen: Floats, down: Floats, away: Floats) -> Floats:
    """The colours of an iris: the eye's own, clearer; light gathers below, its border is dark."""
    hue = np.clip(seen / F(max(float(seen.mean()), 0.04)), F(0.55), F(1.6))
    hue = F(1) + F(1.8) * (hue - F(1)) + np.array([0.25, 0.0, -0.22], np.float32)
    tone = F(0.20) + F(0.20) * smoothstep(-0.5, 0.9, down)
    tone *= F(1) - F(0.6) * smoothstep(0.72, 1.0, away)
    return np.asarray(np.clip(tone[..., None] * hue, 0.02, 0.9), np.float32)


def _edge(inside: Floats) -> Floats:
    """How far pixels lie inside of an outline that is so many pixels away: 0–1, without stairs."""
    return smoothstep(-SOFT, SOFT, inside)


def _lay(colour: Floats, paint: Floats, cover: Floats) -> None:
    colour += cover[..., None] * (paint - colour)


def _patch(picture: Bytes, centre: Floats, reach: float) -> tuple[slice, slice] | None:
    left, right = int(centre[0] - reach), int(centre[0] + reach) + 2
    top, bottom = int(centre[1] - reach), int(centre[1] + reach) + 2
    if left < 0 or top < 0 or right > picture.shape[1] or bottom > picture.shape[0]:
        return None
    return slice(top, bottom), slice(left, right)

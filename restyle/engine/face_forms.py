"""Faces as they are in space: their points as a relief, their skin freed of the room's light.

Photographs bring their own light and shade. Here what is broad in a face's tone is divided out,
so that it can be lit anew on its true shape; what is small (eyes, brows, mouth) stays and counts.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from restyle.engine.blurs import soft_blur
from restyle.engine.face_search import NOSE, TOP
from restyle.engine.face_shapes import between, stroke
from restyle.engine.faces import Face
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import layered, luma
from restyle.engine.tones import smoothstep

# All in widths of a face, unless said.
MARGIN = 0.25  # around the points, of what is worked on
FOREHEAD = 0.2  # of its height that the upper part of a face is taken higher
SOFT = 0.05  # σ of the border between face and head
SMOOTH = 0.05  # σ of what the relief keeps of the points beyond a vaulted shell
SLOPE = 1.1  # of the points' depth
BROAD = 0.15  # σ of what counts as the room's light
EVENED = 0.75  # of it is taken away
FINE, CLEAN = 0.045, 0.42  # σ and share of the skin's evening out
DARKEST, LIGHTEST = 0.58, 0.70  # luma that skin is brought between
HAIR = 0.40, 0.68  # tone, to that of most of the skin, that is none: hair, shadows of hats
FEATURE_GAIN = 0.45  # more of what features have beyond the skin around
RICHER = 0.18  # more saturation in skin: light fades it
BRIGHTER, DARKER = 1.7, 0.8  # the most and the least that skin's tone is multiplied by
BROW = 0.065  # thickness


class FaceForms(NamedTuple):
    """The faces of a frame at half size, float32.

    `cover` (h, w) 0–1, where there is face; `slopes` (h, w, 2), of its relief to the right and
    down; `features` (h, w) 0–1, brows, eyes and lips.
    """

    cover: Floats
    slopes: Floats
    features: Floats


def face_forms(frame: Frame) -> FaceForms:
    """The faces of a frame, lit nowhere yet."""
    height, width = frame.half_size
    made = FaceForms(
        np.zeros((height, width), np.float32),
        np.zeros((height, width, 2), np.float32),
        np.zeros((height, width), np.float32),
    )
    for face in reversed(frame.faces):
        _add(face, made)
    return made


def delight(colour: Floats, forms: FaceForms, faces: Sequence[Face]) -> None:
    """Even out the skin of faces in a picture (h, w, 3), 0–1, in place; sharpen their features."""
    for face in reversed(faces):
        area = _area(face, forms.cover.shape)
        if area is None:
            continue
        side = face.box[2]
        part = colour[area]
        cover, features = forms.cover[area], forms.features[area]
        tone = luma(np.ascontiguousarray(part))
        cover = cover * smoothstep(*HAIR, tone / F(_usual(tone, cover * (F(1) - features))))
        skin = cover * (F(1) - features)
        # Skin within itself alone: features must not run out into it.
        clean = _within(part, skin, FINE * side)
        even = part + (F(CLEAN) * skin)[..., None] * (clean - part)
        even += (F(FEATURE_GAIN) * features)[..., None] * (part - clean)
        even *= (F(1) + cover * (_daylight(tone, skin, side) - F(1)))[..., None]
        grey = luma(np.ascontiguousarray(even))[..., None]
        even += (F(RICHER) * skin)[..., None] * (even - grey)
        np.clip(even, F(0), F(1), out=part)


def _daylight(tone: Floats, skin: Floats, side: float) -> Floats:
    """What skin's tone is to be multiplied by, to be lit evenly and well: (h, w)."""
    broad = _within(tone[..., None], skin, BROAD * side)[..., 0]
    mean = float((broad * skin).sum() / max(float(skin.sum()), 1e-3))
    wanted = min(max(mean, DARKEST), LIGHTEST)
    gain = (F(wanted) / np.maximum(broad, F(0.05))) ** F(EVENED)
    gain *= F((wanted / max(mean, 0.05)) ** (1 - EVENED))
    return np.clip(gain, F(DARKER), F(BRIGHTER))


def _within(field: Floats, weight: Floats, sigma: float) -> Floats:
    """A map (h, w, n ≤ 3) blurred, each pixel counting by its weight."""
    sums = soft_blur(layered(field * weight[..., None], weight), sigma)
    return np.asarray(sums[..., :-1] / (sums[..., -1:] + F(1e-3)), np.float32)


def _usual(tone: Floats, weight: Floats) -> float:
    """The tone of most of the skin."""
    some = tone[weight > 0.5]
    return max(float(np.median(some)), 0.05) if some.size else 1.0


def _area(face: Face, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    margin = MARGIN * face.box[2]
    left, top = face.mesh[:, :2].min(0) - margin
    right, bottom = face.mesh[:, :2].max(0) + margin
    rows = slice(max(int(top), 0), min(int(bottom) + 1, shape[0]))
    columns = slice(max(int(left), 0), min(int(right) + 1, shape[1]))
    if rows.stop - rows.start < 8 or columns.stop - columns.start < 8:
        return None
    return rows, columns


def _add(face: Face, made: FaceForms) -> None:
    area = _area(face, made.cover.shape)
    if area is None:
        return
    side = face.box[2]
    origin = np.array([area[1].start, area[0].start], np.float32)
    shape = area[0].stop - area[0].start, area[1].stop - area[1].start
    # Foreheads go on above the points.
    up = face.mesh[TOP, :2] - face.mesh[NOSE, :2]
    above = np.maximum((face.oval - face.mesh[:, :2].mean(0)) @ up / F(up @ up), 0)
    outline = face.oval + F(FOREHEAD) * above[:, None] * up
    cover = soft_blur(_filled([outline - origin], shape), SOFT * side) * F(face.strength)
    outlines = [outline - origin for outline in _features(face)]
    filled = _filled(outlines, shape)
    features = np.maximum(soft_blur(filled, 0.015 * side), soft_blur(filled, 0.03 * side))
    height = _relief(face.mesh, origin, shape, side)
    down, right = np.gradient(height)
    np.maximum(made.cover[area], cover, out=made.cover[area])
    made.slopes[area] += cover[..., None] * (np.dstack([right, down]) - made.slopes[area])
    features = np.minimum(F(1.6) * features, F(1))
    np.maximum(made.features[area], features, out=made.features[area])


def _features(face: Face) -> list[Floats]:
    """Outlines of what is no skin: brows, eyes, lips."""
    side = face.box[2]
    shapes = face.shapes
    brows = [
        stroke(eye.brow, np.full(len(eye.brow), BROW * side, np.float32)) for eye in shapes.eyes
    ]
    eyes = [between(eye.upper, eye.lower) for eye in shapes.eyes]
    return [*brows, *eyes, between(shapes.lip_top, shapes.lip_bottom)]


def _filled(outlines: Sequence[Floats], shape: tuple[int, int]) -> Floats:
    mask = np.zeros(shape, np.float32)
    for outline in outlines:
        cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 1, shift=4)
    return mask


def _relief(mesh: Floats, origin: Floats, shape: tuple[int, int], side: float) -> Floats:
    """Height of a face above the picture, in its pixels: a vaulted shell and what points add."""
    middle = mesh[:, :2].mean(0)
    above = F(-SLOPE) * mesh[:, 2]
    terms = _shell_terms(*((mesh[:, :2] - middle) / F(side)).T)
    shell = np.linalg.lstsq(terms, above, rcond=None)[0].astype(np.float32)
    sums = np.zeros((*shape, 2), np.float32)
    place = np.round(mesh[:, :2] - origin).astype(np.int32)
    x, y = np.clip(place[:, 0], 0, shape[1] - 1), np.clip(place[:, 1], 0, shape[0] - 1)
    np.add.at(sums, (y, x), np.stack([above - terms @ shell, np.ones_like(above)], 1))
    # Where points are far apart, wider surroundings fill in.
    few = F(0.25 * len(mesh) / (shape[0] * shape[1]))
    near, far = soft_blur(sums, SMOOTH * side), soft_blur(sums, 3 * SMOOTH * side)
    detail = near[..., 0] + few * far[..., 0] / (far[..., 1] + F(1e-4))
    detail /= near[..., 1] + few
    across = (np.arange(shape[1], dtype=np.float32)[None, :] + origin[0] - middle[0]) / F(side)
    down = (np.arange(shape[0], dtype=np.float32)[:, None] + origin[1] - middle[1]) / F(side)
    flat, right, below, wide, turned, high = shell
    vault = (flat + right * across + wide * across**2) + (below * down + high * down**2)
    vault += (turned * down) * across
    return np.asarray(soft_blur(detail, 0.02 * side) + vault, np.float32)


def _shell_terms(across: Floats, down: Floats) -> Floats:
    one = np.ones_like(across)
    return np.stack([one, across, down, across**2, across * down, down**2], axis=-1)

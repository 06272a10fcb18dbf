"""The analysis of one frame: what every look stands on.

`FrameReader.read` takes the frames of a clip in order and gives for each a `Frame`: half-size
denoised colour, motion, edge directions, two abstractions, faces and levels. Looks then paint
from it; only what must be is done at full size. Its first part, `follow`, is `following`'s.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from restyle.engine.bilateral import bilateral
from restyle.engine.carrying import BARE, Carrier, Ground
from restyle.engine.faces import Box, Face, FaceFinder, face_mask, feature_relief
from restyle.engine.following import Followed, Follower
from restyle.engine.interleaving import unzip_three_row, zip_three_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Denoiser, Motion
from restyle.engine.pictures import blur, grey_of
from restyle.engine.surfaces import kuwahara
from restyle.engine.tones import LevelMeter

TENSOR_SIGMA = 2.6
LIGHT_PASSES = 2  # bilateral passes of the light abstraction, from which lines are drawn
FACE_DETAIL = 0.9  # how much of a face is spared the abstraction


@dataclass(frozen=True)
class Abstraction:
    """How far a look abstracts: bilateral `passes` of `range_sigma` (0–255), then a Kuwahara
    filter of `radius` (half-size pixels at 720p) and `sharpness` (2 or 4). `face_relief` is how
    far the features of faces are drawn out: 0 for looks that cut features out themselves. Looks
    whose textures do not lie on the scene are not `grounded`: nothing is carried for them."""

    passes: int
    range_sigma: float
    radius: float
    sharpness: float = 2
    face_relief: float = 1.0
    grounded: bool = True


@dataclass
class Frame:
    """One frame, analysed. "Half" maps are (h, w), full ones (H, W); floats are float32.

    full          raw RGB, 8 bits (H, W, 3)
    guide         full-size grey, 8 bits, of this frame alone, freed of single noisy pixels
    half          denoised RGB, 8 bits (h, w, 3)
    grey          denoised half-size grey, 0–255
    flow          (h, w, 2) from here to the previous frame, half-size pixels
    confidence    trust in the flow, 0–1
    is_cut        the first frame of a shot
    passes        a flash: nothing is to be remembered of it
    tangents      (2, h, w) x and y of unit vectors along edges; (1, 0) where it is flat
    anisotropy    0 (texture) – 1 (a clear edge)
    light         lightly abstracted colour (h, w, 3), 0–1: for lines
    abstract      abstracted colour (h, w, 3), 0–1: for paint
    face_mask     soft, 0–1; all zero when there are no faces or they are not to be kept
    faces         their points in half-size pixels, largest first; none when not to be kept
    levels        (lo, hi): normalised colour is (c − lo) / (hi − lo)
    drift         global motion since the cut, full-size pixels (x, y): a texture sampled at
                  pixel + drift moves with the scene
    ground        where textures lie: carried by what they lie on, object by object; bare for
                  looks that are not grounded
    scale         short side / 720: multiplies every σ, radius, shift and pitch
    index         0, 1, 2 … within the clip
    """

    full: Bytes
    guide: Bytes
    half: Bytes
    grey: Floats
    flow: Floats
    confidence: Floats
    is_cut: bool
    passes: bool
    tangents: Floats
    anisotropy: Floats
    light: Floats
    abstract: Floats
    face_mask: Floats
    faces: list[Face]
    levels: tuple[float, float]
    drift: tuple[float, float]
    ground: Ground
    scale: float
    index: int

    @property
    def face_boxes(self) -> list[Box]:
        """(x, y, width, height, strength) of the faces, in half-size pixels."""
        return [face.box for face in self.faces]

    @property
    def motion(self) -> Motion:
        """The motion into this frame."""
        return Motion(self.flow, self.confidence, self.is_cut, self.passes)

    @property
    def size(self) -> tuple[int, int]:
        """Full (height, width)."""
        return self.guide.shape[0], self.guide.shape[1]

    @property
    def half_size(self) -> tuple[int, int]:
        """Half (height, width)."""
        return self.grey.shape[0], self.grey.shape[1]


class FrameReader:
    """Reads the frames of one clip in order."""

    def __init__(self, abstraction: Abstraction, *, keep_faces: bool) -> None:
        self._abstraction = abstraction
        self._follower = Follower()
        self._carrier = Carrier()
        self._denoiser = Denoiser()
        self._faces = FaceFinder() if keep_faces else None
        self._levels = LevelMeter()
        self._index = 0

    def read(self, full: Bytes) -> Frame:
        """The next frame: RGB 8 bits (H, W, 3) of the same size as those before."""
        return self.see(self.follow(full))

    def follow(self, full: Bytes) -> Followed:
        """The next frame, followed from the one before; may have a thread of its own."""
        return self._follower.follow(full)

    def see(self, followed: Followed) -> Frame:
        """The next frame that was followed, analysed."""
        scale = min(followed.full.shape[:2]) / 720
        half_height, half_width = followed.raw.shape[:2]
        half, motion = self._denoiser.clean(followed.raw, followed.motion)
        grey8 = grey_of(half)
        grey = grey8.astype(np.float32)
        tangents, anisotropy = tangent_field(grey, TENSOR_SIGMA * scale)

        wanted = self._abstraction
        light8 = bilateral(half, min(LIGHT_PASSES, wanted.passes), wanted.range_sigma)
        smooth8 = bilateral(light8, max(0, wanted.passes - LIGHT_PASSES), wanted.range_sigma)
        light = light8.astype(np.float32) / F(255)
        smooth = smooth8.astype(np.float32) / F(255)
        abstract = kuwahara(
            smooth, tangents, anisotropy, max(wanted.radius * scale, 1.0), wanted.sharpness
        )
        faces = self._faces.read(half, motion.flow, motion.is_cut) if self._faces else []
        mask = face_mask(faces, half_height, half_width)
        if faces:
            where = extent(mask)
            rows = where[0]  # whole ones, whose pixels stand side by side
            _spare(abstract[rows], light[rows], half[rows], mask[rows])
            if wanted.face_relief:
                relief = F(wanted.face_relief) * feature_relief(grey, faces)
                abstract[where] += (mask[where] * relief[where])[..., None]
            np.clip(abstract[where], 0, 1, out=abstract[where])
        frame = Frame(
            full=followed.full,
            guide=followed.guide,
            half=half,
            grey=grey,
            flow=motion.flow,
            confidence=motion.confidence,
            is_cut=motion.is_cut,
            passes=motion.passes,
            tangents=tangents,
            anisotropy=anisotropy,
            light=light,
            abstract=abstract,
            face_mask=mask,
            faces=faces,
            levels=self._levels.read(abstract, motion.is_cut),
            drift=followed.drift,
            ground=(
                self._carrier.carry(motion, followed.full_per_half) if wanted.grounded else BARE
            ),
            scale=scale,
            index=self._index,
        )
        self._index += 1
        return frame


def extent(mask: Floats) -> tuple[slice, slice]:
    """The rows and columns in which a mask is anything."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not rows.size:
        return slice(0), slice(0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@kernel
def _spare(band: Band, abstract: Floats, light: Floats, half: Bytes, mask: Floats) -> None:
    """Give faces back some of what the abstraction took, in place."""
    thrice = np.empty(3 * mask.shape[1], np.float32)
    for y in rows_in(band, mask.shape[0]):
        zip_three_row(mask[y], mask[y], mask[y], thrice)
        _spare_row(abstract[y].reshape(-1), light[y].reshape(-1), half[y].reshape(-1), thrice)


@brush
def _spare_row(abstract: Floats, light: Floats, half: Bytes, mask: Floats) -> None:
    for i in range(mask.shape[0]):
        spared = F(0.65) * light[i] + F(0.35 / 255) * F(half[i])
        abstract[i] += F(FACE_DETAIL) * mask[i] * (spared - abstract[i])


def tangent_field(grey: Floats, sigma: float) -> tuple[Floats, Floats]:
    """Edge directions and how clear they are, from the smoothed structure tensor.

    `grey` 0–255; gives tangents (2, h, w) and anisotropy (h, w).
    """
    across = cast(Floats, cv2.Sobel(grey, cv2.CV_32F, 1, 0))
    down = cast(Floats, cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    tensor = np.empty((*grey.shape, 3), np.float32)
    _tensor(across, down, tensor)
    tensor = blur(tensor, max(sigma, 1.0))
    tangents = np.empty((2, *grey.shape), np.float32)
    anisotropy = np.empty(grey.shape, np.float32)
    _tangents(tensor, tangents, anisotropy)
    return tangents, anisotropy


@kernel
def _tensor(band: Band, across: Floats, down: Floats, tensor: Floats) -> None:
    for y in rows_in(band, across.shape[0]):
        _tensor_row(across[y], down[y], tensor[y].reshape(-1))


@brush
def _tensor_row(across: Floats, down: Floats, tensor: Floats) -> None:
    for x in range(across.shape[0]):
        tensor[3 * x] = across[x] * across[x]
        tensor[3 * x + 1] = across[x] * down[x]
        tensor[3 * x + 2] = down[x] * down[x]


@kernel
def _tangents(band: Band, tensor: Floats, tangents: Floats, anisotropy: Floats) -> None:
    # Parted first: a loop over threes is not vectorised.
    parts = np.empty((3, anisotropy.shape[1]), np.float32)
    for y in rows_in(band, tensor.shape[0]):
        unzip_three_row(tensor[y].reshape(-1), parts[0], parts[1], parts[2])
        _tangent_row(parts[0], parts[1], parts[2], tangents[0, y], tangents[1, y], anisotropy[y])


@brush
def _tangent_row(
    across: Floats, both: Floats, down: Floats, tx: Floats, ty: Floats, anisotropy: Floats
) -> None:
    for x in range(anisotropy.shape[0]):
        a, b, c = across[x], both[x], down[x]
        d = np.sqrt((a - c) * (a - c) + F(4) * b * b)
        # The gradient's direction; two forms, so that neither vanishes where the other holds.
        gx = F(2) * b if a < c else a - c + d
        gy = c - a + d if a < c else F(2) * b
        size = np.sqrt(gx * gx + gy * gy)
        is_flat = size < F(1e-3)
        rest = F(1) / max(size, F(1e-3))
        tx[x] = F(1) if is_flat else -gy * rest
        ty[x] = F(0) if is_flat else gx * rest
        anisotropy[x] = F(0) if is_flat else d / (a + c + F(1e-6))

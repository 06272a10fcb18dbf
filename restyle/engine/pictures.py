"""Whole-picture steps that OpenCV does best, typed: blur, shrink, enlarge, layer, grey."""

import math
from typing import TypeVar, cast

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, Floats

_Values = TypeVar("_Values", Bytes, Floats)

LEAST_SIGMA = 0.3  # a smaller blur is none, and OpenCV would make its kernel one pixel wide
BLUR_REACH = 3  # σ to either side: OpenCV's own 4 change less than a 1000th and take a third longer


def blur(field: Floats, sigma: float) -> Floats:
    """Gaussian blur of a float map (h, w) or (h, w, n ≤ 4), σ in its own pixels."""
    sigma = max(sigma, LEAST_SIGMA)
    side = 2 * math.ceil(BLUR_REACH * sigma) + 1
    return cast(Floats, cv2.GaussianBlur(field, (side, side), sigma))


def shrink(field: Floats, times: float) -> Floats:
    """A float map reduced by `times` in each direction, by area; at least 2 pixels remain."""
    height, width = field.shape[:2]
    size = (max(round(width / times), 2), max(round(height / times), 2))
    return cast(Floats, cv2.resize(field, size, interpolation=cv2.INTER_AREA))


def enlarge(field: Floats, size: tuple[int, int], *, smooth: bool = False) -> Floats:
    """A float map at `size` (height, width): bilinear, or cubic if `smooth`."""
    way = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return cast(Floats, cv2.resize(field, (size[1], size[0]), interpolation=way))


def layered(*maps: Floats) -> Floats:
    """Float maps (h, w) or (h, w, m) of n ≤ 4 layers in all, as one (h, w, n)."""
    return cast(Floats, cv2.merge(maps))


def layers(field: Floats) -> tuple[Floats, ...]:
    """The maps of one (h, w, n) apart: n of (h, w)."""
    return cast(tuple[Floats, ...], tuple(cv2.split(field)))


def luma(colour: Floats) -> Floats:
    """Luma of an RGB picture: float32 (h, w, 3) → (h, w)."""
    return cast(Floats, cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY))


def most(colour: _Values) -> _Values:
    """The largest of the three channels: (…, 3) → (…); `max(-1)` takes twenty times as long."""
    return cast(_Values, np.maximum(np.maximum(colour[..., 0], colour[..., 1]), colour[..., 2]))


def least(colour: _Values) -> _Values:
    """The smallest of the three channels."""
    return cast(_Values, np.minimum(np.minimum(colour[..., 0], colour[..., 1]), colour[..., 2]))


def grey_of(picture: Bytes) -> Bytes:
    """The grey of an 8-bit RGB picture: (h, w, 3) → (h, w)."""
    return cast(Bytes, cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def reduce_bytes(picture: Bytes, size: tuple[int, int]) -> Bytes:
    """An 8-bit picture at a smaller `size` (height, width), by area."""
    return cast(Bytes, cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_AREA))

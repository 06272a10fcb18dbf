"""Wide blurs made cheaply on a smaller picture, and dark parts grown: soft ink, soft shade.

All take and give float32 pictures (h, w) or (h, w, n); σ is in pixels of what is given.
"""

from typing import cast

import cv2
import numpy as np

from restyle.engine.kernels import Floats
from restyle.engine.pictures import blur, enlarge, shrink

LEAST_ON_SMALL = 3.0  # σ in pixels of the smaller picture: below, its pixels would show
SMALLEST = 8  # times


def wide_blur(field: Floats, sigma: float, times: int = 4) -> Floats:
    """Gaussian blur of many pixels, made on a picture `times` smaller and brought back."""
    small = shrink(field, times)
    return enlarge(blur(small, sigma / times), (field.shape[0], field.shape[1]))


def soft_blur(field: Floats, sigma: float) -> Floats:
    """Gaussian blur of any width, made on a picture as small as σ allows."""
    times = min(int(sigma / LEAST_ON_SMALL), SMALLEST)
    return wide_blur(field, sigma, times) if times > 1 else blur(field, sigma)


def darkest(field: Floats, size: int) -> Floats:
    """The least value within a square of `size` pixels: dark parts grow."""
    return cast(Floats, cv2.erode(field, np.ones((size, size), np.uint8)))

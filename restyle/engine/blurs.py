"""Blurring and resizing of float pictures: OpenCV's, with types and a cheap way for wide blurs.

All take and give float32 pictures (h, w) or (h, w, n); σ is in pixels of what is given.
"""

import cv2
import numpy as np

from restyle.engine.kernels import Floats

LEAST_SIGMA = 0.3


def blur(field: Floats, sigma: float) -> Floats:
    """Gaussian blur."""
    soft: Floats = cv2.GaussianBlur(field, (0, 0), max(sigma, LEAST_SIGMA))  # type: ignore[assignment]  # float32 in, float32 out
    return soft


def resized(field: Floats, height: int, width: int) -> Floats:
    """Smaller by area, larger by linear interpolation."""
    smaller = height < field.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    made: Floats = cv2.resize(field, (max(width, 2), max(height, 2)), interpolation=how)  # type: ignore[assignment]  # float32 in, float32 out
    return made


def wide_blur(field: Floats, sigma: float, shrink: int = 4) -> Floats:
    """Gaussian blur of many pixels, made on a picture `shrink` times smaller and brought back."""
    height, width = field.shape[:2]
    small = resized(field, height // shrink, width // shrink)
    return resized(blur(small, sigma / shrink), height, width)


def darkest(field: Floats, size: int) -> Floats:
    """The darkest within `size` pixels each way (an erosion): dark parts grow."""
    window = np.ones((size, size), np.uint8)
    grown: Floats = cv2.erode(field, window)  # type: ignore[assignment]  # float32 in, float32 out
    return grown

"""What a frame is before it is looked into: made smaller, and followed from the one before.

The first part of the analysis, which may have a thread of its own: the rest (`frames`) goes on with
the frame before meanwhile.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from restyle.engine.kernels import Bytes
from restyle.engine.motion import Motion, MotionReader
from restyle.engine.pictures import grey_of, reduce_bytes


@dataclass(frozen=True)
class Followed:
    """One frame and the way into it.

    full           raw RGB, 8 bits (H, W, 3)
    guide          full-size grey, 8 bits, of this frame alone, freed of single noisy pixels
    raw            half-size RGB, 8 bits (h, w, 3), as noisy as it is
    motion         from here to the previous frame
    drift          global motion since the cut, full-size pixels (x, y)
    full_per_half  width and height of a half-size pixel in full-size ones
    """

    full: Bytes
    guide: Bytes
    raw: Bytes
    motion: Motion
    drift: tuple[float, float]
    full_per_half: tuple[float, float]


class Follower:
    """Follows the frames of one clip in order."""

    def __init__(self) -> None:
        self._motion = MotionReader()

    def follow(self, full: Bytes) -> Followed:
        """The next frame: RGB 8 bits (H, W, 3) of the same size as those before."""
        full = np.ascontiguousarray(full)
        height, width = full.shape[:2]
        half_height, half_width = height // 2, width // 2
        raw = reduce_bytes(full, (half_height, half_width))
        full_per_half = (width / half_width, height / half_height)
        motion = self._motion.read(grey_of(raw), full_per_half)
        return Followed(
            full=full,
            guide=cast(Bytes, cv2.medianBlur(grey_of(full), 3)),
            raw=raw,
            motion=motion,
            drift=(float(self._motion.drift[0]), float(self._motion.drift[1])),
            full_per_half=full_per_half,
        )

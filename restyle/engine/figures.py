"""The figure: who or what stands in front, as a soft mask that holds still between frames.

A small network (MediaPipe's selfie segmentation, 256 × 256) sees people, and often animals and
things held up to the camera; scenes without any give an empty mask. Its soft border is brought to
the picture's own by a guided filter (He, Sun, Tang, ECCV 2010).
"""

import cv2
import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.networks import network
from restyle.engine.pictures import enlarge, layered, shrink
from restyle.engine.places import brought
from restyle.engine.tones import to_bytes

_LOOK = 256  # side in pixels of what the network looks at, whatever the picture's shape
# The network never says 0; what it says instead is so small that arithmetic with it is slow.
_NOBODY = 1 / 255
EVERY = 3  # frames
EVEN = 0.02  # contrast (0–1) under which the picture has no border of its own


class FigureFinder:
    """Follows the figure of one clip; `steady` is the weight of its past where motion is trusted.

    The network is asked in one frame of `every`; between, the mask follows the motion.
    """

    def __init__(self, steady: float, every: int = EVERY) -> None:
        self._steady, self._every = F(steady), every
        self._mask: Floats | None = None
        self._age = 0

    def read(self, frame: Frame) -> Floats:
        """The mask of a frame, float32 (h / 2, w / 2), 0–1: quarter size, not yet `snapped`."""
        trust = shrink(frame.confidence, 2)
        if self._mask is None or frame.is_cut:
            self._age, mask = 0, seen_figure(frame.half, trust.shape)
        else:
            before = brought(to_bytes(self._mask), F(0.5) * shrink(frame.flow, 2))
            mask = before.astype(np.float32) / F(255)
            if self._age % self._every == 0:
                seen = seen_figure(frame.half, trust.shape)
                mask = seen + self._steady * trust * (mask - seen)
        self._age += 1
        if not frame.passes:
            self._mask = mask
        return mask


def seen_figure(rgb: Bytes, size: tuple[int, int]) -> Floats:
    """The figure in a single picture, 8 bits, as the network sees it: 0–1 at `size` (h, w)."""
    small = cv2.resize(rgb, (_LOOK, _LOOK), interpolation=cv2.INTER_AREA)
    (answer,) = network("figure").ask(small.astype(np.float32) / F(255))
    answer[answer < _NOBODY] = F(0)
    return enlarge(answer.reshape(_LOOK, _LOOK), size)


def snapped(mask: Floats, grey: Floats, reach: float) -> Floats:
    """A mask drawn to the borders of a grey picture 0–1: locally a line of its tone.

    The lines are found on a picture of half the size (He and Sun, arXiv 1505.00996).
    """
    side = 2 * max(round(reach / 2), 1) + 1
    tone_here, share_here = shrink(grey, 2), shrink(mask, 2)
    pairs = layered(tone_here, share_here, tone_here * share_here, tone_here * tone_here)
    tone, share, both, square = cv2.split(cv2.blur(pairs, (side, side)))
    slope = np.asarray((both - tone * share) / (square - tone * tone + F(EVEN**2)), np.float32)
    start = np.asarray(share - slope * tone, np.float32)
    line = cv2.blur(layered(slope, start), (side, side))
    whole = enlarge(np.asarray(line, np.float32), (grey.shape[0], grey.shape[1]))
    return np.asarray(np.clip(whole[..., 0] * grey + whole[..., 1], 0, 1), np.float32)

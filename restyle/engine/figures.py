"""The figure: who or what stands in front, as a soft mask that holds still between frames.

A small network (MediaPipe's selfie segmentation, 256 × 256) sees people, and often animals and
things held up to the camera; scenes without any give an empty mask. Its soft border is brought to
the picture's own by a guided filter (He, Sun, Tang, ECCV 2010).
"""

import cv2
import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.motion import Memory
from restyle.engine.networks import network
from restyle.engine.pictures import enlarge, shrink

_LOOK = 256  # side in pixels of what the network looks at, whatever the picture's shape
# The network never says 0; what it says instead is so small that arithmetic with it is slow.
_NOBODY = 1 / 255
STEADY = 0.6
REACH = 5.0  # radius in half-size pixels at 720p within which a border finds the picture's own
EVEN = 0.02  # contrast (0–1) under which the picture has no border of its own


def figure(frame: Frame, memory: Memory) -> Floats:
    """The figure of a frame, float32 (h, w), 0–1, half size."""
    seen = memory.blend("figure", seen_figure(frame.half, frame.half_size), STEADY)
    return snapped(seen, frame.grey / F(255), REACH * frame.scale)


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
    pairs = np.dstack([tone_here, share_here, tone_here * share_here, tone_here * tone_here])
    tone, share, both, square = cv2.split(cv2.blur(pairs, (side, side)))
    slope = (both - tone * share) / (square - tone * tone + F(EVEN**2))
    line = cv2.blur(np.dstack([slope, share - slope * tone]), (side, side))
    whole = enlarge(np.asarray(line, np.float32), (grey.shape[0], grey.shape[1]))
    return np.asarray(np.clip(whole[..., 0] * grey + whole[..., 1], 0, 1), np.float32)

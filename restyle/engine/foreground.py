"""The foreground: the figure at quarter size, at a third of the price, for looks that part it from the
ground. The network is asked in every third frame; between, the mask follows the motion.
"""

import cv2
import numpy as np

from restyle.engine.figures import seen_figure, snapped
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import shrink
from restyle.engine.tones import smoothstep

EVERY = 3  # frames
STEADY = 0.85  # weight of the past where the flow is trusted
REACH = 3.0  # radius in quarter-size pixels at 720p within which a border finds the picture's own
CLEAR, WHOLE = 0.5, 0.85  # of the mask, from which a pixel is in front, and is so wholly
# Share of the picture in front at which there begins to be a figure, and at which there is one.
SOME, ENOUGH = 0.01, 0.05
HOLE = 14.0  # quarter-size pixels at 720p: a hole this wide is a mistake
_SLOWLY = 0.9


class Foreground:
    """Follows what stands in front, in one clip."""

    def __init__(self) -> None:
        self._mask: Floats | None = None
        self._presence = 0.0
        self._age = 0

    def read(self, frame: Frame) -> tuple[Floats, float]:
        """What is in front, 0–1 at quarter size, and whether there is anything at all, 0–1."""
        is_first = frame.is_cut or self._mask is None
        grey = shrink(frame.grey, 2) / F(255)
        flow, trust = F(0.5) * shrink(frame.flow, 2), shrink(frame.confidence, 2)
        mask = grey if self._mask is None or is_first else _carried(self._mask, flow)
        if is_first or self._age % EVERY == 0:
            seen = seen_figure(frame.half, grey.shape)
            mask = seen if is_first else seen + F(STEADY) * trust * (mask - seen)
        self._age = 1 if is_first else self._age + 1
        if not frame.passes:
            self._mask = mask
        front = smoothstep(CLEAR, WHOLE, snapped(mask, grey, REACH * frame.scale))
        front = _whole(front, HOLE * frame.scale)
        there = float(smoothstep(SOME, ENOUGH, np.asarray(front.mean(), np.float32)))
        kept = 0.0 if is_first else _SLOWLY
        self._presence = kept * self._presence + (1 - kept) * there
        return front, self._presence


def _whole(front: Floats, hole: float) -> Floats:
    """Without holes."""
    side = 2 * round(hole / 2) + 1
    # Beyond the picture it goes on as at its border.
    wide = cv2.copyMakeBorder(front, side, side, side, side, cv2.BORDER_REPLICATE)
    filled = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.ascontiguousarray(filled[side:-side, side:-side], np.float32)


def _carried(mask: Floats, flow: Floats) -> Floats:
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    places = x + flow[..., 0], y + flow[..., 1]
    way = cv2.BORDER_REPLICATE
    return np.asarray(cv2.remap(mask, *places, cv2.INTER_LINEAR, borderMode=way), np.float32)

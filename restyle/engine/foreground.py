"""The foreground: the figure at quarter size, for looks that part it from the ground."""

import cv2
import numpy as np

from restyle.engine.figures import EVERY, FigureFinder, snapped
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import shrink
from restyle.engine.tones import smoothstep

STEADY = 0.85  # weight of the past, of EVERY frames, where the flow is trusted
REACH = 3.0  # radius in quarter-size pixels at 720p within which a border finds the picture's own
CLEAR, WHOLE = 0.5, 0.85  # of the mask, from which a pixel is in front, and is so wholly
# Share of the picture in front at which there begins to be a figure, and at which there is one.
SOME, ENOUGH = 0.01, 0.05
HOLE = 14.0  # quarter-size pixels at 720p: a hole this wide is a mistake
_SLOWLY = 0.9


class Foreground:
    """Follows what stands in front, in one clip; looks for it in one frame of `every`."""

    def __init__(self, every: int = EVERY) -> None:
        self._figures = FigureFinder(STEADY ** (every / EVERY), every)
        self._presence = 0.0

    def read(self, frame: Frame) -> tuple[Floats, float]:
        """What is in front, 0–1 at quarter size, and whether there is anything at all, 0–1."""
        mask = self._figures.read(frame)
        if not mask.any():
            self._presence *= 0.0 if frame.is_cut else _SLOWLY
            return mask, self._presence
        grey = shrink(frame.grey, 2) / F(255)
        front = smoothstep(CLEAR, WHOLE, snapped(mask, grey, REACH * frame.scale))
        front = _whole(front, HOLE * frame.scale)
        there = float(smoothstep(SOME, ENOUGH, np.asarray(front.mean(), np.float32)))
        kept = 0.0 if frame.is_cut else _SLOWLY
        self._presence = kept * self._presence + (1 - kept) * there
        return front, self._presence


def _whole(front: Floats, hole: float) -> Floats:
    """Without holes."""
    side = 2 * round(hole / 2) + 1
    # Beyond the picture it goes on as at its border.
    wide = cv2.copyMakeBorder(front, side, side, side, side, cv2.BORDER_REPLICATE)
    filled = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.ascontiguousarray(filled[side:-side, side:-side], np.float32)

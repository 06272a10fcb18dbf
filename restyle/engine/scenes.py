"""Is this still the same scene? Asked when motion cannot explain a frame.

A cut shows other things; a flash or a fade shows the same ones brighter or darker, or nothing at
all for a moment. Small pictures freed of brightness and contrast tell the two apart.
"""

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.pictures import blur

SMALL = (64, 36)  # width, height of the pictures compared
AROUND = 5.0  # their pixels; what is brighter or darker than its surroundings of this size counts
FAINT = 1.5  # a contrast (0–255) that may be noise or the codec's
ALIKE = 0.45  # correlation from which two pictures show the same things
BLANK = 0.08  # the share of pixels with contrast, under which a picture shows nothing


class Scenes:
    """Remembers what the shot showed last, over frames that show nothing."""

    def __init__(self) -> None:
        self._shot: Floats | None = None
        self._nothing = False
        self.after_nothing = False  # whether the frame before the last one showed nothing

    def read(self, grey: Bytes) -> bool:
        """Whether a grey frame shows other things than the last one that showed anything."""
        now = _structure(grey)
        self.after_nothing, self._nothing = self._nothing, now is None
        if now is None:
            return False
        shot, self._shot = self._shot, now
        return shot is None or float((shot * now).mean()) < ALIKE


def _structure(grey: Bytes) -> Floats | None:
    """What a frame shows, without its brightness and contrast: mean 0, variance 1; or None."""
    small = np.asarray(cv2.resize(grey, SMALL, interpolation=cv2.INTER_AREA), np.float32)
    detail = small - blur(small, AROUND)
    local = detail / (np.sqrt(blur(detail * detail, AROUND)) + F(FAINT))
    if float((np.abs(detail) > FAINT).mean()) < BLANK:
        return None
    centred = local - local.mean()
    return np.asarray(centred / max(float(centred.std()), 1e-6), np.float32)

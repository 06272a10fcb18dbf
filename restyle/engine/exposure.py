"""Exposure: a dark scene is developed brighter before it is painted, as film for the night is.

Levels alone don't help at night: one lamp is white already, and all else stays in the dark.
"""

from dataclasses import replace

import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, kernel, rows_in
from restyle.engine.pictures import luma
from restyle.engine.tones import luma_pixel

# The middle tone (median of luma between the levels) from which nothing is done, and to which
# darker ones are brought, as far as the strongest development goes.
MIDDLE, STRONGEST = 0.30, 0.62
INERTIA = 0.92
CLEAR = 0.97  # an exponent nearer to 1 than this changes nothing one sees


class Exposure:
    """Develops the frames of one clip, in order."""

    def __init__(self) -> None:
        self._middle: float | None = None

    def develop(self, frame: Frame) -> Frame:
        """The frame, its abstractions brighter if its scene is dark; else as it is."""
        low, high = frame.levels
        sample = luma(np.ascontiguousarray(frame.abstract[::4, ::4]))
        middle = (float(np.median(sample)) - low) / (high - low)
        if self._middle is None or frame.is_cut:
            self._middle = middle
        elif not frame.passes:
            self._middle += (1 - INERTIA) * (middle - self._middle)
        exponent = np.log(MIDDLE) / np.log(min(max(self._middle, 0.02), 0.98))
        if exponent > CLEAR:
            return frame
        abstract, light = np.empty_like(frame.abstract), np.empty_like(frame.light)
        power = F(max(exponent, STRONGEST) - 1)
        _lift(frame.abstract, F(low), F(high - low), power, abstract)
        _lift(frame.light, F(low), F(high - low), power, light)
        return replace(frame, abstract=abstract, light=light)


@kernel
def _lift(band: Band, colour: Floats, low: F, span: F, power: F, out: Floats) -> None:
    for y in rows_in(band, colour.shape[0]):
        for x in range(colour.shape[1]):
            red, green, blue = colour[y, x, 0] - low, colour[y, x, 1] - low, colour[y, x, 2] - low
            # Not below: the noise of what is all but black would come up.
            tone = min(max(luma_pixel(red, green, blue) / span, F(0.06)), F(1))
            gain = tone**power
            out[y, x, 0] = min(max(low + gain * red, F(0)), F(1))
            out[y, x, 1] = min(max(low + gain * green, F(0)), F(1))
            out[y, x, 2] = min(max(low + gain * blue, F(0)), F(1))

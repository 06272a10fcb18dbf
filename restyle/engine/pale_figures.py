"""Pale figures: a white bird or a white robe in dim light, and how much light it lacks to be white.

Levels can't tell: a bright window is their white. What stands in front is looked at by itself.
"""

from typing import NamedTuple

import numpy as np

from restyle.engine.foreground import Foreground
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import blur, enlarge, least, most, shrink
from restyle.engine.tones import smoothstep

EVERY = 6  # frames in one of which a figure is looked at
SELDOM = 12  # … and in one of which it is looked for, as long as there is none that is pale
WHITE = 0.95  # luma to which the light parts of a pale figure are brought
LIGHT_PERCENTILE = 70
DULL = 0.14, 0.24  # chroma (largest channel less smallest) that is white in a warm light, and isn't
MID = 0.30, 0.42  # luma from which such a colour can be white in shade
SOME, MUCH = 0.35, 0.65  # share of a figure that has to be pale, for it to be a little, and wholly
SMALL, LARGE = 0.06, 0.14  # of the picture: boats and signs that pass for figures aren't lit
MOST_GAIN = 1.65  # so that no noise comes up
SOFT = 3.0  # σ in quarter-size pixels at 720p: white spreads a little, as on wet silk
LEAST = 0.01  # a share that nobody sees
SLOWLY = 0.95  # how much of its light stays from frame to frame


class Pale(NamedTuple):
    """`front` (h, w) 0–1, half size, is the figure; `share` 0–1 how far it is a pale one, and
    `gain` what brings its light parts to white."""

    front: Floats
    share: float
    gain: float


class PaleFigures:
    """Follows the pale figure of one clip."""

    def __init__(self) -> None:
        self._foreground = Foreground(EVERY)
        self._seen = self._followed = (0.0, 1.0)  # share and gain
        self._now = 0.0  # the share in the latest frame
        self._age = 0

    def read(self, frame: Frame) -> Pale:
        """The figure of the next frame; a share of 0 where none stands in front."""
        self._age = 0 if frame.is_cut else self._age + 1
        none = Pale(np.zeros(frame.half_size, np.float32), 0.0, 1.0)
        idle = self._now == 0 and self._followed[0] < LEAST
        looks = self._age % (SELDOM if idle else EVERY) == 0
        if idle:
            # Nothing is followed in between.
            if not looks:
                return none
            self._foreground = Foreground(EVERY)
        front, presence = self._foreground.read(frame)
        if looks:
            self._seen = _measured(frame, front)
        share, gain = self._seen[0] * presence, self._seen[1]
        self._now = share
        if not frame.is_cut:
            keep = 1.0 if frame.passes else SLOWLY
            share = keep * self._followed[0] + (1 - keep) * share
            gain = keep * self._followed[1] + (1 - keep) * gain
        self._followed = share, gain
        if share < LEAST:
            return none
        soft = blur(front, SOFT * frame.scale)
        return Pale(enlarge(soft, frame.half_size), share, gain)


def _measured(frame: Frame, front: Floats) -> tuple[float, float]:
    """How far what is in front is pale, and the gain that it lacks; people keep their own light."""
    if frame.faces:
        return 0.0, 1.0
    low, high = frame.levels
    small = np.ascontiguousarray(frame.abstract[::4, ::4])
    colour = (small - F(low)) / F(high - low)
    figure = shrink(front, 2)[: colour.shape[0], : colour.shape[1]] > F(0.7)
    colour = colour[: figure.shape[0], : figure.shape[1]][figure]
    if not len(colour):
        return 0.0, 1.0
    chroma = most(colour) - least(colour)
    tone = colour @ np.array([0.299, 0.587, 0.114], np.float32)
    pale = (F(1) - smoothstep(*DULL, chroma)) * smoothstep(*MID, tone)
    share = float(smoothstep(SOME, MUCH, np.asarray(pale.mean())))
    share *= float(smoothstep(SMALL, LARGE, np.asarray(front.mean())))
    light = tone[pale > F(0.5)]
    if not len(light):
        return 0.0, 1.0
    lacking = WHITE / max(float(np.percentile(light, LIGHT_PERCENTILE)), 0.05)
    return share, min(max(lacking, 1.0), MOST_GAIN)

"""Cel tones where light models the scene, and none on walls and skies.

Flat steps of tone draw a form where the light turns; on a soft gradient they make blotches that
belong to nothing. `modelling` tells the two apart.
"""

from typing import cast

import cv2
import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, luma, shrink
from restyle.engine.tones import smoothstep

SMALL = 4  # the map is worked out this much smaller than the half-size frame
# Change of luma from one pixel of that map to the next, at 720p: shading begins, shading is clear,
# and beyond shading: an outline, which says nothing about what lies on either side of it.
FLAT, STEEP, OUTLINE = 0.006, 0.028, 0.085
REACH = 7  # how far around a pixel, in pixels of the map at 720p
LITTLE, MUCH = 0.12, 0.45  # the share of shaded pixels around that makes a form
SOFT = 0.0015  # regions are told apart by luma differences above the root of this
STEADY = 0.7


def modelling(frame: Frame, memory: Memory) -> Floats:
    """How much tones may be cut into steps, 0–1, half size.

    The mean of how steep the shading is around each pixel, over what has a similar luma: a guided
    filter (He and others 2010) in its fast form, with outlines left out of the means.
    """
    low, high = frame.levels
    whole = (luma(frame.abstract) - F(low)) / F(high - low)
    tone = shrink(whole, SMALL)
    across, down = np.gradient(blur(tone, 1.0 * frame.scale))
    steepness = np.sqrt(across * across + down * down) * F(frame.scale)
    shading = smoothstep(FLAT, STEEP, steepness)
    counted = F(1) / (F(1) + (steepness / F(OUTLINE)) ** 4)

    reach = max(3, 2 * round(REACH * frame.scale) + 1)
    weight = _mean(counted, reach)
    mean_tone = _mean(counted * tone, reach) / weight
    mean_shading = _mean(counted * shading, reach) / weight
    variance = _mean(counted * tone * tone, reach) / weight - mean_tone * mean_tone
    together = _mean(counted * tone * shading, reach) / weight - mean_tone * mean_shading
    slope = together / (np.maximum(variance, F(0)) + F(SOFT))
    start = mean_shading - slope * mean_tone
    form = enlarge(_mean(slope, 5), frame.half_size) * whole
    form += enlarge(_mean(start, 5), frame.half_size)
    return memory.blend("modelling", smoothstep(LITTLE, MUCH, form), STEADY)


def _mean(field: Floats, side: int) -> Floats:
    return cast(Floats, cv2.blur(field, (side, side)))

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

SMALL = 4  # the map is this much smaller than the half-size frame
FLAT, STEEP = 0.010, 0.032  # luma change from one pixel of the small map to the next, at 720p
STEADY = 0.7


def modelling(frame: Frame, memory: Memory) -> Floats:
    """How much tones may be cut into steps, 0–1, half size: by the gradient of a blurred luma."""
    low, high = frame.levels
    tone = blur(shrink(luma(frame.abstract), SMALL), 1.4 * frame.scale)
    across, down = np.gradient(tone)
    steepness = np.sqrt(across * across + down * down) * F(frame.scale / (high - low))
    reach = max(3, round(5 * frame.scale) | 1)
    steepest = cast(Floats, cv2.dilate(steepness, np.ones((reach, reach), np.uint8)))
    gate = smoothstep(FLAT, STEEP, blur(steepest, 2.5 * frame.scale))
    return memory.blend("modelling", enlarge(gate, frame.half_size), STEADY)

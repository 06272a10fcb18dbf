"""Petals: what is of many tones of one loud hue, the hollows in it, and the creases between.

Tones alone don't cut petals apart. A crease is a step that is soft and faint, but long (see
`contours`); its darker side lies lower, in the shadow of the other, whose border is crisp.
"""

from typing import NamedTuple

import numpy as np

from restyle.engine.blurs import wide_blur
from restyle.engine.contours import find, strides
from restyle.engine.depth import loud_kin
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import blur, enlarge, least, luma, shrink
from restyle.engine.strokes import stroke_weights
from restyle.engine.tones import smoothstep
from restyle.engine.tracing import traced

# σ of edges, half-size pixels at 720p, and how far they are followed, in steps of contours' walks.
WIDTH, FOLLOWED = 1.6, 3
# How much the darkest of red, green and blue counts beside luma: yellow and orange are as light.
HUE = 0.35
# Where a shadow begins and is full, in strengths of contours; its softness (σ, half-size pixels at
# 720p) and how far it is brought up after that; and on which strengths the border lies.
BEGINS, DEEP, SOFT, DENSE = 0.3, 1.5, 5.5, 3.0
OVER, UNDER = -0.40, -0.05
# Petals are many: the share of creases within FLOWER (σ, half-size pixels at 720p) from which
# there are some, and are enough.
FLOWER, SPARSE, MANY = 70.0, 0.08, 0.13
# Hollows between petals, which tones alone don't cut apart: how much darker than what is within
# HOLLOW (σ, half-size pixels at 720p) they begin, and how fast they fill with shadow; and how many
# other loud tones of its hue a petal has.
SHALLOW, DEEPER, HOLLOW, FEW = 0.035, 9.0, 11.0, 1.0
# The share of a shot's tones that are loud ones of one hue from which it may be of a flower, and
# is one. What is as red elsewhere, a cup or a coat, has fewer.
SOME, HALF = 0.36, 0.46


class Creases(NamedTuple):
    """Float32 (h, w), 0–1: how far each pixel is in the `shadow` beside a crease, half size; and
    the `walls` between what lies on its two sides, quarter size. None where there are but few."""

    shadow: Floats
    walls: Floats


def creases(frame: Frame) -> Creases:
    """Creases of a frame."""
    scale = frame.scale
    colour = shrink(frame.light, 2)
    darkest = np.maximum(least(colour), F(0))
    tone = np.sqrt(F(1 - HUE) * luma(colour) + F(HUE) * darkest)
    sigma = max(WIDTH * scale, 0.5) / 2
    steps = blur(tone, 1.6 * sigma) - blur(tone, sigma)
    (steps,) = traced([steps], strides(frame, tone.shape), [stroke_weights(FOLLOWED * scale)])
    found = find(np.maximum(steps, F(0)), frame)
    steps *= found.gain
    lower = np.clip(steps * found.long - F(BEGINS), F(0), F(DEEP - BEGINS))
    shadow = np.minimum(F(DENSE) * blur(lower, SOFT * scale / 2), F(1))
    many = smoothstep(SPARSE, MANY, wide_blur(lower, FLOWER * scale / 2, 8))
    shadow *= many
    # The side of a crease is told at half size: the upper petal's border is cut, not shaded.
    side = enlarge(steps, frame.half_size, smooth=True)
    shadow = enlarge(shadow, frame.half_size)
    shadow *= np.clip((side - F(OVER)) * F(1 / (UNDER - OVER)), F(0), F(1))
    return Creases(shadow, np.minimum(F(2) * lower, F(1)) * many)


def petals(lab: Floats) -> Floats:
    """Of each entry (n, 3) how far it is one of several loud tones of a hue: 0–1 (256,)."""
    found = np.zeros(256, np.float32)
    found[: len(lab)] = np.clip(loud_kin(lab).sum(1) - F(FEW), F(0), F(1))
    return found


def blooms(lab: Floats) -> float:
    """How far a picture of these entries (n, 3) is of a flower, which has most tones: 0–1."""
    most = float(loud_kin(lab).sum(1).max()) / len(lab)
    return min(max((most - SOME) / (HALF - SOME), 0.0), 1.0)


def hollows(tone: Floats, scale: float) -> Floats:
    """How deep each pixel lies between what is lighter around it: 0–1."""
    darker = wide_blur(tone, HOLLOW * scale, 2) - tone - F(SHALLOW)
    return np.asarray(np.clip(F(DEEPER) * darker, F(0), F(1)))

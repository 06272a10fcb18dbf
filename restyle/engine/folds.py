"""Depths that show as tone: folds of cloth, gaps between fingers, and what is none of that: fur.

Dark is deep: what is darker than its surroundings lies in the shade of a fold. Fur, feathers and
grain are no relief at all: there faint steps are everywhere alike, where folds and contours are
few and strong. Lit as depths they would look like hammered metal.
"""

from typing import NamedTuple

import numpy as np

from restyle.engine.blurs import wide_blur
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import blur, enlarge, layered, layers, luma, shrink
from restyle.engine.tones import smoothstep

# σ of folds and of what is around them, half-size pixels at 720p.
FOLD, AROUND = 1.8, 6.0
# The step of tone of which half counts: in the black, and more of it in the light.
SLIGHT, SLIGHT_IN_LIGHT = 0.01, 0.06
# Half-size pixels at 720p for all of tone; the steps beyond which nothing is deeper, or higher.
DEPTH, DEEPEST, HIGHEST = 46.0, 0.08, 0.024
# Fur: σ of what is compared, half-size pixels at 720p; the square of the mean step to their mean
# square, .64 if they are as alike as noise; mean step, of the tone, that is still faint; how
# clearly steps run on where they are of a contour.
FUR_REACH, ALIKE, FAINT, RUNNING = 20.0, (0.50, 0.58), (0.045, 0.08), (0.68, 0.80)


class Folds(NamedTuple):
    """Half size, float32 (h, w): `depth` in half-size pixels, negative where it is deep; `fur`
    0–1, where steps of tone are mere strands."""

    depth: Floats
    fur: Floats


def folds(frame: Frame) -> Folds:
    """Depths of a frame that show as tone."""
    tone = luma(frame.light)
    around = wide_blur(tone, AROUND * frame.scale, 2)
    step = blur(tone, FOLD * frame.scale) - around
    fur = _fur(frame, step, around)
    # Skin and feathers have faint tones that are no folds.
    square, least = step * step, F(SLIGHT) + F(SLIGHT_IN_LIGHT) * around
    step *= square / (square + least * least)
    depth = F(DEPTH * frame.scale) * np.clip(step, F(-DEEPEST), F(HIGHEST)) * (F(1) - fur)
    return Folds(np.asarray(depth, np.float32), fur)


def _fur(frame: Frame, step: Floats, tone: Floats) -> Floats:
    # Every other pixel: enough for means over so many.
    steps, clear, tones = (field[::2, ::2] for field in (np.abs(step), frame.anisotropy, tone))
    parts = layered(steps, steps * steps, steps * clear, tones)
    means = blur(shrink(parts, 2), FUR_REACH * frame.scale / 4)
    mean, square, running, around = layers(means)
    alike = smoothstep(*ALIKE, mean * mean / (square + F(1e-6)))
    faint = F(1) - smoothstep(*FAINT, mean / (around + F(0.1)))
    strands = F(1) - smoothstep(*RUNNING, running / (mean + F(1e-4)))
    return enlarge(np.asarray(alike * faint * strands, np.float32), frame.half_size)

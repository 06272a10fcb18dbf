"""Scissors: borders that follow no edge of the picture are cut in long curves.

In fur and grass a border between two tones runs where single strands happen to lie. Nobody would
cut that out: votes are taken from further around there (see `borders`), the further, the less of
an edge there is.
"""

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.borders import best_two, count_vote, near_borders
from restyle.engine.kernels import Band, Bytes, F, Floats, kernel, rows_in
from restyle.engine.palette import LANES
from restyle.engine.pictures import LEAST_SIGMA, shrink

# Borders where no edge is: colour steps (0–255) within five quarter-size pixels, blurred by
# _STRANDS (σ, at 720p), are one from _FAINT on, and wholly from _CLEAR.
_STRANDS, _FAINT, _CLEAR = 1.3, 20.0, 36.0
# How far votes are taken there, how many, and within how many quarter-size pixels of a border.
_LONG_REACH, _LONG_VOTERS, _LONG_NEAR = 14.0, 24, 3
_OUTERMOST = 8  # of these voters
_IN_SIGMAS = 2.1  # that reach, in σ of the votes' weights
_STEEP = 3.0  # more slope of the share where votes come from so far
_AROUND = np.ones((5, 5), np.uint8)
_STEPS = 8  # from where there is an edge to where there is none
_LOOSE = np.clip((_CLEAR - np.arange(256)) / (_CLEAR - _FAINT), 0, 1)
_LOOSE = np.rint(_STEPS * _LOOSE).astype(np.uint8)


def scissored(
    label: Bytes, second: Bytes, share: Floats, colour: Floats, scale: float
) -> tuple[Bytes, Bytes, Floats]:
    """Borders that follow no edge of the picture, as in fur, in long curves.

    `colour` (h, w, 3), 0–1, tells where edges are; `scale` is that of the frame. Gives labels,
    second labels, shares as `rounded` does.
    """
    small = cv2.convertScaleAbs(shrink(colour, 2), alpha=255)
    small = cv2.GaussianBlur(small, (0, 0), max(_STRANDS * scale, LEAST_SIGMA))
    # Wide enough to see both sides of a mast from its middle.
    red, green, blue = cv2.split(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, _AROUND))
    steps = cv2.max(cv2.max(red, green), blue)
    where = steps.shape[::-1]
    quarter = cast(Bytes, cv2.resize(label, where, interpolation=cv2.INTER_NEAREST))
    near = near_borders(quarter, max(round(_LONG_NEAR * scale), 1))
    loose = cast(Bytes, cv2.resize(near * cv2.LUT(steps, _LOOSE), label.shape[::-1]))
    places, weights = _far_voters(_LONG_REACH * scale)
    out = label.copy(), second.copy(), share.copy()
    _cut(label, second, share, loose, places, weights, *out)
    return out


@lru_cache(maxsize=8)
def _far_voters(reach: float) -> tuple[NDArray[np.int32], Floats]:
    """Offsets, y and x, for each step of looseness (_STEPS + 1, n, 2), and Gaussian weights (n,).

    On a spiral (Vogel, 1979), so that a border that moves loses them one by one.
    """
    turn = np.arange(_LONG_VOTERS)
    out = np.sqrt((turn + 0.5) / _LONG_VOTERS)
    angle = turn * np.pi * (3 - np.sqrt(5))
    spiral = out[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    far = reach * np.arange(_STEPS + 1) / _STEPS
    weights = np.exp(-((_IN_SIGMAS * out) ** 2) / 2)
    places = np.rint(far[:, None, None] * spiral).astype(np.int32)
    return places, np.asarray(weights / weights.sum(), np.float32)


@kernel
def _cut(
    band: Band,
    label: Bytes,
    second: Bytes,
    share: Floats,
    loose: Bytes,
    places: NDArray[np.int32],
    weights: Floats,
    new_label: Bytes,
    new_second: Bytes,
    new_share: Floats,
) -> None:
    """Votes from as far as a border is `loose` (h, w; 0 … _STEPS), but at the picture's rim."""
    height, width = label.shape
    flat = label.ravel(), second.ravel(), share.ravel()
    votes = np.zeros(LANES, np.float32)
    voters = weights.shape[0]
    at = np.empty((_STEPS + 1) * voters, np.uint64)
    rim = 0
    for step in range(_STEPS + 1):
        for i in range(voters):
            down, along = places[step, i, 0], places[step, i, 1]
            at[step * voters + i] = np.uint64(down * width + along)
            rim = max(rim, max(abs(down), abs(along)))
    for y in rows_in(band, height):
        if y < rim or y >= height - rim:
            continue
        for x in range(rim, width - rim):
            step = loose[y, x]
            if step == 0:
                continue
            here = np.uint64(y * width + x)
            mine = at[step * voters : (step + 1) * voters]
            # Where those furthest off agree, no border is near.
            others = 0
            for i in range(voters - _OUTERMOST, voters):
                others += flat[0][here + mine[i]] != label[y, x]
            if others == 0:
                continue
            votes[:] = F(0)
            for i in range(voters):
                count_vote(flat, here + mine[i], weights[i], votes)
            one, two, margin = best_two(votes)
            new_label[y, x] = one
            new_second[y, x] = two
            slope = F(1) + F(_STEEP / _STEPS) * F(step)
            new_share[y, x] = F(0.5) + F(0.5) * min(slope * margin, F(1))

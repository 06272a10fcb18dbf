"""Scissors: borders that follow no edge of the picture are cut in long curves.

In fur and grass a border between two tones runs where single strands happen to lie. Nobody would
cut that out: votes are taken from further around there (see `borders`), the further, the less of
an edge there is. An edge among many such is none (surround suppression: Grigorescu, Petkov and
Westenberg, 2003). All of it at half the size of the labels.
"""

from functools import lru_cache
from typing import Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.borders import count_vote, near_borders, outcome, rounded
from restyle.engine.halves import bring_back, halved
from restyle.engine.kernels import Band, Bytes, F, Floats, kernel, rows_in
from restyle.engine.lanes import every
from restyle.engine.pictures import LEAST_SIGMA, shrink
from restyle.engine.places import brought

# Borders where no edge is: colour steps (0–255) within five quarter-size pixels, blurred by
# _STRANDS (σ, at 720p), are one from _FAINT on, and wholly from _CLEAR, less _CROWD of what
# they are around, within _SURROUND pixels.
_STRANDS, _FAINT, _CLEAR = 1.3, 20.0, 34.0
_CROWD, _SURROUND = 0.3, 14.0
# How many votes are taken there; their reach in quarter-size pixels at 720p is the style's.
_VOTERS = 24
_SMOOTH = 2.0  # σ, quarter-size pixels, of a last vote
_NEAR = 0.5  # of the reach, how far from a border is looked
_OUTERMOST = 8  # of these voters
_IN_SIGMAS = 2.1  # that reach, in σ of the votes' weights
_STEEP = 3.0  # more slope of the share where votes come from so far
_AROUND = np.ones((5, 5), np.uint8)
_TONES = np.arange(256)
_SEEN = np.rint(0.9 * (_TONES + 28 * (1 - np.exp(-_TONES / 28)))).astype(np.uint8)  # more of darks
_STEPS = 16  # from where there is an edge to where there is none
_IN_STEPS = np.rint(_TONES * _STEPS / 255).astype(np.uint8)
_KEPT = 0.85  # weight of where it was cut a frame before


_Labels = tuple[Bytes, Bytes, Floats]


class _Seen(Protocol):
    """What of a frame is looked at; all maps half size."""

    abstract: Floats
    flow: Floats
    passes: bool
    scale: float


class Scissors:
    """What cuts the borders of one clip, frame by frame; where it may cut is held along the motion.

    `reach` is how far votes are taken, in pixels of the labels at 720p.
    """

    def __init__(self, reach: float) -> None:
        self._reach = reach
        self._loose: Bytes | None = None

    def cut(
        self,
        label: Bytes,
        second: Bytes,
        share: Floats,
        seen: _Seen,
        gate: Floats,
        *,
        restart: bool,
    ) -> tuple[Bytes, Bytes, Floats]:
        """Labels, second labels, shares as `rounded` gives them, in long curves where no edge is.

        Where `gate` (h, w, or of another shape: nowhere) isn't 0 all are kept: in heads.
        """
        steps = _edges(seen.abstract, seen.scale)
        where = steps.shape[::-1]
        if gate.shape == label.shape:
            head = cv2.resize(gate, where, interpolation=cv2.INTER_NEAREST) != 0
            np.copyto(steps, 255, where=head)
        small = halved(label, second, share, where)
        reach = max(self._reach * seen.scale / 2, 2.0)
        loose = _looseness(small[0], steps, reach)
        if not restart and self._loose is not None:
            way = cv2.INTER_NEAREST
            flow = cast(Floats, cv2.resize(seen.flow, loose.shape[::-1], interpolation=way))
            flow *= F(0.25)
            past = brought(self._loose, flow)
            loose = cast(Bytes, cv2.addWeighted(past, _KEPT, loose, 1 - _KEPT, 0))
        if not seen.passes:
            self._loose = loose
        # Small spots would be cut to pieces.
        wide = cv2.resize(cv2.morphologyEx(loose, cv2.MORPH_OPEN, _AROUND), where)
        loose = cast(Bytes, cv2.LUT(wide, _IN_STEPS))
        places, weights = _far_voters(reach)
        rim = int(np.abs(places).max())
        sides = (rim, rim, rim, rim)
        padded = [cv2.copyMakeBorder(one, *sides, cv2.BORDER_REPLICATE) for one in small]
        _cut(*cast(_Labels, padded), loose, places, weights, rim, *small)
        cut = rounded(*small, _SMOOTH, where=loose)
        out = label.copy(), second.copy(), share.copy()
        bring_back(*cut, loose, near_borders(cut[0], 1), *out)
        return out


def _edges(colour: Floats, scale: float) -> Bytes:
    """Steps of colour, 0–255, less those that are around, at half the size of `colour`."""
    small = cv2.convertScaleAbs(shrink(colour, 2), alpha=255)
    small = cv2.GaussianBlur(small, (0, 0), max(_STRANDS * scale, LEAST_SIGMA))
    small = cv2.LUT(small, _SEEN)
    # Wide enough to see both sides of a mast from its middle.
    red, green, blue = cv2.split(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, _AROUND))
    steps = cv2.max(cv2.max(red, green), blue)
    side = 2 * round(_SURROUND * scale) + 1
    around = cv2.blur(steps, (side, side))
    return cast(Bytes, cv2.addWeighted(steps, 1, around, -_CROWD, 0))


def _looseness(label: Bytes, steps: Bytes, reach: float) -> Bytes:
    """0–255: how little of an edge the borders around follow, at half the size of `label`.

    0 far from any."""
    edges = near_borders(label, 1) * np.maximum(steps, 1)
    side = round(_NEAR * reach / 2) | 1

    def around(field: Floats) -> Floats:
        return cast(Floats, cv2.blur(cv2.blur(field, (side, side)), (side, side)))

    # A mean that leans to the clearest: what is beside it is left alone.
    clear = edges.astype(np.float32)
    there = around(shrink(clear, 2))
    follow = around(shrink(clear * clear, 2)) / np.maximum(there, F(1e-3))
    loose = np.clip((F(_CLEAR) - follow) * F(255 / (_CLEAR - _FAINT)), F(0), F(255))
    loose[there < F(1e-2)] = 0
    return np.rint(loose).astype(np.uint8)


@lru_cache(maxsize=8)
def _far_voters(reach: float) -> tuple[NDArray[np.int32], Floats]:
    """Offsets, y and x, for each step of looseness (_STEPS + 1, n, 2), and Gaussian weights (n,).

    On a spiral (Vogel, 1979), so that a border that moves loses them one by one.
    """
    turn = np.arange(_VOTERS)
    out = np.sqrt((turn + 0.5) / _VOTERS)
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
    rim: int,
    new_label: Bytes,
    new_second: Bytes,
    new_share: Floats,
) -> None:
    """Votes from as far as a border is `loose` (h, w; 0 … _STEPS); all but that have a rim."""
    height, width = loose.shape
    flat = label.ravel(), second.ravel(), share.ravel()
    voters = weights.shape[0]
    wide = label.shape[1]
    at = np.empty((_STEPS + 1) * voters, np.uint64)
    for step in range(_STEPS + 1):
        for i in range(voters):
            down, along = places[step, i, 0], places[step, i, 1]
            at[step * voters + i] = np.uint64(down * wide + along)
    for y in rows_in(band, height):
        for x in range(width):
            step = loose[y, x]
            if step == 0:
                continue
            here = np.uint64((y + rim) * wide + x + rim)
            mine = at[step * voters : (step + 1) * voters]
            # Where those furthest off agree, no border is near.
            others = 0
            own = flat[0][here]
            for i in range(voters - _OUTERMOST, voters):
                others += flat[0][here + mine[i]] != own
            if others == 0:
                continue
            votes = every(F(0))
            for i in range(voters):
                votes = count_vote(flat, here + mine[i], weights[i], votes)
            one, two, margin = outcome(votes)
            new_label[y, x] = one
            new_second[y, x] = two
            slope = F(1) + F(_STEEP / _STEPS) * F(step)
            new_share[y, x] = F(0.5) + F(0.5) * min(slope * margin, F(1))

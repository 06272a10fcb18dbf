"""Regions of flat colour that hold still: which palette entry each pixel belongs to.

Memberships are looked up per frame, smoothed, carried along the motion and held by hysteresis
(what was shown stays until clearly refuted); crumbs are merged into their neighbours; borders are
rounded by voting, as scissors would, and resolved at full size with anti-aliased edges.
"""

from dataclasses import dataclass
from typing import Protocol, cast

import cv2
import numpy as np

from restyle.engine.agreement import Agreement
from restyle.engine.borders import resolved, rounded
from restyle.engine.clusters import distance
from restyle.engine.colours import to_lab
from restyle.engine.crumbs import merge_crumbs
from restyle.engine.depth import loud_kin
from restyle.engine.faces import Box
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.memberships import BLUR_REACH, belong
from restyle.engine.necks import add_necks
from restyle.engine.palette import LANES, Palette
from restyle.engine.pictures import enlarge, shrink
from restyle.engine.recalling import Recalled, hold, recalled
from restyle.engine.scissors import Scissors

INERTIA = 0.94  # weight of the past memberships where the flow is trusted
HEAD = 0.3  # of the least area that pieces of faces and heads need beside others
CHIN = 4.0  # how much sooner than elsewhere a chin is wholly cheek
LOCKS = 14.0  # ΔE within which dark entries are painted as one head of hair
CLOSE, FAR = 14.0, 34.0  # ΔE at which a small piece begins to stand out, and does so wholly
QUICK = 0.2  # how much less the past weighs in a face: mouths open fast
COMMON = 0.12  # with what is there now, from which the past counts wholly
HOLD = 0.45  # how far each frame's memory is pulled to the label that was shown


class Seen(Protocol):
    """What of a frame regions are made from; all maps half size."""

    abstract: Floats
    flow: Floats
    confidence: Floats
    is_cut: bool
    passes: bool
    face_mask: Floats
    scale: float

    @property
    def face_boxes(self) -> list[Box]:
        """(x, y, width, height, strength) of the faces, in half-size pixels."""


@dataclass(frozen=True)
class Cut:
    """How a style cuts its regions.

    `blur` is the σ of the memberships and `round` of the border votes (half-size pixels at 720p),
    `crumb` the area in half-size pixels at 720p under which a piece is merged, `least` the share
    of it that a piece needs which stands out most, `petal` that of one among loud tones of its
    hue. Borders that follow no edge are cut in long curves, by votes from `scissors` half-size
    pixels at 720p around, if any. Surroundings agree up to edges, which divide them by `wall` (see
    `spreading`), and are asked in every `agreeing`th frame.
    """

    blur: float
    round: float
    crumb: float
    least: float
    petal: float = 1.0
    scissors: float = 0.0
    wall: float = 30.0
    agreeing: int = 1


@dataclass(frozen=True, eq=False)
class Field:
    """Which entry is where. `label` (h, w) at half size; `first`, `second`, `share` (H, W) full.

    Colour at full size is share/255 of `first` and the rest of `second`; share is 255 off borders.
    """

    label: Bytes
    first: Bytes
    second: Bytes
    share: Bytes


class Regions:
    """The regions of one clip, frame by frame; keeps what it needs of the past itself."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._palette: Palette | None = None
        self._apart = np.ones((LANES, LANES), np.float32)
        self._kinds = np.arange(256, dtype=np.uint8)
        self._past: Bytes | None = None
        self._agreement = Agreement(cut.wall, cut.agreeing)
        self._shown: Bytes | None = None
        self._scissors = Scissors(cut.scissors)

    def read(
        self,
        seen: Seen,
        palette: Palette,
        size: tuple[int, int],
        front: Floats | None = None,
        walls: Floats | None = None,
    ) -> Field:
        """The regions of the next frame; `size` is the full (width, height).

        `front` (0–1, quarter size) is what stands before the ground; none if nothing is known.
        What lies on two sides of `walls` (quarter size), if any, need not agree on its colour.
        Another palette than the last frame's begins anew, as a cut does.
        """
        height, width = seen.abstract.shape[:2]
        restart = seen.is_cut or self._past is None or self._past.shape[:2] != (height, width)
        if palette is not self._palette:
            restart = True
            self._palette, self._apart = palette, _apart(palette, self._cut)
            self._kinds = _kinds(palette)
        if front is None:
            front = np.zeros_like(shrink(seen.confidence, 2))
        gate = np.zeros((1, 1), np.float32)
        if palette.n_skin:
            gate = _gate(seen, front)
            add_necks(gate, seen.abstract, seen.face_boxes, palette)
        found = self._membership(seen, palette, gate, front, walls, restart=restart)
        membership, label, second, share = found
        nothing = np.full_like(label, LANES)
        shown = nothing if restart or self._shown is None else self._shown
        least = max(4, round(self._cut.crumb * seen.scale**2))
        kinds, shown_kinds = (cast(Bytes, cv2.LUT(one, self._kinds)) for one in (label, shown))
        whole = kinds.copy()
        merge_crumbs(whole, shown_kinds, seen.flow, least, self._apart, second, share)
        np.copyto(label, whole, where=whole != kinds)
        label, second, share = rounded(label, second, share, self._cut.round * seen.scale)
        hold(membership, label, second, share, F(HOLD))
        if not seen.passes:
            self._past, self._shown = membership, label
        if self._cut.scissors > 0:
            # Not remembered: cut anew in each frame, what was cut already would shrink.
            cut = self._scissors.cut(label, second, share, seen, gate, restart=restart)
            label, second, share = cut
        return Field(label, *resolved(label, second, share, size))

    def _membership(
        self,
        seen: Seen,
        of: Palette,
        gate: Floats,
        front: Floats,
        walls: Floats | None,
        *,
        restart: bool,
    ) -> Recalled:
        height, width = seen.abstract.shape[:2]
        taps = _gaussian(self._cut.blur * seen.scale, BLUR_REACH)
        agreed = self._agreement.read(seen, of, gate, front, restart=restart, walls=walls)
        # At a border both sides count: where exactly it runs isn't seen at their size.
        both: Bytes = np.asarray(cv2.dilate(agreed, np.ones((3, 3), np.uint8)), np.uint8)
        across = np.empty((height, width * LANES), np.uint8)
        belong(
            seen.abstract,
            of.table,
            of.face_table,
            of.cheek_table,
            of.hair_table,
            of.head_table,
            gate,
            both,
            taps,
            across,
        )
        past = None if restart else self._past
        trust = seen.confidence * (F(1) - F(QUICK) * seen.face_mask)
        return recalled(across, past, seen.flow, trust, taps, INERTIA, COMMON)


def _apart(palette: Palette, cut: Cut) -> Floats:
    """The share of the usual least area that a piece of one entry needs beside another."""
    needed = np.ones((LANES, LANES), np.float32)
    n = len(palette)
    gaps = np.stack([distance(palette.lab, entry) for entry in palette.lab])
    clear = np.clip((gaps - F(CLOSE)) / F(FAR - CLOSE), F(0), F(1))
    needed[:n, :n] = F(1) - F(1 - cut.least) * clear
    # Loud tones of one hue are petals and feathers, of which few are large.
    petals = loud_kin(palette.lab).max(1)
    needed[:n] *= (F(1) - F(1 - cut.petal) * petals)[:, None]
    # A piece of hair is small, but a head without it is another one.
    of_head = np.flatnonzero(palette.of_head)
    elsewhere = np.flatnonzero(~palette.of_head)
    needed[np.ix_(of_head, elsewhere)] *= F(HEAD)
    return needed


def _kinds(palette: Palette) -> Bytes:
    """Of each entry, and of none (256,), the one as which it counts in pieces: locks are of one
    head."""
    kinds = np.arange(256, dtype=np.uint8)
    hair = palette.n_skin
    if palette.n_hair:
        painted = to_lab(palette.rgb[None])[0]
        # Of brown hair's colour there are two: the hair, and cloth, which is painted black.
        same = (palette.lab == palette.lab[hair]).all(1)
        for one in np.flatnonzero(same):
            alike = distance(painted, painted[one]) < LOCKS
            alike[:hair] = False
            kinds[: len(palette)][alike & palette.of_head] = one
    return kinds


def _gate(seen: Seen, front: Floats) -> Floats:
    """What may be where: 1 on foreheads (skin, hair, darks), 2 from the eyes down; −1 where hair
    may be, −2 where it must be, as it is in front."""
    gate = np.clip((seen.face_mask - F(0.35)) / F(0.4), F(0), F(1))
    height, width = gate.shape
    ahead = enlarge(front, gate.shape) if seen.face_boxes else gate
    for x, y, w, h, strength in seen.face_boxes:
        left, right = max(int(x - 0.4 * w), 0), min(int(x + 1.4 * w) + 1, width)
        top, bottom = max(int(y - 0.6 * h), 0), min(int(y + 0.5 * h) + 1, height)
        if left >= right or top >= bottom:
            continue
        across = (np.arange(left, right, dtype=np.float32)[None] - F(x)) / F(w) - F(0.5)
        down = (np.arange(top, bottom, dtype=np.float32)[:, None] - F(y)) / F(h) - F(0.3)
        near = (across / F(0.85)) ** 2 + (down / F(0.85)) ** 2
        hair = np.clip((F(1) - near) / F(0.3), F(0), F(1)) * F(strength)
        hair += np.clip(F(2) * hair - F(1), F(0), F(1)) * ahead[top:bottom, left:right]
        here = gate[top:bottom, left:right]
        np.copyto(here, -hair, where=(here <= 0) & (hair > -here))
        low = gate[max(int(y + 0.4 * h), 0) : max(int(y + 1.2 * h), 0), left:right]
        low += low > 0
        # In the chin's shadow the mask is fading already.
        chin = gate[max(int(y + 0.8 * h), 0) : max(int(y + 1.2 * h), 0), left:right]
        np.copyto(chin, np.minimum(F(1) + F(CHIN) * (chin - F(1)), F(2)), where=chin > 1)
    return np.asarray(gate, np.float32)


def _gaussian(sigma: float, reach: int) -> Floats:
    """Weights at 0 … reach of a Gaussian whose two sides sum to 1."""
    x = np.arange(reach + 1, dtype=np.float64)
    weights = np.exp(-(x**2) / (2 * max(sigma, 0.3) ** 2))
    return np.asarray(weights / (weights[0] + 2 * weights[1:].sum()), np.float32)

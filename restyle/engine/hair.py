"""Coloured hair: brown and blond on heads, in two tones, while cloth of its colour stays black.

Short brown hair is as dull as black cloth in dim light. Beside what is grey in that light it is as
warm as skin is, if less; where a face is tells it from cloth, unless it is long.
"""

from dataclasses import dataclass, replace

import numpy as np

from restyle.engine import colours
from restyle.engine.clusters import Pixels, distance
from restyle.engine.kernels import Floats
from restyle.engine.white_point import WhitePoint

DARK_HAIR = 45.0  # L under which hair is dark, and so is what continues it
GREY_HAIR = 56.0  # L from which on neutral hair is grey rather than dark
_DULL = 15.0  # chroma under which dark hair may be black
# Of skin's warmth: where hair is no longer black, and where it is brown.
_COLD, _WARM = 0.13, 0.2
_ALIKE = 9.0  # ΔE from hair within which what is beside cheeks is hair
_LONG = 0.2  # share of it from which hair is long
_LEAST = 6.0  # chroma of the palest skin
_BROWN = np.array([33.0, 11.0, 14.0], np.float32)  # Lab that warm dark hair is painted in
# Lab by which a lock in light is lighter than the rest, and by which it is painted lighter.
_LIT = np.array([8.0, 1.0, 3.0], np.float32)
_PAINTED_LIT = np.array([7.0, 0.0, 3.0], np.float32)


@dataclass(frozen=True, eq=False)
class ColouredHair:
    """What of the hair of a shot has a colour; `brown` (0–1) is how surely dull hair has.

    Lab entries of their own get `lit` (0 or 1, 3), a lock in light where hair has one tone only,
    and `cloth` (n, 3), what is of the colour of brown hair but not on a head.
    """

    is_coloured: bool
    is_long: bool
    brown: float
    lit: Floats
    cloth: Floats

    def in_one_tone(self) -> "ColouredHair":
        """The same without a lock in light."""
        return replace(self, lit=self.lit[:0])

    def painted(self, rgb: Floats, hair: slice) -> tuple[Floats, Floats]:
        """Painted `rgb` (n, 3) with `hair` in its colour, and what `lit` and `cloth` are painted.

        Cloth is painted as `hair` was.
        """
        if not self.is_coloured:
            return rgb, rgb[:0]
        lab = colours.to_lab(rgb[None])[0]
        lighter = lab[hair, :1] - lab[hair.start : hair.start + 1, :1]
        brown = _BROWN + lighter * np.array([1, 0, 0], np.float32)
        lab[hair] += np.float32(self.brown) * (brown - lab[hair])
        lit = lab[hair][: len(self.lit)] + _PAINTED_LIT
        painted = colours.to_rgb(np.concatenate([lab, lit]))
        black = rgb[hair][: len(self.cloth)]
        return painted[: len(rgb)], np.concatenate([painted[len(rgb) :], black])


def coloured(pixels: Pixels, skin: Floats, hair: Floats, greys: WhitePoint) -> ColouredHair:
    """What of the `hair` (n, 3), from its darkest tone on, is no black or grey in this light."""
    brown = _brownness(skin, hair, greys)
    is_coloured = bool(len(hair) and (brown > 0 or np.hypot(*hair[0, 1:]) >= _DULL))
    lit = hair[:1] + _LIT if is_coloured and len(hair) == 1 else hair[:0]
    is_long = is_coloured and _is_long(pixels, hair)
    cloth = (hair if brown > 0 else hair[:0]).copy()
    if is_long:
        # It falls where cloth is, too: only its warmth tells it from that.
        cloth[:, 1:] = greys.at(cloth[:, 0])
    return ColouredHair(is_coloured, is_long, brown, lit, cloth)


def _is_long(pixels: Pixels, hair: Floats) -> bool:
    """Whether there is hair beside cheeks."""
    beside = pixels.lab[pixels.beside > 0.5]
    if not len(beside):
        return False
    unlike = np.min([distance(beside, tone) for tone in hair], 0)
    return bool((unlike < _ALIKE).mean() > _LONG)


def _brownness(skin: Floats, hair: Floats, greys: WhitePoint) -> float:
    dull = len(hair) and hair[0, 0] < GREY_HAIR and np.hypot(*hair[0, 1:]) < _DULL
    if not dull or not greys.is_known:
        return 0.0
    warm, tone = skin[0, 1:] - greys.at(skin[0, 0]), hair[0, 1:] - greys.at(hair[0, 0])
    share = float(tone @ warm) / max(float(warm @ warm), _LEAST**2)
    return float(np.clip((share - _COLD) / (_WARM - _COLD), 0, 1))

"""The white point of a shot: which colours its greys have, from dark to light.

Cameras let greys look greenish or blue, and dark ones otherwise than light ones: stray light adds
to them what it has itself. Black cloth and black hair are told from coloured ones beside that.
"""

from dataclasses import dataclass

import numpy as np

from restyle.engine.clusters import Pixels, distance
from restyle.engine.kernels import F, Floats

_DULL = 15.0  # chroma under which a thing may be grey
_LIGHT, _DARK = 50.0, 35.0  # L from which on a grey is light, under which it is dark
# Share of the pixels under which light greys, and dark ones, say nothing.
_FEW, _FEW_DARK = 0.08, 0.03
_MOST = 11.0  # chroma of light greys above which it is paint and not light
_ASTRAY = 5.0  # ΔE from what the light greys promise, within which a dark thing may be grey
_ITSELF = 6.0  # ΔE within which a thing would be compared with itself
# Lab's a and b are linear in L + 16 for one reflectance in more light or less (CIE 15).
_BLACK = 16.0
_PLAIN, _COLOURED = 10.0, 16.0  # chroma up to which a tone is a grey with a cast, and is none
_SLIGHT, _CLEAR = 4.0, 5.5  # chroma of light greys at which a cast begins to matter, and does
_DEEP, _MID = 56.0, 68.0  # L up to which the cast is taken from a tone, and from which on it stays


@dataclass(frozen=True, eq=False)
class WhitePoint:
    """Lab of a dark and of a light grey as the camera shows them, if that `is_known`."""

    dark: Floats
    light: Floats
    is_known: bool

    def at(self, lightness: Floats) -> Floats:
        """a and b (…, 2) of a grey of this L (…)."""
        reach = max(float(self.light[0] - self.dark[0]), 1.0)
        part = np.clip((lightness - self.dark[0]) / F(reach), 0, 1)[..., None]
        ab = self.dark[1:] + part * (self.light[1:] - self.dark[1:])
        return np.asarray(ab, np.float32)

    def without_cast(self, lab: Floats, n_skin: int) -> Floats:
        """Lab (n, 3) as they are, but for dark dull tones after the first, which lose the cast."""
        chroma = np.hypot(lab[:, 1], lab[:, 2])
        dull = np.clip((F(_COLOURED) - chroma) / F(_COLOURED - _PLAIN), 0, 1)
        deep = np.clip((F(_MID) - lab[:, 0]) / F(_MID - _DEEP), 0, 1)
        dull[:n_skin] = 0
        cast = float(np.hypot(*self.light[1:]))
        dull *= F(np.clip((cast - _SLIGHT) / (_CLEAR - _SLIGHT), 0, 1))
        out = np.array(lab, np.float32)
        out[:, 1:] -= (dull * deep)[:, None] * self.at(lab[:, 0])
        return out


def white_point(pixels: Pixels, hair: Floats) -> WhitePoint:
    """That of the pixels, without those of hair (n, 3); no cast where few are grey."""
    lab = pixels.lab
    black, white = np.array([[25, 0, 0], [75, 0, 0]], np.float32)
    dull = (np.hypot(lab[:, 1], lab[:, 2]) < _DULL) & (pixels.face < 0.1)
    greys = lab[dull & (lab[:, 0] > _LIGHT)]
    if len(greys) < _FEW * len(lab):
        return WhitePoint(black, white, is_known=False)
    light = np.median(greys, 0)
    light[1:] *= min(1.0, _MOST / max(float(np.hypot(*light[1:])), 1.0))
    promised = light[1:] * (lab[:, :1] + F(_BLACK)) / (light[0] + F(_BLACK))
    near = np.hypot(*(lab[:, 1:] - promised).T) < _ASTRAY
    for tone in hair:
        near &= distance(lab, tone) > _ITSELF
    darks = lab[dull & near & (lab[:, 0] < _DARK)]
    if len(darks) < _FEW_DARK * len(lab):
        share = (black[0] + _BLACK) / (light[0] + _BLACK)
        dark = np.array([black[0], *(share * light[1:])])
    else:
        dark = np.median(darks, 0)
    return WhitePoint(dark.astype(np.float32), light.astype(np.float32), is_known=True)

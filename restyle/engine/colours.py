"""A designer's answer to the colours of a shot: clean hues, clear steps from light to dark.

Neutrals are tinted on purpose (cream lights, navy darks, mid greys towards the complement of the
picture's accent), browns become terracotta, skin keeps its own tone. Lab is CIE, L 0–100.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_CREAM = np.array([1.0, 9.0])  # a, b of the tint of light neutrals
_NAVY = np.array([3.0, -15.0])  # of dark ones
_SAND = np.array([6.0, 14.0])  # of warm mid ones
_MID_TINT = 12.0  # chroma that cool mid neutrals get
_MOST_CHROMA = 74.0
# L that is counted as there even where it isn't; flattened samples reach a little less far up.
_DARK, _LIGHT = 25.0, 74.0
_MIDDLE = 0.64  # where in the range of lightness the footage's median is painted
# How far tones of one hue go together, and what remains of the steps of lightness among them.
_TOGETHER, _WITHIN = 0.9, 0.55
_DEFAULT_ACCENT = np.deg2rad(62.0)  # a warm accent, where the picture has none


@dataclass(frozen=True)
class Manner:
    """How a style wants its palette.

    `clusters` are asked of k-means and merged while closer than `apart` (ΔE with lightness × .7);
    `lowest` and `highest` bound the output's L; `even` (0–1) is how far lightness steps are
    evened out; `vivid` multiplies chroma.
    """

    clusters: int
    apart: float
    lowest: float
    highest: float
    even: float
    vivid: float


def to_lab(rgb: Floats) -> Floats:
    """Lab of RGB in 0–1, float32 of the same shape (h, w, 3)."""
    lab = cv2.cvtColor(np.ascontiguousarray(rgb, np.float32), cv2.COLOR_RGB2LAB)
    return np.asarray(lab, np.float32)


def to_rgb(lab: Floats) -> Floats:
    """RGB in 0–1 of Lab entries (n, 3); chroma is lowered until the colour exists in sRGB."""
    wanted = np.asarray(lab, np.float32).reshape(1, -1, 3)
    strength = np.ones((1, wanted.shape[1], 1), np.float32)
    for _ in range(24):
        tried = wanted * np.concatenate([np.ones_like(strength), strength, strength], -1)
        rgb = cv2.cvtColor(tried, cv2.COLOR_LAB2RGB)
        back = cv2.cvtColor(np.clip(rgb, 0, 1), cv2.COLOR_RGB2LAB)
        outside = np.abs(back - tried).max(-1, keepdims=True) > 1.0
        if not outside.any():
            break
        strength = np.where(outside, strength * np.float32(0.94), strength)
    return np.ascontiguousarray(np.clip(rgb, 0, 1).reshape(-1, 3).astype(np.float32))


def design(lab: Floats, n_skin: int, middle: float, manner: Manner) -> Floats:
    """The painted RGB (n, 3) of palette entries (n, 3) in Lab, the first `n_skin` being skin.

    `middle` is the median L of the footage: a dark picture is lifted.
    """
    source = lab.astype(np.float64)
    painted = np.empty_like(source)
    lightness = _lightness(source, middle, manner)
    accent = _cool_side(_accent(source[n_skin:]))
    own, lightness[n_skin:], family = _families(source[n_skin:], lightness[n_skin:])
    for k in range(n_skin, len(source)):
        painted[k, 0] = lightness[k]
        i = k - n_skin
        painted[k, 1:] = _tinted(own[i], lightness[k], family[i], accent, manner.vivid)
    if n_skin:
        painted[:n_skin] = _skin(source[:n_skin], lightness[0])
    return to_rgb(painted.astype(np.float32))


def features(rgb: Floats, n_skin: int, n_hair: int) -> Floats:
    """Colours of nose, lips, mouth, teeth, whites of eyes, eyes and brows (7, 3).

    To go with painted entries (n, 3), of which the first are skin and then hair.
    """
    lab = to_lab(rgb.reshape(1, -1, 3))[0]
    eyes = lab[int(np.argmin(lab[:, 0]))].copy()
    eyes[0] = min(eyes[0], 20)
    eyes[1:] *= min(1.0, 12 / max(float(np.hypot(*eyes[1:])), 1.0))
    skin = lab[0] if n_skin else np.array([76, 14, 18], np.float32)
    nose = skin + np.array([-20, 10, 4], np.float32)
    lips = skin + np.array([-11, 12, 2], np.float32)
    mouth = np.array([max(26, skin[0] - 48), 24, 10], np.float32)
    teeth = np.array([min(96, skin[0] + 20), 1, 5], np.float32)
    whites = np.array([min(96, skin[0] + 18), 1, 4], np.float32)
    brows = lab[n_skin] if n_hair else 0.5 * (eyes + skin)
    brows = np.array([min(brows[0], skin[0] - 32), *brows[1:]], np.float32)
    return to_rgb(np.stack([nose, lips, mouth, teeth, whites, eyes, brows]))


def _lightness(lab: NDArray[np.float64], middle: float, manner: Manner) -> NDArray[np.float64]:
    """Stretched over the style's range, and part of the way to even steps."""
    source = lab[:, 0]
    # Fog and night keep some of their own: not every range is stretched over everything.
    low, high = min(float(source.min()), _DARK), max(float(source.max()), _LIGHT)
    reach = high - low
    place = float(np.clip((middle - low) / reach, 0.05, 0.95))
    gamma = float(np.clip(np.log(_MIDDLE) / np.log(place), 0.55, 0.95))
    stretched = np.clip((source - low) / reach, 0, 1) ** gamma
    order = np.argsort(np.argsort(source, kind="stable"), kind="stable")
    steps = order / max(len(source) - 1, 1)
    lowest, highest = manner.lowest, manner.highest
    wanted = lowest + (highest - lowest) * ((1 - manner.even) * stretched + manner.even * steps)
    # A loud colour is loud at its own lightness only: orange made lighter is salmon.
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    loud = 0.75 * np.clip((chroma - 25) / 30, 0, 1)
    return wanted + loud * (np.clip(source + 4, lowest, highest) - wanted)


def _families(
    lab: NDArray[np.float64], lightness: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Tones of one thing look like one thing: Lab entries (n, 3) nearer in hue to those like them,
    painted L (n,) no further apart than it was, and the painted L (n,) of each one's family."""
    if not len(lab):
        return lab, lightness, lightness
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    apart = lab[:, None] - lab[None]
    more = chroma[:, None] - chroma[None]
    # In shade a loud colour keeps its hue but loses chroma; a dull one may be another thing.
    loud = np.clip((np.sqrt(chroma[:, None] * chroma[None]) - 15) / 20, 0, 1)
    hue = np.sqrt(np.maximum((apart[..., 1:] ** 2).sum(-1) - more**2, 0))
    unlike = (hue / (6 + 3 * loud)) ** 2
    unlike += (more / (8 + 30 * loud)) ** 2 + (apart[..., 0] / (18 + 18 * loud)) ** 2
    kin = np.exp(-unlike)
    kin /= kin.sum(1, keepdims=True)
    of_kin, family = kin @ lab, kin @ lightness
    akin = np.concatenate([lab[:, :1], of_kin[:, 1:]], 1)
    near = family + _WITHIN * (lab[:, 0] - of_kin[:, 0])
    # Black stays black beside what is nearly so.
    together = _TOGETHER * np.clip((lab[:, 0] - 25) / 15, 0, 1)
    evened = lightness + together * (near - lightness)
    # The lightest and the darkest remain what they are.
    reach = max(float(np.ptp(evened)), 1.0)
    evened = lightness.min() + (evened - evened.min()) / reach * np.ptp(lightness)
    return lab + together[:, None] * (akin - lab), evened, family


def _cool_side(accent: float) -> float:
    """A hue for mid greys, in radians: the accent's complement where that is cool, or the accent.

    Warm greys look muddy beside clean colours, cool ones look chosen.
    """
    degrees = (np.rad2deg(accent) + 180) % 360
    if not 150 <= degrees <= 320:
        degrees = np.clip((degrees + 180) % 360, 160, 310)
    return float(np.deg2rad(degrees))


def _accent(lab: NDArray[np.float64]) -> float:
    """The hue, in radians, that the picture's colourful entries lean to."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    pull = (lab[:, 1:] * chroma[:, None]).sum(0) if len(lab) else np.zeros(2)
    if np.hypot(*pull) < 250:
        return float(_DEFAULT_ACCENT)
    return float(np.arctan2(pull[1], pull[0]))


def _tinted(
    source: NDArray[np.float64], lightness: float, family: float, accent: float, vivid: float
) -> NDArray[np.float64]:
    a, b = float(source[1]), float(source[2])
    chroma = float(np.hypot(a, b))
    light = float(np.clip((lightness - 62) / 26, 0, 1))
    dark = float(np.clip((46 - lightness) / 22, 0, 1))
    neutral = float(np.exp(-((chroma / (9.0 + 6.0 * dark)) ** 2)))
    hue = _clean_hue(np.arctan2(b, a), family)
    # Low chroma gains most: taupe turns to sand, dull green to sage.
    lively = vivid * chroma + 10.0 * vivid * (1 - np.exp(-chroma / 9.0))
    lively = min(lively, _MOST_CHROMA) * (1 - 0.75 * neutral)
    own = lively * np.array([np.cos(hue), np.sin(hue)])
    # Never a warm tint over a cool grey or the reverse: they cancel, and that is mud.
    warm = float(np.clip((0.6 * a + b - 3) / 4, 0, 1))
    middle = warm * _SAND + (1 - warm) * _MID_TINT * np.array([np.cos(accent), np.sin(accent)])
    tint = light * _CREAM + dark * _NAVY + (1 - light) * (1 - dark) * middle
    return np.asarray(own + neutral * tint)


def _clean_hue(hue: float, lightness: float) -> float:
    """Muddy hues moved to clean neighbours: dark yellows to terracotta, olive to leaf green."""
    degrees = float(np.rad2deg(hue)) % 360
    dark = float(np.clip((66 - lightness) / 26, 0, 1))
    if 48 < degrees <= 92:
        degrees -= dark * 0.55 * (degrees - 48)
    elif 92 < degrees < 126:
        degrees += dark * 0.6 * (126 - degrees)
    return float(np.deg2rad(degrees))


def _skin(source: NDArray[np.float64], lightness: float) -> NDArray[np.float64]:
    """Base and shade: the person's own tone, lifted a little, with a warm shadow."""
    base = source[0].copy()
    lifted = min(lightness + 7, max(base[0], 79))
    base[0] += np.clip(lifted - base[0], -3, 0.28 * base[0])
    chroma = float(np.clip(np.hypot(base[1], base[2]) * 1.12, 25, 40))
    hue = np.clip(np.rad2deg(np.arctan2(base[2], base[1])), 46, 66)
    base[1:] = chroma * np.cos(np.deg2rad(hue)), chroma * np.sin(np.deg2rad(hue))
    shade = base + np.array([-12, 7, 2])
    return np.stack([base, shade])[: len(source)]

"""People in a palette: the tones of skin and hair in a shot, and what must be painted like them.

Skin lies close in colour to wood, walls and prints in dim light, dark hair to black cloth: their
entries are found first, by where faces are, and all others give way to them.
"""

import numpy as np
from numpy.typing import NDArray

from restyle.engine import colours
from restyle.engine.clusters import Pixels, distance
from restyle.engine.hair import DARK_HAIR, GREY_HAIR
from restyle.engine.kernels import F, Floats

_SKIN_PIXELS = 60  # fewer than this, over all samples: no skin entries
_SAME = 9.0  # ΔE from skin under which another entry would stand for skin once more
_LOUD = 34.0  # chroma of a cloth that throws light of its own colour
_NEARER = 0.5  # how far greys go to the hue of black: light navy looks mauve
_UNTINGED, _TINGED = 3.0, 6.0  # chroma of what is as grey as black cloth, and of what isn't
_HAZY, _NO_BLACK = 54.0, 66.0  # L of what may be black in haze, and of what is too light for that
_BLACK, _NEUTRAL = 30.0, 15.0  # L and chroma under which what may be in a face is as dark hair


def skin_tones(lab: Floats) -> Floats:
    """Base and shade of the skin in these face pixels, or nothing where there are few."""
    none = np.empty((0, 3), np.float32)
    if len(lab) < _SKIN_PIXELS:
        return none
    warm = lab[(lab[:, 1] > 1) & (lab[:, 2] > -4) & (lab[:, 0] > 18)]
    if len(warm) < max(_SKIN_PIXELS, 0.3 * len(lab)):
        warm = lab  # odd light: take the face as it is
    middle = np.median(warm, 0)
    off = np.abs(warm - middle) / np.array([26, 12, 14], np.float32)
    skin = warm[(off**2).sum(1) < 1]
    if len(skin) < _SKIN_PIXELS // 2:
        return none
    base = np.median(skin, 0)
    lightness = skin[:, 0]
    shade = skin[lightness <= np.percentile(lightness, 20)].mean(0)
    # Flat light has no shade: keep the entries apart so that their border doesn't wander.
    shade[0] = min(shade[0], base[0] - 10)
    return np.stack([base, shade]).astype(np.float32)


def hair_tones(pixels: Pixels, skin: Floats) -> Floats:
    """One or two tones of the hair above the faces, or none: bald, hidden, or no faces."""
    none = np.empty((0, 3), np.float32)
    above = pixels.lab[pixels.hair > 0.5]
    if not len(skin) or len(above) < _SKIN_PIXELS // 2:
        return none
    hair = above[np.min([distance(above, tone) for tone in skin], 0) > 7]
    if len(hair) < 0.3 * len(above):
        return none
    # Start from the darker half: what is seen beside or through the hair is mostly lighter.
    lightness = hair[:, 0]
    dark = np.median(hair[lightness <= np.percentile(lightness, 55)], 0)
    hair = hair[distance(hair, dark) < 18]
    lightness = hair[:, 0]
    light = np.median(hair[lightness >= np.percentile(lightness, 75)], 0)
    two = light[0] - dark[0] > 11 and light[0] < skin[0, 0] - 2
    tones = [dark, light] if two else [dark]
    return np.stack(tones).astype(np.float32)


def one_head(lab: Floats, rgb: Floats, hair: slice, in_face: NDArray[np.bool_]) -> Floats:
    """The painted `rgb` (n, 3), dark hair and blacks of one hue: shine is but a little lighter."""
    painted = colours.to_lab(rgb[None])[0]
    darkest = int(np.argmin(np.where(in_face, lab[:, 0], np.inf)))
    for k in range(hair.start, hair.stop):
        dull = np.hypot(*lab[k, 1:]) < 14 and np.hypot(*lab[darkest, 1:]) < 14
        if lab[k, 0] < DARK_HAIR and dull:
            lighter = min(0.5 * (lab[k, 0] - lab[darkest, 0]), 10)
            painted[k] = painted[darkest] + np.array([lighter, 0, 0], np.float32)
        elif lab[k, 0] < GREY_HAIR and np.hypot(*lab[k, 1:]) < 8:
            # Dark hair in flat light looks grey, but is thought of as dark.
            painted[k] = painted[darkest] + np.array([12, 0, 0], np.float32)
    if hair.stop > hair.start and lab[hair.start, 0] < DARK_HAIR:
        black = in_face & (lab[:, 0] < _BLACK) & (np.hypot(lab[:, 1], lab[:, 2]) < _NEUTRAL)
        black[: hair.stop] = False
        painted[black, 1:] = painted[darkest, 1:]
    return colours.to_rgb(painted)


def one_cloth(seen: Floats, rgb: Floats, n_skin: int) -> Floats:
    """The painted `rgb` (n, 3), dark greys of the hue of black: they are black in haze, or folds.

    `seen` (n, 3) is Lab without the cast of the light.
    """
    painted = colours.to_lab(rgb[None])[0]
    chroma = np.hypot(seen[:, 1], seen[:, 2])
    grey = np.clip((_TINGED - chroma) / (_TINGED - _UNTINGED), 0, 1)
    grey *= np.clip((_NO_BLACK - seen[:, 0]) / (_NO_BLACK - _HAZY), 0, 1)
    grey[:n_skin] = 0
    black = int(np.argmin(np.where(grey > 0, seen[:, 0], np.inf)))
    if grey[black] == 0 or seen[black, 0] > _BLACK:
        return rgb
    strength = np.hypot(painted[:, 1], painted[:, 2])[:, None]
    hue = painted[black, 1:] / max(float(strength[black, 0]), 1.0)
    painted[:, 1:] += F(_NEARER) * grey[:, None] * (strength * hue - painted[:, 1:])
    return colours.to_rgb(painted)


def others_than(skin: Floats, centres: Floats) -> Floats:
    """Cluster centres (n, 3) but for those that are what was left around the tones of skin.

    And those between skin and a loud colour, nearer to skin: hands in the light that clothes throw.
    """
    if not len(skin):
        return centres
    others = np.min([distance(centres, tone) for tone in skin], 0) > _SAME
    loud = centres[np.hypot(centres[:, 1], centres[:, 2]) > _LOUD]
    for tone in skin:
        for colour in loud:
            way = colour - tone
            part = (centres - tone) @ way / max(float(way @ way), 1.0)
            beside = distance(centres, tone + np.clip(part, 0, 1)[:, None] * way)
            others &= (part < 0) | (part > 0.5) | (beside > _SAME)
    return centres[others] if others.any() else centres

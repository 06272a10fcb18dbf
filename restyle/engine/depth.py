"""Depth: the order in which the colours of a shot lie over one another, as sheets of paper do.

A heuristic, since colour alone doesn't know depth: places in the picture tell what is near, light
and shade what is deep. The hollows of a flower and the stripes of a fur are then cut out.
"""

import numpy as np
from numpy.typing import NDArray

from restyle.engine.clusters import Pixels, distance, nearest_of
from restyle.engine.kernels import F, Floats

_KIN = 16.0  # ΔE within which two entries are thought of one material
_LIT = 0.03  # how much nearer a tone is for each L that it is lighter than those of its hue
# Difference of hue (ΔE) at which two tones are hardly of one thing, and more for each of chroma:
# loud colours change their hue in shade.
_OTHER_HUE, _IN_SHADE = 8.0, 0.3
_SOME, _MUCH = 0.15, 0.5  # share of the picture from which tones of one hue are one thing
_GREY, _COLOURFUL = 8.0, 20.0  # chroma at which an entry begins to have a hue, and has one
_LOUD, _LOUDER = 30.0, 45.0  # chroma from which an entry may be a petal or a feather, and is one


def heights(pixels: Pixels, lab: Floats, n_skin: int, n_hair: int) -> Floats:
    """Depth order of palette entries (n, 3), 0 far … 1 near, evenly spaced (n,).

    Nearer: lower in the picture, more central, darker, away from the picture's upper border, a
    smaller share of the picture; of the tones of one hue the lighter ones. Skin lies on top.
    """
    nearest = nearest_of(pixels.lab, lab)
    n = len(lab)
    count = np.maximum(np.bincount(nearest, minlength=n), 1)

    def mean(values: Floats) -> NDArray[np.float64]:
        return np.asarray(np.bincount(nearest, values, n) / count)

    upper_border = mean((pixels.y < 0.06).astype(np.float32))
    central = 1 - 2 * mean(np.abs(pixels.x - 0.5))
    nearness = 0.8 * mean(pixels.y) + 0.5 * central - 0.004 * lab[:, 0]
    nearness -= 1.2 * upper_border + 0.5 * count / len(nearest)
    # Tones of one material lie close together: fur and folds shouldn't be torn apart by shadows.
    gaps = np.stack([distance(lab, centre) for centre in lab])
    kinship = np.exp(-((gaps / _KIN) ** 2)) * count
    nearness = kinship @ nearness / kinship.sum(1) + _LIT * _lighter(lab, count)
    nearness[:n_skin] = nearness.max() + 1
    nearness[n_skin : n_skin + n_hair] = nearness.max() + 1
    order = np.argsort(np.argsort(nearness, kind="stable"), kind="stable").astype(np.float32)
    order[:n_skin] = order[:n_skin].max(initial=0)
    order[n_skin : n_skin + n_hair] = n - 1
    if n_hair:
        hairlike = np.min(gaps[n_skin : n_skin + n_hair], 0) < _KIN
        order[n_skin:][hairlike[n_skin:]] = n - 1
    return order / np.float32(max(n - 1, 1))


def of_one_hue(lab: Floats) -> Floats:
    """0–1 (n, n), how far two entries (n, 3) are tones of one colour; greys are of none."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    apart = lab[:, None, 1:] - lab[None, :, 1:]
    duller = chroma[:, None] - chroma[None]
    hue = np.sqrt(np.maximum((apart**2).sum(-1) - duller**2, 0))
    has_hue = np.clip((chroma - _GREY) / (_COLOURFUL - _GREY), 0, 1)
    other = _OTHER_HUE + _IN_SHADE * np.sqrt(chroma[:, None] * chroma[None])
    alike = np.exp(-((hue / other) ** 2)) * np.minimum(has_hue[:, None], has_hue[None])
    return np.asarray(alike, np.float32)


def loud_kin(lab: Floats) -> Floats:
    """0–1 (n, n), how far two entries (n, 3) are loud tones of one hue; none is its own kin."""
    kin = of_one_hue(lab)
    np.fill_diagonal(kin, 0)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    loud = np.clip((chroma - F(_LOUD)) / F(_LOUDER - _LOUD), F(0), F(1))
    return np.asarray(kin * np.minimum(loud[:, None], loud[None]), np.float32)


def _lighter(lab: Floats, count: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much lighter (L) each entry is than those of its hue, where much is of that hue."""
    kin = of_one_hue(lab)
    weight = kin * count
    of_hue = np.maximum(weight.sum(1), 1e-6)
    whole = np.clip((of_hue / count.sum() - _SOME) / (_MUCH - _SOME), 0, 1)
    return np.asarray(np.diag(kin) * whole * (lab[:, 0] - weight @ lab[:, 0] / of_hue))

"""Necks under blond hair: in the shade of a jaw skin is nearly as golden as the hair beside it."""

import numpy as np

from restyle.engine.clusters import distance
from restyle.engine.colours import to_lab
from restyle.engine.faces import Box
from restyle.engine.kernels import F, Floats
from restyle.engine.palette import Palette

TOP, FADES, BOTTOM = 0.85, 1.25, 1.40  # of a face's box, downwards
SIDE, SOFT = 0.45, 0.10  # half a neck's width, and how softly it ends: of a box's width
FAVOUR, DOUBT = 45.0, 30.0  # ΔE² by which hair may be nearer, and over which skin then gives way
BLOND = 18.0  # L by which hair may be darker than skin in shade and yet be taken for it
UNLIKE = 80.0, 120.0  # ΔE² from skin at which it begins not to be skin, and is none


def add_necks(gate: Floats, colour: Floats, boxes: list[Box], of: Palette) -> None:
    """Open `gate` (h, w), as in `memberships`, to skin on the necks below faces, in place.

    `colour` (h, w, 3) is RGB, 0–1. Only where hair is as light as skin in shade: of dark hair
    colour tells enough.
    """
    skin, hair = of.lab[: of.n_skin], of.lab[of.n_skin : of.n_skin + of.n_hair]
    if not (hair[:, 0] > skin[-1, 0] - BLOND).any():
        return
    height, width = gate.shape
    for x, y, w, h, strength in boxes:
        left, right = max(int(x), 0), min(int(x + w) + 1, width)
        top, bottom = max(int(y + TOP * h), 0), min(int(y + BOTTOM * h) + 1, height)
        if left >= right or top >= bottom:
            continue
        off = np.abs((np.arange(left, right, dtype=np.float32) - F(x)) / F(w) - F(0.5))
        down = (np.arange(top, bottom, dtype=np.float32) - F(y)) / F(h)
        across = np.clip((F(SIDE) - off) / F(SOFT), F(0), F(1))
        along = np.clip((F(BOTTOM) - down) / F(BOTTOM - FADES), F(0), F(1))
        lab = to_lab(np.ascontiguousarray(colour[top:bottom, left:right]))
        from_skin, from_hair = (
            np.square(np.min([distance(lab, tone) for tone in tones], 0)) for tones in (skin, hair)
        )
        is_skin = np.clip((from_hair + F(FAVOUR) - from_skin) / F(DOUBT), F(0), F(1))
        is_skin *= np.clip((F(UNLIKE[1]) - from_skin) / F(UNLIKE[1] - UNLIKE[0]), F(0), F(1))
        here = gate[top:bottom, left:right]
        neck = F(2 * strength) * along[:, None] * across[None] * is_skin
        np.maximum(here, neck, out=here, where=here >= 0)

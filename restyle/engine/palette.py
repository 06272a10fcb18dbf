"""The colours of a shot: found by k-means in Lab, named by depth, answered in a designer's hues.

One palette serves a whole shot. Pixels belong to its entries softly, by a colour table; skin found
inside faces gets entries of its own, and only those (with hair and darks) may appear in a face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restyle.engine import colours
from restyle.engine.clusters import (
    Pixels,
    Sample,
    cluster,
    contrast,
    distance,
    gather,
    merge,
)
from restyle.engine.colours import Manner
from restyle.engine.depth import heights, of_one_hue
from restyle.engine.hair import ColouredHair, coloured
from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.people import hair_tones, one_cloth, one_head, others_than, skin_tones
from restyle.engine.white_point import white_point

LANES = 16  # entries are padded to this: a SIMD register of memberships a pixel
GRID = 33  # steps of the membership table along R, G and B

_SOFTNESS = 60.0  # ΔE² at which membership has fallen to 1/e
_VAGUE = 240.0  # the same where neighbours are asked too
_DARK_BLOND = 120.0  # ΔE² that the darks of blond hair have to overcome inside a face
_ALIKE = 0.5  # of one hue, 0–1: what may shade coloured hair
_FACE_CORE = 0.6  # face mask above which a pixel may be skin


@dataclass(frozen=True, eq=False)
class Palette:
    """Entries of one shot, n ≤ LANES of them.

    `lab` (n, 3) is what they stand for in the footage, `rgb` (n, 3) in 0–1 what is painted,
    `height` (n,) 0 far … 1 near. The first `n_skin` entries are base and shade of skin (none
    without faces), the next `n_hair` hair; `in_face` (n,) tells which may appear inside a face, and
    `of_head` (n,) which heads, and black things beside them, may be made of. The last entries may
    be a lock of hair in light, and cloth that has the colour of brown hair (see `hair`).
    `features` (7, 3) are the colours of the layers of `features.Features`. The tables
    (GRID, GRID, GRID, LANES), indexed by R, G, B, hold memberships that sum to 255, but for
    rounding: `table` over all entries, `face_table` over the `in_face` ones, `cheek_table` the
    same but hardly with hair as light as skin in shade, `hair_table` over all but skin,
    `head_table` over what may be hair; `vague_table` is `table`, less sure of itself.
    """

    lab: Floats
    rgb: Floats
    height: Floats
    in_face: NDArray[np.bool_]
    of_head: NDArray[np.bool_]
    n_skin: int
    n_hair: int
    features: Floats
    table: Bytes
    face_table: Bytes
    cheek_table: Bytes
    hair_table: Bytes
    head_table: Bytes
    vague_table: Bytes

    def __len__(self) -> int:
        return len(self.lab)


def fit(samples: Sequence[Sample], manner: Manner) -> Palette:
    """The palette of some frames of a shot, at least one.

    Deterministic: OpenCV's generator is seeded before each clustering.
    """
    pixels = gather(samples)
    skin = skin_tones(pixels.lab[pixels.face > _FACE_CORE])
    hair = hair_tones(pixels, skin)
    greys = white_point(pixels, hair)
    special = coloured(pixels, skin, hair, greys)
    own = np.concatenate([skin, hair])
    centres, counts = cluster(_others(pixels, own), manner.clusters)
    apart = manner.apart * contrast(pixels.lab)
    room = LANES - len(own) - len(special.cloth)
    centres = others_than(skin, merge(pixels, centres, counts, apart, room))
    if len(centres) + len(special.lit) > room:
        special = special.in_one_tone()  # A colour of the picture's own is worth more.
    more = np.concatenate([special.lit, special.cloth])
    lab = np.concatenate([own, centres]).astype(np.float32)
    n_skin, n_hair = len(skin), len(hair)
    head = slice(n_skin, n_skin + n_hair)
    in_face = _allowed_in_face(lab, n_skin, n_hair)
    middle = float(np.median(pixels.lab[:, 0]))
    seen = greys.without_cast(lab, n_skin) if n_skin else lab
    rgb = colours.design(seen, n_skin, middle, manner)
    if greys.is_known and n_skin:
        rgb = one_cloth(seen, rgb, n_skin)
    rgb, more_rgb = special.painted(one_head(lab, rgb, head, in_face), head)
    height = heights(pixels, lab, n_skin, n_hair)
    places = _places(lab, in_face, n_skin, n_hair, special)
    lab, rgb = np.concatenate([lab, more]), np.concatenate([rgb, more_rgb])
    unlike = _unlikeness(lab)
    not_in_face = _barred(places.face)
    of_head = places.face.copy()
    of_head[len(in_face) :] = True
    return Palette(
        lab=lab,
        rgb=rgb,
        height=np.append(height, np.full(len(more), height.max())),
        in_face=places.face,
        of_head=of_head,
        n_skin=n_skin,
        n_hair=n_hair,
        features=colours.features(rgb, n_skin, n_hair),
        table=_table(unlike, _barred(places.anywhere)),
        face_table=_table(unlike, not_in_face),
        cheek_table=_table(unlike, not_in_face + _blond(lab, n_skin, n_hair)),
        hair_table=_table(unlike, _barred(places.hair)),
        head_table=_table(unlike, _barred(places.head)),
        vague_table=_table(unlike, _barred(places.anywhere), _VAGUE),
    )


class _Places(NamedTuple):
    """Which entries (n,) may be inside a face, anywhere, where hair may be, where it must be."""

    face: NDArray[np.bool_]
    anywhere: NDArray[np.bool_]
    hair: NDArray[np.bool_]
    head: NDArray[np.bool_]


def _places(
    lab: Floats, in_face: NDArray[np.bool_], n_skin: int, n_hair: int, special: ColouredHair
) -> _Places:
    """Those of the entries of `in_face`, and of what more coloured hair needs."""
    place = np.arange(len(in_face))
    of_hair = (place >= n_skin) & (place < n_skin + n_hair)
    no_skin = place >= n_skin
    if special.is_coloured:
        # Its shade is coloured, too: no black, no grey.
        head = of_hair | no_skin & in_face & (of_one_hue(lab)[n_skin] > _ALIKE)
    else:
        head = no_skin & (in_face | (n_hair == 0))
    # Brown is for heads alone where it can be: cloth of that colour has an entry of its own.
    anywhere = ~of_hair | special.is_long | (not len(special.cloth))
    lit, cloth = np.ones(len(special.lit), bool), np.ones(len(special.cloth), bool)
    return _Places(
        np.concatenate([in_face, ~lit, ~cloth]),
        np.concatenate([anywhere, ~lit, cloth]),
        np.concatenate([no_skin | ~no_skin.any(), lit, ~cloth]),
        np.concatenate([head, lit, ~cloth]),
    )


def _others(pixels: Pixels, own: Floats) -> Floats:
    """The pixels that the entries of people don't already stand for."""
    if not len(own):
        return pixels.lab
    nearest = np.min([distance(pixels.lab, tone) for tone in own], 0)
    rest = pixels.lab[(pixels.face < 0.3) & (nearest > 7) | (nearest > 14)]
    return rest if len(rest) > 64 else pixels.lab


def _allowed_in_face(lab: Floats, n_skin: int, n_hair: int) -> NDArray[np.bool_]:
    """Skin, and what can be hair, brow or beard: darker than shade, not of a loud other hue."""
    if not n_skin:
        return np.ones(len(lab), bool)
    base = lab[0]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    along = (lab[:, 1] * base[1] + lab[:, 2] * base[2]) / max(float(np.hypot(*base[1:])), 1.0)
    hairlike = (lab[:, 0] < base[0] - 16) & ((chroma < 14) | (along > 0.75 * chroma))
    hairlike[: n_skin + n_hair] = True
    return np.asarray(hairlike, np.bool_)


def _barred(allowed: NDArray[np.bool_]) -> Floats:
    """What entries have to overcome, as squared ΔE: nothing where allowed, else too much."""
    return np.where(allowed, F(0), F(np.inf))


def _blond(lab: Floats, n_skin: int, n_hair: int) -> Floats:
    """What hair as light as shaded skin has to overcome inside a face, as squared ΔE."""
    handicap = np.zeros(len(lab), np.float32)
    if n_skin:
        hair = slice(n_skin, n_skin + n_hair)
        handicap[hair] = 320 * np.clip((lab[hair, 0] - lab[1, 0] + 18) / 12, 0, 1)
        if handicap.any():
            # Its darks are the colour of a jaw's shadow.
            alike = np.max(of_one_hue(lab)[hair, n_skin:], 0) > _ALIKE
            handicap[n_skin:] = np.maximum(handicap[n_skin:], _DARK_BLOND * alike)
    return handicap


def _unlikeness(lab: Floats) -> Floats:
    """Of each entry to each colour of the grid: squared ΔE (LANES, GRID³)."""
    steps = np.linspace(0, 1, GRID, dtype=np.float32)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1)
    colour = colours.to_lab(grid.reshape(GRID, GRID * GRID, 3)).reshape(-1, 3)
    light, a, b = np.ascontiguousarray(colour.T)
    delta = np.full((LANES, len(colour)), np.inf, np.float32)
    for k, entry in enumerate(lab):
        delta[k] = F(0.6) * (light - entry[0]) ** 2 + (a - entry[1]) ** 2 + (b - entry[2]) ** 2
    return delta


def _table(unlike: Floats, handicap: Floats, softness: float = _SOFTNESS) -> Bytes:
    """Softmax memberships of each colour of the grid; `handicap` (n,) is what each entry has."""
    delta = unlike[: len(handicap)] + np.asarray(handicap, np.float32)[:, None]
    delta -= delta.min(0)
    delta *= F(-1 / softness)
    weights = np.exp(delta, out=delta)
    weights *= F(255) / weights.sum(0)
    table = np.zeros((unlike.shape[1], LANES), np.uint8)
    table[:, : len(handicap)] = np.rint(weights, out=weights).T
    return table.reshape(GRID, GRID, GRID, LANES)

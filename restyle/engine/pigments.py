"""The colour table of Chinese cartoon: every colour becomes a mineral pigment, ink or bare silk.

A pure function of colour, built once in Lab and looked up in a 25³ table (`pigment_pixel`).
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import F, Floats, brush

NODES = 25
BARE = 5.0  # a chroma that is no colour yet: bare silk
# A chroma at which a pigment covers, and how soon it comes to that, and goes on: stones are laid
# on in coats, so that even a pale colour is one …
COVERS, RISE, BEYOND, STRONGEST = 52.0, 0.62, 0.85, 0.90
# … but in the light (lightness from, to) warm ones are shell white with a breath of colour, until
# they are vivid: skin, fur and petals would all be one ochre else.
SHELL_LIGHT = 0.28, 0.70
SHELL_COVERS, SHELL_RISE = 66.0, 2.2
BREATH, BREATH_CHROMA, BREATH_HUE_DEG = 0.27, 8.0, 55  # its strength, and whose it is
DENSER = 0.06  # the darker for it a thick coat of a pigment that shell white thins

# (source hue°, pigment hue°, pigment chroma, how far shell white thins it) in Lab: cinnabar,
# ochre, orpiment, malachite, stone green-blue, azurite, rouge.
PIGMENTS = (
    (30, 36, 70, 0.4),
    (58, 54, 58, 0.85),
    (82, 80, 62, 1),
    (124, 164, 44, 0.5),
    (210, 205, 36, 0.2),
    (280, 266, 42, 0),
    (345, 354, 46, 0.5),
)
_HUE_WIDTH_DEG = 20
_INK_LAB = (9.0, 1.2, 2.0)  # a warm soot black


def mineral(rgb: Floats) -> Floats:
    """Sober mineral colours for sRGB ones: float32 0–1 in and out, any shape (…, 3).

    Hues are drawn to seven pigments, what is warm and light but not vivid to shell white,
    neutrals to silk in the light and to a cool shadow in the middle; the darkest fifth turns to
    warm soot ink, so that hair and eyes stay black.
    """
    shape = rgb.shape
    lab = cv2.cvtColor(
        np.clip(rgb, 0, 1).reshape(-1, 1, 3).astype(np.float32), cv2.COLOR_RGB2Lab
    ).reshape(-1, 3)
    painted = _painted(lab.astype(np.float64))
    back = cv2.cvtColor(painted.astype(np.float32).reshape(-1, 1, 3), cv2.COLOR_Lab2RGB)
    return np.clip(back, 0, 1).reshape(shape).astype(np.float32)


@lru_cache(maxsize=1)
def table() -> Floats:
    """`mineral` on a grid: float32 (25, 25, 25, 3), indexed by red, green, blue."""
    steps = np.linspace(0, 1, NODES, dtype=np.float32)
    made = mineral(np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1))
    made.setflags(write=False)
    return made


@brush
def pigment_pixel(table: Floats, side: int, red: F, green: F, blue: F) -> tuple[F, F, F]:
    """A colour 0–1 looked up in a flat colour table of `side`³ colours, such as `table` is.

    Between the four nodes of the tetrahedron that it lies in, as colour profiles are read.
    """
    top = F(side - 1)
    r = min(max(red, F(0)), F(1)) * top
    g = min(max(green, F(0)), F(1)) * top
    b = min(max(blue, F(0)), F(1)) * top
    i = min(np.int32(r), np.int32(side - 2))
    j = min(np.int32(g), np.int32(side - 2))
    k = min(np.int32(b), np.int32(side - 2))
    fr = r - F(i)
    fg = g - F(j)
    fb = b - F(k)
    along, down, inwards = 3 * side * side, 3 * side, 3
    # From the near node to the far one, first along the largest rest, last along the least; chosen
    # without a branch, which in textures would be foretold wrong.
    one = along if (fr >= fg) & (fr >= fb) else (down if fg >= fb else inwards)
    last = inwards if (fb <= fr) & (fb <= fg) else (down if fg <= fr else along)
    every = along + down + inwards
    most, least = max(fr, max(fg, fb)), min(fr, min(fg, fb))
    middle = fr + fg + fb - most - least
    near = np.uint32(3 * ((i * side + j) * side + k))
    first, second = near + np.uint32(one), near + np.uint32(every - last)
    far = near + np.uint32(every)
    w, x, y = F(1) - most, most - middle, middle - least
    return (
        w * table[near] + x * table[first] + y * table[second] + least * table[far],
        w * table[near + 1] + x * table[first + 1] + y * table[second + 1] + least * table[far + 1],
        w * table[near + 2] + x * table[first + 2] + y * table[second + 2] + least * table[far + 2],
    )


def _painted(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    lightness, a, b = lab[:, 0] / 100, lab[:, 1], lab[:, 2]
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a))
    neutral = np.exp(-((chroma / 14) ** 2))
    pigment_a, pigment_b, thinned = _pigments(hue)
    shell = thinned * _sst(*SHELL_LIGHT, lightness)
    strength = _strength(chroma, hue, shell)
    tone = 0.10 + 0.86 * lightness ** (0.90 - 0.10 * neutral)
    shadow = np.clip((0.56 - tone) / 0.40, 0, 1)
    light = np.clip((tone - 0.42) / 0.5, 0, 1)
    bright = _sst(0.80, 0.98, lightness)
    silk = neutral * light
    out = np.stack(
        [
            100 * (tone - 0.05 * silk * (1 - bright) - DENSER * thinned * np.minimum(strength, 1)),
            0.10 * a + strength * pigment_a + neutral * -3 * shadow + silk * (2.5 - 1.5 * bright),
            0.10 * b
            + strength * pigment_b
            + neutral * -11 * shadow
            + silk * (14 - 5 * bright)
            + 4 * light * (1 - 0.5 * shell)
            - 4 * shadow,
        ],
        axis=1,
    )
    # Ink: without it black came out as petrol, (0, 46, 63). Coloured darks keep their hue longer.
    ink = (1 - _sst(0.08, 0.42, lightness)) * (0.55 + 0.45 * neutral)
    ink = ink[:, None]
    dark = np.array(_INK_LAB) + np.array([62.0, 0.0, 0.0]) * lightness[:, None]
    dark[:, 1] += 0.55 * a
    dark[:, 2] += 0.55 * b
    mixed: NDArray[np.float64] = out + ink * (dark - out)
    return mixed


def _strength(
    chroma: NDArray[np.float64], hue_deg: NDArray[np.float64], shell: NDArray[np.float64]
) -> NDArray[np.float64]:
    over = np.maximum(chroma - BARE, 0)
    coats = np.minimum(over / (COVERS - BARE), 1.3)
    stone = STRONGEST * np.where(coats < 1, coats**RISE, coats**BEYOND)
    warm = np.maximum(np.cos(np.radians(hue_deg - BREATH_HUE_DEG)), 0)
    breath = BREATH * warm * (1 - np.exp(-over / BREATH_CHROMA))
    vivid = np.minimum(over / (SHELL_COVERS - BARE), 1.2) ** SHELL_RISE
    mixed: NDArray[np.float64] = stone + shell * (breath + (STRONGEST - BREATH) * vivid - stone)
    return mixed


def _pigments(
    hue_deg: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    source, target, chroma, thinned = np.array(PIGMENTS, np.float64).T
    apart = (hue_deg[:, None] - source + 180) % 360 - 180
    weight = np.exp(-((apart / _HUE_WIDTH_DEG) ** 2)) + 1e-5
    weight /= weight.sum(1, keepdims=True)
    turn = np.radians(target)
    return weight @ (chroma * np.cos(turn)), weight @ (chroma * np.sin(turn)), weight @ thinned


def _sst(low: float, high: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip((x - low) / (high - low), 0, 1)
    smooth: NDArray[np.float64] = t * t * (3 - 2 * t)
    return smooth

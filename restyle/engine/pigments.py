"""The colour table of Chinese cartoon: every colour becomes a mineral pigment, ink or bare silk.

A pure function of colour, built once in Lab and looked up in a 25³ table with trilinear steps.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Floats

NODES = 25
BARE = 5.0  # a chroma that is no colour yet: bare silk
# A chroma at which a pigment covers, and how soon it comes to that, and goes on: stones are laid
# on in coats, so that even a pale colour is one.
COVERS, RISE, BEYOND = 52.0, 0.62, 0.85

# (source hue°, pigment hue°, pigment chroma) in Lab: cinnabar, ochre, gamboge, malachite,
# stone green-blue, azurite, rouge.
PIGMENTS = (
    (28, 36, 64),
    (56, 60, 48),
    (86, 84, 52),
    (138, 172, 40),
    (210, 205, 34),
    (280, 262, 38),
    (345, 352, 42),
)
_HUE_WIDTH_DEG = 20
_INK_LAB = (9.0, 1.2, 2.0)  # a warm soot black


def mineral(rgb: Floats) -> Floats:
    """Sober mineral colours for sRGB ones: float32 0–1 in and out, any shape (…, 3).

    Hues are drawn to seven pigments, neutrals to silk in the light and to a cool shadow in the
    middle; the darkest fifth turns to warm soot ink, so that hair and eyes stay black.
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


def _painted(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    lightness, a, b = lab[:, 0] / 100, lab[:, 1], lab[:, 2]
    chroma = np.hypot(a, b)
    neutral = np.exp(-((chroma / 16) ** 2))
    pigment_a, pigment_b = _pigment_vector(np.degrees(np.arctan2(b, a)))
    coats = np.clip((chroma - BARE) / (COVERS - BARE), 0, 1.3)
    strength = 0.90 * np.where(coats < 1, coats**RISE, coats**BEYOND)
    tone = 0.13 + 0.83 * lightness**0.80
    shadow = np.clip((0.52 - tone) / 0.40, 0, 1)
    light = np.clip((tone - 0.42) / 0.5, 0, 1)
    out = np.stack(
        [
            100 * (tone - 0.05 * neutral * light),
            0.16 * a + strength * pigment_a + neutral * (-5 * shadow + 2.5 * light),
            0.16 * b
            + strength * pigment_b
            + neutral * (-8 * shadow + 17 * light)
            + 4 * light
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


def _pigment_vector(
    hue_deg: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    source, target, chroma = np.array(PIGMENTS, np.float64).T
    apart = (hue_deg[:, None] - source + 180) % 360 - 180
    weight = np.exp(-((apart / _HUE_WIDTH_DEG) ** 2)) + 1e-5
    weight /= weight.sum(1, keepdims=True)
    turn = np.radians(target)
    return weight @ (chroma * np.cos(turn)), weight @ (chroma * np.sin(turn))


def _sst(low: float, high: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip((x - low) / (high - low), 0, 1)
    smooth: NDArray[np.float64] = t * t * (3 - 2 * t)
    return smooth

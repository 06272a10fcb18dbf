"""Inks of a comic's press: colours that are printed as others, and those that are kept."""

import numpy as np

from restyle.engine.kernels import F, Floats, brush
from restyle.engine.tones import chroma_pixel, smoothstep_pixel

# What is duller than this (chroma, of the lightest channel) and darker (tone) is slate blue; its
# colour, to its tone.
DULL, DARK = (0.10, 0.20), (0.41, 0.53)
SLATE = np.array([0.82, 1.02, 1.27], np.float32)


@brush
def slate_row(paint: Floats, before: Floats, faces: Floats, people: F) -> None:
    """Dark greys of a row (3, W) of tones `before` as slate blue, but in faces, in place.

    Black cloth and black hair in haze are so: comics print light on black in blue. `people`, 0–1,
    is how far.
    """
    reds, greens, blues = paint[0], paint[1], paint[2]
    for x in range(before.shape[0]):
        most = max(reds[x], max(greens[x], blues[x]))
        dull = chroma_pixel(reds[x], greens[x], blues[x]) / max(most, F(0.05))
        slate = people * (F(1) - faces[x])
        slate *= F(1) - smoothstep_pixel(F(DULL[0]), F(DULL[1]), dull)
        slate *= F(1) - smoothstep_pixel(F(DARK[0]), F(DARK[1]), before[x])
        reds[x] += slate * (SLATE[0] * before[x] - reds[x])
        greens[x] += slate * (SLATE[1] * before[x] - greens[x])
        blues[x] += slate * (SLATE[2] * before[x] - blues[x])


@brush
def skin_pixel(red: F, green: F, blue: F, strength: F) -> F:
    """How much a colour is one that skin has: from red to yellow, and neither grey nor vivid."""
    lowest = min(red, min(green, blue))
    hue = (green - blue) / max(red - lowest, F(0.02))
    orange = smoothstep_pixel(F(-0.1), F(0.15), hue)
    orange *= F(1) - smoothstep_pixel(F(0.70), F(0.95), hue)
    orange *= smoothstep_pixel(F(0.08), F(0.16), strength)
    orange *= F(1) - smoothstep_pixel(F(0.48), F(0.70), strength)
    return orange * smoothstep_pixel(F(0), F(0.02), red - max(green, blue))

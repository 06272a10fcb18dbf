"""Film: rows of colour through a tone curve, cleaned and warmed, then in given lights.

Each loop writes one row only and is a brush of its own: with more arrays it is not vectorised, and
takes three times as long.
"""

import numpy as np

from restyle.engine.interleaving import unzip_three_row
from restyle.engine.kernels import F, Floats, brush
from restyle.engine.rows import curve_row
from restyle.engine.tones import (
    chroma_pixel,
    contain_pixel,
    luma_pixel,
    smoothstep_pixel,
    unstretched_pixel,
)

# What a channel may have at most: light on forms needs room above; and at least, of the lightness.
OVER, UNDER = 1.04, 0.06
TINTED = 0.7  # of the light on hair
DULL, VIVID = 0.45, 0.75  # chroma: a toy's red may glow, fur may not
LEAST_KEPT = 0.7  # of saturation: the darkest red of a light scene is not black


@brush
def film_row(colour: Floats, tones: Floats, low: F, gain: F, paint: Floats) -> None:
    """A row of colour (w, 3) on film: (3, w)."""
    unzip_three_row(colour.reshape(-1), paint[0], paint[1], paint[2])
    for k in range(3):
        _stretch_row(paint[k], low, gain)
    before_film = np.empty(paint.shape[1], np.float32)
    luma_row(paint[0], paint[1], paint[2], before_film)
    for x in range(paint.shape[1]):
        before_film[x] = max(before_film[x], F(0.02))
    lift = curve_row(tones, before_film)
    for x in range(paint.shape[1]):
        lift[x] /= before_film[x]
    for k in range(3):
        _times_row(paint[k], lift)


@brush
def _stretch_row(row: Floats, low: F, gain: F) -> None:
    for x in range(row.shape[0]):
        row[x] = (row[x] - low) * gain


@brush
def _times_row(row: Floats, factor: Floats) -> None:
    for x in range(row.shape[0]):
        row[x] *= factor[x]


@brush
def luma_row(red: Floats, green: Floats, blue: Floats, out: Floats) -> None:
    """The luma of a row."""
    for x in range(out.shape[0]):
        out[x] = luma_pixel(red[x], green[x], blue[x])


@brush
def enrich_row(paint: Floats, middle: Floats, face: Floats, neutral: F, span: F) -> None:
    """Clearer colours and warmer skin, a row (3, w) of lightness `middle`, in place.

    `span` is what levels were stretched to the whole range.
    """
    width = paint.shape[1]
    skin, kept = np.empty(width, np.float32), np.empty(width, np.float32)
    _skin_row(paint[0], paint[1], paint[2], middle, skin)
    _kept_row(paint[0], paint[1], paint[2], middle, skin, neutral, span, kept)
    for k in range(3):
        _saturate_row(paint[k], middle, kept)
    _contain_row(paint[0], paint[1], paint[2], middle)
    for x in range(width):
        m = middle[x]
        skin[x] = max(skin[x], F(0.6) * face[x] * smoothstep_pixel(F(0.25), F(0.5), m))
        skin[x] *= F(1.1) - m
    _add_row(paint[0], F(0.040), skin)
    _add_row(paint[1], F(0.012), skin)


@brush
def _skin_row(red: Floats, green: Floats, blue: Floats, middle: Floats, skin: Floats) -> None:
    """Light under the skin: reds and ochres of middle lightness glow from within."""
    for x in range(skin.shape[0]):
        r, g, b = red[x], green[x], blue[x]
        glows = smoothstep_pixel(F(0.05), F(0.17), r - g)
        glows *= smoothstep_pixel(F(0.0), F(0.10), g - b + F(0.04))
        glows *= F(1) - smoothstep_pixel(F(0.35), F(0.60), chroma_pixel(r, g, b))
        skin[x] = glows * smoothstep_pixel(F(0.15), F(0.40), middle[x])


@brush
def _kept_row(
    red: Floats,
    green: Floats,
    blue: Floats,
    middle: Floats,
    skin: Floats,
    neutral: F,
    span: F,
    kept: Floats,
) -> None:
    """How much of its own colour each pixel is to keep."""
    for x in range(kept.shape[0]):
        c, m = chroma_pixel(red[x], green[x], blue[x]), middle[x]
        # Colours rise, but what is vivid already and deep shadows less; and greys, …
        clear = smoothstep_pixel(F(0.02), F(0.16), c)
        # … which are cleaned of the cold cast that a room gives them. Brown hair is no cast.
        cold = neutral * (F(1) - smoothstep_pixel(F(-0.01), F(0.04), red[x] - blue[x]))
        clean = smoothstep_pixel(F(0.10), F(0.32), c / (m + F(0.10)))
        clean *= F(0.3) + F(0.7) * smoothstep_pixel(F(0.08), F(0.28), m)
        clear += cold * (clean - clear)
        vivid = F(0.54) * clear / (F(1) + F(1.3) * c)
        vivid *= F(0.35) + F(0.65) * smoothstep_pixel(F(0.10), F(0.45), m)
        kept[x] = F(0.95) - F(0.35) * cold * (F(1) - clear) + vivid * (F(1) - F(0.45) * skin[x])
        dull = F(1) - smoothstep_pixel(F(DULL), F(VIVID), c)
        kept[x] *= F(1) + dull * (unstretched_pixel(red[x], blue[x], span) - F(1))


@brush
def _saturate_row(row: Floats, middle: Floats, kept: Floats) -> None:
    for x in range(row.shape[0]):
        row[x] = middle[x] + (row[x] - middle[x]) * kept[x]


@brush
def _contain_row(red: Floats, green: Floats, blue: Floats, middle: Floats) -> None:
    """No channel under none or far over full: peach would burn to yellow, and brick to red."""
    for x in range(red.shape[0]):
        r, g, b, m = red[x], green[x], blue[x], max(middle[x], F(0))
        keep = m * F(1 - UNDER) / max(m - min(r, min(g, b)), F(0.001))
        keep = min(max(keep, F(LEAST_KEPT)), F(1))
        r, g, b = m + (r - m) * keep, m + (g - m) * keep, m + (b - m) * keep
        red[x], green[x], blue[x] = contain_pixel(r, g, b, F(OVER))


@brush
def _add_row(row: Floats, weight: F, other: Floats) -> None:
    for x in range(row.shape[0]):
        row[x] += weight * other[x]


@brush
def expose_row(paint: Floats, middle: Floats, face: Floats, lights: Floats, hair: Floats) -> None:
    """A row of colour (3, w) in these lights, in place."""
    shades, shines, rims = lights[0], lights[1], lights[2]
    for x in range(middle.shape[0]):
        m = middle[x]
        lit = hair[x] * (F(1) - smoothstep_pixel(F(0.30), F(0.60), m)) * (F(0.3) + m)
        shines[x] = shines[x] * (F(0.25) + F(0.65) * m) + F(1 - TINTED) * lit
        # Light that has been through the hair is of its colour: brown would turn silver.
        shades[x] += F(TINTED) * lit / max(m, F(0.05))
    for x in range(middle.shape[0]):
        rims[x] *= F(0.55) * (F(0.25) + middle[x])
    # Shade is cool on what is cool and deep on what is warm, or orange would turn green.
    deep = np.empty(middle.shape[0], np.float32)
    _deep_row(paint[0], paint[2], deep)
    warm = np.empty(middle.shape[0], np.float32)
    for x in range(middle.shape[0]):
        warm[x] = max(shades[x] - F(1), F(0)) * (F(1) - F(0.6) * face[x])
    _shade_row(paint[0], shades, deep, warm, F(-0.10), F(1.8), F(0.20))
    _shade_row(paint[1], shades, deep, warm, F(0.02), F(4), F(0.10))
    _shade_row(paint[2], shades, deep, warm, F(0.13), F(1), F(-0.05))
    _shine_row(paint[0], shines, rims, F(0.80))
    _shine_row(paint[1], shines, rims, F(0.90))
    _shine_row(paint[2], shines, rims, F(1))


@brush
def _deep_row(red: Floats, blue: Floats, deep: Floats) -> None:
    for x in range(deep.shape[0]):
        deep[x] = smoothstep_pixel(F(0.02), F(0.16), red[x] - blue[x])


@brush
def _shade_row(
    row: Floats, shades: Floats, deep: Floats, warm: Floats, cool: F, less: F, glow: F
) -> None:
    """One channel in shade, so much cooler but less so where it is deep, and in warm light."""
    for x in range(row.shape[0]):
        shadow = max(F(1) - shades[x], F(0))
        row[x] *= shades[x] + cool * (F(1) - less * deep[x]) * shadow + glow * warm[x]


@brush
def _shine_row(row: Floats, shines: Floats, rims: Floats, rim: F) -> None:
    for x in range(row.shape[0]):
        row[x] = _shoulder(row[x] + shines[x] + rim * rims[x])


@brush
def _shoulder(value: F) -> F:
    """Highlights roll off instead of burning out: 0.8 to 1.2 end between 0.8 and 1."""
    over = min(max((value - F(0.8)) * F(2.5), F(0)), F(1))
    rolled: F = min(value, F(0.8)) + F(0.2) * over * (F(2) - over)
    return rolled

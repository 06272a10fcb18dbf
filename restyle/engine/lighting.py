"""Light on a relief: wrapped key, sky fill, creases, cast shadow, rim, and what shines.

The eye looks along −z; x runs to the right, y down. The key light is warm and comes from the upper
left, the fill is cool; hair shines across its strands (Kajiya and Kay, SIGGRAPH 1989).
"""

from typing import NamedTuple

import numpy as np

from restyle.engine.film import enrich_row, expose_row, film_row, luma_row
from restyle.engine.interleaving import zip_three_row
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.tones import smoothstep_pixel

ROUND = 1.0  # slope of the relief
KEY = (-0.46, -0.58, 0.67)
WRAP = 0.30  # how far the key reaches around the corner
HALFWAY = (-0.252, -0.317, 0.914)  # between the key and the eye
AMBIENT = 0.30  # of the light comes from everywhere
CAST = 0.16  # … and is taken by a cast shadow
HAIR_SHINE = 0.30
STRETCHED = 0.1  # of the levels' gain: how far it enlarges dull warm colours' saturation too
# Faces: how far their shading is evened out, and how much they shine.
FACE_EVEN = 0.2
FACE_SHINE = 0.28


class Relief(NamedTuple):
    """What is lit, half size, float32 (h, w) unless said.

    `height` and `small`, that of the small shapes alone, in pixels; `solid`, `shadow`: see
    `silhouettes`; `face` and `head` 0–1; `strands` (2, h, w), unit vectors (x, y) along edges;
    `facial` (h, w, 2), slopes (to the right, down) of what is face.
    """

    height: Floats
    small: Floats
    solid: Floats
    shadow: Floats
    face: Floats
    head: Floats
    strands: Floats
    facial: Floats


def light(
    colour: Floats,
    relief: Relief,
    tones: Floats,
    levels: tuple[float, float],
    scale: float,
    neutral: float = 0.0,
) -> Floats:
    """A half-size picture (h, w, 3) lit, through the tone curve `tones` between `levels`.

    `neutral`, 0–1, is how far greys are cleaned of a cold cast: a room's, not a landscape's."""
    low, high = levels
    out = np.empty_like(colour)
    _light(colour, *relief, tones, F(low), F(1 / (high - low)), F(scale), F(neutral), out)
    return out


@kernel
def _light(
    band: Band,
    colour: Floats,
    height: Floats,
    small: Floats,
    solid: Floats,
    shadow: Floats,
    face: Floats,
    head: Floats,
    strands: Floats,
    facial: Floats,
    tones: Floats,
    low: F,
    gain: F,
    scale: F,
    neutral: F,
    out: Floats,
) -> None:
    rows, across = height.shape
    for y in rows_in(band, rows):
        above, below = height[max(y - 1, 0)], height[min(y + 1, rows - 1)]
        slopes = np.empty((2, across), np.float32)
        _slopes_row(above, height[y], below, solid[y], slopes[0], slopes[1])
        _face_row(facial[y].reshape(-1), face[y], slopes[0], slopes[1])
        # Rows of shade, shine and rim.
        lights = np.empty((3, across), np.float32)
        _lights_row(slopes[0], slopes[1], face[y], solid[y], lights)
        _occlude_row(height[y], small[y], solid[y], shadow[y], face[y], scale, lights[0])
        hair = np.empty(across, np.float32)
        _hair_row(slopes[0], slopes[1], strands[0, y], strands[1, y], head[y], face[y], hair)
        paint = np.empty((3, across), np.float32)
        film_row(colour[y], tones, low, gain, paint)
        middle = np.empty(across, np.float32)
        luma_row(paint[0], paint[1], paint[2], middle)
        enrich_row(paint, middle, face[y], neutral, F(STRETCHED) + F(1 - STRETCHED) / gain)
        expose_row(paint, middle, face[y], lights, hair)
        zip_three_row(paint[0], paint[1], paint[2], out[y].reshape(-1))


@brush
def _slopes_row(
    above: Floats, here: Floats, below: Floats, solid: Floats, gx: Floats, gy: Floats
) -> None:
    """Slopes of a row of the relief: never quite vertical, and of the ground flatter."""
    last = here.shape[0] - 1
    gx[0], gx[last] = here[1] - here[0], here[last] - here[last - 1]
    for x in range(1, last):
        gx[x] = here[x + 1] - here[x - 1]
    for x in range(last + 1):
        right, down = F(0.5 * ROUND) * gx[x], F(0.5 * ROUND) * (below[x] - above[x])
        gentle = F(0.10) + F(0.90) * solid[x]
        gentle /= np.sqrt(F(1) + F(0.20) * (right * right + down * down))
        gx[x], gy[x] = right * gentle, down * gentle


@brush
def _face_row(facial: Floats, face: Floats, gx: Floats, gy: Floats) -> None:
    """Where there is a face, its own shape counts."""
    for x in range(gx.shape[0]):
        gx[x] += face[x] * (facial[2 * x] - gx[x])
        gy[x] += face[x] * (facial[2 * x + 1] - gy[x])


@brush
def _lights_row(gx: Floats, gy: Floats, face: Floats, solid: Floats, lights: Floats) -> None:
    """Key light, shine and rim of a row: (3, w)."""
    keys, shines, rims = lights[0], lights[1], lights[2]
    for x in range(gx.shape[0]):
        nz = F(1) / np.sqrt(F(1) + gx[x] * gx[x] + gy[x] * gy[x])
        nx, ny = -gx[x] * nz, -gy[x] * nz
        key = F(KEY[0]) * nx + F(KEY[1]) * ny + F(KEY[2]) * nz + F(WRAP)
        key = max(key, F(0)) / F(KEY[2] + WRAP)
        keys[x] = key + F(FACE_EVEN) * face[x] * (F(1) - key)
        gloss = max(F(HALFWAY[0]) * nx + F(HALFWAY[1]) * ny + F(HALFWAY[2]) * nz, F(0))
        gloss *= gloss
        gloss *= gloss
        gloss *= gloss
        gloss *= gloss
        cloth = solid[x] * (F(1) - nz * nz) * max(gloss - F(0.55), F(0))
        skin = gloss * gloss
        skin *= skin
        skin = F(FACE_SHINE) * max(skin - F(0.25), F(0))
        shines[x] = cloth + face[x] * (skin - cloth)
        turned = max(F(0.8) * nx + F(0.1) * ny, F(0)) * (F(1) - nz)
        rims[x] = turned * solid[x] * (F(1) - F(0.5) * face[x])


@brush
def _occlude_row(
    height: Floats,
    small: Floats,
    solid: Floats,
    shadow: Floats,
    face: Floats,
    scale: F,
    key: Floats,
) -> None:
    """Little light comes between shapes, wide between large ones, a seam between small."""
    for x in range(key.shape[0]):
        crease = F(1) - smoothstep_pixel(F(0.8) * scale, F(8) * scale, height[x])
        seam = F(1) - smoothstep_pixel(F(0.4) * scale, F(2.4) * scale, small[x])
        crease = max(crease, F(0.5) * seam)
        crease *= (F(0.10) + F(0.90) * solid[x]) * (F(1) - F(0.7) * face[x])
        shade = (F(AMBIENT) + F(1 - AMBIENT) * key[x]) * (F(1) - F(0.30) * crease)
        # What is behind is never lit by its relief: that would be a halo around the figure.
        shade -= (F(1) - solid[x]) * max(shade - F(1), F(0))
        key[x] = shade * (F(1) - F(CAST) * shadow[x])


@brush
def _hair_row(
    gx: Floats,
    gy: Floats,
    along_x: Floats,
    along_y: Floats,
    head: Floats,
    face: Floats,
    hair: Floats,
) -> None:
    """A band of light across the strands, where they turn from the light to the eye."""
    for x in range(gx.shape[0]):
        tx, ty = along_x[x], along_y[x]
        tz = gx[x] * tx + gy[x] * ty
        along = F(HALFWAY[0]) * tx + F(HALFWAY[1]) * ty + F(HALFWAY[2]) * tz
        across = max(F(1) - along * along / (F(1) + tz * tz), F(0))
        band = across * across
        band *= band
        band *= band
        covered = smoothstep_pixel(F(0.02), F(0.20), head[x])
        hair[x] = F(HAIR_SHINE) * band * covered * (F(1) - face[x])

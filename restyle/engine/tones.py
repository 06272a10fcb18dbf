"""Tone and colour: levels, tone curves, saturation that spares greys, light laid over.

Colours are gamma-encoded sRGB, 0–1, in RGB order throughout; luma is .299 R + .587 G + .114 B.
Functions named `…_pixel` are brushes for kernels; the others work on whole pictures.
"""

from collections.abc import Callable

import numpy as np

from restyle.engine.kernels import Bytes, F, Floats, brush, loop
from restyle.engine.pictures import luma

CURVE_ENTRIES = 1024
MANY = 4096  # pixels, from which one compiled pass is faster than several, and worth compiling
BLACK_PERCENTILE, WHITE_PERCENTILE = 1.0, 99.2
LEAST_CONTRAST = 0.25
LEVELS_INERTIA = 0.92


def smoothstep(low: float, high: float, x: Floats) -> Floats:
    """0 below `low`, 1 above `high`, an S-curve between; element by element."""
    if x.size < MANY or x.dtype != np.float32:
        t = np.clip((x - F(low)) / F(high - low), F(0), F(1))
        result: Floats = t * t * (F(3) - F(2) * t)
        return result
    whole = np.ascontiguousarray(x)
    out = np.empty_like(whole)
    _smoothstep(whole.reshape(-1), F(low), F(high), out.reshape(-1))
    return out


@loop
def _smoothstep(x: Floats, low: F, high: F, out: Floats) -> None:
    for i in range(out.shape[0]):
        out[i] = smoothstep_pixel(low, high, x[i])


def posterise(y: Floats, steps: int, edge: float) -> Floats:
    """`y` in `steps` flat steps, each edge soft over `edge` of a step (hard ones flicker)."""
    scaled = y * F(steps)
    whole = np.floor(scaled)
    result: Floats = (whole + smoothstep(0.5 - edge / 2, 0.5 + edge / 2, scaled - whole)) / F(steps)
    return result


def curve(formula: Callable[[Floats], Floats]) -> Floats:
    """A tone curve as a table: `formula` of luma 0–1 at CURVE_ENTRIES even places."""
    table: Floats = formula(np.linspace(0, 1, CURVE_ENTRIES, dtype=np.float32)).astype(np.float32)
    return table


class LevelMeter:
    """Black and white of the scene, measured on each frame and averaged slowly: (lo, hi)."""

    def __init__(self) -> None:
        self._average: tuple[float, float] | None = None

    def read(self, abstract: Floats, is_cut: bool) -> tuple[float, float]:
        """Levels after this frame; a cut begins a new average."""
        sample = luma(np.ascontiguousarray(abstract[::2, ::2]))
        black, white = np.percentile(sample, (BLACK_PERCENTILE, WHITE_PERCENTILE))
        white = max(white, black + LEAST_CONTRAST)
        if is_cut or self._average is None:
            self._average = (float(black), float(white))
        else:
            keep, take = LEVELS_INERTIA, 1 - LEVELS_INERTIA
            old_black, old_white = self._average
            self._average = (keep * old_black + take * black, keep * old_white + take * white)
        low = 0.8 * self._average[0]
        return low, min(1.0, max(1.02 * self._average[1], low + 0.05))


@brush
def smoothstep_pixel(low: F, high: F, x: F) -> F:
    """`smoothstep` of one float32."""
    t = min(max((x - low) / (high - low), F(0)), F(1))
    return t * t * (F(3) - F(2) * t)


@brush
def posterise_pixel(y: F, steps: F, edge: F) -> F:
    """`posterise` of one float32."""
    scaled = y * steps
    whole: F = np.floor(scaled)
    soft = smoothstep_pixel(F(0.5) - F(0.5) * edge, F(0.5) + F(0.5) * edge, scaled - whole)
    value: F = (whole + soft) / steps
    return value


@brush
def luma_pixel(red: F, green: F, blue: F) -> F:
    """Luma of one colour."""
    return F(0.299) * red + F(0.587) * green + F(0.114) * blue


@brush
def curve_pixel(table: Floats, y: F) -> F:
    """The curve at luma `y`, between its entries linearly; clamped to 0–1."""
    place = min(max(y, F(0)), F(1)) * F(CURVE_ENTRIES - 1)
    # Clamped once more as an index: should a NaN ever come here, it must not leave the table.
    below = max(min(np.int32(place), np.int32(CURVE_ENTRIES - 2)), np.int32(0))
    rest = place - F(below)
    value: F = table[below] + rest * (table[below + 1] - table[below])
    return value


@brush
def chroma_pixel(red: F, green: F, blue: F) -> F:
    """How colourful: the largest channel minus the smallest."""
    return max(red, max(green, blue)) - min(red, min(green, blue))


@brush
def saturate_pixel(red: F, green: F, blue: F, factor: F) -> tuple[F, F, F]:
    """Move a colour away from its own grey by `factor` (1 leaves it)."""
    grey = luma_pixel(red, green, blue)
    return (
        grey + (red - grey) * factor,
        grey + (green - grey) * factor,
        grey + (blue - grey) * factor,
    )


@brush
def unstretched_pixel(red: F, blue: F, span: F) -> F:
    """What keeps levels that span so much of the range from colouring what is warm, as a factor.

    Of its saturation, after they were stretched: a dim brown would burn to orange.
    """
    warm = min(max(F(6) * (red - blue), F(0)), F(1))
    return F(1) + warm * (span - F(1))


@brush
def contain_pixel(red: F, green: F, blue: F, most: F) -> tuple[F, F, F]:
    """Bring a colour under `most`, half by darkening it and half by less saturation.

    Clipping the channel that is over would turn the hue.
    """
    over = most / max(max(red, max(green, blue)), F(0.01))
    dim = F(0.5) + F(0.5) * min(over, F(1))
    red *= dim
    green *= dim
    blue *= dim
    grey = luma_pixel(red, green, blue)
    room = (most - grey) / max(max(red, max(green, blue)) - grey, F(0.01))
    keep = min(max(room, F(0)), F(1))
    return grey + (red - grey) * keep, grey + (green - grey) * keep, grey + (blue - grey) * keep


@brush
def screen_pixel(colour: F, light: F) -> F:
    """Lay light over a colour: 1 − (1 − colour)(1 − light)."""
    return F(1) - (F(1) - colour) * (F(1) - light)


@brush
def byte_pixel(value: F) -> np.uint8:
    """0–1 as a byte, rounded and clipped."""
    return np.uint8(min(max(value, F(0)), F(1)) * F(255) + F(0.5))


def to_bytes(colour: Floats) -> Bytes:
    """A float picture 0–1 as 8 bits, rounded and clipped."""
    return (np.clip(colour, 0, 1) * F(255) + F(0.5)).astype(np.uint8)

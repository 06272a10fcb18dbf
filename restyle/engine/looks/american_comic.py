"""Style 1, American comic: black masses, few inks at few strengths, cream paper, Ben-Day dots."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from restyle.engine.blurs import wide_blur
from restyle.engine.carrying import Ground
from restyle.engine.cels import modelling
from restyle.engine.drawn_faces import Pen, draw_faces
from restyle.engine.exposure import Exposure
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, luma
from restyle.engine.rows import (
    columns,
    curve_row,
    normalise_row,
    sample_colour_row,
    sample_row,
    store_row,
    upsample_row,
)
from restyle.engine.strokes import follow, ink_pixel, line_tone
from restyle.engine.tones import (
    chroma_pixel,
    contain_pixel,
    curve,
    posterise,
    posterise_pixel,
    saturate_pixel,
    smoothstep,
    smoothstep_pixel,
)

EDGE = 10.8  # a grey step (0–255) across which paint does not spread

# XDoG (Winnemöller and others 2012): a black mass where the tone is dark, and lines around it.
MASS_SIGMA = 1.3  # half-size pixels; wide enough that blacks hold together
LINE_SIGMA = 0.85
LINE_STRENGTH = 18.0
LINE_LENGTH = 7
INK_AT, INK_SHARPNESS = 0.16, 10.0
# Spotted blacks: a dark thing is inked as one, and only its lit folds are left open.
SPOT_SIGMA = 9.0  # half-size pixels at 720p
SPOT_DARK, SPOT_LIGHT = 0.13, 0.38  # its tone around, wholly and not at all dark
THING_DARK, THING_LIGHT = 0.25, 0.50  # a tone that is, and is not, part of a dark thing
SPOT = 0.16  # what is in the dark is black when its tone is lighter by this much
STEADY = 0.78

# Ben-Day dots: a grid at 45°, dots grow as the tone falls.
PITCH = 6.5  # full-size pixels at 720p
DOT_INK = 0.34
UNREST_SIGMA = 6.0  # half-size pixels at 720p

INK_STEPS = 0.7  # how far saturation goes to one of its four strengths
OVERPRINT = 1.1  # a channel may be this much over full: vivid, but violet stays violet
SKIN_SATURATION = 1.1  # more would make faces orange


def _print_tone(y: Floats) -> Floats:
    """The press's tone: lifted, and the paper a little over-lit."""
    lifted: Floats = F(0.1) + F(0.95) * np.power(y, F(0.72))
    return lifted


def _print_steps(y: Floats) -> Floats:
    """The same in four flat tones, the lightest open: steps in it would tear walls and skies."""
    tone = np.power(y, F(0.72))
    return F(0.1) + F(0.95) * np.where(tone > F(0.75), tone, posterise(tone, 4, 0.12))


SMOOTH = curve(_print_tone)
STEPPED = curve(_print_steps)
PEN = Pen(ink=(13, 13, 18), lid=0.034, brow=0.034, mouth=0.022, iris=0.28, lips=0.25)


class AmericanComic:
    """See the module."""

    abstraction = Abstraction(passes=5, range_sigma=30, radius=3.0, sharpness=2)

    def __init__(self) -> None:
        self._exposure = Exposure()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the inks are the press's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Few inks over cream paper, then dots, then black."""
        frame = self._exposure.develop(frame)
        low, high = frame.levels
        tone = np.clip((luma(frame.abstract) - F(low)) / F(high - low), F(0), F(1))
        out = np.empty((*frame.size, 3), np.uint8)
        _compose(
            frame.abstract,
            frame.grey,
            frame.guide,
            frame.face_mask,
            modelling(frame, memory),
            enlarge(memory.blend("black", _black(frame), STEADY), frame.size, smooth=True),
            memory.blend("dots", np.sqrt(tone) + _unrest(frame), 0.75),
            SMOOTH,
            STEPPED,
            F(low),
            F(1 / (high - low)),
            F(1 / (PITCH * max(frame.scale, 0.6))),
            _placed(frame.ground, frame.ground.offset, frame.size[1]),
            _placed(frame.ground, frame.ground.fresh, frame.size[1]),
            F(frame.ground.share),
            out,
        )
        draw_faces(out, frame, PEN)
        return out


def _unrest(frame: Frame) -> Floats:
    """1 where things move too fast to be followed, half size: no print can go with them."""
    if frame.is_cut or frame.passes:
        return np.zeros(frame.half_size, np.float32)
    trusted = wide_blur(frame.confidence, UNREST_SIGMA * frame.scale)
    return smoothstep(0.25, 0.70, F(1) - trusted)


def _placed(ground: Ground, offset: Floats, width: int) -> Floats:
    """A layer of the ground in rows of full width, with how whole it is: (rows, width, 3)."""
    cells = np.dstack([offset, ground.whole(offset)])
    return enlarge(np.asarray(cells, np.float32), (cells.shape[0], width))


def _black(frame: Frame) -> Floats:
    """Tone with lines sharpened into it, half size: ink where it is under INK_AT."""
    low, high = frame.levels
    fine = np.square(line_tone(frame))
    fine = np.clip((fine - F(low)) / F(high - low), F(0), F(1))
    broad = np.clip((luma(frame.abstract) - F(low)) / F(high - low), F(0), F(1))
    broad += frame.face_mask * (fine - broad)
    sigma = max(LINE_SIGMA * frame.scale, 0.5)
    lines = follow(blur(fine, sigma) - blur(fine, 1.6 * sigma), frame, LINE_LENGTH)
    # Of dark things alone: black cloth is black up to a white wall beside it.
    thing = F(1) - smoothstep(THING_DARK, THING_LIGHT, broad)
    around = wide_blur(np.dstack([thing * broad, thing]), SPOT_SIGMA * frame.scale)
    tone = (around[..., 0] + F(0.01)) / (around[..., 1] + F(0.01))
    dark = F(1) - smoothstep(SPOT_DARK, SPOT_LIGHT, tone)
    spots = F(SPOT) * dark * (F(1) - frame.face_mask)
    return blur(broad, MASS_SIGMA * frame.scale) - spots + F(LINE_STRENGTH) * lines


@kernel
def _compose(
    band: Band,
    abstract: Floats,
    grey: Floats,
    guide: Bytes,
    face_mask: Floats,
    form: Floats,
    black: Floats,
    dots: Floats,
    smooth: Floats,
    stepped: Floats,
    low: F,
    gain: F,
    per_pitch: F,
    offset: Floats,
    fresh: Floats,
    share: F,
    out: Bytes,
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    for y in rows_in(band, height):
        paint = upsample_row(abstract, grey, guide, y, across, F(EDGE))
        before = normalise_row(paint, low, gain)
        plain, steps = curve_row(smooth, before), curve_row(stepped, before)
        faces = sample_row(face_mask, y, height, across)
        forms = sample_row(form, y, height, across)
        cover = _dots_row(dots, y, (height, width), per_pitch, offset)
        if share > F(0):
            renewed = _dots_row(dots, y, (height, width), per_pitch, fresh)
            for x in range(width):
                cover[x] += share * (renewed[x] - cover[x])
        _print_row(paint, before, plain, steps, faces, forms, cover, black[y])
        store_row(paint, out[y])


@brush
def _print_row(
    paint: Floats,
    before: Floats,
    plain: Floats,
    steps: Floats,
    faces: Floats,
    forms: Floats,
    cover: Floats,
    black: Floats,
) -> None:
    """Inks, dots and black of a row of `paint` (3, W), in place."""
    reds, greens, blues = paint[0], paint[1], paint[2]
    for x in range(before.shape[0]):
        face = faces[x]
        # Tone in steps where light models; faces keep most of their own shading.
        after = plain[x] + forms[x] * (F(1) - F(0.7) * face) * (steps[x] - plain[x])
        ratio = after / before[x]
        red = reds[x] * ratio
        green = greens[x] * ratio
        blue = blues[x] * ratio

        # Greys go grey, colours rise; skin (orange, of middling strength) stays as it is.
        strength = chroma_pixel(red, green, blue) / max(max(red, max(green, blue)), F(0.05))
        # In the dark a camera sees colour where there is none.
        lit = F(0.25) + F(0.75) * smoothstep_pixel(F(0.10), F(0.34), before[x])
        wanted = F(0.35) + F(1.35) * lit * smoothstep_pixel(F(0.10), F(0.34), strength)
        skin = max(_skin_pixel(red, green, blue, strength), face)
        wanted += skin * (F(SKIN_SATURATION) - wanted)
        # The same move in four strengths of ink, the hue kept.
        inked = min(strength * wanted, F(1))
        factor = posterise_pixel(inked, F(4), F(0.30)) / max(inked, F(0.02))
        factor = F(1) + F(INK_STEPS) * (F(1) - F(0.6) * face) * (factor - F(1))
        red, green, blue = saturate_pixel(red, green, blue, wanted * factor)
        red, green, blue = contain_pixel(red, green, blue, F(OVERPRINT))

        dot = cover[x] * (F(1) - face)
        paper = ink_pixel(black[x], F(INK_AT), F(INK_SHARPNESS))
        ink = F(1) - paper
        red = min(red, F(1)) * (F(1) - dot)
        green = min(green, F(1)) * F(0.975) * (F(1) - dot)
        blue = min(blue, F(1)) * F(0.90) * (F(1) - F(0.8) * dot)
        reds[x] = paper * red + ink * F(0.05)
        greens[x] = paper * green + ink * F(0.05)
        blues[x] = paper * blue + ink * F(0.07)


@brush
def _skin_pixel(red: F, green: F, blue: F, strength: F) -> F:
    """How much a colour is one that skin has: from red to yellow, and neither grey nor vivid."""
    lowest = min(red, min(green, blue))
    hue = (green - blue) / max(red - lowest, F(0.02))
    orange = smoothstep_pixel(F(-0.1), F(0.15), hue)
    orange *= F(1) - smoothstep_pixel(F(0.70), F(0.95), hue)
    orange *= smoothstep_pixel(F(0.08), F(0.16), strength)
    orange *= F(1) - smoothstep_pixel(F(0.48), F(0.70), strength)
    return orange * smoothstep_pixel(F(0), F(0.02), red - max(green, blue))


@brush
def _dots_row(tones: Floats, y: int, size: tuple[int, int], per_pitch: F, placed: Floats) -> Floats:
    """How much ink the dots lay on each pixel of row `y`, 0 – DOT_INK.

    A dot's size follows the tone at its centre, so that each is round; where the grid is torn
    (`placed`: see `_placed`) there are none.
    """
    height, width = size
    moved = sample_colour_row(placed, y, height, columns(width, width))
    near, at = np.empty(width, np.float32), np.empty((2, width), np.int32)
    _nearest_dot_row(moved[0], moved[1], y, per_pitch, near, at[0], at[1])
    tone = np.empty(width, np.float32)
    half_height, half_width = tones.shape
    down, along = F(half_height) / F(height), F(half_width) / F(width)
    for x in range(width):
        hx = min(max(np.int32(F(at[0, x]) * along), np.int32(0)), np.int32(half_width - 1))
        hy = min(max(np.int32(F(at[1, x]) * down), np.int32(0)), np.int32(half_height - 1))
        tone[x] = tones[hy, hx]
    _dot_ink_row(near, tone, moved[2], F(0.9) * per_pitch)
    return near


@brush
def _nearest_dot_row(
    along: Floats,
    down: Floats,
    y: int,
    per_pitch: F,
    near: Floats,
    at_x: NDArray[np.int32],
    at_y: NDArray[np.int32],
) -> None:
    """How far the nearest dot's centre is, in pitches, and where, in full-size pixels."""
    diagonal = F(0.70710678) * per_pitch
    back = F(0.70710678) / per_pitch
    for x in range(near.shape[0]):
        u = (F(x) + along[x] + F(y) + down[x]) * diagonal
        v = (F(x) + along[x] - F(y) - down[x]) * diagonal
        du = u - np.floor(u) - F(0.5)
        dv = v - np.floor(v) - F(0.5)
        near[x] = np.sqrt(du * du + dv * dv)
        at_x[x] = np.int32(F(x) - (du + dv) * back)
        at_y[x] = np.int32(F(y) - (du - dv) * back)


@brush
def _dot_ink_row(near: Floats, tone: Floats, whole: Floats, edge: F) -> None:
    """From the distance of each pixel to its dot to the ink there, in place."""
    for x in range(near.shape[0]):
        dark = F(1) - smoothstep_pixel(F(0.24), F(0.70), tone[x])
        radius = F(0.60) * dark * smoothstep_pixel(F(0), F(0.12), dark)
        ink = F(1) - smoothstep_pixel(radius - edge, radius + edge, near[x])
        # The smallest dots would only look like dirt.
        near[x] = F(DOT_INK) * ink * smoothstep_pixel(F(0.08), F(0.14), radius) * whole[x]

"""Style 1, American comic: black masses, few inks at few strengths, cream paper, Ben-Day dots."""

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from restyle.engine.blacks import ended, ink_row
from restyle.engine.blurs import wide_blur
from restyle.engine.cast import Cast
from restyle.engine.cels import modelling
from restyle.engine.details import busy
from restyle.engine.drawn_faces import Pen, draw_faces
from restyle.engine.exposure import Exposure
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.hair_tint import with_hair
from restyle.engine.inks import skin_pixel, slate_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, layered, least, luma, most, shrink
from restyle.engine.prints import with_prints
from restyle.engine.rows import (
    columns,
    curve_row,
    normalise_row,
    sample_row,
    store_row,
    upsample_row,
)
from restyle.engine.screens import mix_row, placed, screens_row
from restyle.engine.skin import skin_now
from restyle.engine.strokes import follow, line_tone
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

EDGE = 30.0  # a grey step (0–255) across which paint spreads less; across a third of it, it crawls

# XDoG (Winnemöller and others 2012): a black mass where the tone is dark, and lines around it.
MASS_SIGMA = 1.3  # half-size pixels; wide enough that blacks hold together
LINE_SIGMA = 0.85
LINE_STRENGTH = 18.0
LINE_LENGTH = 9
VIVID_LINES = 0.5  # how far lines go by the least of red, green and blue instead of luma
# Hands: how far they are darker than what is behind, for lines; how much stronger lines are there.
HAND_STEP, HAND_LINES = 0.12, 0.9
# Clumps of leaves: σ of them and of their surroundings, half-size pixels at 720p; their light.
CLUMPS, CLUMP_LIGHT = (3.5, 12.0), 1.8
GROVE = 16.0  # half-size pixels at 720p: texture that reaches less far is a bird, a mast, a letter
RUNS = 0.34, 0.50  # clearness of edges around: of leaves, of tiles and railings
LEAFLESS = 0.7  # of the lines that are not drawn there: leaves are not drawn one by one
# Spotted blacks: a dark thing is inked as one, and only its lit folds are left open.
SPOT_SIGMA = 9.0  # half-size pixels at 720p
SPOT_DARK, SPOT_LIGHT = 0.13, 0.38  # its tone around, wholly and not at all dark
THING_DARK, THING_LIGHT = 0.25, 0.50  # a tone that is, and is not, part of a dark thing
SPOT = 0.18  # what is in the dark is black when its tone is lighter by this much
# Dark red and blue are colours, not blacks: how far tone goes by the most of red, green and blue,
# and the tone to which such things are lighter for it: lines are still black on them.
DEEP, OPEN = 0.42, 0.27
STEADY, PAINT_STEADY = 0.7, 0.7
BLACKER = 0.5  # black hair, as a share: it is spotted

# Ben-Day dots: a grid at 45°, dots grow as the tone falls.
PITCH = 6.5  # full-size pixels at 720p
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
        self._exposure, self._cast = Exposure(), Cast()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the inks are the press's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Few inks over cream paper, then dots, then black."""
        frame = self._cast.clear(self._exposure.develop(frame))
        frame = replace(frame, abstract=with_prints(frame))
        frame, _ = with_hair(frame, BLACKER)
        frame = replace(frame, abstract=memory.blend("paint", frame.abstract, PAINT_STEADY))
        low, high = frame.levels
        tone = _tone(frame)
        black = memory.blend("black", _black(frame, tone), STEADY)
        out = np.empty((*frame.size, 3), np.uint8)
        _compose(
            frame.abstract,
            frame.grey,
            frame.guide,
            frame.face_mask,
            modelling(frame, memory),
            enlarge(np.ascontiguousarray(black[..., 0]), frame.size, smooth=True),
            np.ascontiguousarray(black[..., 1]),
            memory.blend("dots", np.sqrt(tone) + _unrest(frame), 0.75),
            SMOOTH,
            STEPPED,
            F(low),
            F(1 / (high - low)),
            F(1 / (PITCH * max(frame.scale, 0.6))),
            placed(frame.ground, frame.ground.offset, frame.size[1]),
            placed(frame.ground, frame.ground.fresh, frame.size[1]),
            F(frame.ground.share),
            F(max((face.strength for face in frame.faces), default=0.0)),
            out,
        )
        draw_faces(out, frame, PEN)
        return out


def _unrest(frame: Frame) -> Floats:
    """1 where things move too fast to be followed, half size: no print can go with them."""
    if frame.is_cut or frame.passes:
        return np.zeros(frame.half_size, np.float32)
    return smoothstep(0.25, 0.70, F(1) - wide_blur(frame.confidence, UNREST_SIGMA * frame.scale))


def _tone(frame: Frame) -> Floats:
    """How light broad things are, 0–1, half size (h, w): deep colours more than their luma."""
    low, high = frame.levels
    tone = luma(frame.abstract)
    tone += F(DEEP) * (most(frame.abstract) - tone)
    return np.asarray(np.clip((tone - F(low)) / F(high - low), F(0), F(1)), np.float32)


def _black(frame: Frame, deep: Floats) -> Floats:
    """Half size (h, w, 2): tone with lines sharpened into it, ink where it is under INK_AT; and how
    far, in that tone, black runs out in strokes where tone slides rather than steps.
    """
    low, high = frame.levels
    fine = np.square(line_tone(frame))
    fine = np.clip((fine - F(low)) / F(high - low), F(0), F(1))
    plain = np.clip((luma(frame.abstract) - F(low)) / F(high - low), F(0), F(1))
    # Lighter no further than that lines are black on it.
    broad = np.maximum(plain, np.minimum(deep, F(OPEN)))
    broad += frame.face_mask * (fine - broad)
    sigma = max(LINE_SIGMA * frame.scale, 0.5)
    # What is vivid is drawn as if it were darker: orange before a wall as light has a line. Hands
    # are drawn around, and between their fingers.
    bare = F(1) - frame.face_mask
    hands = skin_now(frame) * bare
    vivid = np.clip((least(frame.light) - F(low)) / F(high - low), F(0), F(1)) - fine
    drawn = fine + F(VIVID_LINES) * bare * vivid - F(HAND_STEP) * hands
    lines = follow(blur(drawn, sigma) - blur(drawn, 1.6 * sigma), frame, LINE_LENGTH)
    lines *= F(1) + F(HAND_LINES) * hands
    # Of dark things alone: black cloth is black up to a white wall beside it.
    thing = F(1) - smoothstep(THING_DARK, THING_LIGHT, broad)
    around = wide_blur(layered(thing * broad, thing), SPOT_SIGMA * frame.scale)
    tone = (around[..., 0] + F(0.01)) / (around[..., 1] + F(0.01))
    dark = F(1) - smoothstep(SPOT_DARK, SPOT_LIGHT, tone)
    spots = F(SPOT) * dark * (F(1) - frame.face_mask)
    mass = blur(broad, MASS_SIGMA * frame.scale) - spots
    # Leaves are massed: clumps catch light, and stand out from the black between them.
    near, far = (wide_blur(fine, sigma * frame.scale, 2) for sigma in CLUMPS)
    leaves = _leaves(frame) * bare
    mass += leaves * (near - spots - mass + F(CLUMP_LIGHT) * (near - far))
    lines *= F(LINE_STRENGTH) * (F(1) - F(LEAFLESS) * leaves)
    return ended(mass, lines, frame)


def _leaves(frame: Frame) -> Floats:
    """Where there is texture far and wide that runs nowhere, 0–1, half size."""
    side = 2 * max(round(GROVE * frame.scale / 8), 1) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    wide = cv2.morphologyEx(shrink(busy(frame), 8), cv2.MORPH_OPEN, disc)
    running = smoothstep(*RUNS, blur(shrink(frame.anisotropy, 8), frame.scale))
    return enlarge(np.asarray(wide * (F(1) - running), np.float32), frame.half_size)


@kernel
def _compose(
    band: Band,
    abstract: Floats,
    grey: Floats,
    guide: Bytes,
    face_mask: Floats,
    form: Floats,
    black: Floats,
    sliding: Floats,
    dots: Floats,
    smooth: Floats,
    stepped: Floats,
    low: F,
    gain: F,
    per_pitch: F,
    offset: Floats,
    fresh: Floats,
    share: F,
    people: F,
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
        cover, feathers = np.empty(width, np.float32), np.empty(width, np.float32)
        screens_row(dots, y, (height, width), per_pitch, offset, cover, feathers)
        if share > F(0):
            newer, finer = np.empty(width, np.float32), np.empty(width, np.float32)
            screens_row(dots, y, (height, width), per_pitch, fresh, newer, finer)
            mix_row(cover, newer, share)
            mix_row(feathers, finer, share)
        _product_row(feathers, sample_row(sliding, y, height, across))
        slate_row(paint, before, faces, people)
        ink = np.empty(width, np.float32)
        above, below = black[max(y - 1, 0)], black[min(y + 1, height - 1)]
        ink_row(above, black[y], below, feathers, ink)
        _print_row(paint, before, plain, steps, faces, forms, cover, ink)
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
        skin = max(skin_pixel(red, green, blue, strength), face)
        wanted += skin * (F(SKIN_SATURATION) - wanted)
        # The same move in four strengths of ink, the hue kept.
        inked = min(strength * wanted, F(1))
        factor = posterise_pixel(inked, F(4), F(0.30)) / max(inked, F(0.02))
        factor = F(1) + F(INK_STEPS) * (F(1) - F(0.6) * face) * (factor - F(1))
        red, green, blue = saturate_pixel(red, green, blue, wanted * factor)
        red, green, blue = contain_pixel(red, green, blue, F(OVERPRINT))

        dot = cover[x] * (F(1) - face)
        ink = black[x]
        paper = F(1) - ink
        red = min(red, F(1)) * (F(1) - dot)
        green = min(green, F(1)) * F(0.975) * (F(1) - dot)
        blue = min(blue, F(1)) * F(0.90) * (F(1) - F(0.8) * dot)
        reds[x] = paper * red + ink * F(0.05)
        greens[x] = paper * green + ink * F(0.05)
        blues[x] = paper * blue + ink * F(0.07)


@brush
def _product_row(row: Floats, other: Floats) -> None:
    for x in range(row.shape[0]):
        row[x] *= other[x]

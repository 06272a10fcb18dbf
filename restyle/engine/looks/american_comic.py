"""Style 1, American comic: black masses, few inks at few strengths, cream paper, Ben-Day dots."""

from collections.abc import Sequence

import numba
import numpy as np

from restyle.engine.cels import modelling
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, luma
from restyle.engine.rows import columns, sample_row, upsample_row
from restyle.engine.strokes import follow, ink_pixel, line_tone
from restyle.engine.tones import (
    byte_pixel,
    chroma_pixel,
    curve,
    curve_pixel,
    luma_pixel,
    posterise,
    saturate_pixel,
    smoothstep_pixel,
)

EDGE = 10.8  # a grey step (0–255) across which paint does not spread

# XDoG (Winnemöller and others 2012): a black mass where the tone is dark, and lines around it.
MASS_SIGMA = 1.3  # half-size pixels; wide enough that blacks hold together
LINE_SIGMA = 0.85
LINE_STRENGTH = 18.0
LINE_LENGTH = 5
INK_AT, INK_SHARPNESS = 0.16, 10.0
STEADY = 0.7

# Ben-Day dots: a grid at 45°, dots grow as the tone falls.
PITCH = 6.5  # full-size pixels at 720p
DOT_INK = 0.46


def _print_tone(y: Floats) -> Floats:
    """The press's tone: lifted, and the paper a little over-lit."""
    lifted: Floats = F(0.1) + F(0.95) * np.power(y, F(0.72))
    return lifted


def _print_steps(y: Floats) -> Floats:
    """The same in four flat tones."""
    return F(0.1) + F(0.95) * posterise(np.power(y, F(0.72)), 4, 0.12)


SMOOTH = curve(_print_tone)
STEPPED = curve(_print_steps)
# Saturation (chroma over brightest channel) in four strengths of ink.
STRENGTHS = curve(lambda s: s + F(0.7) * (posterise(s, 4, 0.30) - s))


class AmericanComic:
    """See the module."""

    abstraction = Abstraction(passes=5, range_sigma=30, radius=3.0, sharpness=2)

    def prepare(self, samples: Sequence[Bytes]) -> None:
        """Nothing: the inks are the press's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Few inks over cream paper, then dots, then black."""
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
            memory.blend("dots", np.sqrt(tone), 0.75),
            SMOOTH,
            STEPPED,
            STRENGTHS,
            F(low),
            F(1 / (high - low)),
            F(1 / (PITCH * max(frame.scale, 0.6))),
            F(frame.drift[0]),
            F(frame.drift[1]),
            out,
        )
        return out


def _black(frame: Frame) -> Floats:
    """Tone with lines sharpened into it, half size: ink where it is under INK_AT."""
    low, high = frame.levels
    fine = np.square(line_tone(frame))
    fine = np.clip((fine - F(low)) / F(high - low), F(0), F(1))
    broad = np.clip((luma(frame.abstract) - F(low)) / F(high - low), F(0), F(1))
    broad += frame.face_mask * (fine - broad)
    sigma = max(LINE_SIGMA * frame.scale, 0.5)
    lines = follow(blur(fine, sigma) - blur(fine, 1.6 * sigma), frame, LINE_LENGTH)
    return blur(broad, MASS_SIGMA * frame.scale) + F(LINE_STRENGTH) * lines


@kernel
def _compose(
    abstract: Floats,
    grey: Floats,
    guide: Floats,
    face_mask: Floats,
    form: Floats,
    black: Floats,
    dots: Floats,
    smooth: Floats,
    stepped: Floats,
    strengths: Floats,
    low: F,
    gain: F,
    per_pitch: F,
    drift_x: F,
    drift_y: F,
    out: Bytes,
) -> None:
    height, width = guide.shape
    half_height, half_width = grey.shape
    down = F(half_height) / F(height)
    along = F(half_width) / F(width)
    across = columns(width, half_width)
    diagonal = F(0.70710678) * per_pitch
    edge = F(0.9) * per_pitch
    for y in numba.prange(height):
        paint = upsample_row(abstract, grey, guide, y, across, F(EDGE))
        faces = sample_row(face_mask, y, height, across)
        forms = sample_row(form, y, height, across)
        for x in range(width):
            red = (paint[0, x] - low) * gain
            green = (paint[1, x] - low) * gain
            blue = (paint[2, x] - low) * gain
            face = faces[x]

            # Tone in steps where light models; faces keep most of their own shading.
            before = max(luma_pixel(red, green, blue), F(0.02))
            plain = curve_pixel(smooth, before)
            after = plain + forms[x] * (F(1) - F(0.7) * face) * (
                curve_pixel(stepped, before) - plain
            )
            ratio = after / before
            red *= ratio
            green *= ratio
            blue *= ratio

            # Greys go grey, colours rise; skin (orange, of middling strength) does not.
            strength = chroma_pixel(red, green, blue) / max(max(red, max(green, blue)), F(0.05))
            colourful = smoothstep_pixel(F(0.10), F(0.34), strength)
            hue = (green - blue) / max(red - min(green, blue), F(0.02))
            orange = smoothstep_pixel(F(-0.1), F(0.15), hue) * (
                F(1) - smoothstep_pixel(F(0.70), F(0.95), hue)
            )
            orange *= F(1) - smoothstep_pixel(F(0.48), F(0.70), strength)
            orange = max(orange, face) if red > blue else face
            wanted = F(0.35) + F(1.35) * colourful
            wanted += orange * (min(wanted, F(1.10)) - wanted)
            # The same move in steps of ink strength, the hue kept.
            inked = min(strength * wanted, F(1))
            factor = curve_pixel(strengths, inked) / max(inked, F(0.02))
            factor = F(1) + (F(1) - F(0.6) * face) * (factor - F(1))
            red, green, blue = saturate_pixel(red, green, blue, wanted * factor)

            # Dots: the tone is that of the dot's centre, so that each is round.
            px = F(x) + drift_x
            py = F(y) + drift_y
            u = (px + py) * diagonal
            v = (px - py) * diagonal
            cu = np.floor(u) + F(0.5)
            cv = np.floor(v) + F(0.5)
            du = u - cu
            dv = v - cv
            centre_x = F(x) - (du + dv) * F(0.70710678) / per_pitch
            centre_y = F(y) - (du - dv) * F(0.70710678) / per_pitch
            hx = min(max(np.int32(centre_x * along), np.int32(0)), np.int32(half_width - 1))
            hy = min(max(np.int32(centre_y * down), np.int32(0)), np.int32(half_height - 1))
            tone = dots[hy, hx]
            dark = F(1) - smoothstep_pixel(F(0.24), F(0.70), tone)
            radius = F(0.60) * dark * smoothstep_pixel(F(0), F(0.12), dark)
            cover = F(0)
            if radius > F(0.08):
                far = np.sqrt(du * du + dv * dv)
                cover = F(DOT_INK) * (F(1) - smoothstep_pixel(radius - edge, radius + edge, far))
                cover *= F(1) - face

            paper = ink_pixel(black[y, x], F(INK_AT), F(INK_SHARPNESS))
            ink = F(1) - paper
            red = min(red, F(1)) * (F(1) - cover)
            green = min(green, F(1)) * F(0.975) * (F(1) - cover)
            blue = min(blue, F(1)) * F(0.90) * (F(1) - F(0.8) * cover)
            out[y, x, 0] = byte_pixel(paper * red + ink * F(0.05))
            out[y, x, 1] = byte_pixel(paper * green + ink * F(0.05))
            out[y, x, 2] = byte_pixel(paper * blue + ink * F(0.07))

"""Ink washes: how much ink each part of the paper takes, as wash, bleed and bare white.

Half size, 0–1. The borders of washes wander and bleed into the paper beside them; what is light,
or of little interest, stays bare.
"""

import numpy as np

from restyle.engine import textures
from restyle.engine.blurs import darkest, wide_blur
from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import blur, enlarge, luma, shrink
from restyle.engine.places import bilinear_row, empty_source, source_row
from restyle.engine.skies import Skies
from restyle.engine.tones import smoothstep_pixel

WOBBLE = 1.7  # half-size pixels at 720p: how far wash borders wander
SURROUND = 56.0
LIGHT = 0.67  # the tone that the middle of a dark scene is raised to
SLOWLY = 0.06  # how much of a frame's own measure enters the shot's


class Washes:
    """Soaks the paper of one clip, frame by frame."""

    def __init__(self) -> None:
        self._exposure: float | None = None
        self._peak: float | None = None
        self._skies = Skies()

    def soak(self, frame: Frame, bold: Floats) -> Floats:
        """How much ink each pixel of the half-size paper has taken, 0–1."""
        scale = frame.scale
        low, high = frame.levels
        tone = np.clip((luma(frame.abstract) - F(low)) * F(1 / (high - low)), F(0), F(1))
        tone = np.power(tone, F(self._exposed(tone, frame.is_cut)))
        tone = self._skies.bare(tone, frame)
        around = wide_blur(tone, SURROUND * scale, 8)
        interest = self._interest(frame, bold)
        spread = wide_blur(darkest(tone, 2 * round(2 * scale) + 1), 2.5 * scale, 2)
        bled = wide_blur(darkest(tone, 2 * round(5 * scale) + 1), 8 * scale, 2)
        across, down = cloud_on(frame, 5.0, 3), cloud_on(frame, 5.0, 4)
        wet = cloud_on(frame, 11.0, 5)
        grey = frame.grey / F(255)
        detail = grey - wide_blur(grey, 5 * scale, 2)
        out = np.empty(tone.shape, np.float32)
        _soak(
            tone,
            around,
            spread,
            bled,
            interest,
            across,
            down,
            wet,
            detail,
            frame.face_mask,
            F(WOBBLE * scale),
            out,
        )
        return out

    def _exposed(self, tone: Floats, is_cut: bool) -> float:
        """The gamma that leaves half of the sheet light, averaged slowly over the shot."""
        middle = min(max(float(np.median(tone[::4, ::4])), 0.05), 0.95)
        wanted = min(max(float(np.log(LIGHT) / np.log(middle)), 0.62), 1.0)
        if is_cut or self._exposure is None:
            self._exposure = wanted
        self._exposure += SLOWLY * (wanted - self._exposure)
        return self._exposure

    def _interest(self, frame: Frame, bold: Floats) -> Floats:
        """Where there is something to paint, 0–1: around strong edges, and on faces.

        Beside the shot's strongest surroundings, averaged slowly: those of each frame by itself
        would lighten and darken all washes together.
        """
        strong = shrink(np.minimum(np.abs(bold), F(0.06)) * F(1 / 0.06), 8)
        near = blur(strong, 40 * frame.scale / 8)
        peak = max(float(near.max()), 0.05)
        if frame.is_cut or self._peak is None:
            self._peak = peak
        elif not frame.passes:
            self._peak += SLOWLY * (peak - self._peak)
        wide = np.minimum(enlarge(near * F(1.9 / self._peak), frame.half_size), F(1))
        return np.asarray(np.maximum(wide, frame.face_mask))


def cloud_on(frame: Frame, sigma: float, seed: int) -> Floats:
    """A soft random field that lies on the scene, half size; `sigma` in its pixels at 720p."""
    return textures.lay_cloud(frame.half_size, frame.ground, sigma * frame.scale, seed)


@kernel
def _soak(
    band: Band,
    tone: Floats,
    around: Floats,
    spread: Floats,
    bled: Floats,
    interest: Floats,
    across: Floats,
    down: Floats,
    wet: Floats,
    detail: Floats,
    face: Floats,
    wobble: F,
    out: Floats,
) -> None:
    height, width = tone.shape
    for y in rows_in(band, height):
        moved = np.empty((width, 2), np.float32)
        _wobble_row(across[y], down[y], face[y], wobble, moved)
        source = empty_source(width)
        source_row(moved, y, height, source)
        here = np.empty((3, width), np.float32)
        bilinear_row(tone.reshape(-1), width, 0, 1, source, here[0])
        bilinear_row(spread.reshape(-1), width, 0, 1, source, here[1])
        bilinear_row(bled.reshape(-1), width, 0, 1, source, here[2])
        _soak_row(here, around[y], interest[y], wet[y], detail[y], face[y], out[y])


@brush
def _wobble_row(across: Floats, down: Floats, face: Floats, wobble: F, moved: Floats) -> None:
    for x in range(face.shape[0]):
        reach = wobble * (F(1) - face[x])
        moved[x, 0] = reach * across[x]
        moved[x, 1] = reach * down[x]


@brush
def _soak_row(
    here: Floats,
    around: Floats,
    interest: Floats,
    wet: Floats,
    detail: Floats,
    face: Floats,
    out: Floats,
) -> None:
    """`here` (3, w) is the tone, how it spreads and how it bleeds."""
    tone, spread, bled = here[0], here[1], here[2]
    for x in range(out.shape[0]):
        fm = face[x]
        t = tone[x]
        s = around[x]
        surplus = min(max((s - t) / (s + F(0.25)), F(0)), F(1))
        # Ink creeps into the damp paper beside it, more here, less there.
        damp = F(0.22) + F(0.30) * smoothstep_pixel(F(-0.2), F(1.2), wet[x])
        t = t + (F(1) - fm) * (F(0.22) * (spread[x] - t) + damp * F(0.6) * min(bled[x] - t, F(0)))
        t = t + F(2.1) * fm * min(detail[x], F(0.05))
        ink = F(1) - min(max(t, F(0)), F(1))
        body = F(0.88) * np.exp(F(1.8) * np.log(ink + F(1e-4)))
        density = body + F(0.42) * surplus * ink
        # Light areas stay bare paper, dull ones fade into mist.
        density *= smoothstep_pixel(F(0.10), F(0.34), ink)
        density *= F(0.50) + F(0.50) * interest[x]
        out[x] = min(max(density, F(0)), F(1))

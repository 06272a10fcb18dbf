"""Style 7, Chinese ink wash: five inks on rice paper, brush lines that run dry, white left white.

Washes bleed into the paper and pool at their borders; what is light or of little interest stays
bare paper; lines swell and thin, and break into streaks where the brush runs dry ("flying
white"). All noise moves with the scene. A vermilion seal stands in the emptiest corner.
"""

from collections.abc import Iterable

import numba
import numpy as np

from restyle.engine import seals, textures
from restyle.engine.blurs import darkest, wide_blur
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes, F, Floats, brush, kernel
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, enlarge, luma, shrink
from restyle.engine.rows import columns, sample_colour_row, sample_row, store_row
from restyle.engine.strokes import Lines, ink_pixel, line_edges, line_tone, runs, stroke_weights
from restyle.engine.surfaces import sample_pixel
from restyle.engine.tones import luma_pixel, smoothstep_pixel
from restyle.engine.tracing import traced

FINE = Lines(sigma=1.4, epsilon=-0.0055, phi=90, length=7)
BOLD = Lines(sigma=2.9, epsilon=-0.0190, phi=55, length=9)
HAIR_LENGTH = 8  # half-size pixels at 720p, each way
WOBBLE = 1.7  # half-size pixels at 720p: how far wash borders wander
SURROUND = 56.0
TINT = 0.30
LIGHT = 0.67  # the tone that the middle of a dark scene is raised to
PAPER = (0.962, 0.948, 0.898)


class ChineseInkWash:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=34, radius=5.0, sharpness=4)

    def __init__(self) -> None:
        self._corner: tuple[int, int] | None = None
        self._exposure: float | None = None

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: ink is ink."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Washes and brush lines at half size, paper and grain at full size."""
        scale = frame.scale
        height, width = frame.size
        half_size = frame.half_size[1], frame.half_size[0]
        fine, bold, streaks = _brushed(frame)
        marks = memory.blend("marks", np.dstack([fine, bold, streaks]), 0.6)

        density = self._washes(frame, bold)
        density = memory.blend("washes", density, 0.7)
        pooled = blur(density, 3.5 * scale)
        if frame.is_cut:
            painted = np.maximum(density, np.minimum(bold, fine) * F(-40))
            short_side = min(frame.half_size)
            self._corner = seals.emptiest_corner(painted, short_side / 720)

        size = width, height
        fiber = textures.fiber(size, scale).lay(size, frame.ground)
        clumps = textures.pigment(size, scale).lay(size, frame.ground)
        pressure = _cloud(frame, 13.0, 19)
        out = np.empty((height, width, 3), np.uint8)
        _compose(
            density,
            pooled,
            frame.abstract,
            enlarge(np.ascontiguousarray(marks[..., 0]), frame.size, smooth=True),
            np.ascontiguousarray(marks[..., 1]),
            np.ascontiguousarray(marks[..., 2]),
            pressure,
            frame.face_mask,
            fiber,
            clumps,
            F(scale),
            out,
        )
        if self._corner is not None:
            seals.stamp(out, self._corner, scale)
        return out

    def _exposed(self, tone: Floats, is_cut: bool) -> float:
        """The gamma that leaves half of the sheet light, averaged slowly over the shot."""
        middle = min(max(float(np.median(tone[::4, ::4])), 0.05), 0.95)
        wanted = min(max(float(np.log(LIGHT) / np.log(middle)), 0.62), 1.0)
        if is_cut or self._exposure is None:
            self._exposure = wanted
        self._exposure += 0.06 * (wanted - self._exposure)
        return self._exposure

    def _washes(self, frame: Frame, bold: Floats) -> Floats:
        """How much ink each pixel of the half-size paper has taken, 0–1."""
        scale = frame.scale
        low, high = frame.levels
        tone = np.clip((luma(frame.abstract) - F(low)) * F(1 / (high - low)), F(0), F(1))
        tone = np.power(tone, F(self._exposed(tone, frame.is_cut)))
        around = wide_blur(tone, SURROUND * scale, 8)
        interest = _interest(frame, bold)
        spread = blur(darkest(tone, 2 * round(2 * scale) + 1), 2.5 * scale)
        bled = wide_blur(darkest(tone, 2 * round(5 * scale) + 1), 8 * scale, 2)
        across, down, wet = _cloud(frame, 5.0, 3), _cloud(frame, 5.0, 4), _cloud(frame, 11.0, 5)
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


def _brushed(frame: Frame) -> Floats:
    """Fine and bold lines, and the streaks that a brush's hairs leave along them: half size."""
    tone, scale = line_tone(frame), frame.scale
    half_size = frame.half_size[1], frame.half_size[0]
    hairs = textures.grain(half_size, scale).lay(half_size, frame.ground, 0.5)
    weights = [stroke_weights(length * scale) for length in (FINE.length, BOLD.length)]
    weights.append(np.full(max(round(HAIR_LENGTH * scale), 2) + 1, 1, np.float32))
    padded = np.zeros((3, max(map(len, weights))), np.float32)
    for row, those in zip(padded, weights, strict=True):
        row[: len(those)] = those
    maps = np.stack([line_edges(tone, frame, FINE), line_edges(tone, frame, BOLD), hairs])
    drawn = traced(maps, frame.tangents, padded)
    drawn[:2] *= runs(frame)
    return drawn


def _cloud(frame: Frame, sigma: float, seed: int) -> Floats:
    """A soft random field that lies on the scene, half size; `sigma` in its pixels at 720p."""
    return textures.lay_cloud(frame.half_size, frame.ground, sigma * frame.scale, seed)


def _interest(frame: Frame, bold: Floats) -> Floats:
    """Where there is something to paint, 0–1: wide neighbourhoods of strong edges, and faces."""
    strong = shrink(np.minimum(np.abs(bold), F(0.06)) * F(1 / 0.06), 8)
    near = blur(strong, 40 * frame.scale / 8)
    near = near * F(1.9 / max(float(near.max()), 0.05))
    wide: Floats = np.maximum(np.minimum(enlarge(near, frame.half_size), F(1)), frame.face_mask)
    return wide


@kernel
def _soak(
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
    for y in numba.prange(height):
        for x in range(width):
            fm = face[y, x]
            reach = wobble * (F(1) - fm)
            py = min(max(F(y) + reach * down[y, x], F(0)), F(height - 1))
            px = min(max(F(x) + reach * across[y, x], F(0)), F(width - 1))
            t = sample_pixel(tone, py, px)
            s = around[y, x]
            surplus = min(max((s - t) / (s + F(0.25)), F(0)), F(1))
            # Ink creeps into the damp paper beside it, more here, less there.
            damp = F(0.22) + F(0.30) * smoothstep_pixel(F(-0.2), F(1.2), wet[y, x])
            t = t + (F(1) - fm) * (
                F(0.22) * (sample_pixel(spread, py, px) - t)
                + damp * F(0.6) * min(sample_pixel(bled, py, px) - t, F(0))
            )
            t = t + F(2.1) * fm * min(detail[y, x], F(0.05))
            ink = F(1) - min(max(t, F(0)), F(1))
            body = F(0.88) * np.exp(F(1.8) * np.log(ink + F(1e-4)))
            density = body + F(0.42) * surplus * ink
            # Light areas stay bare paper, dull ones fade into mist.
            density *= smoothstep_pixel(F(0.10), F(0.34), ink)
            density *= F(0.50) + F(0.50) * interest[y, x]
            out[y, x] = min(max(density, F(0)), F(1))


@brush
def _five_inks(t: F) -> F:
    """Softly stepped to five tones."""
    scaled = t * F(5)
    whole = np.floor(scaled)
    stepped: F = (whole + smoothstep_pixel(F(0.125), F(0.875), scaled - whole)) * F(0.2)
    return stepped


@kernel
def _compose(
    density: Floats,
    pooled: Floats,
    colour: Floats,
    fine: Floats,
    bold: Floats,
    streaks: Floats,
    pressure: Floats,
    face: Floats,
    fiber: Floats,
    clumps: Floats,
    scale: F,
    out: Bytes,
) -> None:
    height, width = fine.shape
    across = columns(width, density.shape[1])
    for y in numba.prange(height):
        tint = sample_colour_row(colour, y, height, across)
        faces = sample_row(face, y, height, across)
        pool = sample_row(pooled, y, height, across)
        dry = sample_row(streaks, y, height, across)
        press = sample_row(pressure, y, height, across)
        broad = sample_row(bold, y, height, across)
        soaked = _ragged_row(density, y, height, clumps[y], fiber[y], faces, scale)
        _draw_row(tint, soaked, pool, clumps[y], fiber[y], faces, press, dry, fine[y], broad)
        store_row(tint, out[y])


@brush
def _ragged_row(
    density: Floats,
    y: int,
    full_height: int,
    clumps: Floats,
    fiber: Floats,
    faces: Floats,
    scale: F,
) -> Floats:
    """Row `y` of the ink, drawn out by the paper's fibres: ragged at the smallest scale too."""
    small_height, small_width = density.shape
    width = faces.shape[0]
    middle = (F(y) + F(0.5)) * F(small_height) / F(full_height) - F(0.5)
    shrunk = F(small_width) / F(width)
    down, along = np.empty(width, np.float32), np.empty(width, np.float32)
    for x in range(width):
        ragged = F(0.9) * scale * (F(1) - F(0.8) * faces[x])
        down[x] = min(max(middle + ragged * clumps[x], F(0)), F(small_height - 1))
        px = (F(x) + F(0.5)) * shrunk - F(0.5) + ragged * fiber[x]
        along[x] = min(max(px, F(0)), F(small_width - 1))
    for x in range(width):
        down[x] = sample_pixel(density, down[x], along[x])
    return down


@brush
def _draw_row(
    tint: Floats,
    soaked: Floats,
    pool: Floats,
    clumps: Floats,
    fiber: Floats,
    faces: Floats,
    press: Floats,
    dry: Floats,
    fine: Floats,
    broad: Floats,
) -> None:
    """Wash, strokes and paper in place of a row of colour `tint` (3, W)."""
    reds, greens, blues = tint[0], tint[1], tint[2]
    for x in range(faces.shape[0]):
        fm = faces[x]
        n = clumps[x]
        d = soaked[x]
        rim = min(max(F(4.5) * (d - pool[x]), F(0)), F(1))
        t = F(1) - d
        stepped = _five_inks(min(max(t + F(0.012) * n, F(0)), F(1)))
        t += F(0.55) * (F(1) - F(0.75) * fm) * (stepped - t)
        wash = (F(1) - t) * (F(1) + F(0.055) * n)
        wash += F(0.17) * rim * smoothstep_pixel(F(0.10), F(0.35), wash) * (F(1) - fm)

        # Lines: the pressure of the hand makes them swell and thin.
        swell = F(1) + F(0.45) * press[x] * (F(1) - fm)
        swell = max(swell, F(0.35))
        thin = F(1) - ink_pixel(fine[x] * (swell + F(0.9) * fm), F(FINE.epsilon), F(FINE.phi))
        thick = F(1) - ink_pixel(broad[x] * swell, F(BOLD.epsilon), F(BOLD.phi))
        # Flying white: streaks along the stroke where there is little ink left.
        hair = dry[x] + F(0.35) * n - F(0.55) * press[x]
        broken = smoothstep_pixel(F(0.10), F(0.75), hair) * (F(1) - fm)
        thick *= F(1) - F(0.80) * broken * (F(1) - F(0.55) * thick * thick)
        thin *= F(1) - F(0.55) * broken
        stroke = F(1) - (F(1) - F(0.80) * thin) * (F(1) - F(0.92) * thick)
        den = F(1) - (F(1) - min(max(wash, F(0)), F(1))) * (F(1) - stroke)
        den = min(max(den, F(0)), F(0.97))
        white = F(1) - den
        pulp = F(0.011) * fiber[x]
        red, green, blue = reds[x], greens[x], blues[x]
        m = luma_pixel(red, green, blue)
        hold = F(TINT) * smoothstep_pixel(F(0.05), F(0.4), den)
        hold *= F(1) - smoothstep_pixel(F(0.55), F(0.95), den)
        r = (F(PAPER[0]) - pulp) * white + F(0.085) * den + hold * (red - m)
        g = (F(PAPER[1]) - pulp) * white + F(0.090) * den + hold * (green - m)
        b = (F(PAPER[2]) - pulp) * white + F(0.100) * den + hold * (blue - m)
        reds[x] = r
        greens[x] = g
        blues[x] = b

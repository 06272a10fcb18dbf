"""Style 7, Chinese ink wash: five inks on rice paper, brush lines that run dry, white left white.

Washes bleed into the paper and pool at their borders; what is light or of little interest stays
bare paper; lines swell and thin, and break into streaks where the brush runs dry ("flying
white"). All noise moves with the scene. A vermilion seal stands in the emptiest corner.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from restyle.engine import seals, textures
from restyle.engine.blurs import wide_blur
from restyle.engine.contours import SEEN, Contours
from restyle.engine.drawn_faces import Pen, draw_faces
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pictures import enlarge, least, most, shrink
from restyle.engine.rows import columns, sample_colour_row, sample_row, store_row
from restyle.engine.skin import skin
from restyle.engine.strokes import Lines, ink_pixel, line_edges, line_tone, runs, stroke_weights
from restyle.engine.surfaces import sample_pixel
from restyle.engine.tones import luma_pixel, smoothstep, smoothstep_pixel
from restyle.engine.tracing import traced
from restyle.engine.washes import Washes, cloud_on

FINE = Lines(sigma=1.4, epsilon=-0.0055, phi=90, length=7)
BOLD = Lines(sigma=2.9, epsilon=-0.0190, phi=55, length=9)
HAIR_LENGTH = 8  # half-size pixels at 720p, each way
CONTOUR, FULL = 0.64, 1.8  # how dark the contours of pale things are at most, and from where on
# Chroma (largest channel less smallest) of what is held by contours, as petals are, and not left to
# run out into the paper, as mist and distant trees are; and the share of it that is worth a brush.
VIVID, WORTH = (0.18, 0.30), (0.04, 0.10)
TINT = 0.30
CARE = 0.85  # for skin, where a face has 1
PAPER = (0.962, 0.948, 0.898)
PEN = Pen(
    ink=(26, 26, 28),
    throat=(70, 66, 64),
    lid=0.026,
    mouth=0.015,
    white=0.2,
    catchlight=0.4,
    opacity=0.8,
)


class ChineseInkWash:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=34, radius=5.0, sharpness=4)

    def __init__(self) -> None:
        self._corner: tuple[int, int] | None = None
        self._washes = Washes()
        self._contours = Contours()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: ink is ink."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Washes and brush lines at half size, paper and grain at full size."""
        scale = frame.scale
        height, width = frame.size
        fine, bold, streaks = _brushed(frame)
        outlines = memory.blend("outlines", self._outlines(frame, bold), 0.92)
        clear = runs(frame)
        fine, bold = fine * clear, bold * clear
        marks = memory.blend("marks", np.dstack([fine, bold, streaks]), 0.6)

        # Hands and necks are drawn as carefully as faces: their folds, no ragged borders.
        careful = np.maximum(frame.face_mask, F(CARE) * skin(frame, memory))
        frame = replace(frame, face_mask=careful)
        density = self._washes.soak(frame, bold)
        density = memory.blend("washes", density, 0.7)
        pooled = wide_blur(density, 3.5 * scale, 2)
        if frame.is_cut:
            painted = np.maximum(density, np.minimum(bold, fine) * F(-40))
            short_side = min(frame.half_size)
            self._corner = seals.emptiest_corner(painted, short_side / 720)

        size = width, height
        fiber = textures.fiber(size, scale).lay(size, frame.ground)
        clumps = textures.pigment(size, scale).lay(size, frame.ground)
        pressure = cloud_on(frame, 13.0, 19)
        out = np.empty((height, width, 3), np.uint8)
        _compose(
            density,
            pooled,
            frame.abstract,
            enlarge(np.ascontiguousarray(marks[..., 0]), frame.size, smooth=True),
            np.ascontiguousarray(marks[..., 1]),
            outlines,
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
        draw_faces(out, frame, PEN)
        return out

    def _outlines(self, frame: Frame, bold: Floats) -> Floats:
        """The contours of what has a colour of its own, half size."""
        if frame.is_cut:
            self._contours = Contours()
        colour = shrink(frame.abstract, 2)
        vivid = smoothstep(*VIVID, most(colour) - least(colour))
        worth = smoothstep(*WORTH, vivid.mean())
        if worth == 0:
            return np.zeros(frame.half_size, np.float32)
        return self._contours.read(bold, frame) * enlarge(F(worth) * vivid, frame.half_size)


def _brushed(frame: Frame) -> Floats:
    """Fine and bold lines, and the streaks that a brush's hairs leave along them: half size."""
    tone, scale = line_tone(frame), frame.scale
    half_size = frame.half_size[1], frame.half_size[0]
    hairs = textures.grain(half_size, scale).lay(half_size, frame.ground, 0.5)
    return traced(
        [line_edges(tone, frame, FINE), line_edges(tone, frame, BOLD), hairs],
        frame.tangents,
        [
            stroke_weights(FINE.length * scale),
            stroke_weights(BOLD.length * scale),
            np.full(max(round(HAIR_LENGTH * scale), 2) + 1, 1, np.float32),
        ],
    )


@brush
def _five_inks(t: F) -> F:
    """Softly stepped to five tones."""
    scaled = t * F(5)
    whole = np.floor(scaled)
    stepped: F = (whole + smoothstep_pixel(F(0.125), F(0.875), scaled - whole)) * F(0.2)
    return stepped


@kernel
def _compose(
    band: Band,
    density: Floats,
    pooled: Floats,
    colour: Floats,
    fine: Floats,
    bold: Floats,
    outlines: Floats,
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
    for y in rows_in(band, height):
        tint = sample_colour_row(colour, y, height, across)
        faces = sample_row(face, y, height, across)
        pool = sample_row(pooled, y, height, across)
        dry = sample_row(streaks, y, height, across)
        press = sample_row(pressure, y, height, across)
        broad = sample_row(bold, y, height, across)
        outline = sample_row(outlines, y, height, across)
        soaked = _ragged_row(density, y, height, clumps[y], fiber[y], faces, scale)
        _draw_row(
            tint, soaked, pool, clumps[y], fiber[y], faces, press, dry, fine[y], broad, outline
        )
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
    outline: Floats,
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
        # Pale things are held by a pale contour.
        dark = smoothstep_pixel(F(0.14), F(0.36), max(wash, pool[x]))
        pale = (F(1) - fm) * (F(1) - dark)
        contour = F(CONTOUR) * pale * smoothstep_pixel(F(SEEN), F(FULL), outline[x] * swell)
        # Flying white: streaks along the stroke where there is little ink left.
        hair = dry[x] + F(0.35) * n - F(0.55) * press[x]
        broken = smoothstep_pixel(F(0.10), F(0.75), hair) * (F(1) - fm)
        thick *= F(1) - F(0.80) * broken * (F(1) - F(0.55) * thick * thick)
        thin *= F(1) - F(0.55) * broken
        contour *= F(1) - F(0.55) * broken
        stroke = F(1) - (F(1) - F(0.80) * thin) * (F(1) - F(0.92) * thick) * (F(1) - contour)
        den = F(1) - (F(1) - min(max(wash, F(0)), F(1))) * (F(1) - stroke)
        den = min(max(den, F(0)), F(0.97))
        white = F(1) - den
        pulp = F(0.011) * fiber[x]
        red, green, blue = reds[x], greens[x], blues[x]
        m = luma_pixel(red, green, blue)
        hold = F(TINT) * smoothstep_pixel(F(0.05), F(0.4), den)
        hold *= F(1) - smoothstep_pixel(F(0.55), F(0.95), den)
        # Contours are of ink alone.
        hold *= F(1) - contour
        r = (F(PAPER[0]) - pulp) * white + F(0.085) * den + hold * (red - m)
        g = (F(PAPER[1]) - pulp) * white + F(0.090) * den + hold * (green - m)
        b = (F(PAPER[2]) - pulp) * white + F(0.100) * den + hold * (blue - m)
        reds[x] = r
        greens[x] = g
        blues[x] = b

"""Style 5, paper art: layered cut paper, each sheet with its own fibres, edge and soft shadow.

What is too thin to be cut out is scored into the sheets, or laid on as thin strips.
"""

from collections.abc import Iterable
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.colours import Manner
from restyle.engine.details import details, stroke_colours, stroke_row
from restyle.engine.features import features, mark_features, paint_features_pixel
from restyle.engine.foreground import Foreground
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.marks import empty_marks, marked, run_starts
from restyle.engine.motion import Memory
from restyle.engine.palette import LANES, Palette
from restyle.engine.petals import blooms, creases, hollows, petals
from restyle.engine.pictures import blur, enlarge, luma, shrink
from restyle.engine.regions import Cut, Field, Regions
from restyle.engine.rows import columns, sample_row, store_row
from restyle.engine.sheets import Sheets, grain_row, mark_edges, sheet_row
from restyle.engine.shot_palette import Palettes, with_true_faces
from restyle.engine.strokes import Lines

MANNER = Manner(clusters=20, apart=10.0, lowest=20, highest=95, even=0.22, vivid=1.25)
CUT = Cut(blur=1.2, round=2.2, crumb=500, least=0.09, petal=0.4, wall=60, agreeing=2, scissors=28.0)
SCORES = Lines(sigma=2.0, epsilon=-0.011, phi=45, length=5)
SCORE, RELIEF = 0.60, 0.16  # how dark scores and how light strips are; the light on their sides
DARKEST = 0.50  # how much light the deepest shadow takes
OVER, LOW = 1.0, 0.6  # how far a figure lies above the ground; how much less its own steps are
CREASED = 0.7  # how much of the shadows beside creases is remembered
WALL = 0.3  # how far creases divide what agrees on its colour, as steps of it would
STEP = 0.34  # difference in height at which a shadow is full
FEATURE = 0.96  # opacity of eyes and mouths


class Shadow(NamedTuple):
    """How far it falls and how soft it is (σ), half-size pixels at 720p, and how much it counts."""

    shift: float
    softness: float
    weight: float


CONTACT, CAST = Shadow(2.2, 1.3, 1.2), Shadow(6.5, 4.2, 1.0)


class PaperArt:
    """See the module."""

    abstraction = Abstraction(
        passes=2, range_sigma=34, radius=3.2, sharpness=4, face_relief=0, grounded=False
    )

    def __init__(self) -> None:
        self._palettes = Palettes(MANNER)
        self._regions = Regions(CUT)
        self._foreground = Foreground()
        self._sheets: Sheets | None = None

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Keep the samples: each shot takes its paper from those that look like it."""
        self._palettes = Palettes(MANNER, samples)

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Sheets of paper by height, lit from the upper left."""
        height, width = frame.size
        if self._sheets is None:
            self._sheets = Sheets((width, height), frame.scale)
        palette = self._palettes.of(frame)
        frame = with_true_faces(frame, palette)
        front, presence = self._foreground.read(frame)
        petal = petals(palette.lab)
        blooming = blooms(palette.lab)
        creased = creases(frame) if blooming > 0 else None
        walls = F(WALL * blooming) * creased.walls if creased else None
        field = self._regions.read(frame, palette, (width, height), front, walls)
        grain = self._sheets.move(frame, field.label)
        in_creases = np.zeros((1, 1), np.float32)
        if creased:
            in_creases = F(blooming) * memory.blend("creases", creased.shadow, CREASED)
        shapes = features(frame)
        out = np.empty((height, width, 3), np.uint8)
        heights = np.zeros(LANES, np.float32)
        heights[: len(palette)] = palette.height
        _compose(
            field.first,
            field.second,
            field.share,
            palette.rgb,
            heights,
            _shadow(frame, field, palette, F(presence) * front, petal, in_creases),
            details(frame, memory, field, palette, SCORES),
            *stroke_colours(palette),
            self._sheets.tile,
            grain.whole,
            grain.taps,
            shapes.cover,
            shapes.window,
            palette.features,
            max(1, round(1.6 * frame.scale)),
            out,
        )
        return out


def _shadow(
    frame: Frame, field: Field, palette: Palette, front: Floats, petal: Floats, creased: Floats
) -> Floats:
    """How much light each half-size pixel loses to the sheets above it, to the upper left: 0–1.

    `front` (0–1, quarter size) is the figure: it lies over the ground, whatever its sheets.
    `creased` (0–1, half size) is the shadow beside creases, where the entries are `petal`s.
    """
    levels = np.zeros(256, np.float32)
    levels[: len(palette)] = palette.height
    height = np.asarray(cv2.LUT(field.label, levels), np.float32)
    # What is only likely in front casts nothing.
    ahead = enlarge(front**4, frame.half_size)
    if palette.n_skin and frame.face_boxes:
        # One sheet for the whole face: no steps across it.
        height += frame.face_mask * (F(palette.height[0]) - height)
    # Within a figure steps are low: it is one thing.
    height *= F(1) - F(LOW) * ahead
    height += F(OVER) * ahead
    total = _cast(height, field.label, CONTACT, frame.scale)
    # The soft one is as good at half that size.
    small = shrink(height, 2)
    sheets = cv2.resize(field.label, small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    soft = _cast(small, cast(Bytes, sheets), CAST, frame.scale / 2)
    total += enlarge(soft, frame.half_size)
    if petal.any():
        sunk = hollows(luma(frame.abstract), frame.scale)
        of_petals = np.asarray(cv2.LUT(field.label, petal), np.float32)
        total += sunk * of_petals
        # A shadow that is there already is not cast twice.
        total = np.maximum(total, creased * of_petals)
    np.clip(total * F(0.75), F(0), F(1), total)
    if frame.face_boxes:
        total *= F(1) - F(0.8) * frame.face_mask
    return total


def _cast(height: Floats, sheets: Bytes, shadow: Shadow, scale: float) -> Floats:
    """One shadow on what is lower than what lies to its upper left, and of another sheet."""
    dx, dy = shadow.shift * scale, 1.2 * shadow.shift * scale
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (height.shape[1], height.shape[0])
    above = cv2.warpAffine(height, move, size, borderMode=cv2.BORDER_REPLICATE)
    # Within a sheet there is no step, whatever is believed to be in front.
    way = cv2.INTER_NEAREST
    others = cv2.warpAffine(sheets, move, size, flags=way, borderMode=cv2.BORDER_REPLICATE)
    step = np.empty_like(height)
    _steps(np.asarray(above, np.float32), height, cast(Bytes, others), sheets, step)
    return F(shadow.weight) * blur(step, shadow.softness * scale)


@kernel
def _steps(
    band: Band, above: Floats, height: Floats, others: Bytes, sheets: Bytes, out: Floats
) -> None:
    """The steps up to what lies `above`, where that is of another sheet."""
    for y in rows_in(band, out.shape[0]):
        _step_row(above[y], height[y], others[y], sheets[y], out[y])


@brush
def _step_row(above: Floats, height: Floats, others: Bytes, sheets: Bytes, out: Floats) -> None:
    for x in range(out.shape[0]):
        step = np.sqrt(min(max((above[x] - height[x]) * F(1 / STEP), F(0)), F(1)))
        out[x] = step if others[x] != sheets[x] else F(0)


@kernel
def _compose(
    band: Band,
    first: Bytes,
    second: Bytes,
    share: Bytes,
    colours: Floats,
    heights: Floats,
    shadow: Floats,
    lost: Floats,
    inks_dark: Floats,
    inks_light: Floats,
    tile: Floats,
    whole: NDArray[np.int32],
    taps: Floats,
    shapes: Bytes,
    window: NDArray[np.int32],
    inks: Floats,
    bevel: int,
    out: Bytes,
) -> None:
    height, width = first.shape
    top, bottom, left, right = window[0], window[1], window[2], window[3]
    across = columns(width, shadow.shape[1])
    for y in rows_in(band, height):
        up = max(y - bevel, 0)
        down = min(y + bevel, height - 1)
        strokes = stroke_row(lost[y], F(SCORES.epsilon), F(SCORES.phi))
        strokes_above = stroke_row(lost[up], F(SCORES.epsilon), F(SCORES.phi))
        light = np.empty(width, np.float32)
        cool = np.empty(width, np.float32)
        starts = run_starts(first[y])
        grain_row(first[y], starts, tile, whole, taps, y, light)
        _light_row(sample_row(shadow, y, height, across), light, cool)
        row = np.empty((3, width), np.float32)
        sheet_row(first[y], starts, colours, light, cool, row)
        marks = empty_marks(width)
        mark_edges(first[y], share[y], first[up], first[down], bevel, marks)
        _mark_strokes(strokes, strokes_above, bevel, marks)
        if top <= y < bottom:
            mark_features(shapes[y - top], left, right, marks)
        for x in marked(marks):
            k = first[y, x]
            before = max(x - bevel, 0)
            after = min(x + bevel, width - 1)
            stroke = strokes[x]
            # A score's far wall faces the light, as does a strip's near side.
            lit = F(RELIEF) * (strokes_above[before] - stroke)
            at_edge = first[up, before] != k or first[down, after] != k or share[y, x] < 255
            in_face = top <= y < bottom and left <= x < right
            one = colours[k]
            red = one[0]
            green = one[1]
            blue = one[2]
            here = heights[k]
            if share[y, x] < 255:
                two = colours[second[y, x]]
                rest = F(1) - F(share[y, x]) * F(1 / 255)
                red += rest * (two[0] - red)
                green += rest * (two[1] - green)
                blue += rest * (two[2] - blue)
                here += rest * (heights[second[y, x]] - here)
            if in_face:
                red, green, blue = paint_features_pixel(
                    shapes[y - top, x - left], inks, F(FEATURE), red, green, blue
                )
            if at_edge:
                a = F(share[up, before]) * F(1 / 255)
                above = heights[first[up, before]] * a + heights[second[up, before]] * (F(1) - a)
                b = F(share[down, after]) * F(1 / 255)
                below = heights[first[down, after]] * b + heights[second[down, after]] * (F(1) - b)
                # The cut edge facing the light is bright, the one turned away a little dark.
                lit += min(max(F(3) * (here - above), F(0)), F(1)) * F(0.26)
                lit -= min(max(F(3) * (here - below), F(0)), F(1)) * F(0.10)
            if stroke != F(0):
                three = inks_dark[k] if stroke > F(0) else inks_light[k]
                cover = F(SCORE) * abs(stroke)
                red += cover * (three[0] - red)
                green += cover * (three[1] - green)
                blue += cover * (three[2] - blue)
            edge = max(lit, F(0))
            dim = F(1) + min(lit, F(0))
            row[0, x] = red * light[x] * dim + edge * (F(1) - red)
            row[1, x] = green * light[x] * dim + edge * (F(1) - green)
            row[2, x] = blue * cool[x] * dim + edge * (F(0.97) - blue)
        store_row(row, out[y])


@brush
def _light_row(shaded: Floats, light: Floats, cool: Floats) -> None:
    """From the grain in `light` the light on each pixel, and the blue part of it."""
    for x in range(light.shape[0]):
        dark = F(DARKEST) * shaded[x]
        # Shadows are bluish: less is taken from blue.
        cool[x] = (F(1) + light[x]) * (F(1) - F(0.86) * dark)
        light[x] = (F(1) + light[x]) * (F(1) - dark)


@brush
def _mark_strokes(strokes: Floats, above: Floats, bevel: int, marks: Bytes) -> None:
    """Mark strokes, and what lies beside those of `bevel` rows above; but for the row's ends."""
    middle, to = strokes[bevel:], marks[bevel:]
    for x in range(strokes.shape[0] - 2 * bevel):
        is_stroke = (middle[x] != F(0)) | (above[x] != F(0))
        to[x] |= np.uint8(is_stroke)

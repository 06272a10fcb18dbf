"""Style 6, simple illustration: few flat colours, clean shapes, thin strokes, drawn features."""

from collections.abc import Iterable

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
from restyle.engine.palette import Palette
from restyle.engine.petals import blooms, creases, petals
from restyle.engine.pictures import blur, enlarge, luma, shrink
from restyle.engine.regions import Cut, Regions
from restyle.engine.rows import columns, sample_row, store_row
from restyle.engine.shot_palette import Palettes, with_true_faces
from restyle.engine.strokes import Lines

MANNER = Manner(clusters=30, apart=8.5, lowest=15, highest=96, even=0.2, vivid=1.22)
CUT = Cut(blur=0.9, round=1.8, crumb=350, least=0.09, scissors=14.0)
STROKES = Lines(sigma=1.8, epsilon=-0.009, phi=50, length=5)
STROKE = 0.85  # opacity
GRADIENT = 0.16  # strength of the soft light that keeps large areas from looking dead
GRADIENT_SIGMA = 40.0  # half-size pixels at 720p
AIR = 0.16  # how far what is behind a figure goes towards the air's colour: it recedes
FEATURE = 0.96  # opacity of eyes and mouths
# The shade that a petal casts on the next is one flat shape: of the shadow beside a crease where it
# begins, how fast it is full, how much is remembered; and what of red, green and blue it leaves.
SHADED, CRISP, CREASED = 0.28, 9.0, 0.92
SHADE = (0.94, 0.78, 0.72)
NO_SHADE = np.zeros((1, 1), np.float32)


class SimpleIllustration:
    """See the module."""

    abstraction = Abstraction(
        passes=2, range_sigma=34, radius=2.6, sharpness=4, face_relief=0, grounded=False
    )

    def __init__(self) -> None:
        self._palettes = Palettes(MANNER)
        self._regions = Regions(CUT)
        self._foreground = Foreground()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Keep the samples: each shot takes its palette from those that look like it."""
        self._palettes = Palettes(MANNER, samples)

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Flat colours, a soft gradient of light, strokes, features of faces."""
        palette = self._palettes.of(frame)
        frame = with_true_faces(frame, palette)
        height, width = frame.size
        front, presence = self._foreground.read(frame)
        blooming = blooms(palette.lab)
        creased = creases(frame) if blooming > 0 else None
        field = self._regions.read(frame, palette, (width, height), front)
        shade = NO_SHADE
        if creased:
            shade = F(blooming) * memory.blend("creases", creased.shadow, CREASED)
            shade *= cv2.LUT(field.label, petals(palette.lab))
        shapes = features(frame)
        out = np.empty((height, width, 3), np.uint8)
        _compose(
            field.first,
            field.second,
            field.share,
            palette.rgb,
            shade,
            _gradient(frame),
            enlarge(F(AIR * presence) * (F(1) - front), frame.half_size),
            _air(palette),
            details(frame, memory, field, palette, STROKES),
            *stroke_colours(palette),
            shapes.cover,
            shapes.window,
            palette.features,
            out,
        )
        return out


def _gradient(frame: Frame) -> Floats:
    """The scene's broad light, around 1: a half-size map, from which rows are enlarged fastest."""
    broad = blur(shrink(luma(frame.abstract), 4), GRADIENT_SIGMA * frame.scale / 4)
    light: Floats = F(1) + F(GRADIENT) * (broad - broad.mean())
    return enlarge(light, frame.half_size)


def _air(palette: Palette) -> Floats:
    """The lightest colour of the shot, half way to white: what lies between here and far away."""
    lightest = palette.rgb[int(np.argmax(palette.rgb.sum(1)))]
    return np.asarray(F(0.5) + F(0.5) * lightest, np.float32)


@kernel
def _compose(
    band: Band,
    first: Bytes,
    second: Bytes,
    share: Bytes,
    colours: Floats,
    shade: Floats,
    light: Floats,
    behind: Floats,
    air: Floats,
    lost: Floats,
    inks_dark: Floats,
    inks_light: Floats,
    shapes: Bytes,
    window: NDArray[np.int32],
    inks: Floats,
    out: Bytes,
) -> None:
    height, width = first.shape
    top, bottom, left, right = window[0], window[1], window[2], window[3]
    across, across_behind = columns(width, light.shape[1]), columns(width, behind.shape[1])
    across_shade = columns(width, shade.shape[1])
    row = np.empty((3, width), np.float32)
    for y in rows_in(band, height):
        strokes = stroke_row(lost[y], F(STROKES.epsilon), F(STROKES.phi))
        lights = sample_row(light, y, height, across)
        hazes = sample_row(behind, y, height, across_behind)
        _flat_row(first[y], colours, row)
        marks = empty_marks(width)
        _mark_row(share[y], strokes, marks)
        for x in marked(marks):
            stroke = F(STROKE) * strokes[x]
            red, green, blue = row[0, x], row[1, x], row[2, x]
            if share[y, x] < 255:
                two = colours[second[y, x]]
                rest = F(1) - F(share[y, x]) * F(1 / 255)
                red += rest * (two[0] - red)
                green += rest * (two[1] - green)
                blue += rest * (two[2] - blue)
            if stroke != F(0):
                three = inks_dark[first[y, x]] if stroke > F(0) else inks_light[first[y, x]]
                red += abs(stroke) * (three[0] - red)
                green += abs(stroke) * (three[1] - green)
                blue += abs(stroke) * (three[2] - blue)
            row[0, x], row[1, x], row[2, x] = red, green, blue
        if shade.shape[0] > 1:
            shades = sample_row(shade, y, height, across_shade)
            for k in range(3):
                _shade_row(row[k], shades, F(1) - F(SHADE[k]))
        for k in range(3):
            _recede_row(row[k], air[k], hazes, lights)
        if top <= y < bottom:
            on_face = empty_marks(width)
            mark_features(shapes[y - top], left, right, on_face)
            for x in marked(on_face):
                row[0, x], row[1, x], row[2, x] = paint_features_pixel(
                    shapes[y - top, x - left],
                    inks,
                    F(FEATURE),
                    row[0, x],
                    row[1, x],
                    row[2, x],
                )
        store_row(row, out[y])


@brush
def _flat_row(layers: Bytes, colours: Floats, row: Floats) -> None:
    starts = run_starts(layers)
    for i in range(starts.shape[0]):
        start = starts[i]
        end = starts[i + 1] if i + 1 < starts.shape[0] else layers.shape[0]
        for k in range(3):
            _fill(colours[layers[start], k], row[k, start:end])


@brush
def _fill(value: F, row: Floats) -> None:
    for x in range(row.shape[0]):
        row[x] = value


@brush
def _mark_row(share: Bytes, strokes: Floats, marks: Bytes) -> None:
    """Mark borders and strokes."""
    for x in range(share.shape[0]):
        marks[x] = np.uint8((share[x] != np.uint8(255)) | (strokes[x] != F(0)))


@brush
def _shade_row(row: Floats, shades: Floats, taken: F) -> None:
    """One channel, less what a flat shade has `taken` where it lies."""
    for x in range(row.shape[0]):
        cover = min(max((shades[x] - F(SHADED)) * F(CRISP), F(0)), F(1))
        row[x] *= F(1) - taken * cover


@brush
def _recede_row(row: Floats, air: F, hazes: Floats, lights: Floats) -> None:
    """One channel, as far in the air and as lit as its places are."""
    for x in range(row.shape[0]):
        row[x] = (row[x] + hazes[x] * (air - row[x])) * lights[x]

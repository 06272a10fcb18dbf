"""Style 4, Chinese cartoon (guofeng): flat mineral washes, iron-wire lines and gold on silk.

Shading is flattened and every colour drawn to a pigment (`pigments`); washes are graded towards
their dark borders; fine brown-black lines taper off, the strongest edges are traced in gold.
Faces keep their contrast. A pale figure in dim light is shell white, and the ground behind it
malachite.
"""

from collections.abc import Iterable

import numpy as np

from restyle.engine import pigments, textures
from restyle.engine.blurs import wide_blur
from restyle.engine.drawn_faces import Pen, draw_faces
from restyle.engine.exposure import Exposure
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Memory
from restyle.engine.pale_figures import PaleFigures
from restyle.engine.pale_light import dull_pixel, ground_pixel, light_pixel
from restyle.engine.pictures import blur, enlarge, luma
from restyle.engine.pigments import pigment_pixel
from restyle.engine.rows import columns, sample_row, store_row, upsample_row
from restyle.engine.strokes import Lines, ink_pixel, line_response, line_tone
from restyle.engine.tones import (
    contain_pixel,
    luma_pixel,
    saturate_pixel,
    smoothstep_pixel,
    unstretched_pixel,
)

EDGE = 30.0  # a grey step (0–255) across which paint spreads less; across a third of it, it crawls
STEADY = 0.86  # of a line: it is drawn once, with a sure hand
LINES = Lines(sigma=1.2, epsilon=-0.0027, phi=130, length=9)
SHADING_SIGMA = 7.0  # half-size pixels at 720p: shading of this size is flattened
FEATURE_SIGMA = 5.0  # … and features of a face of this size are brought out
WASH_SIGMA = 4.5
SILK = 0.016
GRANULES = 0.015
GOLD = 0.007, 0.018  # of the lines' response: an edge that begins to be traced, and is wholly
LIFT = 0.18
BLOOD = 0.6  # more saturation in faces: powder over it would leave them grey
STRETCHED = 0.35  # of the levels' gain: how far it enlarges chroma too
VIVID = 1.16
# A pale figure: how far its folds and feathers are brought out as a face's features are, how much
# purer its white is; how far shell white covers it; and what malachite behind it takes of red,
# green and blue.
PLUMAGE, PURE = 0.5, 0.35
SHELL, SHELL_WHITE = 0.4, (0.94, 0.88, 0.80)
MALACHITE = 0.34, 0.13, 0.20
PEN = Pen(ink=(38, 26, 20), lid=0.026, brow=0.026, mouth=0.015, iris=0.28, lips=0.3, white=0.35)


class ChineseCartoon:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=30, radius=3.0, sharpness=4)

    def __init__(self) -> None:
        self._exposure = Exposure()
        self._figures = PaleFigures()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the pigments are always the same."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Washes at half size; lines, gold and silk over them at full size."""
        frame = self._exposure.develop(frame)
        pale = self._figures.read(frame)
        low, high = frame.levels
        washes = np.empty_like(frame.abstract)
        grey = luma(frame.abstract)
        around = wide_blur(grey, SHADING_SIGMA * frame.scale, 2)
        features = frame.grey / F(255)
        calm = wide_blur(features, FEATURE_SIGMA * frame.scale, 2)
        border = blur(grey, WASH_SIGMA * frame.scale)
        _wash(
            frame.abstract,
            grey,
            around,
            features,
            calm,
            border,
            frame.face_mask,
            pale.front,
            F(pale.share),
            F(pale.gain),
            pigments.table(),
            F(low),
            F(1 / (high - low)),
            F((high - low) ** (1 - STRETCHED)),
            washes,
        )
        response = line_response(line_tone(frame), frame, LINES)
        lines = enlarge(memory.blend("lines", response, STEADY), frame.size, smooth=True)
        size = frame.size[1], frame.size[0]
        silk = textures.silk(size, frame.scale).lay(size, frame.ground)
        granules = textures.lay_pigment(frame.half_size, frame.ground, frame.scale)
        patches = textures.lay_cloud(frame.half_size, frame.ground, 20 * frame.scale, 11)
        out = np.empty((*frame.size, 3), np.uint8)
        _compose(
            washes,
            frame.grey,
            frame.guide,
            lines,
            frame.face_mask,
            silk,
            granules,
            patches,
            F((high - low) ** -0.5),
            out,
        )
        draw_faces(out, frame, PEN)
        return out


@kernel
def _wash(
    band: Band,
    colour: Floats,
    grey: Floats,
    around: Floats,
    features: Floats,
    calm: Floats,
    border: Floats,
    face: Floats,
    front: Floats,
    pale: F,
    lacking: F,
    table: Floats,
    low: F,
    gain: F,
    duller: F,
    out: Floats,
) -> None:
    height, width = grey.shape
    flat_table, side = table.reshape(-1), table.shape[0]
    for y in rows_in(band, height):
        for x in range(width):
            fm = face[y, x]
            flat = min(max(F(1.6) * (around[y, x] - grey[y, x]), F(-0.16)), F(0.16))
            # Features of a face: what is darker than its surroundings is made darker still.
            detail = min(max(F(1.5) * (features[y, x] - calm[y, x]), F(-0.40)), F(0.16))
            tone = (grey[y, x] - low) * gain
            ahead = pale * front[y, x]
            lit = ahead * (F(1) - fm) * light_pixel(tone)
            light = F(1) + flat * (F(1) - fm) + F(1.5) * detail * max(fm, F(PLUMAGE) * lit)
            r = (colour[y, x, 0] - low) * gain * light
            g = (colour[y, x, 1] - low) * gain * light
            b = (colour[y, x, 2] - low) * gain * light
            dull = dull_pixel(r, g, b)
            lift = F(1) + lit * (F(0.4) + F(0.6) * dull) * (lacking - F(1))
            r, g, b = r * lift, g * lift, b * lift
            purer = unstretched_pixel(r, b, duller + F(BLOOD) * fm)
            r, g, b = saturate_pixel(r, g, b, purer * (F(1) - F(PURE) * lit * dull))
            r, g, b = contain_pixel(r, g, b, F(1))
            r, g, b = pigment_pixel(flat_table, side, r, g, b)
            if pale > F(0):
                shell = F(SHELL) * lit * dull
                r += shell * (F(SHELL_WHITE[0]) - r)
                g += shell * (F(SHELL_WHITE[1]) - g)
                b += shell * (F(SHELL_WHITE[2]) - b)
                # Behind a pale figure bare ground is malachite.
                ground = (pale - ahead) * ground_pixel(tone, dull)
                r *= F(1) - F(MALACHITE[0]) * ground
                g *= F(1) - F(MALACHITE[1]) * ground
                b *= F(1) - F(MALACHITE[2]) * ground
            # A wash is laid from its dark border inwards.
            edge = min(max(F(4) * (border[y, x] - grey[y, x]), F(0)), F(0.5))
            edge *= F(1) - max(fm, F(0.7) * lit)
            # A powdered face with a little rouge.
            powder = fm * smoothstep_pixel(F(0.35), F(0.75), luma_pixel(r, g, b))
            out[y, x, 0] = r * (F(1) - F(0.42) * edge) + F(0.050) * powder
            out[y, x, 1] = g * (F(1) - F(0.48) * edge) + F(0.020) * powder
            out[y, x, 2] = b * (F(1) - F(0.44) * edge) + F(0.020) * powder


@kernel
def _compose(
    band: Band,
    washes: Floats,
    grey: Floats,
    guide: Bytes,
    lines: Floats,
    face: Floats,
    silk: Floats,
    granules: Floats,
    patches: Floats,
    contrast: F,
    out: Bytes,
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    for y in rows_in(band, height):
        paint = upsample_row(washes, grey, guide, y, across, F(EDGE))
        faces = sample_row(face, y, height, across)
        golden = sample_row(patches, y, height, across)
        settling = sample_row(granules, y, height, across)
        _paint_row(paint, faces, silk[y], settling, golden, lines[y], contrast)
        store_row(paint, out[y])


@brush
def _paint_row(
    paint: Floats,
    faces: Floats,
    silk: Floats,
    granules: Floats,
    golden: Floats,
    lines: Floats,
    contrast: F,
) -> None:
    """Gold, lines and silk over a row of washes `paint` (3, W), in place."""
    reds, greens, blues = paint[0], paint[1], paint[2]
    for x in range(faces.shape[0]):
        r, g, b = reds[x], greens[x], blues[x]
        fm = faces[x]
        r, g, b = saturate_pixel(r, g, b, F(VIVID))
        r += F(LIFT) * r * (F(1) - r)
        g += F(LIFT) * g * (F(1) - g)
        b += F(LIFT) * b * (F(1) - b)
        # Granules settle in the coloured and darker washes, not on bare silk.
        settled = F(GRANULES) * (F(1) - smoothstep_pixel(F(0.60), F(0.88), luma_pixel(r, g, b)))
        weave = F(1) + F(SILK) * silk[x] + settled * granules[x] * (F(1) - fm)
        response = lines[x] * contrast
        ink = F(1) - ink_pixel(response, F(LINES.epsilon), F(LINES.phi))
        ink *= F(0.92)
        # Gold along the light side of the strongest edges, here and there.
        gold = smoothstep_pixel(F(GOLD[0]), F(GOLD[1]), response)
        gold *= smoothstep_pixel(F(-0.4), F(0.9), golden[x]) * (F(1) - fm) * F(0.85)
        r += gold * (F(0.86) - r)
        g += gold * (F(0.67) - g)
        b += gold * (F(0.30) - b)
        r = r * (F(1) - F(0.90) * ink) + F(0.11) * ink
        g = g * (F(1) - F(0.94) * ink) + F(0.070) * ink
        b = b * (F(1) - F(0.95) * ink) + F(0.050) * ink
        reds[x] = r * weave
        greens[x] = g * weave
        blues[x] = b * weave

"""Style 3, 3D cartoon: the picture as soft volumes under a warm key and a cool fill.

Fine texture is dropped, and fur is no relief (`folds`); figures are rounded as one body
(`silhouettes`) before a calm ground (`backdrops`), their shapes inflated like cushions on it
(`shading.inflate`); faces have their true shape and clean skin (`face_forms`), and eyes are painted
(`eyes`). The whole is lit (`lighting`): wrapped key light from the upper left, sky fill, creases
and cast shadows, a rim.
"""

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from restyle.engine import airbrush, backdrops, lighting, shading
from restyle.engine.blurs import soft_blur, wide_blur
from restyle.engine.cast import Cast
from restyle.engine.details import busy, stands_alone_pixel
from restyle.engine.exposure import Exposure
from restyle.engine.eyes import CartoonEyes
from restyle.engine.face_forms import FaceForms, delight, face_forms
from restyle.engine.folds import Folds, folds
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.hair_tint import with_hair
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.lighting import Relief
from restyle.engine.motion import Memory
from restyle.engine.mouths import CartoonMouths
from restyle.engine.pictures import blur, enlarge, layered, layers, shrink
from restyle.engine.prints import with_prints
from restyle.engine.rows import columns, sample_colour_row, store_row, upsample_row
from restyle.engine.silhouettes import Silhouette, Silhouettes, heads
from restyle.engine.surfaces import glow
from restyle.engine.tones import curve, screen_pixel, smoothstep_pixel, to_bytes

# Half-size pixels at 720p. Large shapes: what is narrower is no shape of its own, wider ones are
# flat in their middle. Pieces, each within its contour (petals, fingers), are cushions on top.
NARROW, REACH, PIECE_REACH = 24, 46, 26
LARGE, PIECE, BODY, HEAD = 0.4, 0.6, 0.8, 0.16  # of their heights; of a head, in widths of its face
FLATTER = 0.4  # of a figure's shapes of colour: prints on cloth
SOFT = 2.5  # half-size pixels at 720p: σ of all shapes
# Steps of colour, of the scene's contrast, that are half an edge, and that are none: at a quarter
# and at half of half size.
EDGE, TEXTURE = 0.022, 0.0105
PIECE_EDGE, PIECE_TEXTURE, PIECE_SIGMA = 0.03, 0.018, 1.8
FUR = 0.25  # how much fainter edges are in fur: it is evened out to soft clumps
# Strands (hair, fur, depths): a clearness from which they are any and are wholly so; how much of
# them the abstraction leaves.
STRANDS_AT, STRANDS = (0.35, 0.65), 0.7
LOST, LOST_WHOLLY = 0.04, 0.12  # of a bird, a mast, a letter to the abstraction: it is kept
UPSAMPLING = 17.0
STEADY = 0.85
RISEN = 14.0  # half-size pixels at 720p: heights that differ so much are of another thing
# Steps that divide paint, and how far it is evened out within them; both where there is a figure.
ALIKE, ALIKE_IN_FIGURE = 0.008, 0.014
EVEN, EVEN_IN_FIGURE = 8, 22
CRISP, BLURRED = 1.4, 1.2
PRINTED = 0.7  # of prints on clothes: all of them would flicker under hands
BLACKER = 0.3  # black hair, as a share: haze takes its depth


def _film(y: Floats) -> Floats:
    """Lifted shadows under a soft shoulder."""
    lifted: Floats = np.power(y, F(0.82)) * (F(0.87) + F(0.13) * y) + F(0.012)
    return lifted


FILM = curve(_film)


class Cartoon3D:
    """See the module."""

    abstraction = Abstraction(passes=3, range_sigma=32, radius=3.0, sharpness=4)

    def __init__(self) -> None:
        self._exposure, self._cast = Exposure(), Cast()
        self._silhouettes = Silhouettes()
        self._eyes = CartoonEyes()
        self._mouths = CartoonMouths()

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Nothing: the colours are the scene's own."""

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Even out, inflate and light at half size; bloom and eyes at full size."""
        frame = self._cast.clear(self._exposure.develop(frame))
        frame = replace(frame, abstract=with_prints(frame, PRINTED))
        frame, hair = with_hair(frame, BLACKER)
        scale = frame.scale
        low, high = frame.levels
        # Steps between neighbours are larger in small pictures, smaller in dull ones.
        step = (high - low) / scale
        texture = busy(frame)
        depths = folds(frame)
        whole = _with_things(frame, texture)
        base = blur(whole, 1.3 * scale)
        clear = np.maximum(frame.anisotropy, F(0.5)) * (F(1) - F(FUR) * depths.fur)
        faces = face_forms(frame)
        faces = faces._replace(cover=faces.cover * (F(1) - hair))
        body = self._silhouettes.find(frame)
        spared = F(0.8) * faces.cover
        # Figures are lit anew: their own folds and shades are evened out farther.
        found = float(body.front.max())
        edge = (ALIKE + found * (ALIKE_IN_FIGURE - ALIKE)) * step
        joined = shading.links(base, clear, edge=edge, texture=0.003 * step)
        reach = (EVEN + found * (EVEN_IN_FIGURE - EVEN)) * scale
        colour = airbrush.even(whole, joined, reach=reach, keep=spared)
        force = CRISP * (F(1) - np.maximum(spared, depths.fur)) - _unrest(frame)
        colour = airbrush.crisp(colour, blur(colour, 2.0 * scale), force)
        delight(colour, faces, frame.faces)
        colour = backdrops.behind(colour, body.front, scale)
        relief = _relief(frame, memory, base, texture, step, body, faces, depths)
        lit = lighting.light(colour, relief, FILM, frame.levels, scale, neutral=found)
        lit = memory.blend("lit", lit, STEADY)
        bloom = glow(lit, 0.74, 16 * frame.scale, 0.14)
        out = np.empty_like(frame.full)
        _finish(lit, frame.grey, frame.guide, F(UPSAMPLING), bloom, out)
        self._mouths.paint(out, frame)
        self._eyes.paint(out, frame)
        return out


def _unrest(frame: Frame) -> Floats:
    """Where things move too fast to be followed, 0–BLURRED, half size: soft, as on film."""
    if frame.is_cut or frame.passes:
        return np.zeros(frame.half_size, np.float32)
    return F(BLURRED) * (F(1) - wide_blur(frame.confidence, 4 * frame.scale))


def _with_things(frame: Frame, texture: Floats) -> Floats:
    """The abstraction, with what it took for noise but stands alone: half size."""
    out = np.empty_like(frame.abstract)
    _rescue(frame.abstract, frame.light, frame.anisotropy, texture, frame.face_mask, out)
    return out


def _relief(
    frame: Frame,
    memory: Memory,
    base: Floats,
    texture: Floats,
    step: float,
    body: Silhouette,
    faces: FaceForms,
    depths: Folds,
) -> Relief:
    """The picture as heights in half-size pixels: pieces on large shapes on whole bodies.

    They are smooth, and worked out at half of half size; folds are not.
    """
    scale = frame.scale
    coarse = shrink(base, 2)
    if frame.face_boxes:
        calm = soft_blur(coarse, 3.5 * scale)
        coarse += shrink(frame.face_mask, 2)[..., None] * (calm - coarse)
    clear = shrink(frame.anisotropy, 2) - F(0.45) * shrink(texture, 2)
    clear *= F(1) - shrink(depths.fur, 2)
    joined = shading.links(
        blur(coarse, PIECE_SIGMA / 2 * scale),
        clear,
        edge=PIECE_EDGE * step,
        texture=PIECE_TEXTURE * step,
    )
    pieces = shading.inflate(joined, reach=PIECE_REACH * scale / 2, levels=4)
    broad = _broad(coarse, scale)
    shapes = shading.links(
        broad, np.ones_like(broad[..., 0]), edge=EDGE * step, texture=TEXTURE * step
    )
    large = shading.inflate(shapes, reach=REACH * scale / 4, levels=3)
    large = enlarge(large, (pieces.shape[0], pieces.shape[1]))
    # What is printed on a figure is not of another shape.
    own = F(1) - F(FLATTER) * body.front
    forms = shrink(own, 2) * (F(4 * LARGE) * large + F(2 * PIECE) * pieces)
    forms += F(BODY) * shrink(body.height, 2)
    soft = blur(layered(forms, F(2) * pieces), SOFT / 2 * scale)
    height, small = layers(enlarge(soft, frame.half_size))
    height += own * depths.depth * body.solid
    head = heads(frame)
    if frame.face_boxes:
        height += F(HEAD * frame.face_boxes[0][2]) * head * body.solid
    now = layered(height, small, body.solid, body.shadow)
    steady = memory.blend("relief", now, STEADY, news=RISEN * scale)
    height, small, solid, shadow = layers(steady)
    return Relief(height, small, solid, shadow, faces.cover, head, frame.tangents, faces.slopes)


def _broad(coarse: Floats, scale: float) -> Floats:
    """Only the large shapes, at half the size: a median takes what is narrow, edges stay."""
    small = to_bytes(shrink(coarse, 2))
    side = max(3, round(NARROW * scale / 4) * 2 + 1)
    return cv2.medianBlur(small, side).astype(np.float32) / F(255)


@kernel
def _rescue(
    band: Band,
    abstract: Floats,
    light: Floats,
    anisotropy: Floats,
    texture: Floats,
    face: Floats,
    out: Floats,
) -> None:
    width = texture.shape[1]
    for y in rows_in(band, texture.shape[0]):
        kept, missing = abstract[y].reshape(-1), np.empty(3 * width, np.float32)
        _missing_row(kept, light[y].reshape(-1), missing)
        lost = np.empty(width, np.float32)
        _lost_row(missing, anisotropy[y], texture[y], face[y], lost)
        _add_back_row(kept, missing, lost, out[y].reshape(-1))


@brush
def _missing_row(abstract: Floats, light: Floats, missing: Floats) -> None:
    for i in range(missing.shape[0]):
        missing[i] = light[i] - abstract[i]


@brush
def _lost_row(
    missing: Floats, anisotropy: Floats, texture: Floats, face: Floats, lost: Floats
) -> None:
    """How much of what is `missing` is given back: 0–1."""
    for x in range(lost.shape[0]):
        red, green, blue = missing[3 * x], missing[3 * x + 1], missing[3 * x + 2]
        most = max(abs(red), max(abs(green), abs(blue)))
        part = smoothstep_pixel(F(LOST), F(LOST_WHOLLY), most)
        part *= stands_alone_pixel(anisotropy[x], texture[x])
        strand = smoothstep_pixel(F(STRANDS_AT[0]), F(STRANDS_AT[1]), anisotropy[x])
        lost[x] = max(part, F(STRANDS) * strand) * (F(1) - face[x])


@brush
def _add_back_row(abstract: Floats, missing: Floats, lost: Floats, out: Floats) -> None:
    for x in range(lost.shape[0]):
        out[3 * x] = abstract[3 * x] + lost[x] * missing[3 * x]
        out[3 * x + 1] = abstract[3 * x + 1] + lost[x] * missing[3 * x + 1]
        out[3 * x + 2] = abstract[3 * x + 2] + lost[x] * missing[3 * x + 2]


@kernel
def _finish(
    band: Band, lit: Floats, grey: Floats, guide: Bytes, range_sigma: F, bloom: Floats, out: Bytes
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    across_bloom = columns(width, bloom.shape[1])
    for y in rows_in(band, height):
        paint = upsample_row(lit, grey, guide, y, across, range_sigma)
        shining = sample_colour_row(bloom, y, height, across_bloom)
        for k in range(3):
            _screen_row(paint[k], shining[k])
        store_row(paint, out[y])


@brush
def _screen_row(paint: Floats, light: Floats) -> None:
    for x in range(paint.shape[0]):
        paint[x] = screen_pixel(paint[x], light[x])

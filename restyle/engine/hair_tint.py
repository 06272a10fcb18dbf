"""Hair in its full colour: as brown and as dark as a painter sees it, in continuous tones.

A camera in a dull room gives hair hardly any colour, and haze takes its depth: between lively skin
and a light wall it would be a grey cap. Hair of a clear colour stays as it is.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from restyle.engine.faces import Box
from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import luma
from restyle.engine.tones import chroma_pixel, luma_pixel, smoothstep_pixel

# In sides of a face's box, from the middle of its upper edge: where hair is looked at, across, up
# and down; where it may be, around a place so far below: across, up, down; farther if it is black.
CROWN = 0.25, 0.22, -0.02
PLACE, REACH, LONGER = 0.35, (0.85, 0.95, 0.45), 0.9
FACE = 0.6, 0.3  # of the face mask: what is surely skin, and what may be hair
LIT_PERCENTILE = 75  # of the face's tones: skin in the light
DARKER = 0.92  # tone, to that of lit skin, that hair has at most
SOME = 0.25  # of the crown that is hair, at least
LIGHTER = 1.20, 1.40  # tone, to that of hair at the crown, that is hair still, and is not
LIVELIER = 0.08, 0.18  # chroma beyond that of hair, of the lightest channel, likewise
WARM = 0.03, 0.10  # red beyond blue, of the tone, in black hair and in brown
CLEAR = 0.18, 0.36  # chroma of the lightest channel: what a painter makes brown, and leaves
BROWN = np.array([1.15, 0.955, 0.78], np.float32)  # its colour, to its tone
PALEST = 0.46  # its tone, to that of lit skin: between skin and a light wall hair is darker
BLACK = 0.58, 0.74  # tone, to that of lit skin, of black hair, and of brown


class Hair(NamedTuple):
    """The hair of a face: its `tone` and chroma (`lively`); how far it is brown but dull, how
    black it is, and by how much of its tone brown hair is too light, all 0–1."""

    tone: float
    lively: float
    brown: float
    black: float
    pale: float


def with_hair(frame: Frame, deeper: float) -> tuple[Frame, Floats]:
    """The frame, its abstractions with hair in its full colour, black hair darker by `deeper`; and
    where it is: half size (h, w), 0–1."""
    covers = np.zeros(frame.half_size, np.float32)
    heads = [(box, hair) for box in frame.face_boxes if (hair := seen_hair(frame, box))]
    if not heads:
        return frame, covers
    abstract, light = frame.abstract.copy(), frame.light.copy()
    for box, hair in heads:
        x, y, side = box[0] + box[2] / 2, box[1] + PLACE * box[3], box[2]
        down = REACH[2] + LONGER * hair.black
        top, bottom = _rows(y - REACH[1] * side, y + down * side, covers.shape[0])
        if top == bottom:
            continue
        v = np.arange(top, bottom, dtype=np.float32) - F(y)
        v /= np.where(v < 0, F(REACH[1] * side), F(down * side))
        u = (np.arange(covers.shape[1], dtype=np.float32) - F(x)) / F(REACH[0] * side)
        darker = 1 - (1 - hair.brown * hair.pale) * (1 - deeper * hair.black)
        rows = slice(top, bottom)
        _paint(
            u * u,
            v * v,
            frame.face_mask[rows],
            F(hair.tone),
            F(hair.lively),
            F(hair.brown),
            F(darker),
            F(box[4]),
            covers[rows],
            abstract[rows],
            light[rows],
        )
    return replace(frame, abstract=abstract, light=light), covers


def seen_hair(frame: Frame, box: Box) -> Hair | None:
    """The hair above a face (its box), or None: bald, hidden, or out of the picture."""
    x, y, side = box[0] + box[2] / 2, box[1], box[2]
    face = frame.face_mask[_part(x, side, y, y + side, frame)]
    skin = frame.abstract[_part(x, side, y, y + side, frame)][face > FACE[0]]
    crown = _part(x, CROWN[0] * side, y - CROWN[1] * side, y - CROWN[2] * side, frame)
    above = frame.abstract[crown][frame.face_mask[crown] < FACE[1]]
    if not len(skin) or not len(above):
        return None
    lit = float(np.percentile(luma(skin[None]), LIT_PERCENTILE))
    colours = above[luma(above[None])[0] < DARKER * lit]
    if len(colours) < SOME * len(above):
        return None
    colour = np.median(colours, axis=0)
    most, tone = max(float(colour.max()), 0.02), max(float(luma(colour[None, None])[0, 0]), 0.02)
    lively = float(colour.max() - colour.min()) / most
    warm = float(np.interp((colour[0] - colour[2]) / tone, WARM, (0, 1)))
    brown = warm * float(np.interp(lively, CLEAR, (1, 0)))
    black = float(np.interp(tone / lit, BLACK, (1, 0)))
    return Hair(tone, lively, brown, black, 1 - min(PALEST * lit / tone, 1.0))


def _rows(start: float, stop: float, most: int) -> tuple[int, int]:
    return min(max(int(start), 0), most), min(max(int(stop), 0), most)


def _part(x: float, across: float, top: float, bottom: float, frame: Frame) -> tuple[slice, slice]:
    height, width = frame.half_size
    rows, columns = _rows(top, bottom, height), _rows(x - across, x + across, width)
    return slice(*rows), slice(*columns)


@kernel
def _paint(
    band: Band,
    across: Floats,
    down: Floats,
    face: Floats,
    tone: F,
    lively: F,
    brown: F,
    darker: F,
    strength: F,
    covers: Floats,
    abstract: Floats,
    light: Floats,
) -> None:
    for y in rows_in(band, down.shape[0]):
        for x in range(across.shape[0]):
            away = across[x] + down[y]
            if away < F(1):
                cover = (
                    strength * (F(1) - face[y, x]) * (F(1) - smoothstep_pixel(F(0.6), F(1), away))
                )
                red, green, blue = abstract[y, x, 0], abstract[y, x, 1], abstract[y, x, 2]
                cover *= _alike_pixel(red, green, blue, tone, lively)
                covers[y, x] = max(covers[y, x], cover)
                _paint_pixel(abstract[y, x], brown * cover, darker * cover)
                _paint_pixel(light[y, x], brown * cover, darker * cover)


@brush
def _paint_pixel(colour: Floats, brown: F, darker: F) -> None:
    tone = luma_pixel(colour[0], colour[1], colour[2])
    for k in range(3):
        own = colour[k] + brown * (tone * BROWN[k] - colour[k])
        colour[k] = min(max((F(1) - darker) * own, F(0)), F(1))


@brush
def _alike_pixel(red: F, green: F, blue: F, tone: F, lively: F) -> F:
    """How surely a colour is hair of this tone and chroma: 0–1."""
    lighter = luma_pixel(red, green, blue) / tone
    alike = F(1) - smoothstep_pixel(F(LIGHTER[0]), F(LIGHTER[1]), lighter)
    more = chroma_pixel(red, green, blue) / max(max(red, max(green, blue)), F(0.05)) - lively
    return alike * (F(1) - smoothstep_pixel(F(LIVELIER[0]), F(LIVELIER[1]), more))

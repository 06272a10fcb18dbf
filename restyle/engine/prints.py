"""Prints: letters and pictures on people's clothes, which an abstraction takes for texture.

Nothing tells a letter from a leaf by its size or its edges; but under a face there are no leaves.
There, what the abstraction lost is brought back where it stands out boldly.
"""

import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, kernel, rows_in
from restyle.engine.tones import smoothstep, smoothstep_pixel

# Widths of a face: how far clothes reach to either side of its middle, and down from its chin;
# over how much of that they end.
WIDE, DEEP, SOFT = 2.3, 6.0, 0.5
BOLD = 0.16, 0.32  # of a channel, lost: folds are fainter, and prints are as strong


def with_prints(frame: Frame, share: float = 1.0) -> Floats:
    """The abstraction with what is printed on clothes, a `share` of it: half size (h, w, 3)."""
    out = frame.abstract
    across = np.arange(out.shape[1], dtype=np.float32)
    for x, y, width, height, strength in frame.face_boxes:
        chin = y + height
        top, bottom = (min(max(int(edge), 0), out.shape[0]) for edge in (chin, chin + DEEP * width))
        if top == bottom:
            continue
        if out is frame.abstract:
            out = out.copy()
        down = np.arange(top, bottom, dtype=np.float32) - F(chin)
        below = F(share * strength) * smoothstep(0, SOFT * width, down)
        within = F(WIDE * width) - np.abs(across - F(x + width / 2))
        beside = smoothstep(0, SOFT * width, within)
        rows = slice(top, bottom)
        _bring_back(frame.light[rows], frame.face_mask[rows], below, beside, out[rows])
    return out


@kernel
def _bring_back(
    band: Band, light: Floats, face: Floats, below: Floats, beside: Floats, out: Floats
) -> None:
    for y in rows_in(band, out.shape[0]):
        for x in range(out.shape[1]):
            if beside[x] > F(0):
                red = light[y, x, 0] - out[y, x, 0]
                green = light[y, x, 1] - out[y, x, 1]
                blue = light[y, x, 2] - out[y, x, 2]
                most = max(abs(red), max(abs(green), abs(blue)))
                lost = smoothstep_pixel(F(BOLD[0]), F(BOLD[1]), most)
                lost *= below[y] * beside[x] * (F(1) - face[y, x])
                out[y, x, 0] += lost * red
                out[y, x, 1] += lost * green
                out[y, x, 2] += lost * blue

"""Flow on plain ground: taken from the structure around, not from what optical flow imagines.

Any flow matches on a plain wall, so what is found there is noise, and grain laid on it crawls.
"""

import cv2
import numpy as np

from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import blur, shrink
from restyle.engine.rows import columns, sample_colour_row

CELL = 8  # half-size pixels on a side: noise is averaged away before contrast is asked for
CLEAR = 6.0  # contrast from cell to cell, grey levels (0–255), whose flow is believed by half
AROUND = 4.5  # σ in cells, over which plain ground asks
FAINT = 0.003  # the weight of the whole picture's motion, for ground with no structure near


def settled_flow(flow: Floats, grey: Bytes) -> Floats:
    """The flow (h, w, 2) of a half-size frame, that of plain ground taken from around it."""
    small = shrink(grey.astype(np.float32), CELL)
    step = shrink(flow, CELL)
    across, down = np.asarray(np.gradient(small), np.float32)
    contrast = across * across + down * down
    belief = np.asarray(contrast**2 / (contrast**2 + F(CLEAR**4)), np.float32)
    told = step * belief[..., None]
    whole = told.sum(axis=(0, 1)) / max(float(belief.sum()), 1e-6)
    weighted = blur(np.dstack([told, belief]), AROUND)
    around = (weighted[..., :2] + F(FAINT) * whole) / (weighted[..., 2:] + F(FAINT))
    # Widened: what is beside structure moves with it.
    near = cv2.GaussianBlur(cv2.dilate(belief, np.ones((3, 3), np.uint8)), (3, 3), 0)
    asked = np.dstack([around, 1 - near]).astype(np.float32)
    out = np.empty_like(flow)
    _ask(flow, asked, out)
    return out


@kernel
def _ask(band: Band, flow: Floats, asked: Floats, out: Floats) -> None:
    """The flow, mixed with what `asked` cells (rows, columns, 3: x, y, share) say."""
    height, width = flow.shape[:2]
    across = columns(width, asked.shape[1])
    for y in rows_in(band, height):
        told = sample_colour_row(asked, y, height, across)
        _ask_row(flow[y], told[0], told[1], told[2], out[y])


@brush
def _ask_row(flow: Floats, along: Floats, down: Floats, share: Floats, out: Floats) -> None:
    for x in range(share.shape[0]):
        out[x, 0] = flow[x, 0] + share[x] * (along[x] - flow[x, 0])
        out[x, 1] = flow[x, 1] + share[x] * (down[x] - flow[x, 1])

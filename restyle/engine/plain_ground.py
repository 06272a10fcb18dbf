"""Flow on plain ground: taken from the structure around, not from what optical flow imagines.

Any flow matches on a plain wall, so what is found there is noise, and grain laid on it crawls.
"""

from typing import NamedTuple

import cv2
import numpy as np

from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import blur, shrink
from restyle.engine.rows import columns, sample_colour_row

CELL = 8  # half-size pixels on a side: noise is averaged away before contrast is asked for
CLEAR = 6.0  # contrast from cell to cell, grey levels (0–255), whose flow is believed by half
AROUND = 4.5  # σ in cells, over which plain ground asks
FAINT = 0.003  # the weight of the whole picture's motion, for ground with no structure near


class Cells(NamedTuple):
    """A flow (rows, columns, 2) in cells of CELL half-size pixels, and what it is worth there.

    `belief` (rows, columns), 0–1, is how clear the structure in each cell is.
    """

    flow: Floats
    belief: Floats


def cells_of(flow: Floats, grey: Floats) -> Cells:
    """The cells of a flow (h, w, 2) found in a half-size frame (h, w), 0–255."""
    across, down = np.asarray(np.gradient(shrink(grey, CELL)), np.float32)
    contrast = across * across + down * down
    belief = np.asarray(contrast**2 / (contrast**2 + F(CLEAR**4)), np.float32)
    return Cells(shrink(flow, CELL), belief)


def told_around(cells: Cells) -> Floats:
    """What the structure around plain ground says of its flow: see `told`."""
    belief = cells.belief
    believed = cells.flow * belief[..., None]
    whole = believed.sum(axis=(0, 1)) / max(float(belief.sum()), 1e-6)
    weighted = blur(np.dstack([believed, belief]), AROUND)
    around = (weighted[..., :2] + F(FAINT) * whole) / (weighted[..., 2:] + F(FAINT))
    # Widened: what is beside structure moves with it.
    near = cv2.GaussianBlur(cv2.dilate(belief, np.ones((3, 3), np.uint8)), (3, 3), 0)
    return np.dstack([around, 1 - near]).astype(np.float32)


def told(flow: Floats, *sayings: Floats) -> Floats:
    """The flow (h, w, 2) mixed with what cells (rows, columns, 3: x, y, share) say of it.

    Each of the `sayings` counts by its share in place of those before it.
    """
    asked = sayings[0]
    for saying in sayings[1:]:
        share = asked[..., 2:] * (1 - saying[..., 2:])
        whole = share + saying[..., 2:]
        mixed = share * asked[..., :2] + saying[..., 2:] * saying[..., :2]
        asked = np.dstack([mixed / np.maximum(whole, F(1e-6)), whole])
    out = np.empty_like(flow)
    _ask(flow, asked, out)
    return out


@kernel
def _ask(band: Band, flow: Floats, asked: Floats, out: Floats) -> None:
    height, width = flow.shape[:2]
    across = columns(width, asked.shape[1])
    for y in rows_in(band, height):
        row = sample_colour_row(asked, y, height, across)
        _ask_row(flow[y].reshape(-1), row[0], row[1], row[2], out[y].reshape(-1))


@brush
def _ask_row(flow: Floats, along: Floats, down: Floats, share: Floats, out: Floats) -> None:
    for x in range(share.shape[0]):
        out[2 * x] = flow[2 * x] + share[x] * (along[x] - flow[2 * x])
        out[2 * x + 1] = flow[2 * x + 1] + share[x] * (down[x] - flow[2 * x + 1])

"""The camera's own motion: one shift, zoom and turn of the whole picture, where that explains it.

Optical flow is found patch by patch: beside an edge it mixes with what plain ground imagines. What
a camera does all edges tell together, and several times as exactly: on known pans the flow is wrong
by 0.1 full-size pixels instead of 0.4. After Lucas and Kanade (IJCAI 1981), robustly weighted.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import blur, shrink
from restyle.engine.places import bilinear_row, empty_source, moves_row, source_row
from restyle.engine.plain_ground import Cells

# How much smaller the picture is in which the motion is sought; one row in how many tells of it,
# and of what is missed at half size.
SMALLER, SPARSE, EVERY = 2, 2, 4
# σ in those pixels: what is as fine as they are is not sampled truly between them.
CALM = 1.0
AGREEING, OFF = 3, 0.7  # rounds of asking cells; half-size pixels off that make one another thing's
# A grey difference (0–255) that is another thing's motion, round by round.
OTHERS = 8.0, 4.0, 4.0
STIFF = 0.002  # what holds zoom and turn back where edges are too close together to tell
STANDS = 1.12  # a camera that would explain no more than this by moving stands still
LOST = 30.0  # a squared difference (0–255) at which half of what there is to explain is missed
# A cell goes its own way where it is missed by so many times what the flow misses and by NOISE
# more, a squared difference to which the frame's own is added; and so do those around it.
BETTER, NOISE = 1.3, 4.0
AROUND, SOFT = 7, 1.5  # cells across, and σ
FEW, MANY = 0.3, 0.5  # of the structure: what explains less is no camera's motion

_Way = NDArray[np.float64]
"""Shift along and down in pixels; zoom and turn, in pixels a picture's width from its middle."""


def told_by_camera(found: Floats, cells: Cells, grey: Floats, previous: Floats) -> Floats:
    """The camera's flow, and how far it explains each cell as well as the one `found`: see `told`.

    `grey` and `previous` are half-size frames (h, w), 0–255.
    """
    belief = cells.belief
    start = _of_cells(cells) / SMALLER
    small, before = (blur(shrink(one, SMALLER), CALM) for one in (grey, previous))
    way = _camera(small, before, start) * SMALLER
    missed = np.empty((3, *belief.shape), np.float32)
    _misses(grey, previous, found, way.astype(np.float32), missed)
    by_none, by_camera, by_flow = missed
    if _unexplained(belief, by_none) <= STANDS * _unexplained(belief, by_camera):
        way, by_camera = np.zeros(4), by_none
    noise = F(NOISE) + np.median(by_flow)
    others = np.clip((by_camera - F(BETTER) * by_flow) / noise - F(1), F(0), F(1))
    moved = 1 - float((belief * others).sum()) / max(float(belief.sum()), 1e-6)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (AROUND, AROUND))
    share = F(1) - blur(np.asarray(cv2.dilate(others, disc), np.float32), SOFT)
    share *= F(np.clip((moved - FEW) / (MANY - FEW), 0, 1))
    return np.dstack([_moves(way, belief.shape), share])


def _unexplained(belief: Floats, missed: Floats) -> float:
    """How much of the structure is left to explain."""
    return float((belief * missed / (missed + F(LOST))).sum())


def _moves(way: _Way, shape: tuple[int, int]) -> Floats:
    """The camera's flow in the middle of each cell (rows, columns, 2)."""
    along, down, zoom, turn = way.astype(np.float32)
    x, y = _from_middle(shape)
    return np.dstack([along + zoom * x - turn * y, down + turn * x + zoom * y])


def _from_middle(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """How far cells (rows, columns) are to the right of the middle and below, in widths."""
    rows, columns = shape
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)
    # Cells are as good as square.
    return np.meshgrid((x + F(0.5)) / F(columns) - F(0.5), (y + F(0.5 - rows / 2)) / F(columns))


def _of_cells(cells: Cells) -> _Way:
    """The motion on which most cells with a clear flow agree, in half-size pixels."""
    clear = cells.belief > 0.5
    if not clear.any():
        return np.zeros(4)
    flow = cells.flow[clear]
    x, y = (part[clear] for part in _from_middle(cells.belief.shape))
    one, none = np.ones_like(x), np.zeros_like(x)
    says = np.stack([[one, none], [none, one], [x, y], [-y, x]])
    way = np.array([*np.median(flow, axis=0), 0, 0], np.float64)
    for _ in range(AGREEING):
        off = flow.T - np.tensordot(way.astype(np.float32), says, 1)
        weight = F(1) / (F(1) + (off * off).sum(axis=0) / F(OFF * OFF)) ** 2
        weighed = (says * weight).reshape(4, -1)
        stiff = STIFF * len(x) * np.array([0, 0, 1, 1])
        left = weighed @ says.reshape(4, -1).T + np.diag(stiff + 1e-3)
        way += np.linalg.solve(left, weighed @ off.ravel() - stiff * way)
    return way


def _camera(grey: Floats, previous: Floats, start: _Way) -> _Way:
    """The motion that explains most of a frame, in its own pixels, sought from a `start`."""
    across = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), np.float32)
    down = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8), np.float32)
    upper = np.triu_indices(5)
    sums = np.empty((grey.shape[0] // SPARSE, 15), np.float32)
    way = start
    for other in OTHERS:
        _equations(grey, previous, across, down, way.astype(np.float32), F(1 / other), sums)
        equations = np.zeros((5, 5))
        equations[upper] = sums.sum(0, dtype=np.float64)
        equations += np.triu(equations, 1).T
        left, right = equations[:4, :4], equations[:4, 4]
        stiff = STIFF * (left[0, 0] + left[1, 1]) * np.array([0, 0, 1, 1])
        left += np.diag(stiff + 1e-3)
        way = way - np.linalg.solve(left, right + stiff * way)
    return way


@kernel
def _equations(
    band: Band,
    grey: Floats,
    previous: Floats,
    across: Floats,
    down: Floats,
    way: Floats,
    per_other: F,
    sums: Floats,
) -> None:
    """Of every SPARSEth row the weighted products of what a pixel's grey says of shift, zoom and
    turn, and of what is missed: the upper triangle of a 5 × 5 matrix."""
    height, width = grey.shape
    before = previous.reshape(-1)
    source = empty_source(width)
    said, carried = np.empty((5, width), np.float32), np.empty(width, np.float32)
    weighed = np.empty((5, width), np.float32)
    for row in rows_in(band, sums.shape[0]):
        y = SPARSE * row + SPARSE // 2
        _camera_row(way, y, height, source.fx, source.fy)
        moves_row(y, height, source)
        bilinear_row(before, width, 0, 1, source, carried)
        from_middle = (F(y) + F(0.5) - F(0.5) * F(height)) / F(width)
        _say_row(across[y], down[y], from_middle, said[2], said[3])
        for x in range(width):
            said[0, x], said[1, x] = across[y, x], down[y, x]
            said[4, x] = carried[x] - grey[y, x]
        _weigh_row(said, source.inside, per_other, weighed)
        n = 0
        for i in range(5):
            for k in range(i, 5):
                sums[row, n] = _product(weighed[i], said[k])
                n += 1


@kernel
def _misses(
    band: Band, grey: Floats, previous: Floats, flow: Floats, way: Floats, out: Floats
) -> None:
    """The mean squared difference in each cell from what was there: as it stood, where the camera,
    and where the flow has brought it. One row in EVERY is asked."""
    height, width = grey.shape
    _, rows, columns = out.shape
    before = previous.reshape(-1)
    source = empty_source(width)
    carried, total = np.empty(width, np.float32), np.empty((3, width), np.float32)
    for row in rows_in(band, rows):
        total[:] = F(0)
        asked = 0
        top, bottom = row * height // rows, (row + 1) * height // rows
        for y in range(top + EVERY // 2, bottom, EVERY):
            asked += 1
            _add_row(grey[y], previous[y], total[0])
            _camera_row(way, y, height, source.fx, source.fy)
            moves_row(y, height, source)
            bilinear_row(before, width, 0, 1, source, carried)
            _add_row(grey[y], carried, total[1])
            source_row(flow[y], y, height, source)
            bilinear_row(before, width, 0, 1, source, carried)
            _add_row(grey[y], carried, total[2])
        for column in range(columns):
            left, right = column * width // columns, (column + 1) * width // columns
            for k in range(3):
                out[k, row, column] = total[k, left:right].sum() / F(max(asked, 1) * (right - left))


@brush
def _camera_row(way: Floats, y: int, height: int, along: Floats, down: Floats) -> None:
    """How the pixels of row `y` move with the camera."""
    width = along.shape[0]
    per_width = F(1) / F(width)
    from_middle = (F(y) + F(0.5) - F(0.5) * F(height)) * per_width
    zoom, turn = way[2] * per_width, way[3] * per_width
    first_along = way[0] - way[3] * from_middle - F(0.5) * way[2]
    first_down = way[1] + way[2] * from_middle - F(0.5) * way[3]
    for x in range(width):
        along[x] = first_along + zoom * (F(x) + F(0.5))
        down[x] = first_down + turn * (F(x) + F(0.5))


@brush
def _say_row(across: Floats, down: Floats, from_middle: F, zoom: Floats, turn: Floats) -> None:
    per_width = F(1) / F(across.shape[0])
    for x in range(across.shape[0]):
        aside = (F(x) + F(0.5)) * per_width - F(0.5)
        zoom[x] = across[x] * aside + down[x] * from_middle
        turn[x] = down[x] * aside - across[x] * from_middle


@brush
def _weigh_row(said: Floats, inside: Floats, per_other: F, weighed: Floats) -> None:
    missed = said[4]
    weight = np.empty(missed.shape[0], np.float32)
    for x in range(missed.shape[0]):
        other = missed[x] * per_other
        doubt = F(1) + other * other
        weight[x] = inside[x] / (doubt * doubt)
    for k in range(5):
        for x in range(missed.shape[0]):
            weighed[k, x] = weight[x] * said[k, x]


@brush
def _product(one: Floats, other: Floats) -> F:
    total = F(0)
    for x in range(one.shape[0]):
        total += one[x] * other[x]
    return total


@brush
def _add_row(grey: Floats, carried: Floats, total: Floats) -> None:
    for x in range(grey.shape[0]):
        missed = carried[x] - grey[x]
        total[x] += missed * missed

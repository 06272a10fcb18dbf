"""Crumbs: pieces of a label map too small to be cut out, merged into their neighbours."""

import numba
import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Bytes, Floats
from restyle.engine.palette import LANES


@numba.njit(cache=True, nogil=True)
def _root(parent: NDArray[np.int32], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@numba.njit(cache=True, nogil=True)
def merge_crumbs(
    label: Bytes, shown: Bytes, flow: Floats, least: int, second: Bytes, share: Floats
) -> None:
    """Give pieces smaller than `least` pixels, in place, to the neighbour of longest border.

    A piece that was already shown in the last frame may stay down to half that size.
    """
    height, width = label.shape
    parent = np.empty(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            i = y * width + x
            parent[i] = i
            here = label[y, x]
            left = x > 0 and label[y, x - 1] == here
            up = y > 0 and label[y - 1, x] == here
            if left:
                parent[i] = parent[i - 1]
                if up and label[y - 1, x - 1] != here:
                    a = _root(parent, i - 1)
                    b = _root(parent, i - width)
                    if a < b:
                        parent[b] = a
                        parent[i] = a
                    else:
                        parent[a] = b
                        parent[i] = b
            elif up:
                parent[i] = parent[i - width]
    area = np.zeros(height * width, np.int32)
    for i in range(height * width):
        parent[i] = _root(parent, i)
        area[parent[i]] += 1
    familiar = np.zeros(height * width, np.int32)
    row_of = np.full(height * width, -1, np.int32)
    for y in range(height):
        for x in range(width):
            p = parent[y * width + x]
            if least > area[p] >= least // 2:
                px = min(max(int(x + flow[y, x, 0] + 0.5), 0), width - 1)
                py = min(max(int(y + flow[y, x, 1] + 0.5), 0), height - 1)
                if shown[py, px] == label[y, x]:
                    familiar[p] += 1
    crumbs = 0
    for i in range(height * width):
        if parent[i] == i and area[i] < least and 2 * familiar[i] < area[i]:
            row_of[i] = crumbs
            crumbs += 1
    for _ in range(3):
        if crumbs == 0:
            return
        crumbs = _absorb(label, parent, row_of, crumbs, second, share)


@numba.njit(cache=True, nogil=True)
def _absorb(
    label: Bytes,
    parent: NDArray[np.int32],
    row_of: NDArray[np.int32],
    crumbs: int,
    second: Bytes,
    share: Floats,
) -> int:
    """Relabel crumbs that touch something larger; the number of those left."""
    height, width = label.shape
    border = np.zeros((crumbs, LANES), np.int32)
    for y in range(height):
        for x in range(width):
            row = row_of[parent[y * width + x]]
            if row < 0:
                continue
            if x > 0 and row_of[parent[y * width + x - 1]] < 0:
                border[row, label[y, x - 1]] += 1
            if x < width - 1 and row_of[parent[y * width + x + 1]] < 0:
                border[row, label[y, x + 1]] += 1
            if y > 0 and row_of[parent[(y - 1) * width + x]] < 0:
                border[row, label[y - 1, x]] += 1
            if y < height - 1 and row_of[parent[(y + 1) * width + x]] < 0:
                border[row, label[y + 1, x]] += 1
    given = np.full(crumbs, -1, np.int32)
    for row in range(crumbs):
        best = 0
        for k in range(LANES):
            if border[row, k] > best:
                best = border[row, k]
                given[row] = k
    for y in range(height):
        for x in range(width):
            row = row_of[parent[y * width + x]]
            if row >= 0 and given[row] >= 0:
                label[y, x] = given[row]
                second[y, x] = given[row]
                share[y, x] = 1
    left = 0
    for i in range(height * width):
        if row_of[i] >= 0:
            if given[row_of[i]] >= 0:
                row_of[i] = -1
            else:
                row_of[i] = left
                left += 1
    return left

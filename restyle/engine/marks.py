"""Marks on a row of pixels, and where they are: for kernels that have work to do at few of them.

A byte a pixel, which vectorised loops set; they are looked through eight at a time.
"""

import numpy as np
from numpy.typing import NDArray

from restyle.engine.kernels import Bytes, brush

Places = NDArray[np.uint32]


@brush
def empty_marks(width: int) -> Bytes:
    """Marks for a row of `width`, none of them set; and some more, never to be set."""
    return np.zeros((width + 7) // 8, np.uint64).view(np.uint8)


@brush
def marked(marks: Bytes) -> Places:
    """The places of the marks that are set, in order."""
    eights = marks.view(np.uint64)
    places = np.empty(marks.shape[0], np.uint32)
    count = 0
    for i in range(eights.shape[0]):
        if eights[i] == np.uint64(0):
            continue
        for x in range(8 * i, 8 * i + 8):
            places[count] = x
            count += marks[x] != 0
    return places[:count]


@brush
def run_starts(labels: Bytes) -> Places:
    """Where runs of equal labels start in a row."""
    marks = empty_marks(labels.shape[0])
    _mark_changes(labels[1:], labels[:-1], marks[1:])
    marks[0] = np.uint8(1)
    return marked(marks)


@brush
def _mark_changes(labels: Bytes, before: Bytes, marks: Bytes) -> None:
    for x in range(labels.shape[0]):
        marks[x] = np.uint8(labels[x] != before[x])

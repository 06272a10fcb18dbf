"""The bristles of a brush: noise drawn out along strokes, by which they break into streaks.

Where a brush has little ink left, its hairs part and the paper shows between them, along the
stroke: "flying white". After line integral convolution, only where there are strokes.
"""

import numba
import numpy as np

from restyle.engine.kernels import F, Floats, kernel


def hairs(
    noise: Floats,
    strokes: tuple[Floats, float],
    others: tuple[Floats, float],
    tangents: Floats,
    length: int,
) -> Floats:
    """`noise` (h, w) averaged over `length` pixels each way along `tangents` (h, w, 2).

    Only where one of two line responses is below its threshold, given with it; 0 elsewhere.
    """
    out = np.zeros_like(noise)
    _hairs(noise, strokes[0], F(strokes[1]), others[0], F(others[1]), tangents, length, out)
    return out


@kernel
def _hairs(
    noise: Floats,
    strokes: Floats,
    threshold: F,
    others: Floats,
    other_threshold: F,
    tangents: Floats,
    length: int,
    out: Floats,
) -> None:
    height, width = noise.shape
    for y in numba.prange(height):
        for x in range(width):
            if strokes[y, x] > threshold and others[y, x] > other_threshold:
                continue
            total = noise[y, x]
            for way in range(2):
                dx = tangents[y, x, 0]
                dy = tangents[y, x, 1]
                if way == 1:
                    dx = -dx
                    dy = -dy
                px = F(x) + F(0.5)
                py = F(y) + F(0.5)
                for _ in range(length):
                    px += dx
                    py += dy
                    sx = min(max(np.int32(px), np.int32(0)), np.int32(width - 1))
                    sy = min(max(np.int32(py), np.int32(0)), np.int32(height - 1))
                    total += noise[sy, sx]
                    tx = tangents[sy, sx, 0]
                    ty = tangents[sy, sx, 1]
                    # Tangents have no sign of their own: keep going the way we came.
                    if tx * dx + ty * dy < F(0):
                        tx = -tx
                        ty = -ty
                    dx = tx
                    dy = ty
            out[y, x] = total / F(2 * length + 1)

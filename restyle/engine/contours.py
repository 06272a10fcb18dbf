"""Contours: faint edges that run far on their own, as between one pale petal and the next.

What an edge must be to be drawn depends on those around it (surround suppression: Grigorescu,
Petkov and Westenberg, 2003), and on how far it runs (hysteresis along the tangents). A faint but
long one is a contour; one among many short ones is of fur or foliage.
"""

from typing import NamedTuple

import numpy as np

from restyle.engine.blurs import wide_blur
from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, kernel, rows_in
from restyle.engine.pictures import blur, enlarge, shrink
from restyle.engine.tones import smoothstep, smoothstep_pixel
from restyle.engine.tracing import traced

# Edges, as responses of lines: what is noise, and the strength beyond which one counts no more
# among those around another, which count CROWD times within SURROUND (σ, half-size pixels at
# 720p).
NOISE, STRONG = 0.0009, 0.005
CROWD, SURROUND = 2.4, 20.0
# Beside noise and surroundings, the strength from which an edge is seen, and is so clearly.
SEEN, CLEAR = 0.5, 1.2
# Of REACH half-size pixels at 720p along the tangents both ways, looked at every STRIDE, how much
# must be edge, and is enough.
REACH, STRIDE = 25.0, 5.0
BROKEN, WHOLE = 0.33, 0.62
# Of the edges within REALM (σ, half-size pixels at 720p), how many must run on for it to be one
# of things, and not of fur; and a share of the picture that is too little to tell.
REALM, FUR, THINGS = 40.0, 0.36, 0.58
LITTLE = 0.003


class Found(NamedTuple):
    """Quarter size, float32 (h, w): `gain`, by which responses count beside those around them;
    `long`, 0–1, how far what is there runs on; `seen`, 0–1, whether there is an edge at all."""

    gain: Floats
    long: Floats
    seen: Floats


def find(strength: Floats, frame: Frame) -> Found:
    """What of edges is long, from their `strength` (quarter size; 0 where none is)."""
    around = wide_blur(np.minimum(strength, F(STRONG)), SURROUND * frame.scale / 2, 2)
    gain, seen, long = (np.empty_like(strength) for _ in range(3))
    _see(strength, around, gain, seen)
    steps = max(round(REACH * frame.scale / STRIDE), 2)
    tangents = strides(frame, strength.shape)
    (run,) = traced([seen], tangents, [np.ones(steps + 1, np.float32)])
    _tell_long(run, long)
    return Found(gain, long, seen)


@kernel
def _see(band: Band, strength: Floats, around: Floats, gain: Floats, seen: Floats) -> None:
    for y in rows_in(band, gain.shape[0]):
        for x in range(gain.shape[1]):
            beside = F(1) / (F(CROWD) * around[y, x] + F(NOISE))
            gain[y, x] = beside
            seen[y, x] = smoothstep_pixel(F(SEEN), F(CLEAR), strength[y, x] * beside)


@kernel
def _tell_long(band: Band, run: Floats, long: Floats) -> None:
    for y in rows_in(band, run.shape[0]):
        for x in range(run.shape[1]):
            long[y, x] = smoothstep_pixel(F(BROKEN), F(WHOLE), run[y, x])


def strides(frame: Frame, size: tuple[int, ...]) -> Floats:
    """Tangents for walks at quarter size, (height, width), whose steps are of STRIDE."""
    tangents = frame.tangents[:, ::2, ::2][:, : size[0], : size[1]]
    return np.ascontiguousarray(tangents * F(STRIDE / 2))


def contours(edges: Floats, frame: Frame) -> Floats:
    """How clearly each pixel is of a contour: seen from SEEN on, less towards a stroke's ends.

    `edges` are line responses followed along the tangents, negative where ink belongs; half size.
    """
    found = find(np.maximum(-shrink(edges, 2), F(0)), frame)
    sigma = REALM * frame.scale / 2 / 4
    of_things = blur(shrink(found.seen * found.long, 4), sigma)
    of_things /= blur(shrink(found.seen, 4), sigma) + F(LITTLE)
    small = smoothstep(FUR, THINGS, of_things)
    gain = -found.gain * found.long * enlarge(small, found.gain.shape)
    return np.asarray(enlarge(gain, frame.half_size) * edges, np.float32)

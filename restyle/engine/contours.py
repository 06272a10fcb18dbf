"""Contours: faint edges that run far on their own, as between one pale petal and the next.

What an edge must be to be drawn depends on those around it (surround suppression: Grigorescu,
Petkov and Westenberg, 2003), and on how far it runs (hysteresis along the tangents). A faint but
long one is a contour; one among many short ones is of fur or foliage.
"""

from typing import NamedTuple

import cv2
import numpy as np

from restyle.engine.blurs import wide_blur
from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, kernel, rows_in
from restyle.engine.pictures import blur, enlarge, shrink
from restyle.engine.tones import smoothstep, smoothstep_pixel
from restyle.engine.tracing import traced

# Edges around another count CROWD times within SURROUND (σ, half-size pixels at 720p).
CROWD, SURROUND = 2.4, 20.0
# Beside noise and surroundings, the strength from which an edge is seen, and is so clearly.
SEEN, CLEAR = 0.5, 1.2
# Of REACH half-size pixels at 720p along the tangents both ways, looked at every STRIDE, how much
# must be edge, and is enough.
REACH, STRIDE = 25.0, 5.0
# Of the edges within REALM (σ, half-size pixels at 720p), how many must run on for it to be one
# of things, and not of fur; and a share of the picture that is too little to tell.
REALM, FUR, THINGS = 40.0, 0.36, 0.58
LITTLE = 0.003
# Of all edges of the picture, how many run on where fur may be in it, and where none is.
FURRY, SMOOTH = 0.65, 0.71
# Where no fur is, a contour is drawn so many times as clear, and only where it is more than this
# share of the strongest within RIDGE (quarter-size pixels at 720p): fainter ones, as fine lines.
FULLER, FINE, RIDGE = 1.5, 0.36, 2.0
EVERY = 12  # frames in one of which that is looked at
SLOWLY = 0.06  # how much of it enters the shot's own, a frame


class Care(NamedTuple):
    """What is taken for an edge. As responses of lines: `noise`, and the `strong` response beyond
    which one counts no more among those around another. And of a walk along it, the share that is
    edge where it is `broken`, and where it is `whole`."""

    noise: float
    strong: float
    broken: float
    whole: float


CAREFUL = Care(noise=0.0009, strong=0.005, broken=0.33, whole=0.62)
# Where no fur is, the rim of the whole doesn't drown the fainter ones within.
FREE = Care(noise=0.0007, strong=0.002, broken=0.30, whole=0.55)


class Found(NamedTuple):
    """Quarter size, float32 (h, w): `gain`, by which responses count beside those around them;
    `long`, 0–1, how far what is there runs on; `seen`, 0–1, whether there is an edge at all."""

    gain: Floats
    long: Floats
    seen: Floats


def find(strength: Floats, frame: Frame, care: Care = CAREFUL) -> Found:
    """What of edges is long, from their `strength` (quarter size; 0 where none is)."""
    around = wide_blur(np.minimum(strength, F(care.strong)), SURROUND * frame.scale / 2, 2)
    gain, seen, long = (np.empty_like(strength) for _ in range(3))
    _see(strength, around, F(care.noise), gain, seen)
    steps = max(round(REACH * frame.scale / STRIDE), 2)
    tangents = strides(frame, strength.shape)
    (run,) = traced([seen], tangents, [np.ones(steps + 1, np.float32)])
    _tell_long(run, F(care.broken), F(care.whole), long)
    return Found(gain, long, seen)


@kernel
def _see(
    band: Band, strength: Floats, around: Floats, noise: F, gain: Floats, seen: Floats
) -> None:
    for y in rows_in(band, gain.shape[0]):
        for x in range(gain.shape[1]):
            beside = F(1) / (F(CROWD) * around[y, x] + noise)
            gain[y, x] = beside
            seen[y, x] = smoothstep_pixel(F(SEEN), F(CLEAR), strength[y, x] * beside)


@kernel
def _tell_long(band: Band, run: Floats, broken: F, whole: F, long: Floats) -> None:
    for y in rows_in(band, run.shape[0]):
        for x in range(run.shape[1]):
            long[y, x] = smoothstep_pixel(broken, whole, run[y, x])


def strides(frame: Frame, size: tuple[int, ...]) -> Floats:
    """Tangents for walks at quarter size, (height, width), whose steps are of STRIDE."""
    tangents = frame.tangents[:, ::2, ::2][:, : size[0], : size[1]]
    return np.ascontiguousarray(tangents * F(STRIDE / 2))


class Contours:
    """Finds the contours of one clip, frame by frame: more freely where no fur is."""

    def __init__(self) -> None:
        self._freedom: float | None = None
        self._wanted = 0.0
        self._age = 0

    def read(self, edges: Floats, frame: Frame) -> Floats:
        """How clearly each pixel is of a contour: seen from SEEN on, less towards a stroke's ends.

        `edges` are line responses followed along the tangents, negative where ink belongs; half
        size.
        """
        strength = np.maximum(-shrink(edges, 2), F(0))
        freedom = self._free(strength, frame)
        care = Care(*(a + freedom * (b - a) for a, b in zip(CAREFUL, FREE, strict=True)))
        found = find(strength, frame, care)
        sigma = REALM * frame.scale / 2 / 4
        of_things = blur(shrink(found.seen * found.long, 4), sigma)
        of_things /= blur(shrink(found.seen, 4), sigma) + F(LITTLE)
        small = smoothstep(FUR, THINGS, of_things)
        gain = found.gain * found.long * enlarge(small, found.gain.shape)
        clear = enlarge(-gain, frame.half_size) * edges
        if freedom > 0:
            side = 2 * round(RIDGE * frame.scale) + 1
            peak = cv2.dilate(gain * strength, np.ones((side, side), np.uint8))
            beyond = np.maximum(blur(np.asarray(peak, np.float32), 1) - F(SEEN), F(0))
            clear -= enlarge(F(freedom * FINE) * beyond, frame.half_size)
            clear = F(SEEN) + F(1 + freedom * (FULLER - 1)) * (clear - F(SEEN))
        return np.asarray(clear, np.float32)

    def _free(self, strength: Floats, frame: Frame) -> float:
        """0 where there may be fur in the shot, or people, 1 where there are none."""
        is_new = frame.is_cut or self._freedom is None
        self._age = 0 if is_new else self._age + 1
        if self._age % EVERY == 0 and not frame.passes:
            found = find(strength, frame)
            runs_on = float((found.seen * found.long).mean())
            share = np.asarray(runs_on / (float(found.seen.mean()) + LITTLE), np.float32)
            # Nor is a picture of people freed: folds of cloth are no contours.
            self._wanted = 0.0 if frame.faces else float(smoothstep(FURRY, SMOOTH, share))
        if is_new or self._freedom is None:
            self._freedom = self._wanted
        self._freedom += SLOWLY * (self._wanted - self._freedom)
        return self._freedom

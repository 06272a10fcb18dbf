"""Contours: faint edges that run far on their own, as between one pale petal and the next.

What an edge must be to be drawn depends on those around it (surround suppression: Grigorescu,
Petkov and Westenberg, 2003), and on how far it runs (hysteresis along the tangents). A faint but
long one is a contour; one among many short ones is of fur or foliage.
"""

import numpy as np

from restyle.engine.blurs import wide_blur
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import enlarge, shrink
from restyle.engine.tones import smoothstep
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
REACH, STRIDE = 24.0, 4.0
BROKEN, WHOLE = 0.33, 0.62
# Of the edges within REALM (σ, half-size pixels at 720p), how many must run on for it to be one
# of things, and not of fur; and a share of the picture that is too little to tell.
REALM, FUR, THINGS = 40.0, 0.36, 0.58
LITTLE = 0.003


def contours(edges: Floats, frame: Frame) -> Floats:
    """How clearly each pixel is of a contour: seen from SEEN on, less towards a stroke's ends.

    `edges` are line responses followed along the tangents, negative where ink belongs; half size.
    """
    scale = frame.scale
    small = np.maximum(-shrink(edges, 2), F(0))
    around = wide_blur(np.minimum(small, F(STRONG)), SURROUND * scale / 2, 2)
    gain = F(1) / (F(CROWD) * around + F(NOISE))
    seen = smoothstep(SEEN, CLEAR, small * gain)
    height, width = seen.shape
    tangents = frame.tangents[:, ::2, ::2][:, :height, :width] * F(STRIDE / 2)
    steps = max(round(REACH * scale / STRIDE), 2)
    (run,) = traced([seen], tangents, [np.ones(steps + 1, np.float32)])
    long = smoothstep(BROKEN, WHOLE, run)
    of_things = wide_blur(seen * long, REALM * scale / 2, 4)
    of_things /= wide_blur(seen, REALM * scale / 2, 4) + F(LITTLE)
    gain *= long * smoothstep(FUR, THINGS, of_things)
    return np.asarray(enlarge(gain, frame.half_size) * -edges, np.float32)

"""Where black ends: crisp in tone that slides, in tapering strokes where it falls fast.

Ink lies where tone is low. In tone that slides slowly this alone would end black in a wide grey
smear; so tone is steepened around the ink's edge until that is as crisp as a drawn one.
"""

import cv2
import numpy as np

from restyle.engine.blurs import darkest
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats
from restyle.engine.pictures import blur, enlarge, layered, shrink
from restyle.engine.tones import smoothstep

INK_AT, INK_SHARPNESS = 0.16, 10.0  # the tone under which ink begins, and how fast it grows
BRINK = 0.12  # the tone from which black is steepened, to both sides
SOLID, CLEAR = -0.04, 0.28  # how far: beyond, strong lines still show
CRISP = 0.042  # tone a half-size pixel at 720p: how steep the end of black is made
STEP = 0.02, 0.10  # of the lines: tone that slides, and that steps
OVER = 5.0  # half-size pixels at 720p: over how many falls of tone are measured
# Such falls, in tone a half-size pixel at 720p: those too gentle to have an edge; those too gentle
# for strokes, as a sky's, where they would only flicker; and those that are edges themselves.
SETTLED, FALLS, STEEP = (0.0004, 0.0010), (0.0030, 0.0042), (0.010, 0.024)
WIDE = 4.0  # half-size pixels at 720p: tone falls at least so far around strokes
FEATHER, LONGEST = 0.12, 26.0  # tone over which strokes run out, within so many half-size pixels


def ended(mass: Floats, lines: Floats, frame: Frame) -> Floats:
    """Tone `mass` with `lines` sharpened into it and its blacks ended, half size (h, w, 2).

    Ink is where the first layer is under INK_AT; the second is how far, in that tone, black runs
    out in strokes. Faces are left as they are.
    """
    small = blur(shrink(mass, 4), OVER * frame.scale / 4)
    ways = ((1, 0), (0, 1))
    along, down = (cv2.Sobel(small, cv2.CV_32F, *way, scale=frame.scale / 32) for way in ways)
    fall = np.maximum(cv2.magnitude(along, down), F(SETTLED[0]))
    sliding = smoothstep(*SETTLED, fall) * (F(1) - smoothstep(*STEEP, fall))
    steep = F(BRINK) + (small - F(BRINK)) * np.maximum(F(CRISP) / fall, F(1))
    # Strokes go up to the right: where black ends along them, its edge is clean.
    across = np.square(along - down) / np.square(fall) / F(2)
    length = np.minimum(F(FEATHER) / fall, F(LONGEST))
    # Far and wide, not in the skirts of an edge alone.
    shade = darkest(fall, 2 * round(WIDE * frame.scale / 4) + 1)
    run = smoothstep(*FALLS, shade) * across * length * F(CRISP)
    edge = enlarge(layered(steep, sliding, run), frame.half_size)
    bare = F(1) - frame.face_mask
    sliding = edge[..., 1] * bare * (F(1) - smoothstep(*STEP, np.abs(lines)))
    # No further than ink and its strokes reach: lines are drawn beyond.
    reach = F(0.5) * edge[..., 2]
    ended = np.clip(edge[..., 0], F(SOLID) - reach, np.maximum(F(CLEAR) + reach, mass))
    return layered(mass + sliding * (ended - mass) + lines, sliding * edge[..., 2])

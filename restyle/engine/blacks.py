"""Where black ends: crisp in tone that slides, in tapering strokes where it falls fast.

Ink lies where tone is low. In tone that slides slowly this alone would end black in a wide grey
smear; so tone is steepened around the ink's edge until that is as crisp as a drawn one.
"""

import cv2
import numpy as np

from restyle.engine.blurs import darkest
from restyle.engine.frames import Frame
from restyle.engine.kernels import F, Floats, brush
from restyle.engine.pictures import blur, enlarge, layered, shrink
from restyle.engine.tones import smoothstep

INK_AT = 0.10  # the tone under which there is ink
# Over how much tone ink ends: over so many full-size pixels where tone falls steeply, as beside
# lines, or it would be cut out in whole pixels, whose steps flicker; within so much and so little.
INK_PIXELS = 1.0
INK_SOFT = 0.10, 0.19
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


@brush
def ink_row(above: Floats, here: Floats, below: Floats, strokes: Floats, ink: Floats) -> None:
    """How much ink there is on a full-size row of the tone that `ended` gives, 0–1.

    `above` and `below` are its neighbours, `strokes` what is added to it.
    """
    left, right = here, here[2:]
    for x in range(1, here.shape[0] - 1):
        across, down = right[x - 1] - left[x - 1], below[x] - above[x]
        steep = F(0.5 * INK_PIXELS) * np.sqrt(across * across + down * down)
        soft = min(max(steep, F(INK_SOFT[0])), F(INK_SOFT[1]))
        bare = F(0.5) + (here[x] + strokes[x] - F(INK_AT)) / soft
        ink[x] = F(1) - min(max(bare, F(0)), F(1))
    ink[0], ink[-1] = ink[1], ink[-2]

"""Style 6, simple illustration: few flat colours, clean round shapes, faces with drawn features."""

from collections.abc import Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from restyle.engine.colours import Manner
from restyle.engine.features import features, paint_features_pixel
from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes, F, Floats, kernel
from restyle.engine.motion import Memory
from restyle.engine.pictures import blur, luma, shrink
from restyle.engine.regions import Cut, Regions
from restyle.engine.shot_palette import shot_palette, with_true_faces
from restyle.engine.surfaces import place_pixel, sample_pixel
from restyle.engine.tones import byte_pixel

MANNER = Manner(clusters=16, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.22)
CUT = Cut(blur=1.3, round=1.6, crumb=150)
GRADIENT = 0.16  # strength of the soft light that keeps large areas from looking dead
GRADIENT_SIGMA = 40.0  # half-size pixels at 720p
FEATURE = 0.93  # opacity of eyes and mouths


class SimpleIllustration:
    """See the module."""

    abstraction = Abstraction(passes=4, range_sigma=32, radius=4.5, sharpness=4, face_relief=0)

    def __init__(self) -> None:
        self._regions: Regions | None = None

    def prepare(self, samples: Sequence[Bytes]) -> None:
        """Take the palette from the samples; without any, the first frame will do."""
        if samples:
            self._regions = Regions(shot_palette(samples, MANNER), CUT)

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """Flat colours, a soft gradient of light, features of faces."""
        if self._regions is None:
            self._regions = Regions(shot_palette([frame.full], MANNER), CUT)
        palette = self._regions.palette
        frame = with_true_faces(frame, palette)
        height, width = frame.size
        field = self._regions.read(frame, (width, height))
        shapes = features(frame, memory)
        out = np.empty((height, width, 3), np.uint8)
        _compose(
            field.first,
            field.second,
            field.share,
            palette.rgb,
            _gradient(frame),
            shapes.response,
            shapes.window,
            palette.features,
            out,
        )
        return out


def _gradient(frame: Frame) -> Floats:
    """The scene's broad light, around 1: a quarter-size map."""
    broad = blur(shrink(luma(frame.abstract), 4), GRADIENT_SIGMA * frame.scale / 4)
    light: Floats = F(1) + F(GRADIENT) * (broad - broad.mean())
    return light


@kernel
def _compose(
    first: Bytes,
    second: Bytes,
    share: Bytes,
    colours: Floats,
    light: Floats,
    shapes: Floats,
    window: NDArray[np.int32],
    inks: Floats,
    out: Bytes,
) -> None:
    height, width = first.shape
    top, bottom, left, right = window[0], window[1], window[2], window[3]
    for y in numba.prange(height):
        for x in range(width):
            one = colours[first[y, x]]
            red = one[0]
            green = one[1]
            blue = one[2]
            if share[y, x] < 255:
                two = colours[second[y, x]]
                rest = F(1) - F(share[y, x]) * F(1 / 255)
                red += rest * (two[0] - red)
                green += rest * (two[1] - green)
                blue += rest * (two[2] - blue)
            py, px = place_pixel(y, x, (height, width), light.shape)
            lit = sample_pixel(light, py, px)
            red *= lit
            green *= lit
            blue *= lit
            if top <= y < bottom and left <= x < right:
                py, px = place_pixel(y, x, (height, width), shapes.shape[:2])
                red, green, blue = paint_features_pixel(
                    shapes, inks, F(FEATURE), py, px, red, green, blue
                )
            out[y, x, 0] = byte_pixel(red)
            out[y, x, 1] = byte_pixel(green)
            out[y, x, 2] = byte_pixel(blue)

"""The way into the engine's painting: frames of a clip in, styled frames out.

`Stylizer` renders one clip, frame by frame and in order; `warm_up()` compiles what all of them
need, once, before the first request.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from restyle.engine.following import Followed
from restyle.engine.frames import Frame, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.looks import LOOKS
from restyle.engine.motion import Memory, Motion
from restyle.engine.planes import Planes, to_planes, to_rgb
from restyle.engine.settling import Settler
from restyle.engine.surfaces import crisper
from restyle.styles import Options, Style

WARM_SIZE = (288, 256)
CRISP_SIGMA = 1.6  # pixels at 720p
CRISP = 1.2


class Painted(NamedTuple):
    """A painted `picture`, RGB 8 bits (height, width, 3), and of its frame what settling asks."""

    picture: Bytes
    motion: Motion
    scale: float


class Stylizer:
    """One clip in one style.

    `size` is (width, height) of the output in pixels; `samples` gives a few RGB frames spread
    over the clip, from which palettes are taken. `render` is `follow`, `see`, `paint` and
    `settle`; each may have a thread of its own, which takes the frames in order.
    """

    def __init__(
        self, options: Options, size: tuple[int, int], samples: Iterable[Bytes] = ()
    ) -> None:
        self.size = size
        self._look = LOOKS[options.style]()
        self._reader = FrameReader(self._look.abstraction, keep_faces=options.animate_emotion)
        self._memory = Memory()
        self._look.prepare(samples)
        self._settler = Settler()
        self._is_crisp = options.use_SR

    def render(self, frame_rgb: Bytes) -> Bytes:
        """The next frame, styled: RGB 8 bits (height, width, 3) in and out; raises as `follow`."""
        return to_rgb(self.settle(self.paint(self.see(self.follow(frame_rgb)))))

    def follow(self, frame_rgb: Bytes) -> Followed:
        """Where the next frame, RGB 8 bits (height, width, 3), came from.

        Raises ValueError for a frame of another size or type.
        """
        width, height = self.size
        if frame_rgb.shape != (height, width, 3) or frame_rgb.dtype != np.uint8:
            raise ValueError(
                f"A frame of {frame_rgb.shape} {frame_rgb.dtype} was given, "
                f"but this clip has {(height, width, 3)} uint8."
            )
        return self._reader.follow(frame_rgb)

    def see(self, followed: Followed) -> Frame:
        """What is in the next frame that was followed."""
        return self._reader.see(followed)

    def paint(self, frame: Frame) -> Painted:
        """The next frame that was seen, in the style."""
        self._memory.advance(frame.motion)
        return Painted(self._look.paint(frame, self._memory), frame.motion, frame.scale)

    def settle(self, painted: Painted) -> Planes:
        """The next frame that was painted, as it is shown."""
        settled = self._settler.settle(to_planes(painted.picture), painted.motion)
        if self._is_crisp:
            return Planes(crisper(settled.luma, CRISP_SIGMA * painted.scale, CRISP), settled.chroma)
        return settled


def warm_up(styles: Sequence[Style] = tuple(LOOKS)) -> None:
    """Compile, or load from the cache, every kernel of `styles` by painting two small frames."""
    width, height = WARM_SIZE
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (height, width, 3), np.uint8)
    for style in styles:
        stylizer = Stylizer(Options(style=style), WARM_SIZE, [picture])
        for _ in range(2):
            stylizer.render(picture)

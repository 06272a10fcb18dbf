"""The eight looks, one file each; `LOOKS` maps a Style to what makes its Look.

How a ninth style is made:
1. Add it to `restyle.styles.Style`.
2. Write `looks/its_name.py` with a class that is a `Look`: say how far the picture is abstracted,
   and paint each frame from the shared stages. Half-size passes first (glow, line responses,
   `memory.blend` for whatever must not flicker), then one kernel over the full-size picture that
   calls brushes (`upsample_row`, `curve_pixel`, `ink_pixel` …). Constants are named, tuned at
   720p, and multiplied by `frame.scale` where they are σ, radii, shifts or pitches.
3. Add its line to LOOKS. The property tests in `tests/engine/test_looks.py` then cover it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from restyle.engine.frames import Abstraction, Frame
from restyle.engine.kernels import Bytes
from restyle.engine.looks.american_comic import AmericanComic
from restyle.engine.looks.cartoon_3d import Cartoon3D
from restyle.engine.looks.chinese_cartoon import ChineseCartoon
from restyle.engine.looks.chinese_ink_wash import ChineseInkWash
from restyle.engine.looks.fresh_comic import FreshComic
from restyle.engine.looks.japanese_manga import JapaneseManga
from restyle.engine.looks.paper_art import PaperArt
from restyle.engine.looks.simple_illustration import SimpleIllustration
from restyle.engine.motion import Memory
from restyle.styles import Style


class Look(Protocol):
    """How one style paints. An instance serves one clip; it may keep state of its own."""

    abstraction: Abstraction

    def prepare(self, samples: Iterable[Bytes]) -> None:
        """Keep what gives a few RGB frames (H, W, 3) spread over the clip, maybe none.

        For palettes. They are decoded as they are taken, which most looks never do.
        """

    def paint(self, frame: Frame, memory: Memory) -> Bytes:
        """The styled frame: RGB 8 bits, full size. Called once a frame, in order."""


LOOKS: Mapping[Style, Callable[[], Look]] = {
    Style.JAPANESE_MANGA: JapaneseManga,
    Style.AMERICAN_COMIC: AmericanComic,
    Style.FRESH_COMIC: FreshComic,
    Style.CARTOON_3D: Cartoon3D,
    Style.CHINESE_CARTOON: ChineseCartoon,
    Style.PAPER_ART: PaperArt,
    Style.SIMPLE_ILLUSTRATION: SimpleIllustration,
    Style.CHINESE_INK_WASH: ChineseInkWash,
}

"""A proxy: a small H.264 copy of a clip, to look at where a player cannot play the clip itself.

Upright and in the clip's own times, so that what is chosen on it holds for the clip.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from proglog import ProgressBarLogger

from restyle.clips import Clip
from restyle.errors import Canceled
from restyle.footage.source import open_clip
from restyle.footage.writing import write_edit

SHORT_SIDE_PX = 480
LENGTH_S = 600.0
MOST_FPS = 30.0
NICENESS = 10


def write_proxy(
    clip: Clip,
    target: Path,
    *,
    on_progress: Callable[[float], None] = lambda share: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Write the proxy of a clip's first ten minutes, whole or not at all, behind all other work.

    `on_progress` gets 0 to 1; `should_stop` is asked several times a second. Raises FitError, or
    Canceled when it was told to stop.
    """
    fps = min(clip.fps, MOST_FPS)
    with open_clip(clip) as whole:
        footage = whole.subclipped(0, min(clip.duration_s, LENGTH_S)).resized(proxy_size(clip))
        write_edit(
            replace(footage.edit, fps=fps),
            target,
            sound=clip.has_audio,
            # A key frame each second: a press on the filmstrip shows at once what is there.
            options=["-preset", "ultrafast", "-crf", "27", "-g", str(round(fps))],
            logger=_Watch(on_progress, should_stop),
            niceness=NICENESS,
        )


def proxy_size(clip: Clip) -> tuple[int, int]:
    """Width and height in pixels: even, and never larger than the clip."""
    scale = min(1.0, SHORT_SIDE_PX / min(clip.width, clip.height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (clip.width, clip.height))
    return width, height


class _Watch(ProgressBarLogger):  # type: ignore[misc]  # proglog ships no types
    """proglog's bars as a share, and a way to stop."""

    def __init__(
        self, on_progress: Callable[[float], None], should_stop: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._say = on_progress
        self._should_stop = should_stop

    def bars_callback(self, bar: str, attr: str, value: Any, old_value: Any = None) -> None:
        """Hear of the frames that are done."""
        if self._should_stop():
            raise Canceled(
                "Preparing the clip was canceled.", what_next="Nothing was sent or billed."
            )
        if attr == "index" and self.bars[bar]["total"]:
            self._say(min(1.0, value / self.bars[bar]["total"]))

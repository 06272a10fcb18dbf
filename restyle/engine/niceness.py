"""How much of the machine the renderer, its stages and who compiles for it take."""

import contextlib
import os
import sys
from pathlib import Path

# A person waits for the page and its previews, nobody watches a render's every second: against
# what is as busy, it gets a third of the time. Alone on the machine it has all of it.
_NICENESS = 3


def step_back() -> None:
    """Leave the cores to this process's betters: the page, the previews."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # Where Linux shares its cores among sessions first, as on desktops, the session counts.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_NICENESS), encoding="ascii")


def step_aside(niceness: int) -> None:
    """Leave the cores to this process's other threads, by `niceness` (0 to 19): this thread only.

    Threads that it starts are as nice. Nothing happens where threads have no niceness of their own.
    """
    if sys.platform == "linux":
        os.nice(niceness)

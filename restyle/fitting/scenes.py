"""scene_changes(): where the scene changes, looked for only where parts of a clip may be cut.

Small pictures on the very grid of frames on which the parts are cut. A hard cut changes the whole
picture at once, unlike motion, and for good, unlike a flash.
"""

import itertools
import time
from collections.abc import Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from restyle.clips import Clip
from restyle.errors import ClipUnreadable
from restyle.fitting.parts import cut_windows
from restyle.fitting.plan import fitted_rate
from restyle.footage import Footage, Frame, open_clip

_SIZE = (48, 36)  # width, height of the pictures compared
_AROUND = 4  # frames before and after a cut that are looked at, too
_LEAST = 14.0  # mean change of a pixel, 0–255, that may be a cut
_STANDS_OUT = 3.0  # against the changes between the frames around it
# A busy machine, or a very large picture: beyond this share of the clip's length the rest is cut
# evenly.
_PATIENCE = 0.03
_LEAST_PATIENCE_S = 3.0


def scene_changes(
    clip: Clip, *, start_s: float = 0.0, end_s: float | None = None
) -> tuple[float, ...]:
    """The first frames of new scenes, in seconds of the clip, where `plan_parts` may cut.

    Where the picture cannot be read, there are none. Raises as `plan_parts`.
    """
    windows = cut_windows(clip, start_s=start_s, end_s=end_s)
    fps = fitted_rate(clip.fps)
    length_s = windows[-1][1] - windows[0][0] if windows else 0.0
    until = time.monotonic() + max(_LEAST_PATIENCE_S, _PATIENCE * length_s)
    found: list[float] = []
    with open_clip(clip) as footage:
        for low_s, high_s in windows:
            begin_s = max(0.0, low_s - _AROUND / fps)
            end = min(clip.duration_s, high_s + (_AROUND + 1) / fps)
            frames = _frames(footage, begin_s, end, fps, until)
            found += [begin_s + frame / fps for frame in hard_cuts(frames)]
    return tuple(found)


def hard_cuts(frames: Sequence[Frame]) -> list[int]:
    """The numbers of the frames that begin a new scene, among frames of one size in order."""
    pictures = [np.asarray(frame, np.float32) for frame in frames]
    steps = [_apart(a, b) for a, b in itertools.pairwise(pictures)]
    cuts = []
    for number in range(1, len(pictures)):
        step = steps[number - 1]
        around = [
            other
            for place, other in enumerate(steps)
            if place != number - 1 and abs(place - number + 1) <= _AROUND
        ]
        if step < _LEAST or step < _STANDS_OUT * float(np.median(around or [0.0])):
            continue
        before = pictures[max(0, number - _AROUND) : number]
        after = pictures[number : number + _AROUND]
        # After a flash the picture is the one before it again.
        if min(_apart(a, b) for a in before for b in after) >= _LEAST:
            cuts.append(number)
    return cuts


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.abs(one - other).mean())


def _frames(
    footage: Footage, begin_s: float, end_s: float, fps: float, until: float
) -> list[Frame]:
    """The small pictures of a window; as far as they can be read in time."""
    frames: list[Frame] = []
    try:
        with closing(footage.subclipped(begin_s, end_s).frames(fps, _SIZE)) as reading:
            for frame in reading:
                frames.append(frame)
                if time.monotonic() > until:
                    break
    except ClipUnreadable:
        return frames
    return frames

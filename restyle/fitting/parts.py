"""plan_parts(): a clip longer than the service takes, as parts that lose and double no frame.

Pure: `scenes` finds where a scene changes, and a cut goes there where one is near. Each part is
planned as a clip of its own, and coded anew, so that all of them come out alike.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from restyle.clips import Clip
from restyle.errors import ClipUnfit
from restyle.fitting.plan import ENCODED_S, FitPlan, chosen_times, fitted_rate, plan_fit
from restyle.fitting.words import in_parts, where_cut
from restyle.limits import clock

PART_S = ENCODED_S
"""The longest part, in seconds."""

MOST_S = 600.0
"""The longest clip that is made in parts, in seconds: each part is a task of its own."""

# Of a part's greatest length: what is left free for its ends to move, and how far a cut moves.
_ROOM = 0.05
_REACH = 0.1
_SLACK_S = 0.1  # a clip that is longer by no more than this is trimmed rather than cut in two


@dataclass(frozen=True)
class WholePlan:
    """The plans of the `parts` of one clip, in their order, each beginning where one ended.

    `scenes` tells for each cut between them whether the scene changes there.
    """

    parts: tuple[FitPlan, ...]
    scenes: tuple[bool, ...]

    @property
    def start_s(self) -> float:
        """Where the first part begins, in seconds of the clip."""
        return self.parts[0].start_s

    @property
    def end_s(self) -> float:
        """Where the last part ends, in seconds of the clip."""
        return self.parts[-1].end_s

    @property
    def duration_s(self) -> float:
        """The seconds of all parts, which the service bills."""
        return sum(part.duration_s for part in self.parts)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What will be done, a line for each thing."""
        if len(self.parts) == 1:
            return self.parts[0].reasons
        first = self.parts[0]
        times = in_parts(first.clip, len(self.parts), self.start_s, self.end_s)
        cuts = where_cut([part.start_s for part in self.parts[1:]], self.scenes)
        # The first of a part's own reasons is which part it is.
        return (times, cuts, *first.reasons[1:])

    def as_dict(self) -> dict[str, Any]:
        """The plan as `/submit` gives it, with the times of its `parts`."""
        parts = [part.as_dict() for part in self.parts]
        return {
            **parts[0],
            "end_s": round(self.end_s, 3),
            "duration_s": round(self.duration_s, 3),
            "reasons": list(self.reasons),
            "parts": [
                {name: part[name] for name in ("start_s", "end_s", "duration_s")} for part in parts
            ],
        }


def plan_parts(
    clip: Clip,
    scene_changes_s: Sequence[float] = (),
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    shape: Literal["crop", "pad"] = "crop",
    crop_at: float = 0.5,
) -> WholePlan:
    """Plan a clip, or the time from `start_s` to `end_s` of it, in as many parts as it needs.

    A cut goes to the change of scene that is nearest to even parts, where one is near enough.
    One part is planned as any clip is. Raises ClipUnfit above 10 minutes, else as `plan_fit`.
    """
    grid = _grid(clip, start_s, end_s)
    if grid.count == 1:
        plan = plan_fit(clip, start_s=start_s, end_s=end_s, shape=shape, crop_at=crop_at)
        return WholePlan((plan,), ())
    changes = [round((at - grid.first_s) * grid.fps) for at in scene_changes_s]
    cuts, scenes = [0], []
    for even, reach in grid.cuts:
        near = [frame for frame in changes if abs(frame - even) <= reach]
        cuts.append(min(near, key=lambda frame: abs(frame - even), default=even))
        scenes.append(bool(near))
    cuts.append(grid.frames)
    times = [grid.first_s + frame / grid.fps for frame in cuts]
    plans = tuple(
        plan_fit(clip, start_s=begin, end_s=end, shape=shape, crop_at=crop_at, copying=False)
        for begin, end in itertools.pairwise(times)
    )
    return WholePlan(plans, tuple(scenes))


def parts_needed(clip: Clip, *, start_s: float = 0.0, end_s: float | None = None) -> int:
    """How many parts a clip needs; raises as `plan_parts`."""
    return _grid(clip, start_s, end_s).count


def cut_windows(
    clip: Clip, *, start_s: float = 0.0, end_s: float | None = None
) -> tuple[tuple[float, float], ...]:
    """The times, in seconds of the clip, between which each cut may be; raises as `plan_parts`."""
    grid = _grid(clip, start_s, end_s)
    return tuple(
        (grid.first_s + (even - reach) / grid.fps, grid.first_s + (even + reach) / grid.fps)
        for even, reach in grid.cuts
    )


@dataclass(frozen=True)
class _Grid:
    """The frames of what was chosen, at the rate at which they come out."""

    first_s: float
    fps: float
    frames: int
    count: int

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """Where even parts would be cut, in frames, and how far each cut may go from there."""
        most = int(PART_S * self.fps + 1e-3)
        # Two neighbours that both move apart must still leave a part that is short enough.
        free = (most - -(-self.frames // self.count) - 1) // 2
        reach = max(0, min(free, int(_REACH * most)))
        return [(round(n * self.frames / self.count), reach) for n in range(1, self.count)]


def _grid(clip: Clip, start_s: float, end_s: float | None) -> _Grid:
    start, end = chosen_times(clip, start_s, end_s, most_s=math.inf)
    if end - start > MOST_S:
        raise ClipUnfit(
            f"The part from {start:g} to {end:g} s lasts {clock(end - start)}: too long to be "
            "made in parts.",
            what_next=f"Choose at most {MOST_S / 60:.0f} minutes of it.",
        )
    fps = fitted_rate(clip.fps)
    # The frame that is shown at the start, as the source steps.
    first = math.floor(start * clip.fps + 1e-3) / clip.fps
    frames = max(1, int((end - first) * fps + 1e-3))
    count = 1
    if end - start > PART_S + _SLACK_S:
        count = max(2, math.ceil(frames / (int(PART_S * fps) * (1 - _ROOM))))
    return _Grid(first, fps, frames, count)

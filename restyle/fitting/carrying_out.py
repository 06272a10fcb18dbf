"""fit(): carry out a plan in plain MoviePy, look at what came out, and only then hand it over."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from moviepy import vfx
from proglog import ProgressBarLogger

from restyle.clips import Clip, guard, inspect
from restyle.errors import Canceled, ClipError, FitError
from restyle.fitting.copying import copy_arguments, is_as_planned
from restyle.fitting.plan import FitPlan
from restyle.footage import open_clip
from restyle.limits import LIMITS, check

_AIM_BYTES = 95_000_000
_COPY_LIMIT_S = 60.0
_LESS = 0.85
_SHORTER_S = 0.3


def fit(
    plan: FitPlan,
    folder: Path,
    *,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Clip:
    """Carry out a plan; the outcome lies in `folder` and was found inside every limit.

    `on_progress` gets 0 to 1, at least twice a second while encoding; when `should_stop` says so,
    the work ends at once. Nothing half-made stays. Raises FitError, Canceled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    watch = _Watch(on_progress, should_stop)
    watch.look()
    if plan.unchanged:
        return _same_bytes(plan.clip, folder, watch)
    target = folder / "fitted.mp4"
    with _temporary(folder, ".mp4") as part:
        if plan.copied and (clip := _copy(plan, part, watch)):
            part.replace(target)
            watch.say(1.0)
            return replace(clip, path=target)
        size_bytes, duration_s = _AIM_BYTES, plan.duration_s
        for last in (False, True):
            _encode(plan, part, watch, size_bytes=size_bytes, duration_s=duration_s)
            clip = _looked_at(part)
            watch.look()
            wrong = [row for row in check(clip) if not row.ok]
            if not wrong:
                part.replace(target)
                watch.say(1.0)
                return replace(clip, path=target)
            if last:
                break
            # A second try, aiming lower by more than it went over.
            size_bytes = int(size_bytes * min(1, _LESS * _AIM_BYTES / clip.size_bytes))
            duration_s -= max(0.0, clip.file_duration_s - LIMITS.max_duration_s) and _SHORTER_S
    row = wrong[0]
    raise FitError(
        f"The prepared clip is still outside the limits: its {row.name} is {row.value}, "
        f"but the service takes {row.limit}.",
        what_next="Choose a shorter part, or convert the clip with a video editor first.",
    )


def _copy(plan: FitPlan, target: Path, watch: "_Watch") -> Clip | None:
    """The clip that came of copying packets, or None where it is not what was planned."""
    frame_count = round(plan.duration_s * plan.clip.fps)
    outcome = guard.run(
        copy_arguments(plan.clip, plan.start_s, frame_count, target),
        time_limit_s=_COPY_LIMIT_S,
        max_output_bytes=LIMITS.max_size_bytes,
        should_stop=watch.should_stop,
    )
    watch.look()
    if outcome.code or outcome.log:
        return None
    try:
        clip = inspect(target)
    except ClipError:
        return None
    return clip if is_as_planned(clip, plan.clip, frame_count) else None


def _encode(
    plan: FitPlan, target: Path, watch: "_Watch", *, size_bytes: int, duration_s: float
) -> None:
    end_s = min(plan.start_s + duration_s, plan.clip.duration_s)
    with open_clip(plan.clip) as source:
        clip = source.subclipped(plan.start_s, end_s)
        if plan.crop is not None:
            crop = plan.crop
            clip = clip.cropped(x1=crop.x, y1=crop.y, width=crop.width, height=crop.height)
        if tuple(clip.size) != plan.scaled:
            clip = clip.resized(plan.scaled)
        if plan.pad is not None:
            pad = plan.pad
            clip = clip.with_effects(
                [vfx.Margin(left=pad.left, top=pad.top, right=pad.right, bottom=pad.bottom)]
            )
        # The bound on the rate makes the bound on the size: pure noise stays below it, too. It is
        # the same for every length, so that the parts of one clip are coded alike.
        rate = int(size_bytes * 8 / (LIMITS.max_duration_s + 2))
        clip.write_videofile(
            target,
            fps=plan.fps,
            ffmpeg_params=["-maxrate", str(rate), "-bufsize", str(2 * rate)],
            logger=watch,
        )


def _same_bytes(clip: Clip, folder: Path, watch: "_Watch") -> Clip:
    target = folder / f"fitted.{clip.format.lower()}"
    with _temporary(folder, ".same") as part:
        try:
            try:
                os.link(clip.path, part)
            except OSError:  # another disk, or one without links
                shutil.copyfile(clip.path, part)
            same = part.stat().st_size == clip.size_bytes
        except OSError as error:
            raise FitError(
                f"The clip could not be copied: {error.strerror or 'unknown reason'}.",
                what_next="Upload it again.",
            ) from None
        if not same:
            raise FitError(
                "The clip has changed since it was looked at.", what_next="Upload it again."
            )
        part.replace(target)
    watch.say(1.0)
    return replace(clip, path=target)


def _looked_at(path: Path) -> Clip:
    try:
        return inspect(path)
    except ClipError as error:
        raise FitError(
            f"What was prepared cannot be read: {error.message}",
            what_next="Choose another part of the clip, or convert it with a video editor first.",
        ) from None


@contextmanager
def _temporary(folder: Path, suffix: str) -> Iterator[Path]:
    path = folder / f".{uuid.uuid4().hex}{suffix}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


class _Watch(ProgressBarLogger):  # type: ignore[misc]  # proglog ships no types
    """MoviePy's logger as progress and a way to stop."""

    def __init__(
        self,
        on_progress: Callable[[float], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        super().__init__(logged_bars=None)
        self._on_progress = on_progress or (lambda _: None)
        self._said = 0.0
        self.should_stop = should_stop or (lambda: False)

    def say(self, share: float) -> None:
        """Tell the progress, 0 to 1; a second try does not go back."""
        self._said = max(self._said, share)
        self._on_progress(self._said)

    def look(self) -> None:
        """Raise Canceled when the visitor has stopped the work."""
        if self.should_stop():
            raise Canceled(
                "Preparing the clip was canceled.", what_next="Nothing was sent or billed."
            )

    def bars_callback(self, bar: str, attr: str, value: Any, old_value: Any = None) -> None:
        """Hear of MoviePy's progress bars; only the frames count."""
        self.look()
        total = self.bars[bar]["total"]
        if bar == "frame_index" and attr == "index" and total:
            self.say(min(1.0, value / total))

"""A render: decode → follow → see → paint → settle → encode with sound, all side by side.

One ffmpeg process decodes, a thread finds what moves, another sees where edges and faces are, a
third paints, this one settles, another ffmpeg process encodes; queues of a few frames between them
keep all busy and the memory flat, however long the clip is.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from restyle.clips import Clip, inspect
from restyle.engine.ahead import ahead
from restyle.engine.allocation import keep_memory
from restyle.engine.encoding import Encoder
from restyle.engine.faults import file_fault, render_fault
from restyle.engine.sharing import filled, start_helpers
from restyle.engine.stylize import Stylizer
from restyle.errors import Canceled, ClipUnreadable
from restyle.footage import Footage, Frame, open_clip
from restyle.limits import check
from restyle.styles import Options

SAMPLES = 3  # beside the first frame
QUEUE_FRAMES = 4
QUEUE_FOLLOWED = 1
# Frames that were seen but not painted, each some 20 MB: seeing goes on while a palette is chosen.
QUEUE_SEEN = 3
QUEUE_PAINTED = 1
CORES_FILLED = 2  # by the stages: so many have nothing to gain from sharing a picture's rows
# Painting takes longest and so sets the pace: following and seeing take what it leaves, for up to a
# tenth less time.
NICE = 10
_FAULT_KINDS = {
    "width": "Resolution",
    "height": "Resolution",
    "ratio": "AspectRatio",
    "format": "Format",
    "duration": "Duration",
    "size": "Size",
}


@dataclass(frozen=True)
class Rendered:
    """What was made: `duration_s` of the output, its frames and its size in pixels."""

    duration_s: float
    frames: int
    width: int
    height: int


def render(
    source: Path,
    options: Options,
    target: Path,
    *,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Rendered:
    """Render the clip at `source` in the style of `options` into `target`, an MP4.

    Exactly `options.video_fps` frames a second, the shorter side `options.output_short_side`
    pixels, at which it is decoded and painted (super-resolution is no enlargement), the picture
    as long as the input's within one frame, the input's sound in step.
    Raises Fault with the service's code for a clip outside the limits or a render gone wrong,
    Canceled when `should_stop` says so. Source: the reference's "parameters" and "Input video
    requirements".
    """
    clip = checked_clip(source)
    try:
        return _rendered(clip, options, target, on_progress, should_stop)
    except ClipUnreadable as error:
        raise file_fault("Openerror", error.message) from error


def _rendered(
    clip: Clip,
    options: Options,
    target: Path,
    on_progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Rendered:
    size = output_size(clip.width, clip.height, options.output_short_side)
    total = frame_count(clip.duration_s, options.video_fps)
    footage = open_clip(clip)
    samples = _Samples(footage, clip.duration_s, size)
    stylizer = Stylizer(options, size, samples)
    on_progress(0, total)
    start_helpers()
    keep_memory()
    with (
        _one_thread_a_stage(),
        filled(CORES_FILLED),
        closing(samples),
        Encoder(target, size, options.video_fps, sound_of=clip, frames_total=total) as encoder,
        closing(ahead(footage.frames(options.video_fps, size), QUEUE_FRAMES)) as frames,
        closing(
            ahead(
                (stylizer.follow(frame) for frame in _exactly(frames, total)),
                QUEUE_FOLLOWED,
                niceness=NICE,
            )
        ) as followed,
        closing(ahead((stylizer.see(f) for f in followed), QUEUE_SEEN, niceness=NICE)) as seen,
        closing(ahead((stylizer.paint(frame) for frame in seen), QUEUE_PAINTED)) as painted,
    ):
        done = 0
        for done, picture in enumerate(painted, start=1):
            if should_stop():
                raise Canceled("The render was stopped.")
            encoder.write(stylizer.settle(picture))
            on_progress(done, total)
        encoder.finish()
    return Rendered(total / options.video_fps, done, *size)


@contextmanager
def _one_thread_a_stage() -> Iterator[None]:
    """The stages share the cores: OpenCV's own threads, which wait by spinning, would only be in
    their way."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def checked_clip(source: Path) -> Clip:
    """The facts of an input; raises Fault with the code of the first limit that it breaks."""
    try:
        clip = inspect(source)
    except ClipUnreadable as error:
        raise file_fault("Openerror", error.message) from error
    for row in check(clip):
        if not row.ok:
            raise file_fault(
                _FAULT_KINDS[row.name],
                f"The video's {row.name} is {row.value}; allowed: {row.limit}.",
            )
    return clip


def output_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Width and height of the output: the shorter side as asked, the other one in proportion.

    Both are even, as 4:2:0 pictures need.
    """
    long_side = 2 * round(short_side * max(width, height) / min(width, height) / 2)
    return (long_side, short_side) if width >= height else (short_side, long_side)


def frame_count(duration_s: float, fps: int) -> int:
    """How many frames show `duration_s` seconds, at least one."""
    return max(1, math.floor(duration_s * fps + 0.5))


class _Samples:
    """A few frames spread over the clip, from which looks choose their palettes.

    They are decoded, all at once, from the moment when a look begins to iterate: beside the first
    frames. Close it at the end.
    """

    def __init__(self, footage: Footage, duration_s: float, size: tuple[int, int]) -> None:
        self._footage, self._duration_s, self._size = footage, duration_s, size
        self._pool = ThreadPoolExecutor(SAMPLES, thread_name_prefix="sample")

    def __iter__(self) -> Iterator[Frame]:
        found = [self._pool.submit(self._still, number) for number in range(SAMPLES)]
        return (frame for one in found if (frame := one.result()) is not None)

    def close(self) -> None:
        """Wait for what is being decoded."""
        self._pool.shutdown(cancel_futures=True)

    def _still(self, number: int) -> Frame | None:
        try:
            return self._footage.still(self._duration_s * (number + 0.5) / SAMPLES, self._size)
        except ClipUnreadable:  # Some files cannot be entered in the middle.
            return None


def _exactly(frames: Iterator[Frame], total: int) -> Iterator[Frame]:
    """`total` frames: rounding may leave the reader one short or one over."""
    last: Frame | None = None
    given = 0
    for frame in frames:
        if given == total:
            return
        yield frame
        last, given = frame, given + 1
    if last is None:
        raise render_fault("No frame of the clip could be read.")
    for _ in range(total - given):
        yield last

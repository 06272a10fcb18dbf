"""Frames of an edit as RGB arrays, each sequence from one ffmpeg process."""

import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import replace
from typing import IO

import numpy as np
from numpy.typing import NDArray

from restyle.clips import guard
from restyle.errors import ClipUnreadable
from restyle.footage.edits import Edit, input_arguments, video_filters

Frame = NDArray[np.uint8]
"""A picture: height × width × 3, red, green, blue, 0–255."""

_SECONDS_PER_S = 60.0  # CPU seconds granted for each second of a clip


def read_frames(edit: Edit) -> Generator[Frame, None, None]:
    """Every frame of an edit in order, (height, width, 3) uint8 RGB at its constant rate.

    Closing the iterator ends the process. Raises ClipUnreadable when not one frame can be read.
    """
    width, height = edit.size
    size_bytes = width * height * 3
    with tempfile.TemporaryFile() as log:
        process = guard.start(
            [
                *("-loglevel", "error"),
                *input_arguments(edit),
                *("-map", f"0:{edit.clip.video_stream}"),
                *("-filter_threads", guard.THREADS),
                *("-vf", video_filters(edit, pixel_format="rgb24")),
                *("-frames:v", str(edit.frame_count)),
                *("-f", "rawvideo", "pipe:1"),
            ],
            cpu_limit_s=60 + _SECONDS_PER_S * edit.duration_s,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            assert process.stdout is not None
            count = 0
            while frame := _read_whole(process.stdout, size_bytes):
                count += 1
                yield np.frombuffer(frame, np.uint8).reshape(height, width, 3)
            # A damaged end is shown as far as it goes; a bound that was hit is not passed over.
            if not count or process.wait() < 0:
                read_s = edit.start_s + count / edit.fps
                raise ClipUnreadable(
                    f"The picture could not be read beyond {read_s:.2f} s.",
                    what_next="Choose another part of the clip, or convert it with a video editor.",
                    log=guard.tail(log)[-2000:],
                )
        finally:
            guard.stop(process)


class FrameReader:
    """Frames of an edit at any time: going on is cheap, jumping starts a new process.

    It is what MoviePy asks frame by frame; `close` ends the process.
    """

    _REACH_FRAMES = 60

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self._frames: Generator[Frame, None, None] | None = None
        self._index = -1
        self._frame: Frame | None = None

    def frame_at(self, t: float) -> Frame:
        """The frame shown at `t` seconds of the edit (the first or last one beyond its ends)."""
        index = min(max(0, int(t * self.edit.fps + 1e-3)), self.edit.frame_count - 1)
        if self._frame is not None and index == self._index:
            return self._frame
        if self._frame is None or not self._index < index <= self._index + self._REACH_FRAMES:
            self._restart(index)
        while self._index < index:
            frame = next(self._frames, None) if self._frames is not None else None
            if frame is None:  # the clip ends a little earlier than its header says
                self._index = index
                break
            self._frame, self._index = frame, self._index + 1
        if self._frame is None:
            raise ClipUnreadable(
                f"No picture could be read at {self.edit.start_s + t:.2f} s.",
                what_next="Choose another part of the clip.",
            )
        return self._frame

    def close(self) -> None:
        """End the process behind it; asking again starts a new one."""
        frames, self._frames, self._frame, self._index = self._frames, None, None, -1
        if frames is not None:
            frames.close()

    def _restart(self, index: int) -> None:
        self.close()
        edit = self.edit
        rest = replace(
            edit,
            start_s=edit.start_s + index / edit.fps,
            duration_s=(edit.frame_count - index) / edit.fps,
        )
        self._frames, self._index = read_frames(rest), index - 1


def frame_at(edit: Edit, t: float) -> Frame:
    """One frame, at `t` seconds of the edit, from one short process."""
    index = min(max(0, int(t * edit.fps + 1e-3)), edit.frame_count - 1)
    one = replace(edit, start_s=edit.start_s + index / edit.fps, duration_s=1 / edit.fps)
    frames = read_frames(one)
    try:
        return next(frames)
    finally:
        frames.close()


def _read_whole(pipe: IO[bytes], size_bytes: int) -> bytearray | None:
    frame = bytearray(size_bytes)
    view, filled = memoryview(frame), 0
    while filled < size_bytes:
        count = pipe.readinto(view[filled:])  # type: ignore[attr-defined]  # a binary pipe has it
        if not count:
            return None
        filled += count
    return frame

"""The output file: frames in, an H.264 MP4 with the input's sound out, by one ffmpeg process.

A thread feeds the process from a short queue, so that encoding goes on while the next frame is
painted. The file stands under a temporary name until it is whole.
"""

import queue
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from restyle.clips import Clip, guard
from restyle.engine.faults import render_fault
from restyle.engine.planes import Planes

QUEUE_FRAMES = 4
CRF = 19
# Flat colour and lines are what these pictures are made of. Without B-frames a frame costs 18 ms
# of processor instead of 31 (720p), and files are a seventh larger. Where motion
# is sought to half a pixel only, it costs 3 ms less, and files are a tenth larger. Moving blocks
# are not parted: 2 ms less, for files as large.
_VIDEO = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "animation", "-crf", str(CRF)]
_VIDEO += ["-bf", "0", "-x264-params", "subme=1:partitions=i8x8,i4x4"]
_COLOR = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
# Sound starts where the picture's clock starts; gaps and late starts are filled with silence.
_SOUND = ["-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2"]
_IN_STEP = "aresample=async=1:first_pts=0,apad"
_CLOSE_LIMIT_S = 120.0


class Encoder:
    """Writes frames of `size` (width, height; both even) at `fps` into `target`.

    `frames_total` is how many will come: the sound is cut or filled to just their length. Use as
    a context manager: leaving it without `finish()` stops the process and removes the part.
    Raises Fault InternalError.Algo when ffmpeg gives up.
    """

    def __init__(
        self, target: Path, size: tuple[int, int], fps: int, *, sound_of: Clip, frames_total: int
    ) -> None:
        self._target = target
        self._part = target.with_name(f"{target.stem}.part.mp4")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the encoder)
        self._process = subprocess.Popen(
            _command(self._part, size, fps, sound_of, frames_total / fps),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )
        self._frames: queue.Queue[Planes | None] = queue.Queue(QUEUE_FRAMES)
        self._broken = threading.Event()
        self._feeder = threading.Thread(target=self._feed, name="encoder", daemon=True)
        self._feeder.start()

    def __enter__(self) -> "Encoder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._broken.set()
        if self._feeder.is_alive():
            self._put(None)
            self._feeder.join()
        self._log.close()
        self._part.unlink(missing_ok=True)

    def write(self, frame: Planes) -> None:
        """Queue one frame; waits only while the queue is full."""
        self._put(frame)
        if self._broken.is_set():
            raise render_fault(f"The encoder stopped. {self._words()}")

    def finish(self) -> None:
        """Close the file and give it its name."""
        self._put(None)
        self._feeder.join()
        try:
            code = guard.wait(self._process, _CLOSE_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise render_fault("The encoder did not come to an end.") from None
        if code or self._broken.is_set():
            raise render_fault(f"The encoder stopped. {self._words()}")
        self._part.replace(self._target)

    def _put(self, frame: Planes | None) -> None:
        while not self._broken.is_set():
            try:
                self._frames.put(frame, timeout=0.2)
            except queue.Full:
                continue
            return

    def _feed(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        try:
            with pipe:
                while not self._broken.is_set():
                    try:
                        frame = self._frames.get(timeout=0.2)
                    except queue.Empty:
                        continue
                    if frame is None:
                        return
                    for plane in frame:
                        pipe.write(plane.data)
        except OSError:
            self._broken.set()

    def _words(self) -> str:
        lines = guard.tail(self._log).strip().splitlines()
        return lines[-1] if lines else ""


def _command(
    part: Path, size: tuple[int, int], fps: int, clip: Clip, duration_s: float
) -> Sequence[str]:
    width, height = size
    command = [guard.ffmpeg_binary(), "-hide_banner", "-nostats", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "nv12", "-s", f"{width}x{height}", "-r", str(fps)]
    command += ["-i", "pipe:0"]
    if clip.audio_stream is not None:
        # The sound goes from the guarded input straight into the file.
        command += guard.input_arguments(clip.path, clip.demuxer)
        command += ["-map", "0:v", "-map", f"1:{clip.audio_stream}", "-af", _IN_STEP, *_SOUND]
    command += ["-vf", _COLOR, *_VIDEO, "-t", f"{duration_s:.6f}"]
    return [*command, "-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", str(part)]

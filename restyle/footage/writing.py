"""Writing a clip as MP4 (H.264, AAC, faststart): one ffmpeg process, whole or not at all.

Progress goes to a proglog logger, as MoviePy's does; an exception out of it is how work stops.
"""

import queue
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import proglog

from restyle.clips import guard
from restyle.errors import FitError
from restyle.footage.edits import Edit, input_arguments, video_filters
from restyle.footage.sound import SAMPLE_RATE
from restyle.footage.sound_track import CODING, sound_arguments

_ENCODING = [
    *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-threads", guard.THREADS),
    *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-movflags", "+faststart"),
]
_QUALITY = ["-crf", "20"]
_POLL_S = 0.1
_STALL_S = 120.0
_CPU_SECONDS_PER_S = 120.0


def write_edit(
    edit: Edit,
    target: Path,
    *,
    sound: bool,
    options: Sequence[str],
    logger: Any,
    niceness: int = 0,
) -> None:
    """Carry out an edit as one ffmpeg command; `options` are ffmpeg's, for the output.

    Raises FitError when ffmpeg fails, and whatever `logger` raises; neither leaves a file.
    """
    clip = edit.clip
    arguments = [
        *input_arguments(edit),
        *("-map", f"0:{clip.video_stream}"),
        *("-vf", video_filters(edit, pixel_format="yuv420p")),
        *(sound_arguments(edit) if sound and clip.has_audio else ["-an"]),
        *_coding(options),
    ]
    logger = proglog.default_bar_logger(logger)
    with _whole(target) as part, tempfile.TemporaryFile() as log:
        process = guard.start(
            [
                *("-loglevel", "error", *arguments, "-stats_period", "0.2", "-progress", "pipe:1"),
                *("-f", "mp4", "-y", f"file:{part}"),
            ],
            cpu_limit_s=60 + _CPU_SECONDS_PER_S * edit.duration_s,
            stdout=subprocess.PIPE,
            stderr=log,
            niceness=niceness,
        )
        _follow(process, edit.frame_count, logger)
        _check(process, log)


def write_frames(
    clip: Any, target: Path, *, fps: float, sound: bool, options: Sequence[str], logger: Any
) -> None:
    """Write any MoviePy clip, asking it for every frame and sample.

    Colours are tagged and even sides kept, as `write_edit` does. Raises as `write_edit`.
    """
    width, height = (int(side) for side in clip.size)
    count = max(1, int(clip.duration * fps + 1e-3))
    logger = proglog.default_bar_logger(logger)
    with (
        _whole(target) as part,
        tempfile.TemporaryDirectory(prefix="restyle-") as folder,
        tempfile.TemporaryFile() as log,
    ):
        samples = Path(folder) / "sound"
        with_sound = sound and clip.audio is not None
        if with_sound:
            _write_samples(clip.audio, samples, logger)
        channels = str(getattr(clip.audio, "nchannels", 2))
        raw = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", channels, "-i", f"file:{samples}"]
        process = guard.start(
            [
                *("-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"),
                *("-s", f"{width}x{height}", "-r", f"{fps:.6f}", "-i", "pipe:0"),
                *(raw if with_sound else []),
                *("-vf", _from_rgb(min(width, height)), *CODING, *_coding(options)),
                *("-t", f"{count / fps:.6f}", "-f", "mp4", "-y", f"file:{part}"),
            ],
            cpu_limit_s=60 + _CPU_SECONDS_PER_S * clip.duration,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            assert process.stdin is not None
            for index in logger.iter_bar(frame_index=range(count)):
                frame = np.ascontiguousarray(clip.get_frame(index / fps), dtype=np.uint8)
                process.stdin.write(frame.data)
            process.stdin.close()
            guard.wait(process, _STALL_S)
        except BrokenPipeError:
            guard.wait(process, _STALL_S)
        finally:
            guard.stop(process)
        _check(process, log)


def _coding(options: Sequence[str]) -> list[str]:
    chosen = {"-crf", "-b:v", "-qp"} & set(options)
    return [*_ENCODING, *([] if chosen else _QUALITY), *options]


def _from_rgb(short_side: int) -> str:
    matrix = "bt709" if short_side >= 720 else "smpte170m"
    return (
        f"scale=out_color_matrix={matrix}:out_range=tv,crop=trunc(iw/2)*2:trunc(ih/2)*2,"
        f"format=yuv420p,setparams=color_primaries={matrix}:color_trc={matrix}"
    )


def _write_samples(audio: Any, path: Path, logger: Any) -> None:
    with path.open("wb") as file:
        for chunk in audio.iter_chunks(
            chunksize=SAMPLE_RATE, fps=SAMPLE_RATE, quantize=True, nbytes=2, logger=logger
        ):
            file.write(np.ascontiguousarray(chunk, dtype="<i2").tobytes())


def _follow(process: subprocess.Popen[bytes], frame_count: int, logger: Any) -> None:
    """Hand ffmpeg's progress to the logger until ffmpeg ends; ends it when the logger raises."""
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    assert process.stdout is not None
    reader = threading.Thread(target=_drain, args=(process.stdout, lines), daemon=True)
    reader.start()
    done, moved = 0, time.monotonic()
    try:
        logger(frame_index__total=frame_count)
        while True:
            try:
                line = lines.get(timeout=_POLL_S)
            except queue.Empty:
                line = b""
            if line is None:
                guard.wait(process, _STALL_S)
                break
            name, _, value = line.partition(b"=")
            if name == b"frame" and value.strip().isdigit() and int(value) > done:
                done, moved = int(value), time.monotonic()
            if line and name != b"progress":  # the last line of each report
                continue
            if time.monotonic() - moved > _STALL_S:
                raise FitError(
                    "Preparing the clip stopped making headway.",
                    what_next="Try again; if it happens again, convert it with a video editor.",
                )
            # Said even when nothing moved: this is where a wish to stop is heard.
            logger(frame_index__index=min(done, frame_count))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        guard.stop(process)


def _drain(pipe: IO[bytes], lines: "queue.SimpleQueue[bytes | None]") -> None:
    for line in pipe:
        lines.put(line)
    lines.put(None)


def _check(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    if process.returncode:
        raise FitError(
            f"The clip could not be converted: ffmpeg ended with code {process.returncode}.",
            what_next="Try another part of the clip, or convert it with a video editor first.",
            log=guard.tail(log, 2000),
        )


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A temporary name beside `target`, renamed when all went well and removed when not."""
    target = target.absolute()
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)

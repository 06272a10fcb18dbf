"""ffmpeg on untrusted media, guarded: what may be opened, for how long, with how much memory.

Every ffmpeg of Restyle is MoviePy's binary, is started here as a process of its own, reads only
the one file it is given (no network, no playlists, no other files), and never waits for a person.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import imageio_ffmpeg

MAX_PIXELS = 8192 * 8192
"""Larger frames are refused by every decoder: a bound on memory and time."""

_CPUS = os.cpu_count() or 1
THREADS = "0" if _CPUS <= 8 else "8"
"""ffmpeg's `-threads`: its own choice on small machines, bounded memory on large ones."""

_DECODERS = ",".join(
    (
        "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,mpeg1video,mpeg2video",
        "mjpeg,mjpegb,prores,prores_raw,dnxhd,cfhd,ffv1,huffyuv,ffvhuff,utvideo,rawvideo,v210,r210",
        "qtrle,rpza,svq1,svq3,cinepak,png,gif,flv,vp6,vp6a,vp6f,flashsv,flashsv2,h263,h263p,h263i",
        "msmpeg4,msmpeg4v1,msmpeg4v2,dvvideo,jpeg2000",
        "aac,aac_fixed,aac_latm,mp1,mp1float,mp2,mp2float,mp3,mp3float,ac3,ac3_fixed,eac3,dca",
        "truehd,opus,libopus,vorbis,libvorbis,flac,alac,amrnb,amrwb,gsm,gsm_ms,speex,nellymoser",
        "pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le",
        "pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_bluray,pcm_dvd,s302m",
        "adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_swf,qdm2,mace3,mace6",
    )
)
CODEC_NAMES = frozenset(_DECODERS.split(",")) | {"dts", "amr_nb", "amr_wb"}
"""The codecs that are read, as ffmpeg names them in its descriptions."""

_MEMORY_BYTES = 8 << 30


def input_arguments(path: Path, demuxer: str, *, threads: str = THREADS) -> list[str]:
    """ffmpeg's arguments that open one untrusted file: this file, this container, known codecs.

    Anything of ffmpeg's own for this input (`-ss`, `-t`) goes before them. `threads` decode it.
    """
    return [
        *("-protocol_whitelist", "file,pipe"),
        *("-format_whitelist", demuxer),
        *("-codec_whitelist", _DECODERS),
        *("-max_pixels", str(MAX_PIXELS)),
        *("-threads", threads),
        *("-f", demuxer),
        *("-i", f"file:{path.absolute()}"),
    ]


def start(
    arguments: Sequence[str],
    *,
    cpu_limit_s: float,
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
    stdin: int = subprocess.DEVNULL,
    max_output_bytes: int | None = None,
    niceness: int = 0,
) -> subprocess.Popen[bytes]:
    """Start ffmpeg with bounds on CPU time, memory and the files it writes; never blocks.

    The caller sees to its end (`stop` ends it at once). `stdout` and `stderr` as for Popen; a
    pipe must be drained. With `niceness` (to 19) it steps back behind the machine's other work.
    """
    command = [ffmpeg_binary(), "-hide_banner", "-nostdin", "-nostats"]
    command += ["-max_error_rate", "1"]  # what can be read of a damaged clip is worth having
    command += ["-timelimit", str(max(1, int(cpu_limit_s))), *arguments]
    process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr)
    _bound(process.pid, max_output_bytes)
    if niceness and hasattr(os, "setpriority"):
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, process.pid, niceness)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process at once and wait until it is gone; nothing happens if it has ended."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            # What was still to be written to a process that is gone is of no use.
            with suppress(BrokenPipeError):
                pipe.close()


def wait(process: subprocess.Popen[bytes], limit_s: float) -> int:
    """The exit code of a process, in the moment when it ends.

    Raises subprocess.TimeoutExpired after `limit_s` seconds; the process is killed then.
    """
    # Popen's own wait with a limit looks ever more seldom: a run of 40 ms would take 64.
    too_long = threading.Event()

    def end() -> None:
        too_long.set()
        process.kill()

    limit = threading.Timer(limit_s, end)
    limit.daemon = True
    limit.start()
    try:
        code = process.wait()
    finally:
        limit.cancel()
    if too_long.is_set():
        raise subprocess.TimeoutExpired(process.args, limit_s)
    return code


@dataclass(frozen=True)
class Outcome:
    """How a short ffmpeg run ended: its exit code, what it wrote, and if the time ran out."""

    code: int
    output: bytes
    log: str
    timed_out: bool


def run(
    arguments: Sequence[str],
    *,
    time_limit_s: float,
    max_output_bytes: int = 64_000_000,
    should_stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Run ffmpeg to its end, or kill it when the time is over or `should_stop` says so.

    Output and log go to unnamed temporary files, so that neither can fill a pipe or the memory.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
        process = start(
            arguments,
            cpu_limit_s=time_limit_s * _CPUS,
            stdout=out,
            stderr=log,
            max_output_bytes=max_output_bytes,
        )
        timed_out = False
        try:
            if should_stop is None:
                wait(process, time_limit_s)
            else:
                end = time.monotonic() + time_limit_s
                while process.poll() is None:
                    if should_stop() or time.monotonic() > end:
                        timed_out = True
                        break
                    time.sleep(0.05)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            stop(process)
        return Outcome(process.returncode, _read(out, max_output_bytes), tail(log), timed_out)


def tail(log: IO[bytes], limit_bytes: int = 200_000) -> str:
    """The beginning and the end of a log file, as text, however long it has become."""
    size = log.seek(0, os.SEEK_END)
    log.seek(0)
    if size <= 2 * limit_bytes:
        return log.read().decode("utf-8", errors="replace")
    begin = log.read(limit_bytes)
    log.seek(size - limit_bytes)
    return (begin + b"\n" + log.read()).decode("utf-8", errors="replace")


@cache
def ffmpeg_binary() -> str:
    """The path of MoviePy's ffmpeg."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _read(file: IO[bytes], limit_bytes: int) -> bytes:
    file.seek(0)
    return file.read(limit_bytes)


def _bound(pid: int, max_output_bytes: int | None) -> None:
    # prlimit from outside: a preexec function is not safe in a process with threads. Where the
    # system has none, ffmpeg's own -timelimit and -max_pixels remain.
    if sys.platform != "linux":
        return
    import resource

    limits: list[tuple[Any, int]] = [(resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CORE, 0)]
    if max_output_bytes is not None:
        limits.append((resource.RLIMIT_FSIZE, max_output_bytes))
    for kind, value in limits:
        try:
            resource.prlimit(pid, kind, (value, value))
        except (ProcessLookupError, ValueError, PermissionError):
            # It has ended already, or a lower bound is set from outside.
            return

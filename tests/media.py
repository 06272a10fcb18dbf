"""Small clips made for a test, and an independent look at what came out (Debian's ffprobe)."""

import json
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg


def ffmpeg(*arguments: str) -> None:
    """Run MoviePy's ffmpeg, failing loudly with what it said."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def make_clip(
    path: Path,
    *,
    size: tuple[int, int] = (320, 240),
    fps: int = 30,
    duration_s: float = 1.0,
    sound: bool = True,
    source: str = "testsrc2",
    options: tuple[str, ...] = (),
) -> Path:
    """A moving test picture with a 440 Hz tone, H.264 and AAC unless `options` say otherwise."""
    width, height = size
    inputs = ["-f", "lavfi", "-i", f"{source}=s={width}x{height}:r={fps}:d={duration_s}"]
    if sound:
        inputs += ["-f", "lavfi", "-i", f"sine=f=440:r=48000:d={duration_s}"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    ffmpeg(*inputs, *coding, *options, str(path))
    return path


def probe(path: Path) -> dict[str, Any]:
    """What ffprobe says of a file: `format` and `streams`, with frames counted."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-count_frames"]
    done = subprocess.run(
        [*command, "-of", "json", str(path)], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def stream(path: Path, kind: str) -> dict[str, Any]:
    """The first stream of a kind, "video" or "audio"."""
    found: dict[str, Any] = next(s for s in probe(path)["streams"] if s["codec_type"] == kind)
    return found


def packets(path: Path, kind: str = "v") -> list[str]:
    """Size and checksum of each packet of a file's first picture ("v") or sound ("a"), in order."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    command += ["-map", f"0:{kind}:0", "-c", "copy", "-f", "framecrc", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    return [",".join(part.strip() for part in line[4:6]) for line in lines]

"""Signs that can be found again in a clip: a flash and a beep, patches of known colours, corners.

What came out is read with the system's own ffmpeg, so that two programs must agree.
"""

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media import ffmpeg

PATCHES = ((198, 38, 38), (40, 160, 60), (50, 70, 200), (128, 128, 128), (235, 200, 40))


def flash_and_beep(
    path: Path,
    at_s: float,
    *options: str,
    fps: int = 30,
    duration_s: float = 4.0,
    picture_late_s: float = 0.0,
) -> Path:
    """A clip that is black and silent but for one white frame and a beep at `at_s` seconds.

    `picture_late_s`: the picture's track begins that much later than the sound's.
    """
    shown = at_s - picture_late_s
    white = f"between(t,{shown - 0.002},{shown + 1 / fps - 0.002})"
    ffmpeg(
        *(
            "-f",
            "lavfi",
            "-i",
            f"aevalsrc=0.5*sin(1000*2*PI*t)*between(t\\,{at_s}\\,{at_s + 0.05})",
        ),
        *("-itsoffset", str(picture_late_s), "-f", "lavfi"),
        *("-i", f"color=black:s=384x256:r={fps},drawbox=c=white:t=fill:enable='{white}'"),
        *(
            "-t",
            str(duration_s),
            "-map",
            "1",
            "-map",
            "0",
            "-pix_fmt",
            "yuv420p",
            *options,
            str(path),
        ),
    )
    return path


def flash_s(path: Path) -> float:
    """When the first bright frame is shown, in seconds."""
    for at_s, mean in frame_times_s(path):
        if mean > 120:
            return at_s
    raise AssertionError("no flash")


def frame_times_s(path: Path) -> list[tuple[float, float]]:
    """When each frame is shown, in seconds, and how bright it is (0–255)."""
    log = subprocess.run(
        ["ffmpeg", "-i", str(path), "-map", "0:v", "-vf", "showinfo", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    frames = [line for line in log.splitlines() if "pts_time:" in line and "mean:[" in line]
    return [
        (
            float(line.split("pts_time:")[1].split()[0]),
            float(line.split("mean:[")[1].split()[0]),
        )
        for line in frames
    ]


def beep_s(path: Path) -> float:
    """When the beep begins, in seconds."""
    return beeps_s(path)[0]


def beeps_s(path: Path) -> list[float]:
    """When each beep begins, in seconds; silence of a tenth of a second is between two."""
    raw = _output(
        *("ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-ac", "1", "-ar", "48000"),
        *("-af", "aresample=async=1:first_pts=0", "-f", "s16le", "-"),
    )
    loud = np.flatnonzero(np.abs(np.frombuffer(raw, "<i2").astype(int)) > 3000)
    assert len(loud), "no beep"
    begins = [loud[0], *loud[1:][np.diff(loud) > 4800]]
    return [float(at) / 48000 for at in begins]


def patches(path: Path, *options: str, before: str = "null", size: str = "480x320") -> Path:
    """A clip of upright stripes in the colours of PATCHES."""
    width, height = (int(side) for side in size.split("x"))
    stripe = width // len(PATCHES)
    boxes = ",".join(
        f"drawbox={n * stripe}:0:{stripe}:{height}:0x{r:02x}{g:02x}{b:02x}:fill"
        for n, (r, g, b) in enumerate(PATCHES)
    )
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=black:s={size}:r=10:d=0.3,format=gbrp,{boxes},{before}"),
        *options,
        str(path),
    )
    return path


def stripe_colors(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean colour in the middle of each stripe, (5, 3)."""
    height, width, _ = frame.shape
    stripe = width / len(PATCHES)
    return np.array(
        [
            frame[
                height // 4 : -height // 4, round((n + 0.3) * stripe) : round((n + 0.7) * stripe)
            ].mean(axis=(0, 1))
            for n in range(len(PATCHES))
        ]
    )


def first_frame(path: Path) -> NDArray[np.uint8]:
    """The first frame as the system's ffmpeg shows it, (height, width, 3) uint8 RGB."""
    entries = ("-select_streams", "v:0", "-show_entries", "stream=width,height")
    sizes = _output("ffprobe", "-v", "error", *entries, "-of", "csv=p=0", str(path)).decode()
    width, height = (int(side) for side in sizes.strip().strip(",").split(","))
    raw = _output(
        *("ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1"),
        *("-vf", "scale=flags=accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24"),
        *("-f", "rawvideo", "-"),
    )
    return np.frombuffer(raw, np.uint8).reshape(height, width, 3)


def _output(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout

"""Frames for the benches: read from clips, or made from public-domain photographs in memory."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from skimage import data

Bytes = NDArray[np.uint8]

FPS = 15
NOISE = 3.0  # σ of the made clips' sensor noise, 0–255
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
MADE = ("astronaut", "rocket", "coffee")


def short_side_size(height: int, width: int, short_side: int) -> tuple[int, int]:
    """(width, height), both even, of a picture brought to a short side."""
    factor = short_side / min(height, width)
    return round(width * factor / 2) * 2, round(height * factor / 2) * 2


def read(clip: str, short_side: int, count: int) -> list[Bytes]:
    """`count` RGB frames of a clip at FPS (fewer where it ends), brought to a short side.

    `clip` is one of MADE, or a file, optionally with where to begin in seconds and what to cut
    out: "a.mp4", "a.mp4@10.2", "a.mkv@0.67#640:360:0:30" (width:height:left:top).
    """
    if clip in MADE:
        return make(clip, short_side, count)
    rest, _, piece = clip.partition("#")
    path, _, start_s = rest.partition("@")
    if piece:
        width, height = map(int, piece.split(":")[:2])
    else:
        reader = imageio_ffmpeg.read_frames(path)
        width, height = next(reader)["size"]
        reader.close()
    width, height = short_side_size(height, width, short_side)
    filters = f"fps={FPS},{f'crop={piece},' if piece else ''}scale={width}:{height}:flags=bicubic"
    command = [FFMPEG, "-loglevel", "error", "-i", path, "-ss", start_s or "0", "-vf", filters]
    command += ["-frames:v", str(count), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return list(np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3))


def make(name: str, short_side: int, count: int) -> list[Bytes]:
    """A 16:9 pan with hand shake over one of MADE, with noise, as H.264."""
    photograph: Bytes = getattr(data, name)()
    width, height = short_side_size(720, 1280, short_side)
    dice = np.random.default_rng(5)
    shake = np.cumsum(dice.normal(0, 0.5, (count, 2)), 0) * short_side / 720
    travel = 2.2 * short_side / 720
    factor = max((width + travel * count + 24) / photograph.shape[1], 1.15 * height / 300)
    wide = cv2.resize(photograph, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    frames = []
    for i in range(count):
        # The photographs' subjects are in their upper parts.
        x, y = 12 + travel * i + shake[i, 0], 0.06 * height + 12 + shake[i, 1]
        move = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
        view = cv2.warpAffine(wide, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        noisy = view + dice.normal(0, NOISE, view.shape)
        frames.append(np.clip(noisy, 0, 255).astype(np.uint8))
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        write(frames, clip)
        return read(str(clip), short_side, count)


def write(frames: Sequence[Bytes], path: Path) -> None:
    """The frames as H.264, as a phone would."""
    height, width = frames[0].shape[:2]
    command = [FFMPEG, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", str(FPS), "-i", "-", "-pix_fmt", "yuv420p"]
    raw = b"".join(frame.tobytes() for frame in frames)
    subprocess.run([*command, "-c:v", "libx264", str(path)], input=raw, check=True)

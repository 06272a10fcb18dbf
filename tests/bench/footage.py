"""Frames for the benches: read from clips, or made from public-domain photographs in memory."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from skimage import data
from talking_face import talking_face

Bytes = NDArray[np.uint8]

FPS = 15
SEED = 5
TRAVEL = 2.2  # pixels a frame at 720p: how fast the camera pans
NOISE = 3.0  # σ of the made clips' sensor noise, 0–255
SAMPLES = Path(__file__).resolve().parents[2] / "demo_assets"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
MADE = ("astronaut", "rocket", "coffee")
ALSO_MADE = ("temple", "face", "phone")
PANS = (*MADE, "temple")
# An old phone's video: a small picture at few bits a second, enlarged.
PHONE_SIZE, PHONE_BITRATE = (320, 180), "70k"


def short_side_size(height: int, width: int, short_side: int) -> tuple[int, int]:
    """(width, height), both even, of a picture brought to a short side."""
    factor = short_side / min(height, width)
    return round(width * factor / 2) * 2, round(height * factor / 2) * 2


def read(clip: str, short_side: int, count: int) -> list[Bytes]:
    """`count` RGB frames of a clip at FPS (fewer where it ends), brought to a short side.

    `clip` is one of MADE or ALSO_MADE, or a file, optionally with where to begin in seconds and
    what to cut out: "a.mp4", "a.mp4@10.2", "a.mkv@0.67#640:360:0:30" (width:height:left:top).
    """
    if clip in MADE + ALSO_MADE:
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
    """A 16:9 clip: a pan over a photograph, or a face that talks; with noise, as H.264."""
    width, height = short_side_size(720, 1280, short_side)
    if name == "face":
        return _played([view.frame for view in talking_face((width, height), count)], short_side)
    if name == "phone":
        views = talking_face(PHONE_SIZE, count, noise=5)
        frames = [view.frame for view in views]
        return _played(frames, short_side, "-b:v", PHONE_BITRATE, "-preset", "fast")
    if name == "temple":
        (photograph,) = read(str(SAMPLES / "temple.mp4"), short_side, 1)
        return _played(_pan(photograph, (width, height), count, height), short_side)
    photograph = getattr(data, name)()
    return _played(_pan(photograph, (width, height), count, 300), short_side)


def camera_path(
    height: int, count: int, dice: np.random.Generator | None = None
) -> NDArray[np.float64]:
    """Where the hand-held camera of PANS is in each frame: (count, 2), x and y in pixels."""
    shake = np.cumsum((dice or np.random.default_rng(SEED)).normal(0, 0.5, (count, 2)), 0)
    return (np.outer(np.arange(count), (TRAVEL, 0)) + shake) * height / 720


def _pan(photograph: Bytes, size: tuple[int, int], count: int, rows: int) -> list[Bytes]:
    """A hand-held camera moves to the right over a photograph, of which `rows` are to be seen."""
    width, height = size
    dice = np.random.default_rng(SEED)
    path = camera_path(height, count, dice)
    travel = TRAVEL * height / 720
    factor = max((width + travel * count + 24) / photograph.shape[1], 1.15 * height / rows)
    wide = cv2.resize(photograph, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    frames = []
    for along, down in path:
        # The photographs' subjects are in their upper parts.
        x, y = 12 + along, 0.06 * height + 12 + down
        move = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
        view = cv2.warpAffine(wide, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        noisy = view + dice.normal(0, NOISE, view.shape)
        frames.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return frames


def _played(frames: Sequence[Bytes], short_side: int, *coding: str) -> list[Bytes]:
    """What a player shows of frames once they were encoded."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        write(frames, clip, *coding)
        return read(str(clip), short_side, len(frames))


def write(frames: Sequence[Bytes], path: Path, *coding: str) -> None:
    """The frames as H.264, as a phone would; `coding` are further options for ffmpeg."""
    height, width = frames[0].shape[:2]
    command = [FFMPEG, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", str(FPS), "-i", "-", "-pix_fmt", "yuv420p"]
    raw = b"".join(frame.tobytes() for frame in frames)
    subprocess.run([*command, "-c:v", "libx264", *coding, str(path)], input=raw, check=True)

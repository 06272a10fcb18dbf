"""Pictures as video keeps them: there and back, and as ffmpeg understands them."""

import subprocess

import numpy as np
import pytest

from restyle.clips.guard import ffmpeg_binary
from restyle.engine.kernels import Bytes
from restyle.engine.planes import Planes, to_planes, to_rgb

COLOURS = [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 150, 120)]


@pytest.mark.parametrize("colour", COLOURS, ids=str)
def test_a_colour_comes_back(colour: tuple[int, int, int]) -> None:
    picture = np.full((6, 8, 3), colour, np.uint8)
    assert np.abs(to_rgb(to_planes(picture)).astype(int) - picture).max() <= 2


@pytest.mark.parametrize("size", [(6, 8), (7, 8), (6, 9), (257, 331)], ids=str)
def test_brightness_is_kept_at_full_size_for_any_size(size: tuple[int, int]) -> None:
    grey = np.random.default_rng(1).integers(0, 256, (*size, 1), np.uint8).repeat(3, axis=2)
    planes = to_planes(grey)
    assert planes.chroma.shape == ((size[0] + 1) // 2, (size[1] + 1) // 2, 2)
    assert np.abs(planes.chroma.astype(int) - 128).max() <= 1
    assert np.abs(to_rgb(planes).astype(int) - grey).max() <= 2


def test_ffmpeg_sees_the_same_colours() -> None:
    picture = np.array(COLOURS, np.uint8)[None].repeat(16, axis=1).repeat(16, axis=0)
    theirs = _shown_by_ffmpeg(to_planes(picture))
    off = np.abs(theirs.astype(int) - picture)
    middles = slice(4, None, 16)  # away from where two colours meet
    assert off[:, middles].max() <= 3


def _shown_by_ffmpeg(planes: Planes) -> Bytes:
    height, width = planes.luma.shape
    command = [ffmpeg_binary(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "nv12"]
    command += ["-s", f"{width}x{height}", "-i", "-", "-vf", "scale=in_color_matrix=bt709"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = planes.luma.tobytes() + planes.chroma.tobytes()
    shown = subprocess.run(command, input=raw, capture_output=True, check=True).stdout
    return np.frombuffer(shown, np.uint8).reshape(height, width, 3)

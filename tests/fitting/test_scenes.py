"""A change of scene is found to the frame; motion, flashes and noise are none."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.clips import inspect
from restyle.fitting import parts, scene_changes
from restyle.fitting.scenes import hard_cuts

from media import ffmpeg

Film = NDArray[np.uint8]
HEIGHT, WIDTH = 36, 48


def _scene(seed: int, frames: int, *, speed: int = 0, noise: int = 0) -> Film:
    """Patches of colour that drift `speed` pixels a frame, under noise."""
    random = np.random.default_rng(seed)
    patches = random.integers(20, 235, (HEIGHT // 6, WIDTH * 3 // 6, 3))
    wide = patches.repeat(6, axis=0).repeat(6, axis=1)
    film = np.stack([np.roll(wide, -n * speed, axis=1)[:, :WIDTH] for n in range(frames)])
    film = film + random.integers(-noise, noise + 1, film.shape)
    return film.clip(0, 255).astype(np.uint8)


def _flash(film: Film, at: int, frames: int = 2) -> Film:
    bright = film.copy()
    bright[at : at + frames] = 250
    return bright


@pytest.mark.parametrize(
    ("film", "cuts"),
    [
        (np.concatenate([_scene(1, 12), _scene(2, 12)]), [12]),
        (np.concatenate([_scene(1, 9), _scene(2, 9), _scene(3, 9)]), [9, 18]),
        (np.concatenate([_scene(1, 12, speed=1, noise=8), _scene(2, 12, speed=1)]), [12]),
        (_scene(1, 30), []),
        (_scene(1, 30, noise=20), []),
        (_scene(1, 30, speed=3), []),
        (_flash(_scene(1, 30), 14), []),
        (np.concatenate([_flash(_scene(1, 20), 6), _scene(2, 12)]), [20]),
        (_scene(1, 1), []),
        (_scene(1, 2)[:0], []),
    ],
    ids=["cut", "two", "drift", "still", "noise", "fast", "flash", "flash, cut", "one", "none"],
)
def test_hard_cuts(film: Film, cuts: list[int]) -> None:
    assert hard_cuts(list(film)) == cuts


@pytest.mark.parametrize(("rate", "change"), [("30000/1001", 0.95), ("50", 1.05)])
def test_a_change_in_a_file_is_found_to_the_frame_where_a_cut_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: str, change: float
) -> None:
    monkeypatch.setattr(parts, "PART_S", 1.2)
    scenes = [f"testsrc2=s=256x256:r={rate}:d={change}", f"smptebars=s=256x256:r={rate}:d=2"]
    path = tmp_path / "scenes.mp4"
    ffmpeg(
        *(word for scene in scenes for word in ("-f", "lavfi", "-i", scene)),
        *("-filter_complex", "[0][1]concat,format=yuv420p", "-t", "2", str(path)),
    )
    clip = inspect(path)
    fps = clip.fps / (2 if clip.fps > 30 else 1)
    first = -(-change * clip.fps // 1) / clip.fps
    found = scene_changes(clip)
    assert [at for at in found if abs(at - first) <= 1 / fps + 1e-6], (found, first)
    assert any(parts.plan_parts(clip, found).scenes)


def test_where_nothing_can_be_read_there_are_no_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clip.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=256x256:r=25:d=3", "-pix_fmt", "yuv420p", str(path))
    clip = inspect(path)
    monkeypatch.setattr(parts, "PART_S", 1.2)
    path.write_bytes(path.read_bytes()[:400])
    assert scene_changes(clip) == ()

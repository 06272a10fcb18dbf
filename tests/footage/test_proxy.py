"""The small copy of a clip: upright, small, in the clip's own times."""

from pathlib import Path

import numpy as np
import pytest

from restyle.clips import inspect
from restyle.errors import Canceled
from restyle.footage import open_clip, proxy, write_proxy

from media import ffmpeg, make_clip, stream


def test_the_copy_shows_at_each_moment_what_the_clip_shows(tmp_path: Path) -> None:
    coding = ("-c:v", "mpeg2video", "-c:a", "mp2")
    tape = make_clip(tmp_path / "a.ts", size=(960, 720), fps=50, duration_s=3, options=coding)
    clip, told = inspect(tape), list[float]()
    write_proxy(clip, tmp_path / "small.mp4", on_progress=told.append)
    small = inspect(tmp_path / "small.mp4")
    assert (small.width, small.height, small.fps) == (640, 480, 30)
    assert (small.video_codec, small.pixel_format, small.has_audio) == ("h264", "yuv420p", True)
    assert abs(small.duration_s - clip.duration_s) < 1 / 30
    assert told[-1] == 1
    with open_clip(clip) as whole, open_clip(small) as copy:
        for at in (0.3, 0.7, 1.5, 2.3):
            wanted = whole.still(at, size=(320, 240)).astype(int)
            found = [copy.still(at + off, size=(320, 240)) for off in (-0.15, 0.0, 0.15)]
            assert np.argmin([np.abs(still - wanted).mean() for still in found]) == 1


def test_a_turned_clip_is_upright_and_a_small_one_is_not_enlarged(tmp_path: Path) -> None:
    make_clip(tmp_path / "flat.mp4", size=(320, 176), sound=False)
    ffmpeg(
        *("-display_rotation", "90", "-i", str(tmp_path / "flat.mp4")),
        *("-c", "copy", str(tmp_path / "turned.mov")),
    )
    write_proxy(inspect(tmp_path / "turned.mov"), tmp_path / "small.mp4")
    video = stream(tmp_path / "small.mp4", "video")
    assert (video["width"], video["height"]) == (176, 320)


def test_a_long_clip_is_copied_as_far_as_the_bound_and_the_work_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = inspect(make_clip(tmp_path / "a.mp4", duration_s=4))
    monkeypatch.setattr(proxy, "LENGTH_S", 1.0)
    write_proxy(clip, tmp_path / "small.mp4")
    assert abs(inspect(tmp_path / "small.mp4").duration_s - 1) < 0.05
    with pytest.raises(Canceled):
        write_proxy(clip, tmp_path / "other.mp4", should_stop=lambda: True)
    assert not (tmp_path / "other.mp4").exists()

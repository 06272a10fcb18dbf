"""A plan is carried out exactly, looked at again, and leaves nothing half-made."""

import os
from pathlib import Path

import numpy as np
import pytest

from restyle.clips import inspect
from restyle.errors import Canceled, FitError
from restyle.fitting import carrying_out, fit, plan_fit
from restyle.footage import open_clip
from restyle.limits import Limits

from media import ffmpeg, make_clip, packets, stream


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit")
    return make_clip(folder / "a.mp4", size=(800, 320), fps=10, duration_s=4)


@pytest.mark.parametrize(("crop_at", "left"), [(0.5, 116), (0, 0), (1, 232)])
def test_the_chosen_part_is_cropped_around_its_middle_or_where_it_was_put(
    path: Path, tmp_path: Path, crop_at: float, left: int
) -> None:
    out = fit(plan_fit(inspect(path), start_s=1, end_s=3, crop_at=crop_at), tmp_path)
    assert (out.width, out.height, out.frame_count) == (568, 320, 20)
    expected = open_clip(path).get_frame(1.0)[:, left : left + 568].astype(int)
    assert np.abs(open_clip(out).get_frame(0) - expected).mean() < 4


def test_bars_are_black_and_the_picture_is_whole(path: Path, tmp_path: Path) -> None:
    out = fit(plan_fit(inspect(path), start_s=1, end_s=2, shape="pad"), tmp_path)
    frame = open_clip(out).get_frame(0)
    assert (out.width, out.height) == (800, 450)
    assert frame[:60].mean() < 3
    assert frame[-60:].mean() < 3
    picture = frame[64:384].astype(int)
    assert np.abs(picture - open_clip(path).get_frame(1.0)).mean() < 4


def test_what_is_fine_is_the_same_bytes_under_its_true_name(tmp_path: Path) -> None:
    source = tmp_path / "clip.avi"
    make_clip(tmp_path / "a.mov", size=(384, 256)).rename(source)
    told: list[float] = []
    out = fit(plan_fit(inspect(source)), tmp_path / "out", on_progress=told.append)
    assert out.path == tmp_path / "out" / "fitted.mov"
    assert out.path.read_bytes() == source.read_bytes()
    assert told == [1.0]
    again = fit(plan_fit(inspect(source)), tmp_path / "out")
    assert os.listdir(tmp_path / "out") == [again.path.name]


def test_a_clip_that_changed_since_it_was_planned_is_not_handed_on(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mp4", size=(384, 256))
    plan = plan_fit(inspect(source))
    source.write_bytes(source.read_bytes() + b"more")
    with pytest.raises(FitError, match="has changed"):
        fit(plan, tmp_path / "out")
    source.unlink()
    with pytest.raises(FitError, match="could not be copied"):
        fit(plan, tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("after", [0.0, 0.2])
def test_a_stop_is_heard_and_nothing_stays(path: Path, tmp_path: Path, after: float) -> None:
    told = [0.0]
    with pytest.raises(Canceled) as stopped:
        fit(
            plan_fit(inspect(path)),
            tmp_path,
            on_progress=told.append,
            should_stop=lambda: told[-1] >= after,
        )
    assert "billed" in stopped.value.what_next
    assert os.listdir(tmp_path) == []


def test_pure_noise_stays_below_the_size(path: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "nullsrc=s=480x256:r=30:d=4,geq=random(1)*255:128:128"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", str(noise)),
    )
    plan = plan_fit(inspect(noise))
    target = tmp_path / "out.mp4"
    watch = carrying_out._Watch(None, None)
    carrying_out._encode(plan, target, watch, size_bytes=600_000, duration_s=plan.duration_s)
    assert target.stat().st_size < 600_000 < noise.stat().st_size / 4


def test_what_comes_out_over_a_limit_is_tried_again_and_then_said(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_fit(inspect(path))
    monkeypatch.setattr("restyle.limits.LIMITS", Limits(max_size_bytes=1000))
    with pytest.raises(FitError, match=r"its size is .* but the service takes at most"):
        fit(plan, tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_second_try_is_shorter_where_the_first_was_too_long(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_fit(inspect(path))
    limits = Limits(max_duration_s=3.9)
    monkeypatch.setattr("restyle.limits.LIMITS", limits)
    monkeypatch.setattr("restyle.fitting.carrying_out.LIMITS", limits)
    out = fit(plan, tmp_path)
    assert 3.6 <= out.file_duration_s <= 3.9


def test_a_part_that_is_not_there_is_said(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mp4", size=(384, 256), duration_s=3)
    plan = plan_fit(inspect(source), start_s=1.5)
    make_clip(source, size=(384, 256), duration_s=0.5)
    with pytest.raises(FitError) as failed:
        fit(plan, tmp_path / "out")
    assert failed.value.what_next
    assert os.listdir(tmp_path / "out") == []


def test_the_sound_is_kept_as_it_is_where_only_the_picture_changes(
    path: Path, tmp_path: Path
) -> None:
    whole = fit(plan_fit(inspect(path)), tmp_path / "whole")
    assert packets(whole.path) != packets(path)
    assert packets(whole.path, "a") == packets(path, "a")


def test_other_sound_becomes_stereo_aac(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", size=(800, 320), options=("-c:a", "ac3", "-ar", "44100"))
    out = fit(plan_fit(inspect(path)), tmp_path / "out")
    sound = stream(out.path, "audio")
    assert (sound["codec_name"], sound["channels"], sound["sample_rate"]) == ("aac", 2, "48000")
    assert float(sound["duration"]) == pytest.approx(1, abs=0.03)

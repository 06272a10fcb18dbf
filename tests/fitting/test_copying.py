"""What needs no new encoding is copied: the very same packets, the sound in step, or encoded."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fitting.corpus import AAC, H264, encoded, video

from restyle.clips import inspect
from restyle.errors import Canceled
from restyle.fitting import fit, plan_fit
from restyle.footage import open_clip

from media import ffmpeg, packets

FLASH_S = 3.0


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds, a key frame each second, B-frames; a flash and a beep begin at 3 s."""
    path = tmp_path_factory.mktemp("copying") / "a.mp4"
    ffmpeg(
        *(
            "-f",
            "lavfi",
            "-i",
            f"nullsrc=s=384x256:r=30:d=6,geq=lum=if(gte(T\\,{FLASH_S})\\,235\\,16)",
        ),
        *("-f", "lavfi", "-i", f"aevalsrc=if(gte(t\\,{FLASH_S})\\,sin(5000*t)\\,0):s=48000:d=6"),
        *(
            *H264,
            *AAC,
            "-g",
            "30",
            "-keyint_min",
            "30",
            "-sc_threshold",
            "0",
            "-bf",
            "2",
            str(path),
        ),
    )
    return path


def test_a_cut_on_key_frames_is_the_same_packets_in_step(path: Path, tmp_path: Path) -> None:
    plan = plan_fit(inspect(path), start_s=2.03, end_s=4.98)
    assert plan.copied
    assert (plan.start_s, plan.duration_s) == (pytest.approx(2.0), pytest.approx(3.0))
    assert plan.reasons == ("6 s → 2.0–5.0 s, as chosen",)
    told: list[float] = []
    out = fit(plan, tmp_path, on_progress=told.append)
    assert (out.frame_count, out.duration_s, told) == (90, pytest.approx(3.0), [1.0])
    assert packets(out.path) == packets(path)[60:150]
    assert os.listdir(tmp_path) == [out.path.name]
    clip = open_clip(out)
    light = np.array([frame.mean() for frame in clip.frames(30, (16, 16))])
    flash_s = np.argmax(light > 128) / 30
    sound = np.abs(clip.audio.get_frame(np.arange(0, 3, 1 / 48000))).max(axis=1)
    beep_s = np.argmax(sound > 0.3) / 48000
    assert flash_s == pytest.approx(FLASH_S - 2, abs=0.001)
    assert beep_s == pytest.approx(flash_s, abs=0.02)


@pytest.mark.parametrize(
    ("start_s", "end_s"),
    [(2.5, 5.0), (2.0, 4.5), (2.06, 5.0), (1.0, 4.94)],
    ids=["starts between", "ends between", "starts too late", "ends too early"],
)
def test_a_cut_elsewhere_is_encoded(path: Path, start_s: float, end_s: float) -> None:
    plan = plan_fit(inspect(path), start_s=start_s, end_s=end_s)
    assert not plan.copied
    assert plan.start_s == start_s


@pytest.mark.parametrize(
    "change",
    [
        *({"video_codec": "mpeg4"}, {"audio_codec": "mp3"}, {"turned": True}, {"width": 800}),
        *({"faults": ("partial file",)}, {"variable_rate": True}, {"interlaced": True}),
        *({"phase_s": 0.01}, {"bytes_per_s": 40e6}, {"pixel_format": "yuv420p10le"}),
        *({"demuxer": "matroska"}, {"cuts_s": (), "entries_s": ()}, {"format": "TS"}),
    ],
    ids=str,
)
def test_what_is_not_plain_is_encoded(path: Path, change: dict[str, object]) -> None:
    clip = inspect(path)
    assert plan_fit(clip, start_s=2, end_s=5).copied
    assert not plan_fit(replace(clip, **change), start_s=2, end_s=5).copied  # type: ignore[arg-type]


def test_a_part_of_a_large_file_is_copied_where_it_is_small_enough_itself(path: Path) -> None:
    large = replace(inspect(path), size_bytes=130_000_000, bytes_per_s=20e6)
    plan = plan_fit(large, start_s=2, end_s=5)
    assert (plan.copied, plan.reasons[1]) == (True, "130.0 MB → about 60.0 MB")
    plan = plan_fit(large, start_s=0, end_s=6)
    assert (plan.copied, plan.reasons) == (False, ("130.0 MB → compressed below 100 MB",))


def test_a_copy_that_is_not_as_planned_is_encoded_instead(path: Path, tmp_path: Path) -> None:
    clip = inspect(path)
    wrong = replace(clip, entries_s=(0.0, 2.5), cuts_s=(0.0, 2.5, 5.0))  # no key frame is there
    plan = plan_fit(wrong, start_s=2.5, end_s=5)
    assert plan.copied
    out = fit(plan, tmp_path)
    assert (out.frame_count, out.duration_s) == (75, pytest.approx(2.5, abs=0.001))
    assert packets(out.path) != packets(path)[75:150]
    assert os.listdir(tmp_path) == [out.path.name]


def test_another_container_keeps_picture_and_sound(tmp_path: Path) -> None:
    encoded(*H264, *AAC, source=video(duration_s=1))(path := tmp_path / "a.3gp")
    out = fit(plan_fit(inspect(path)), tmp_path / "out")
    assert out.format == "MP4"
    assert packets(out.path) == packets(path)
    sound, same = packets(out.path, "a"), packets(path, "a")
    assert len(same) - len(sound) <= 2
    assert sound == same[: len(sound)]


def test_a_stop_is_heard_while_copying(path: Path, tmp_path: Path) -> None:
    asked: list[int] = []
    with pytest.raises(Canceled):
        fit(
            plan_fit(inspect(path), start_s=2, end_s=5),
            tmp_path,
            should_stop=lambda: len(asked) > 0 or bool(asked.append(1)),
        )
    assert os.listdir(tmp_path) == []

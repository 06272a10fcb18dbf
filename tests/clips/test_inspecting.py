"""What is found in a file is true of its content."""

import os
from pathlib import Path

import pytest
from fitting.corpus import AAC, H264, encoded, recut, truncated, turned, two_pictures, video

from restyle.clips import inspect
from restyle.errors import ClipUnreadable

from media import make_clip


def test_the_facts_of_a_plain_clip(tmp_path: Path) -> None:
    clip = inspect(make_clip(tmp_path / "a.mp4", size=(320, 240), fps=25, duration_s=1.2))
    assert clip.as_dict() == {
        "width": 320,
        "height": 240,
        "duration_s": 1.2,
        "fps": 25.0,
        "size_bytes": (tmp_path / "a.mp4").stat().st_size,
        "format": "MP4",
        "video_codec": "h264",
        "has_audio": True,
        "audio_codec": "aac",
        "rotation": 0,
    }
    assert clip.frame_count == 30
    assert (clip.turned, clip.variable_rate, clip.interlaced, clip.is_hdr) == (False,) * 4
    assert clip.faults == ()


@pytest.mark.parametrize(("counterclockwise", "clockwise"), [(90, 270), (180, 180), (270, 90)])
def test_a_turned_clip_is_measured_upright(
    tmp_path: Path, counterclockwise: int, clockwise: int
) -> None:
    turned("-display_rotation", str(counterclockwise))(path := tmp_path / "a.mp4")
    clip = inspect(path)
    assert clip.rotation == clockwise
    assert (clip.width, clip.height) == ((384, 256) if clockwise == 180 else (256, 384))


@pytest.mark.parametrize(
    ("how", "rotation"),
    [
        (("-display_hflip",), 0),
        (("-display_vflip",), 0),
        (("-display_rotation", "90", "-display_hflip"), 270),
        (("-display_rotation", "180", "-display_hflip", "-display_vflip"), 0),
    ],
)
def test_mirroring_is_no_turn(how: tuple[str, ...], rotation: int, tmp_path: Path) -> None:
    turned(*how)(path := tmp_path / "a.mp4")
    clip = inspect(path)
    assert clip.rotation == rotation
    assert clip.turned == (len(how) < 4)


@pytest.mark.parametrize(
    ("sar", "size"), [("4/3", (512, 256)), ("8/9", (384, 288)), ("1001/1000", (384, 256))]
)
def test_pixels_are_square_and_none_is_lost(
    tmp_path: Path, sar: str, size: tuple[int, int]
) -> None:
    encoded(*H264, *AAC, "-vf", f"setsar={sar}")(path := tmp_path / "a.mp4")
    clip = inspect(path)
    assert (clip.width, clip.height) == size


def test_a_cut_off_clip_is_as_long_as_what_is_left(tmp_path: Path) -> None:
    truncated(0.5, "-movflags", "+faststart")(path := tmp_path / "a.mp4")
    clip = inspect(path)
    assert 0.5 < clip.duration_s < 2.5 < clip.file_duration_s
    assert clip.faults


def test_a_header_that_lies_is_not_believed(tmp_path: Path) -> None:
    encoded(*H264, *AAC)(path := tmp_path / "a.mkv")
    content = path.read_bytes()
    place = content.index(b"\x44\x89\x88") + 3  # Duration, a float of eight bytes, in ms
    path.write_bytes(content[:place] + b"\x41\x0d\x4c\x00\x00\x00\x00\x00" + content[place + 8 :])
    clip = inspect(path)
    assert clip.duration_s == pytest.approx(1.0, abs=0.05)
    assert clip.file_duration_s == pytest.approx(240.0, abs=1)


@pytest.mark.parametrize("live", [(), ("-live", "1")], ids=["indexed", "no duration"])
def test_a_long_clip_is_measured_to_its_end(tmp_path: Path, live: tuple[str, ...]) -> None:
    source = video(fps=2, duration_s=100)
    encoded(*H264, *live, source=source, tone=())(path := tmp_path / "a.mkv")
    clip = inspect(path)
    assert clip.duration_s == pytest.approx(100, abs=0.1)
    assert clip.frame_count is None


def test_a_long_clip_that_is_cut_off_ends_where_it_is_cut(tmp_path: Path) -> None:
    source = video(fps=2, duration_s=200)
    fast = ("-movflags", "+faststart")
    encoded(*H264, *fast, source=source, tone=())(path := tmp_path / "a.mp4")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert 60 < inspect(path).duration_s < 140


def test_a_clip_of_two_videos_is_its_larger_one(tmp_path: Path) -> None:
    two_pictures(path := tmp_path / "a.mp4")
    clip = inspect(path)
    assert (clip.width, clip.video_streams) == (512, 2)


def test_extra_streams_do_not_disturb(tmp_path: Path) -> None:
    recut("-metadata", "timecode=01:00:00:00", "-f", "mov")(path := tmp_path / "a.mov")
    clip = inspect(path)
    assert (clip.format, clip.has_audio, clip.duration_s) == ("MOV", True, pytest.approx(1.0))


def test_no_temporary_file_stays_and_no_path_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    (path := tmp_path / "a.mp4").write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(64))
    with pytest.raises(ClipUnreadable) as refused:
        inspect(path)
    assert os.listdir(temporary) == []
    assert str(tmp_path) not in str(refused.value)

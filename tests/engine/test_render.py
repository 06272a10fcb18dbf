"""A render from file to file: size, rate, length, sound, and what is refused or stopped."""

import contextlib
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from restyle.clips.guard import ffmpeg_binary
from restyle.engine import sharing
from restyle.engine.faults import Fault
from restyle.engine.render import frame_count, output_size, render
from restyle.engine.sharing import share
from restyle.errors import Canceled
from restyle.styles import Options, Style

from media import ffmpeg, make_clip, probe, stream

SMALL = Options(Style.FRESH_COMIC, min_len=540)
WEBM = ("-f", "webm", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")


@pytest.mark.parametrize(
    ("width", "height", "short_side", "expected"),
    [
        (1280, 720, 720, (1280, 720)),
        (720, 1280, 540, (540, 960)),
        (1920, 1080, 1080, (1920, 1080)),
        (256, 256, 720, (720, 720)),
        (4096, 2276, 720, (1296, 720)),
        (333, 257, 540, (700, 540)),
        (460, 256, 540, (970, 540)),
    ],
)
def test_the_shorter_side_is_as_asked_and_the_longer_one_even_and_in_proportion(
    width: int, height: int, short_side: int, expected: tuple[int, int]
) -> None:
    size = output_size(width, height, short_side)
    assert size == expected
    assert all(side % 2 == 0 for side in size)
    assert abs(size[0] / size[1] - width / height) <= 2 / short_side


@pytest.mark.parametrize(
    ("duration_s", "fps", "frames"),
    [(1.0, 15, 15), (30.0, 25, 750), (0.01, 15, 1), (1.03, 15, 15), (1.04, 15, 16)],
)
def test_frames_are_as_many_as_the_picture_lasts(duration_s: float, fps: int, frames: int) -> None:
    assert frame_count(duration_s, fps) == frames


@pytest.fixture(scope="module")
def rendered(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    target = tmp_path_factory.mktemp("out") / "result.mp4"
    progress: list[tuple[int, int]] = []
    outcome = render(clip, SMALL, target, on_progress=lambda *at: progress.append(at))
    assert (outcome.duration_s, outcome.frames) == (1.0, 15)
    assert {total for _, total in progress} == {15}
    return target, [done for done, _ in progress]


def test_the_result_has_the_size_rate_length_and_tags_that_were_asked_for(
    rendered: tuple[Path, list[int]],
) -> None:
    video = stream(rendered[0], "video")
    assert (video["width"], video["height"]) == (676, 540)
    assert (video["codec_name"], video["pix_fmt"]) == ("h264", "yuv420p")
    assert video["r_frame_rate"] == video["avg_frame_rate"] == "15/1"
    assert int(video["nb_read_frames"]) == 15
    tags = ("color_space", "color_primaries", "color_transfer", "color_range")
    assert [video[tag] for tag in tags] == ["bt709", "bt709", "bt709", "tv"]


def test_the_result_has_the_inputs_sound_in_just_its_length(
    rendered: tuple[Path, list[int]],
) -> None:
    audio = stream(rendered[0], "audio")
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "48000", 2)
    assert float(audio["duration"]) == pytest.approx(1.0, abs=0.03)
    assert float(audio["start_time"]) == pytest.approx(0, abs=0.001)
    assert float(probe(rendered[0])["format"]["duration"]) == pytest.approx(1.0, abs=0.03)


def test_the_index_stands_at_the_front_so_that_players_start_at_once(
    rendered: tuple[Path, list[int]],
) -> None:
    content = rendered[0].read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_progress_counts_every_frame(rendered: tuple[Path, list[int]]) -> None:
    assert rendered[1] == list(range(16))


def test_nothing_but_the_result_is_left(rendered: tuple[Path, list[int]]) -> None:
    assert list(rendered[0].parent.iterdir()) == [rendered[0]]


def test_540_with_super_resolution_gives_1080_and_a_silent_clip_stays_silent(
    tmp_path: Path,
) -> None:
    upright = make_clip(
        tmp_path / "upright.mp4", size=(256, 320), fps=25, duration_s=0.2, sound=False
    )
    options = Options(Style.FRESH_COMIC, 25, min_len=540, use_SR=True)
    outcome = render(upright, options, tmp_path / "result.mp4")
    assert (outcome.width, outcome.height, outcome.frames) == (1080, 1350, 5)
    (only,) = probe(tmp_path / "result.mp4")["streams"]
    assert (only["width"], only["height"], only["nb_read_frames"]) == (1080, 1350, "5")


def test_sound_and_picture_that_start_together_stay_together(tmp_path: Path) -> None:
    # A flash and a click at 0.6 s, in a container whose clock starts at 1.4 s, sound first.
    flash = "color=black:s=320x256:r=30:d=1.2,drawbox=c=white:t=fill:enable='gte(t,0.6)'"
    click = "aevalsrc='if(gte(t,0.6),sin(440*2*PI*t),0)':s=48000:d=1.2"
    source = tmp_path / "late.ts"
    ffmpeg(
        *("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", click),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", str(source)),
    )
    render(source, SMALL, tmp_path / "result.mp4")
    assert _first_light_s(tmp_path / "result.mp4") == pytest.approx(0.6, abs=0.07)
    assert _first_sound_s(tmp_path / "result.mp4") == pytest.approx(0.6, abs=0.07)


def _first_light_s(path: Path) -> float:
    raw = _decoded(path, "-f", "rawvideo", "-pix_fmt", "gray", "-s", "32x32")
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 32 * 32)
    return float(np.argmax(frames.mean(1) > 120)) / 15


def _first_sound_s(path: Path) -> float:
    samples = np.frombuffer(_decoded(path, "-vn", "-ac", "1", "-f", "s16le"), "<i2")
    return float(np.argmax(np.abs(samples.astype(int)) > 3000)) / 48000


def _decoded(path: Path, *options: str) -> bytes:
    command = [ffmpeg_binary(), "-loglevel", "error", "-i", str(path), *options, "pipe:1"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("small", {"size": (254, 320)}, "InvalidFile.Resolution"),
        ("wide", {"size": (640, 320)}, "InvalidFile.AspectRatio"),
        ("long", {"duration_s": 31, "fps": 2, "sound": False}, "InvalidFile.Duration"),
        (
            "kind",
            {"duration_s": 0.2, "options": WEBM},
            "InvalidFile.Format",
        ),
    ],
)
def test_a_clip_outside_the_limits_is_refused_with_the_services_code(
    tmp_path: Path, name: str, arguments: dict, code: str
) -> None:
    clip = make_clip(tmp_path / f"{name}.mp4", **{"size": (320, 256), **arguments})
    with pytest.raises(Fault) as caught:
        render(clip, SMALL, tmp_path / "result.mp4")
    assert caught.value.code == code
    assert caught.value.message


@pytest.mark.parametrize("content", [b"", b"hello " * 1000, b"#EXTM3U\n/etc/passwd\n"])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "clip.mp4"
    source.write_bytes(content)
    with pytest.raises(Fault) as caught:
        render(source, SMALL, tmp_path / "result.mp4")
    assert caught.value.code == "InvalidFile.Openerror"


def test_a_render_stops_when_asked_and_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    done: list[int] = []
    with pytest.raises(Canceled):
        render(
            clip,
            SMALL,
            tmp_path / "result.mp4",
            on_progress=lambda now, _: done.append(now),
            should_stop=lambda: len(done) > 3,
        )
    assert done == [0, 1, 2, 3]
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_a_failed_render(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        render(clip, SMALL, tmp_path / "nowhere" / "result.mp4")
    assert caught.value.code == "InternalError.Algo"
    assert "encoder" in caught.value.detail


@pytest.mark.parametrize("way", ["done", "stopped", "failed"])
def test_a_render_takes_one_thread_a_stage_and_leaves_the_others_theirs(
    clip: Path, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    during: list[tuple[int, int]] = []
    monkeypatch.setattr(sharing, "_CORES", 2)

    def on_progress(done: int, _: int) -> None:
        if done:
            parts: list[int] = []
            share(lambda number, _: parts.append(number))
            during.append((cv2.getNumThreads(), len(parts)))
        if done and way == "failed":
            raise OSError("The disk is full.")

    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        with contextlib.suppress(Canceled, OSError):
            render(
                clip,
                SMALL,
                tmp_path / "result.mp4",
                on_progress=on_progress,
                should_stop=lambda: way == "stopped" and len(during) == 2,
            )
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
    assert during == [(1, 1)] * {"done": 15, "stopped": 2, "failed": 1}[way]

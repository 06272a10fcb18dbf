"""Our clip is a MoviePy clip: plain edits are folded into ffmpeg, all others work as ever."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from fitting.corpus import two_sizes
from moviepy import VideoClip, afx, vfx

from restyle.errors import ClipUnreadable
from restyle.footage import Crop, Footage, Pad, Scale, open_clip

from media import make_clip, probe, stream


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("footage")
    return make_clip(folder / "a.mp4", size=(320, 240), duration_s=2, options=("-crf", "15"))


def test_it_reads_like_any_moviepy_clip(path: Path) -> None:
    with open_clip(path) as clip:
        assert isinstance(clip, VideoClip)
        assert (tuple(clip.size), clip.fps, clip.duration) == ((320, 240), 30, 2)
        frame = clip.get_frame(1.0)
        assert (frame.shape, frame.dtype) == ((240, 320, 3), np.uint8)
        assert clip.audio.nchannels == 2


def test_plain_edits_fold_into_steps_in_their_order(path: Path) -> None:
    clip = (
        open_clip(path)
        .subclipped(0.5, "00:00:01.50")
        .cropped(x1=10, width=200, y_center=120, height=100)
        .resized(height=50)
        .with_effects([vfx.Margin(left=3, right=5, color=(255, 0, 0)), vfx.Crop(y2=40)])
        .without_audio()
    )
    assert clip.is_folded()
    assert clip.edit.start_s == 0.5
    assert clip.duration == 1
    assert clip.edit.steps == (
        Crop(10, 70, 200, 100),
        Scale(100, 50),
        Pad(3, 0, 5, 0, (255, 0, 0)),
        Crop(0, 0, 108, 40),
    )
    assert tuple(clip.size) == (108, 40)
    assert clip.audio is None


@pytest.mark.parametrize(
    "lay_on",
    [
        lambda clip: clip.with_effects([vfx.MirrorX()]),
        lambda clip: clip.with_speed_scaled(2),
        lambda clip: clip.with_volume_scaled(0.5),
        lambda clip: clip.resized(lambda t: 1 + t),
        lambda clip: clip.with_effects([vfx.Margin(5, opacity=0.5)]),
        lambda clip: clip.with_audio(clip.audio.with_effects([afx.AudioFadeIn(0.5)])),
        lambda clip: clip.with_duration(1.0),
        lambda clip: clip.with_opacity(0.5),
        lambda clip: clip.image_transform(lambda frame: 255 - frame),
    ],
)
def test_what_is_not_plain_is_left_to_moviepy(path: Path, lay_on: object) -> None:
    clip = lay_on(open_clip(path))  # type: ignore[operator]
    assert not clip.is_folded()
    assert clip.get_frame(0.3).shape[2] == 3
    assert not clip.subclipped(0.1, 0.4).is_folded()


@pytest.mark.parametrize("start_s", [0, 0.5, 0.51, 0.52, 1.0 / 3, 1.9])
def test_a_cut_shows_what_the_whole_shows_at_that_time(path: Path, start_s: float) -> None:
    whole = open_clip(path)
    cut = whole.subclipped(start_s, 2)
    frames = list(cut.frames(30))
    first = int(start_s * 30 + 1e-3)
    assert len(frames) == int((2 - start_s) * 30 + 1e-3)
    for number, frame in enumerate(frames):
        np.testing.assert_array_equal(frame, whole.get_frame((first + number) / 30))
    whole.close()


def test_frames_are_the_same_in_order_and_by_jumps(path: Path) -> None:
    clip = open_clip(path)
    in_order = [clip.get_frame(n / 30) for n in range(40)]
    for number in (39, 3, 20, 20, 21, 0):
        np.testing.assert_array_equal(clip.get_frame(number / 30), in_order[number])
        np.testing.assert_array_equal(clip.still(number / 30), in_order[number])
    np.testing.assert_array_equal(clip.get_frame(99), clip.get_frame(2 - 1 / 30))
    clip.close()


def test_folded_and_laid_on_edits_show_the_same_picture(path: Path) -> None:
    def edited(clip: Footage) -> VideoClip:
        small = clip.subclipped(0.4, 0.8).cropped(x1=40, y1=20, width=240, height=200)
        return small.resized((120, 100)).with_effects([vfx.Margin(10, color=(9, 200, 30))])

    folded, laid_on = edited(open_clip(path)), edited(_unfolded(open_clip(path)))
    assert folded.is_folded()
    assert not laid_on.is_folded()
    for number in range(12):
        ours, theirs = folded.get_frame(number / 30), laid_on.get_frame(number / 30)
        difference = np.abs(ours.astype(int) - theirs)
        assert difference.mean() < 4  # bicubic and Lanczos
        assert (difference[:10].max(), difference[:, :10].max()) == (0, 0)


def test_a_crop_is_the_same_pixels_both_ways(path: Path) -> None:
    crop = {"x1": 40, "y1": 20, "width": 240, "height": 200}
    ours = open_clip(path).cropped(**crop).get_frame(0.5)
    theirs = _unfolded(open_clip(path)).cropped(**crop).get_frame(0.5)
    inside = np.abs(ours.astype(int) - theirs)[2:-2, 2:-2]
    assert inside.max() == 0


def test_an_effect_changes_every_frame_and_every_pixel_as_moviepy_means_it(path: Path) -> None:
    part = open_clip(path).subclipped(0.5, 1.5).cropped(x1=40, y1=20, width=240, height=200)
    effects = [vfx.InvertColors(), vfx.MirrorX()]
    theirs = list(part.with_effects(effects).iter_frames())
    assert len(theirs) == 30
    for ours, frame in zip(part.frames(30), theirs, strict=True):
        np.testing.assert_array_equal(255 - ours[:, ::-1], frame)


def test_frames_come_at_any_rate_and_size(path: Path) -> None:
    frames = list(open_clip(path).frames(15, (160, 120)))
    assert len(frames) == 30
    assert frames[0].shape == (120, 160, 3)


def test_closing_the_frames_ends_their_process(path: Path) -> None:
    frames = open_clip(path).frames(30)
    assert len(list(islice(frames, 3))) == 3
    process = frames.gi_frame.f_locals["process"]
    assert process.poll() is None
    frames.close()
    assert process.poll() is not None


def test_a_slow_clip_keeps_its_frame_until_the_next(tmp_path: Path) -> None:
    slow = make_clip(tmp_path / "slow.mp4", fps=1, duration_s=4, sound=False)
    clip = open_clip(slow)
    whole = list(clip.frames(1))
    for time_s, number in ((0.0, 0), (0.9, 0), (1.0, 1), (2.5, 2), (3.9, 3)):
        first = next(clip.subclipped(time_s, min(4, time_s + 1)).frames(10))
        np.testing.assert_array_equal(first, whole[number])


def test_the_sound_of_a_cut_is_the_sound_of_the_whole_at_that_time(path: Path) -> None:
    clip = open_clip(path)
    times = np.arange(0.2, 0.6, 1 / 48000)
    whole, cut = clip.audio.get_frame(times + 1), clip.subclipped(1, 2).audio.get_frame(times)
    assert whole.shape == (len(times), 2)
    assert np.abs(whole).max() > 0.05
    assert np.abs(whole - cut).max() < 0.002


def test_effects_are_written_with_sound_and_right_colours(path: Path, tmp_path: Path) -> None:
    clip = open_clip(path).with_effects([vfx.MirrorX()]).subclipped(0.5, 1.5)
    clip.write_videofile(tmp_path / "out.mp4", logger=None)
    picture, sound = stream(tmp_path / "out.mp4", "video"), stream(tmp_path / "out.mp4", "audio")
    assert int(picture["nb_read_frames"]) == 30
    assert picture["pix_fmt"] == "yuv420p"
    assert float(sound["duration"]) == pytest.approx(1, abs=0.03)
    written = open_clip(tmp_path / "out.mp4").get_frame(0).astype(int)
    assert np.abs(written[:, ::-1] - open_clip(path).get_frame(0.5)).mean() < 4


def test_odd_sizes_are_written_even(path: Path, tmp_path: Path) -> None:
    for name, clip in {"folded": open_clip(path), "laid on": _unfolded(open_clip(path))}.items():
        small = clip.subclipped(0, 0.3).resized((101, 77))
        small.write_videofile(tmp_path / f"{name}.mp4", logger=None)
        picture = stream(tmp_path / f"{name}.mp4", "video")
        assert (picture["width"], picture["height"]) == (100, 76)


def test_other_files_are_written_by_moviepy(path: Path, tmp_path: Path) -> None:
    clip = open_clip(path).subclipped(0, 0.1).resized((64, 48))
    clip.write_videofile(str(tmp_path / "out.webm"), logger=None, audio=False)
    assert probe(tmp_path / "out.webm")["streams"][0]["codec_name"].startswith("vp")


def test_a_part_outside_the_clip_is_refused(path: Path) -> None:
    clip = open_clip(path)
    for start_s, end_s in ((2.0, 3.0), (0.5, 2.5), (1.0, 0.5)):
        with pytest.raises(ValueError, match="does not lie within"):
            clip.subclipped(start_s, end_s)
    assert clip.subclipped(-0.5).duration == pytest.approx(0.5)
    assert clip.subclipped(0.5, -0.5).duration == pytest.approx(1)


def test_frames_beyond_what_can_be_read_are_an_error(tmp_path: Path) -> None:
    clip = open_clip(make_clip(tmp_path / "a.mp4"))
    (tmp_path / "a.mp4").write_bytes(b"gone")
    with pytest.raises(ClipUnreadable):
        list(clip.frames(15))
    with pytest.raises(ClipUnreadable):
        clip.get_frame(0)


def _unfolded(clip: Footage) -> VideoClip:
    return clip.image_transform(lambda frame: frame)


def test_a_size_that_changes_in_the_middle_is_scaled_to_the_first(tmp_path: Path) -> None:
    two_sizes(path := tmp_path / "a.ts")
    clip = open_clip(path).subclipped(0.2)
    clip.write_videofile(tmp_path / "out.mp4", logger=None)
    picture = stream(tmp_path / "out.mp4", "video")
    assert (picture["width"], picture["height"]) == (384, 256)
    assert int(picture["nb_read_frames"]) == len(list(clip.frames(30))) == 54

"""What is read and written is upright, in its true colours, and its sound in step."""

from pathlib import Path

import numpy as np
import pytest
from fitting.corpus import AAC, H264
from signs import PATCHES, beep_s, first_frame, flash_and_beep, flash_s, patches, stripe_colors

from restyle.footage import open_clip

from media import ffmpeg

BEST = ("-c:v", "libx264", "-crf", "8", "-preset", "ultrafast")
TO_HDR = (
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,"
    "zscale=t=linear:npl=203,format=gbrpf32le,"
    "zscale=p=bt2020:t={0}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
)
X265 = "log-level=error:crf=8:colorprim=bt2020:colormatrix=bt2020nc:range=limited:transfer="


def hdr(transfer: str) -> tuple[str, ...]:
    """Options for a clip coded for HDR screens."""
    return "-vf", TO_HDR.format(transfer), "-c:v", "libx265", "-x265-params", X265 + transfer


COLORS = {
    "SD, nothing said": (
        ("-vf", "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p", *BEST),
        "480x320",
    ),
    "HD, nothing said": (
        ("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", *BEST),
        "960x720",
    ),
    "BT.709 said": (
        (
            "-vf",
            "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=colorspace=bt709"
            ":color_primaries=bt709:color_trc=bt709",
            *BEST,
        ),
        "480x320",
    ),
    "full range": (
        ("-vf", "scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p", *BEST),
        "480x320",
    ),
    "RGB": (("-c:v", "png"), "480x320"),
    "HLG": (
        hdr("arib-std-b67"),
        "480x320",
    ),
    "PQ": (
        hdr("smpte2084"),
        "480x320",
    ),
}


@pytest.mark.parametrize("kind", COLORS)
def test_colours_are_true(kind: str, tmp_path: Path) -> None:
    options, size = COLORS[kind]
    clip = open_clip(patches(tmp_path / "in.mov", *options, size=size))
    read = stripe_colors(clip.get_frame(0))
    assert np.abs(read - PATCHES).max() <= 6
    clip.write_videofile(tmp_path / "out.mp4", logger=None)
    written = stripe_colors(first_frame(tmp_path / "out.mp4"))
    assert np.abs(written - PATCHES).max() <= 6


@pytest.mark.parametrize("way", ["scaled", "laid on"])
@pytest.mark.parametrize("kind", ["SD, nothing said", "HLG"])
def test_colours_stay_true_under_edits(kind: str, way: str, tmp_path: Path) -> None:
    options, size = COLORS[kind]
    clip = open_clip(patches(tmp_path / "in.mov", *options, size=size))
    if way == "scaled":
        clip = clip.resized((300, 200))
    else:
        clip = clip.image_transform(lambda frame: frame)
    clip.write_videofile(tmp_path / "out.mp4", logger=None)
    written = stripe_colors(first_frame(tmp_path / "out.mp4"))
    assert np.abs(written - PATCHES).max() <= 6


@pytest.mark.parametrize(
    ("how", "corner"),
    [
        (("-display_rotation", "90"), "bottom left"),
        (("-display_rotation", "180"), "bottom right"),
        (("-display_rotation", "270"), "top right"),
        (("-display_hflip",), "top right"),
        (("-display_vflip",), "bottom left"),
    ],
)
def test_turned_and_mirrored_clips_are_upright(
    how: tuple[str, ...], corner: str, tmp_path: Path
) -> None:
    plain, path = tmp_path / "plain.mp4", tmp_path / "turned.mp4"
    box = "color=black:s=384x256:r=10:d=0.5,drawbox=0:0:60:60:white:fill"
    ffmpeg("-f", "lavfi", "-i", box, *H264, str(plain))
    ffmpeg(*how, "-i", str(plain), "-c", "copy", str(path))
    clip = open_clip(path)
    clip.write_videofile(tmp_path / "out.mp4", logger=None)
    for frame in (clip.get_frame(0), first_frame(tmp_path / "out.mp4")):
        assert frame.shape == ((384, 256, 3) if "90" in how or "270" in how else (256, 384, 3))
        bright = {
            "top left": frame[5:50, 5:50].mean(),
            "top right": frame[5:50, -50:-5].mean(),
            "bottom left": frame[-50:-5, 5:50].mean(),
            "bottom right": frame[-50:-5, -50:-5].mean(),
        }
        assert max(bright, key=lambda name: bright[name]) == corner
        assert bright[corner] > 240
        assert sorted(bright.values())[-2] < 15


SYNC = {
    "plain.mp4": ((*H264, *AAC), {}),
    "plain.mkv": ((*H264, *AAC), {}),
    "offset.ts": ((*H264, *AAC, "-output_ts_offset", "500"), {}),
    "late-picture.mp4": ((*H264, *AAC), {"picture_late_s": 1.5}),
    "late-picture.ts": ((*H264, *AAC), {"picture_late_s": 1.5}),
    "plain.mpg": (("-c:v", "mpeg2video", "-c:a", "mp2"), {}),
    "plain.flv": ((*H264, *AAC, "-ar", "44100"), {}),
    "b-frames.mov": (("-c:v", "libx264", "-bf", "3", *AAC), {}),
}


@pytest.mark.parametrize("name", SYNC)
def test_sound_and_picture_stay_in_step(name: str, tmp_path: Path) -> None:
    options, extra = SYNC[name]
    path = flash_and_beep(tmp_path / name, 2.0, *options, duration_s=2.6, **extra)  # type: ignore[arg-type]
    for start_s in (0.0, 1.71) if "late" in name else (1.71,):
        out = tmp_path / "out.mp4"
        open_clip(path).subclipped(start_s).write_videofile(out, logger=None)
        assert flash_s(out) == pytest.approx(2.0 - start_s, abs=0.034)
        assert abs(flash_s(out) - beep_s(out)) <= 0.02


def test_sound_and_picture_stay_in_step_under_an_effect(tmp_path: Path) -> None:
    path = flash_and_beep(tmp_path / "in.mp4", 2.0, *H264, *AAC)
    fast = open_clip(path).subclipped(1.0, 3.0).with_speed_scaled(2)
    fast.write_videofile(out := tmp_path / "out.mp4", logger=None)
    assert flash_s(out) == pytest.approx(0.5, abs=0.034)
    assert abs(flash_s(out) - beep_s(out)) <= 0.02


def test_a_varying_rate_keeps_its_times(tmp_path: Path) -> None:
    plain = flash_and_beep(tmp_path / "plain.mp4", 2.0, *H264, *AAC)
    path = tmp_path / "varying.mp4"
    # Where nothing moves, no frames are kept: the rest must not slide together.
    thin = "select=lt(n\\,20)+gt(n\\,55)*lt(n\\,64)+not(mod(n\\,10))"
    ffmpeg("-i", str(plain), "-vf", thin, "-fps_mode", "vfr", *H264, "-c:a", "copy", str(path))
    clip = open_clip(path)
    assert clip.edit.clip.variable_rate
    clip.write_videofile(out := tmp_path / "out.mp4", logger=None)
    assert flash_s(out) == pytest.approx(2.0, abs=0.02)
    assert abs(flash_s(out) - beep_s(out)) <= 0.02


def test_interlaced_pictures_lose_their_combs(tmp_path: Path) -> None:
    path = tmp_path / "in.mpg"
    moving = "color=black:s=384x256:r=50:d=1,drawbox=x='mod(400*t\\,300)':y=60:w=80:h=120:c=white"
    ffmpeg(
        *("-f", "lavfi", "-i", f"{moving}:t=fill,interlace=scan=tff:lowpass=off"),
        *("-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-q:v", "2", str(path)),
    )
    clip = open_clip(path)
    assert clip.edit.clip.interlaced
    frame = clip.get_frame(0.4)[70:170].astype(int).mean(axis=2)
    combs = np.abs(frame[1:-1] * 2 - frame[:-2] - frame[2:]).mean()
    assert combs < 3

"""The plan says in words and numbers what will be done, at once, and without touching the clip."""

from dataclasses import replace
from pathlib import Path

import pytest

from restyle.clips import Clip
from restyle.errors import ClipUnfit, OptionError
from restyle.fitting import plan_fit

CLIP = Clip(
    path=Path("nowhere.mp4"),
    width=1280,
    height=720,
    duration_s=10.0,
    fps=30.0,
    size_bytes=5_000_000,
    format="MP4",
    video_codec="h264",
    has_audio=True,
    audio_codec="aac",
    rotation=0,
    file_duration_s=10.02,
    audio_duration_s=10.02,
    demuxer="mov",
    video_stream=0,
    video_streams=1,
    audio_stream=1,
    stored_width=1280,
    stored_height=720,
    sample_aspect=1.0,
    pixel_format="yuv420p",
    color_range="tv",
    color_space="bt709",
    color_primaries="bt709",
    color_transfer="bt709",
    interlaced=False,
    turned=False,
    variable_rate=False,
    longest_frame_s=1 / 30,
    key_gap_s=1.0,
    phase_s=0.0,
    frame_count=300,
    faults=(),
)
LONG = replace(CLIP, duration_s=134.0, file_duration_s=134.0, frame_count=None)


def _sized(width: int, height: int) -> Clip:
    return replace(CLIP, width=width, height=height, stored_width=width, stored_height=height)


def test_a_clip_within_every_limit_stays_as_it_is() -> None:
    plan = plan_fit(CLIP)
    assert plan.unchanged
    assert (plan.size, plan.duration_s) == ((1280, 720), 10.0)
    assert plan.reasons == ("Within every limit: it goes through byte for byte.",)
    assert plan_fit(CLIP, start_s=0, end_s=10.0).unchanged
    assert plan_fit(CLIP, end_s=9.96, shape="pad").unchanged


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "WEBM"}, "WEBM → MP4"),
        ({"video_codec": "prores"}, "PRORES in MP4 → H.264 in MP4"),
        ({"pixel_format": "yuv420p10le"}, "yuv420p10le → 8-bit 4:2:0"),
        ({"turned": True, "rotation": 90}, "Turned upright"),
        ({"turned": True}, "Mirrored, as players show it"),
        ({"says_duration": False}, "MP4 that does not say how long it is → MP4"),
        ({"interlaced": True}, "Interlaced → progressive"),
        ({"variable_rate": True}, "Varying frame rate → 30 frames a second"),
        ({"color_transfer": "smpte2084", "pixel_format": "yuv420p10le"}, "HDR → SDR colours"),
        ({"stored_width": 960}, "Stretched to square pixels"),
        ({"size_bytes": 100_000_001}, "100.1 MB → compressed below 100 MB"),
        ({"faults": ("partial file",)}, "The file has damaged parts: what can be read is kept"),
        ({"video_streams": 2}, "Several videos in one file → the largest"),
        (
            {"file_duration_s": 30.2, "duration_s": 29.0},
            "30.2 s in the file → 29 s, where its picture ends",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_said(change: dict[str, object], words: str) -> None:
    plan = plan_fit(replace(CLIP, **change))  # type: ignore[arg-type]
    assert not plan.unchanged
    assert plan.reasons == (words,)


@pytest.mark.parametrize(
    ("size", "shape", "words", "outcome"),
    [
        (
            (2560, 1080),
            "crop",
            "2560×1080 → 1920×1080, cropped left and right; or pad",
            (1920, 1080),
        ),
        ((2560, 1080), "pad", "2560×1080 → 1920×1080, bars above and below; or crop", (1920, 1080)),
        (
            (1080, 2340),
            "crop",
            "1080×2340 → 1080×1920, cropped above and below; or pad",
            (1080, 1920),
        ),
        ((8192, 4608), "crop", "8192×4608 → 1920×1080, scaled down", (1920, 1080)),
        ((100, 100), "crop", "100×100 → 256×256, scaled up", (256, 256)),
        ((641, 480), "crop", "641×480 → 640×480, even sides", (640, 480)),
    ],
)
def test_a_size_outside_the_limits_is_brought_inside(
    size: tuple[int, int], shape: str, words: str, outcome: tuple[int, int]
) -> None:
    plan = plan_fit(_sized(*size), shape=shape)  # type: ignore[arg-type]
    assert plan.reasons == (words,)
    assert plan.size == outcome


@pytest.mark.parametrize(
    ("size", "crop_at", "sides"),
    [
        ((2560, 1080), 0, "on the right"),
        ((2560, 1080), 0.3, "left and right"),
        ((2560, 1080), 1, "on the left"),
        ((1080, 2340), 0, "below"),
        ((1080, 2341), 1, "above"),
    ],
)
def test_the_words_say_on_which_sides_it_is_cropped(
    size: tuple[int, int], crop_at: float, sides: str
) -> None:
    plan = plan_fit(_sized(*size), crop_at=crop_at)
    assert f"cropped {sides}; or pad" in plan.reasons[0]
    assert plan.as_dict()["crop_at"] == crop_at


def test_a_large_picture_within_the_limits_is_scaled_only_when_it_is_encoded_anyway() -> None:
    assert plan_fit(_sized(3840, 2160)).unchanged
    plan = plan_fit(_sized(3840, 2160), start_s=1, end_s=5)
    assert plan.size == (1920, 1080)
    assert plan.reasons == ("10 s → 1.0–5.0 s, as chosen", "3840×2160 → 1920×1080, scaled down")


@pytest.mark.parametrize(
    ("times", "words", "span"),
    [
        ({}, "2:14 → the first 29.9 s; move start and end to choose", (0, 29.9)),
        ({"start_s": 60.0}, "2:14 → 1:00 to 1:30", (60, 89.9)),
        ({"start_s": 4.0, "end_s": 14.0}, "2:14 → 4.0–14.0 s, as chosen", (4, 14)),
        ({"start_s": 120.0, "end_s": 134.3}, "2:14 → 2:00 to 2:14, as chosen", (120, 134)),
        ({"start_s": 0, "end_s": 30.0}, "2:14 → 0.0–29.9 s, as chosen", (0, 29.9)),
    ],
)
def test_a_long_clip_is_cut(times: dict[str, float], words: str, span: tuple[float, float]) -> None:
    plan = plan_fit(LONG, **times)  # type: ignore[arg-type]
    assert plan.reasons == (words,)
    assert (plan.start_s, plan.end_s) == (span[0], pytest.approx(span[1]))
    assert plan.duration_s == pytest.approx(span[1] - span[0])
    assert plan.duration_s <= 29.9 + 1e-9


def test_30_04_seconds_are_too_long_and_said_so() -> None:
    plan = plan_fit(replace(CLIP, duration_s=30.04, file_duration_s=30.04))
    assert plan.reasons == ("30.04 s → the first 29.9 s; move start and end to choose",)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"start_s": -1}, "start is at -1 s"),
        ({"start_s": 10.0}, "start is at 10 s, but the clip goes from 0 to 10.00 s"),
        ({"start_s": 3, "end_s": 3.2}, "too short"),
        ({"start_s": 3, "end_s": 1}, "too short"),
        ({"end_s": 11}, "end is at 11 s, but the clip ends at 10.00 s"),
        ({"start_s": float("nan")}, "time in seconds"),
        ({"end_s": float("inf")}, "time in seconds"),
        ({"start_s": "1"}, "time in seconds"),
        ({"start_s": True}, "time in seconds"),
        ({"shape": "squeeze"}, "shape"),
        ({"crop_at": -0.1}, "goes from 0 to 1"),
        ({"crop_at": float("nan")}, "goes from 0 to 1"),
        ({"crop_at": "left"}, "goes from 0 to 1"),
        ({"crop_at": True}, "goes from 0 to 1"),
    ],
)
def test_times_and_places_that_make_no_sense_are_refused(
    times: dict[str, object], words: str
) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        plan_fit(CLIP, **times)  # type: ignore[arg-type]
    assert refused.value.what_next


def test_a_part_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(OptionError, match="at most 30 s"):
        plan_fit(LONG, start_s=0, end_s=40)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"frame_count": 1, "duration_s": 0.04}, "single picture"),
        ({"frame_count": 2, "duration_s": 0.08}, "too short"),
        (
            {"stored_width": 8192, "stored_height": 4320, "fps": 600.0, "turned": True},
            "more than can be prepared here",
        ),
        ({"width": 4000, "height": 8, "stored_width": 4000, "stored_height": 8}, "too narrow"),
    ],
)
def test_what_no_fitting_can_help_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ClipUnfit, match=words) as refused:
        plan_fit(replace(CLIP, **change))  # type: ignore[arg-type]
    assert refused.value.what_next


@pytest.mark.parametrize(
    ("fps", "outcome"),
    [
        *((60, 30), (50, 25), (59.94, 29.97), (120, 30), (240, 30), (48, 24), (24, 24)),
        *((1000, 29.41), (0.0003, 1)),
    ],
)
def test_fast_clips_keep_even_motion_and_none_stands_still(fps: float, outcome: float) -> None:
    plan = plan_fit(replace(CLIP, fps=fps), start_s=2)
    assert plan.fps == pytest.approx(outcome, abs=0.005)


def test_the_plan_as_json() -> None:
    plan = plan_fit(_sized(2560, 1080), shape="pad", start_s=1.0, end_s=3.0)
    assert plan.as_dict() == {
        "start_s": 1.0,
        "end_s": 3.0,
        "duration_s": 2.0,
        "fps": 30.0,
        "width": 1920,
        "height": 1080,
        "crop": None,
        "crop_at": 0.5,
        "pad": {"left": 0, "top": 136, "right": 0, "bottom": 134},
        "unchanged": False,
        "copied": False,
        "reasons": list(plan.reasons),
    }

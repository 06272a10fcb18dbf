"""A clip that is too long becomes parts that lose nothing: planned at once, cut at scenes."""

from dataclasses import replace
from itertools import pairwise

import pytest
from fitting.test_plan import CLIP
from hypothesis import given, settings
from hypothesis import strategies as st

from restyle.errors import ClipUnfit, OptionError
from restyle.fitting import parts, parts_needed, plan_fit, plan_parts
from restyle.fitting.parts import MOST_S, PART_S, cut_windows
from restyle.fitting.plan import MIN_DURATION_S

NTSC = 30000 / 1001


def _long(duration_s: float, fps: float = 30.0) -> parts.Clip:
    return replace(CLIP, duration_s=duration_s, file_duration_s=duration_s, fps=fps)


@pytest.mark.parametrize(
    ("duration_s", "count"),
    [(10, 1), (29.9, 1), (30.0, 1), (30.1, 2), (31, 2), (56, 2), (57, 3), (65, 3), (600, 22)],
)
def test_as_many_parts_as_are_needed(duration_s: float, count: int) -> None:
    clip = _long(duration_s)
    assert parts_needed(clip) == count
    assert len(plan_parts(clip).parts) == count


def test_what_fits_in_one_part_is_planned_as_any_clip() -> None:
    assert plan_parts(CLIP).parts == (plan_fit(CLIP),)
    assert plan_parts(CLIP).as_dict()["reasons"] == list(plan_fit(CLIP).reasons)
    chosen = plan_parts(_long(134), start_s=4, end_s=14)
    assert chosen.parts == (plan_fit(_long(134), start_s=4, end_s=14),)


@settings(max_examples=200, deadline=None)
@given(
    duration_s=st.floats(30.2, 600),
    fps=st.sampled_from([10.0, 15.0, 24.0, NTSC, 25.0, 29.5, 30.0, 50.0, 60.0, 60000 / 1001, 240]),
    start=st.floats(0, 0.4),
    end=st.floats(0.6, 1),
    scenes=st.lists(st.floats(0, 600), max_size=60),
)
def test_no_frame_is_lost_or_doubled_and_no_part_is_too_long_or_too_short(
    duration_s: float, fps: float, start: float, end: float, scenes: list[float]
) -> None:
    clip = _long(duration_s, fps)
    begin_s, end_s = start * duration_s, end * duration_s
    plan = plan_parts(clip, scenes, start_s=begin_s, end_s=end_s)
    frames = [round(part.duration_s * part.fps, 6) for part in plan.parts]
    assert all(count == round(count) for count in frames)
    for one, following in pairwise(plan.parts):
        assert following.start_s == pytest.approx(one.end_s, abs=1e-6)
    if len(plan.parts) > 1:
        assert {part.copied or part.unchanged for part in plan.parts} == {False}
        assert begin_s - 1 / fps - 1e-3 < plan.start_s <= begin_s + 1e-3
        assert end_s - 2 / plan.parts[0].fps - 1e-3 < plan.end_s <= end_s + 1e-3
        assert all(part.duration_s >= MIN_DURATION_S for part in plan.parts)
        assert min(frames) > 0.25 * max(frames)
    assert all(part.duration_s <= PART_S + 1e-6 for part in plan.parts[1:])


@pytest.mark.parametrize(
    ("scenes", "cuts", "words"),
    [
        ([], [21.667, 43.333], "Cut at 0:22, 0:43, evenly: no change of scene is near"),
        ([20.0, 44.5], [20.0, 44.5], "Cut at 0:20, 0:44, where the scene changes"),
        ([20.0, 21.0, 24.5], [21.0, 43.333], "0:21, 0:43, where the scene changes or else evenly"),
        ([10.0, 30.0, 60.0], [21.667, 43.333], "evenly"),
    ],
)
def test_a_cut_goes_to_the_nearest_change_of_scene_in_reach(
    scenes: list[float], cuts: list[float], words: str
) -> None:
    plan = plan_parts(_long(65), scenes)
    assert [part.start_s for part in plan.parts[1:]] == [pytest.approx(at, abs=1e-3) for at in cuts]
    assert plan.reasons[0] == "1:05 → 3 parts that are joined again"
    assert words in plan.reasons[1]


def test_the_reasons_of_the_picture_are_said_once() -> None:
    clip = replace(_long(65), width=2560, height=1080, stored_width=2560, stored_height=1080)
    plan = plan_parts(clip, start_s=2, end_s=64)
    assert plan.reasons[0] == "1:05 → 2 s to 1:04, in 3 parts that are joined again"
    assert [line for line in plan.reasons if "cropped" in line] == [
        "2560×1080 → 1920×1080, cropped left and right; or pad"
    ]
    told = plan.as_dict()
    assert [part["start_s"] for part in told["parts"]] == [2.0, 22.667, 43.333]
    assert told["duration_s"] == 62.0
    assert plan_parts(clip, shape="pad").parts[0].pad is not None


def test_the_windows_that_are_looked_at_are_short_and_where_cuts_may_be() -> None:
    clip = _long(300)
    windows = cut_windows(clip)
    assert sum(high - low for low, high in windows) < 0.25 * 300
    for low, high in windows:
        for at in (low, high):
            assert any(part.start_s == pytest.approx(at) for part in plan_parts(clip, [at]).parts)


@pytest.mark.parametrize(
    ("wishes", "error", "words"),
    [
        ({}, ClipUnfit, "too long to be made in parts. Choose at most 10 minutes"),
        ({"start_s": 10.0, "end_s": 9.0}, OptionError, "too short"),
        ({"start_s": 700.0}, OptionError, "goes from 0 to"),
        ({"end_s": 900.0}, OptionError, "the clip ends at"),
        ({"end_s": float("nan")}, OptionError, "it is a time in seconds"),
    ],
)
def test_what_cannot_be_planned_is_said_in_words(
    wishes: dict[str, float], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        plan_parts(_long(MOST_S + 1), **wishes)  # type: ignore[arg-type]  # times only


def test_a_single_picture_has_no_parts() -> None:
    with pytest.raises(ClipUnfit):
        parts_needed(replace(CLIP, frame_count=1, duration_s=0.03))

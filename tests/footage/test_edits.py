"""An edit becomes one filter graph."""

from dataclasses import replace

import pytest

from restyle.clips import Clip, inspect
from restyle.clips.guard import THREADS
from restyle.footage import Crop, Edit, Pad, Scale, input_arguments
from restyle.footage.edits import audio_filters, video_filters

from media import make_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return inspect(make_clip(tmp_path_factory.mktemp("edits") / "a.mp4", duration_s=2))


def test_steps_come_in_their_order_after_the_rate(clip: Clip) -> None:
    steps = (Crop(2, 4, 300, 200), Scale(150, 100), Pad(10, 0, 20, 0))
    graph = video_filters(Edit(clip, 0, 2, 30, steps), pixel_format="yuv420p")
    names = [part.split("=")[0] for part in graph.split(",")]
    assert [n for n in names if n != "setparams"] == [
        *("fps", "trim", "scale", "crop", "scale", "pad", "setsar", "format")
    ]
    assert Edit(clip, 0, 2, 30, steps).size == (180, 100)


def test_a_cut_goes_back_to_the_frame_that_is_shown(clip: Clip) -> None:
    cut = Edit(clip, 0, 2, 30).cut(0.51, 1.51)
    assert cut.start_s == pytest.approx(0.5)
    assert cut.duration_s == pytest.approx(1.0)
    again = cut.cut(0.5, 1.0)
    assert (again.start_s, again.duration_s) == (pytest.approx(1.0), pytest.approx(0.5))


def test_seeking_stays_before_the_cut_and_the_rest_is_shifted(clip: Clip) -> None:
    edit = Edit(clip, 1.5, 0.5, 30)
    arguments = input_arguments(edit)
    seek_s = float(arguments[arguments.index("-ss") + 1])
    assert 0 < seek_s < 1.5
    assert f"setpts=PTS-{1.5 - seek_s:.6f}/TB" in video_filters(edit, pixel_format="rgb24")
    assert f"asetpts=PTS-{1.5 - seek_s:.6f}/TB" in audio_filters(edit)


def test_a_stream_without_an_index_is_read_from_a_key_frame_on(clip: Clip) -> None:
    stream = replace(clip, demuxer="mpegts", key_gap_s=1.4)
    assert "-ss" not in input_arguments(Edit(stream, 1.5, 0.5, 30))


def test_light_beyond_the_screen_is_mapped_after_scaling_and_before_bars(clip: Clip) -> None:
    hdr = replace(clip, color_transfer="arib-std-b67", pixel_format="yuv420p10le")
    steps = (Scale(160, 120), Pad(0, 30, 0, 30))
    graph = video_filters(Edit(hdr, 0, 2, 30, steps), pixel_format="yuv420p")
    places = [graph.index(name) for name in ("scale=160:120", "tonemap=", "pad=")]
    assert places == sorted(places)


def test_a_rate_is_given_exactly(clip: Clip) -> None:
    graph = video_filters(Edit(clip, 0, 2, 30000 / 1001), pixel_format="rgb24")
    assert "fps=30000/1001:" in graph


@pytest.mark.parametrize(("duration_s", "threads"), [(1 / 30, "1"), (0.5, THREADS)])
def test_nothing_is_decoded_ahead_of_a_single_frame(
    clip: Clip, duration_s: float, threads: str
) -> None:
    arguments = input_arguments(Edit(clip, 1.0, duration_s, 30))
    assert arguments[arguments.index("-threads") + 1] == threads

"""Every row of the corpus, from the file to what goes to the service, looked at independently."""

import os
from pathlib import Path
from typing import Any

import pytest
from fitting.corpus import ROWS, Row

from restyle.clips import inspect
from restyle.fitting import fit, plan_fit

from media import packets, probe


@pytest.mark.parametrize("row", [row for row in ROWS if row.error is None], ids=lambda r: r.name)
def test_what_goes_to_the_service_is_right(row: Row, tmp_path: Path) -> None:
    path = _made(row, tmp_path)
    clip = inspect(path)
    plan = plan_fit(clip, shape=row.shape)
    before = path.read_bytes()
    told: list[float] = []
    out = fit(plan, tmp_path / "out", on_progress=told.append)

    assert any(row.says in reason for reason in plan.reasons), plan.reasons
    assert (plan.unchanged, plan.copied) == (row.unchanged, row.copied), plan.reasons
    assert (out.path.read_bytes() == before) == row.unchanged
    assert out.size_bytes == out.path.stat().st_size
    assert (out.width, out.height) == plan.size == (row.size or plan.size)
    assert out.duration_s == pytest.approx(plan.duration_s, abs=0.11)
    assert row.duration_s is None or out.duration_s == pytest.approx(row.duration_s, abs=0.04)
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert os.listdir(tmp_path / "out") == [out.path.name]
    if row.sound and not row.unchanged:
        kept = packets(out.path, "a")
        assert _is_part(kept, packets(path, "a")) == (row.copied or row.sound_kept)
    _assert_inside_limits(out.path, row, encoded=not (row.unchanged or row.copied))


@pytest.mark.parametrize("row", [row for row in ROWS if row.error], ids=lambda r: r.name)
def test_what_cannot_be_used_is_refused_in_words(row: Row, tmp_path: Path) -> None:
    path = _made(row, tmp_path)
    assert row.error is not None
    with pytest.raises(row.error, match=row.says) as refused:
        plan_fit(inspect(path))
    assert refused.value.what_next
    assert str(tmp_path) not in str(refused.value)


def _is_part(some: list[str], whole: list[str]) -> bool:
    """Whether packets stand in another file in one piece, from one of its first on."""
    return any(whole[n : n + len(some)] == some for n in range(4)) and len(some) > 10


def _made(row: Row, folder: Path) -> Path:
    (folder / "in").mkdir()
    path = folder / "in" / row.name
    row.make(path)
    return path


def _assert_inside_limits(path: Path, row: Row, *, encoded: bool) -> None:
    found = probe(path)
    picture = _largest(found["streams"])
    sounds = [s for s in found["streams"] if s["codec_type"] == "audio"]
    long, short = sorted((picture["width"], picture["height"]), reverse=True)
    assert bool(sounds) == row.sound
    assert 256 <= short <= long <= 4096
    assert long * 5 <= short * 9
    assert path.stat().st_size <= 100_000_000
    sides = [data["side_data_type"] for data in picture.get("side_data_list", [])]
    assert "Display Matrix" not in sides
    assert float(found["format"]["duration"]) <= 30.000
    if not encoded:
        return
    assert long % 2 == short % 2 == 0
    assert picture["codec_name"] == "h264"
    assert picture["pix_fmt"] == "yuv420p"
    assert picture["sample_aspect_ratio"] == "1:1"
    assert picture["color_range"] == "tv"
    assert picture["color_space"] in ("bt709", "smpte170m", "bt470bg")
    assert picture["r_frame_rate"] == picture["avg_frame_rate"]
    assert picture["field_order"] == "progressive"
    assert int(picture["nb_read_frames"]) == int(picture["nb_frames"])
    assert float(picture["start_time"]) == 0
    for sound in sounds:
        assert sound["codec_name"] == "aac"
        assert row.sound_kept or (sound["sample_rate"], sound["channels"]) == ("48000", 2)
        assert abs(float(sound["start_time"])) < 0.02


def _largest(streams: list[dict[str, Any]]) -> dict[str, Any]:
    pictures = [s for s in streams if s["codec_type"] == "video"]
    return max(pictures, key=lambda s: int(s["width"]) * int(s["height"]))

"""Every limit of the reference is a row: what was found, the limit, and the fix in words."""

from dataclasses import replace
from fractions import Fraction

import pytest
from fitting.test_plan import CLIP

from restyle.limits import LIMITS, check, clock, megabytes, ratio_ok


def test_the_limits_are_those_of_the_reference() -> None:
    assert (LIMITS.min_side_px, LIMITS.max_side_px, LIMITS.max_ratio) == (256, 4096, Fraction(9, 5))
    assert LIMITS.formats == ("MP4", "AVI", "MKV", "MOV", "FLV", "TS", "MPG", "MXF")
    assert (LIMITS.max_duration_s, LIMITS.max_size_bytes) == (30, 100_000_000)


def test_a_good_clip_has_six_rows_and_nothing_to_fix() -> None:
    rows = check(CLIP)
    assert [row.name for row in rows] == [
        *("width", "height", "ratio", "format", "duration", "size")
    ]
    assert all(row.ok and row.fix == "" for row in rows)
    assert rows[0].as_dict() == {
        "name": "width",
        "value": "1,280 px",
        "limit": "256 to 4,096 px",
        "ok": True,
        "fix": "",
    }


@pytest.mark.parametrize(
    ("change", "row", "value", "ok", "fix"),
    [
        ({"width": 256}, "width", "256 px", True, ""),
        ({"width": 255}, "width", "255 px", False, "Scaled up."),
        ({"height": 4096}, "height", "4,096 px", True, ""),
        ({"height": 4097}, "height", "4,097 px", False, "Scaled down."),
        ({"width": 1800, "height": 1000}, "ratio", "1.80", True, ""),
        ({"width": 1802, "height": 1000}, "ratio", "1.80", False, "cropped, or bars"),
        ({"format": "WEBM"}, "format", "WEBM", False, "Converted to MP4."),
        ({"file_duration_s": 30.0}, "duration", "30 s", True, ""),
        ({"file_duration_s": 30.001}, "duration", "30.001 s", False, "length of the picture"),
        (
            {"file_duration_s": 134, "duration_s": 134},
            "duration",
            "2:14",
            False,
            "Cut to 30 s: choose which with start and end.",
        ),
        ({"size_bytes": 100_000_000}, "size", "100.0 MB", True, ""),
        ({"size_bytes": 100_000_001}, "size", "100.1 MB", False, "Cut or compressed to fit."),
    ],
)
def test_each_limit_at_its_edge(
    change: dict[str, object], row: str, value: str, ok: bool, fix: str
) -> None:
    found = next(r for r in check(replace(CLIP, **change)) if r.name == row)  # type: ignore[arg-type]
    assert (found.value, found.ok) == (value, ok)
    assert fix in found.fix
    assert bool(fix) == bool(found.fix)


def test_16_to_9_passes_both_ways() -> None:
    assert ratio_ok(1920, 1080)
    assert ratio_ok(1080, 1920)
    assert not ratio_ok(1812, 1000)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(9.5, "9.5 s"), (30, "30 s"), (59.96, "1:00"), (134, "2:14"), (3725, "1:02:05")],
)
def test_durations_read_well(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"), [(900, "1 kB"), (45_300, "45 kB"), (5_000_001, "5.1 MB")]
)
def test_sizes_read_well(size_bytes: int, words: str) -> None:
    assert megabytes(size_bytes) == words

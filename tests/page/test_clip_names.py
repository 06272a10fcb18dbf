from datetime import UTC, datetime
from pathlib import Path

import pytest

from restyle.page.clip_names import named_copy, own_name

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/cache/abc/sample.webm", "camera-2026-11-22.webm"),
        ("/cache/abc/sample.mp4", "camera-2026-11-22.mp4"),
        ("/cache/abc/holiday.mp4", "holiday.mp4"),
        ("/cache/abc/sample.mov", "sample.mov"),
    ],
)
def test_a_recording_gets_a_name_and_a_file_keeps_its_own(path: str, name: str) -> None:
    assert own_name(Path(path), NOW) == name


@pytest.mark.parametrize("name", ["camera.webm", "sample.webm", "a/b.mp4", ".webm"])
def test_a_copy_under_another_name_has_the_same_bytes_and_goes_away(
    tmp_path: Path, name: str
) -> None:
    source = tmp_path / "sample.webm"
    source.write_bytes(b"film")
    with named_copy(source, name) as copy:
        assert copy.read_bytes() == b"film"
        assert copy.suffix == ".webm"
        assert copy.stem == (Path(name.replace("/", "-")).stem or "clip") or name == "a/b.mp4"
    assert [path.name for path in tmp_path.iterdir()] == ["sample.webm"]

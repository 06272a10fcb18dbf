from pathlib import Path

import pytest
from faults.scripted_cloud import (
    CUT_ANSWER,
    HEADERS_ONLY,
    LOST_AFTER_ACCEPTANCE,
    RESET_AFTER_ACCEPTANCE,
    Fault,
    ScriptedCloud,
)

from restyle.cloud import Timeouts
from restyle.cloud import download as download_module
from restyle.cloud.download import download
from restyle.errors import DownloadFailed

USUAL = Timeouts()
AT_ONCE = (0.0, 0.0, 0.0)


def fetch(cloud: ScriptedCloud, target: Path, timeouts: Timeouts = USUAL) -> int:
    return download(f"{cloud.origin}/results/结果.mp4", target, timeouts, waits_s=AT_ONCE)


@pytest.mark.parametrize(
    ("faults", "ranges"),
    [
        ([], [""]),
        ([LOST_AFTER_ACCEPTANCE], ["", ""]),
        ([RESET_AFTER_ACCEPTANCE], ["", ""]),
        ([HEADERS_ONLY], ["", ""]),
        ([CUT_ANSWER], ["", "half-"]),
        ([CUT_ANSWER, LOST_AFTER_ACCEPTANCE], ["", "half-", "half-"]),
        ([Fault("answer", False, 503, "busy")], [""]),
        ([Fault("answer", False, 429, "busy")], [""]),
        ([Fault("cut", headers={"ETag": 'W/"weak"'})], ["", ""]),
        # The second half of another version is not put after the first half of this one.
        ([CUT_ANSWER, Fault("answer", status=206, headers={"ETag": '"two"'})], ["", "half-", ""]),
        ([CUT_ANSWER, Fault("answer", False, 206, "other")], ["", ""]),
    ],
    ids=str,
)
def test_a_result_that_breaks_off_is_fetched_whole_all_the_same(
    cloud: ScriptedCloud, tmp_path: Path, faults: list[Fault], ranges: list[str]
) -> None:
    whole = cloud.result()
    cloud.once("result", *faults)
    size = fetch(cloud, tmp_path / "result.mp4")
    assert (tmp_path / "result.mp4").read_bytes() == whole
    assert size == len(whole)
    assert [p.name for p in tmp_path.iterdir()] == ["result.mp4"]
    half = str(len(whole) // 2)
    assert [
        wanted.removeprefix("bytes=").replace(half, "half") for wanted in cloud.ranges
    ] == ranges


def test_a_part_that_ends_early_is_taken_up_where_it_ended(
    cloud: ScriptedCloud, tmp_path: Path
) -> None:
    half = len(cloud.result()) // 2
    short = Fault("answer", status=206, headers={"Content-Length": "100"})
    cloud.once("result", CUT_ANSWER, short)
    fetch(cloud, tmp_path / "result.mp4")
    assert (tmp_path / "result.mp4").read_bytes() == cloud.result()
    assert cloud.ranges == ["", f"bytes={half}-", f"bytes={half + 100}-"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (LOST_AFTER_ACCEPTANCE, "did not answer"),
        (HEADERS_ONLY, "connection broke"),
        (Fault("answer", False, 500, "oops"), "HTTP 500"),
        (Fault("answer", headers={"Content-Length": "20000"}), "not the whole film"),
        (Fault("text", body="<html>Please log in</html>"), "not an MP4"),
        (Fault("answer", headers={"Content-Encoding": "br"}), "how long it is"),
        (Fault("answer", False, 302, headers={"Location": "/results/x"}), "did not answer"),
    ],
    ids=str,
)
def test_a_result_that_never_comes_whole_leaves_nothing_behind(
    cloud: ScriptedCloud, tmp_path: Path, fault: Fault, words: str
) -> None:
    cloud.always("result", fault)
    with pytest.raises(DownloadFailed, match=words) as caught:
        fetch(cloud, tmp_path / "result.mp4")
    assert list(tmp_path.iterdir()) == []
    assert caught.value.what_next
    assert len(cloud.ranges) <= 1 + len(AT_ONCE)


def test_a_server_that_says_nothing_is_given_up(cloud: ScriptedCloud, tmp_path: Path) -> None:
    cloud.result()  # Made beforehand: the server's own work must not be the silence.
    cloud.always("result", Fault("stall", seconds=60))
    with pytest.raises(DownloadFailed, match="did not answer"):
        fetch(cloud, tmp_path / "result.mp4", Timeouts(read_s=0.5))
    assert len(cloud.ranges) == 1 + len(AT_ONCE)


def test_a_failed_download_leaves_an_earlier_result_as_it_was(
    cloud: ScriptedCloud, tmp_path: Path
) -> None:
    (tmp_path / "result.mp4").write_bytes(b"earlier")
    cloud.always("result", LOST_AFTER_ACCEPTANCE)
    with pytest.raises(DownloadFailed):
        fetch(cloud, tmp_path / "result.mp4")
    assert (tmp_path / "result.mp4").read_bytes() == b"earlier"


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_result_that_is_gone_is_not_asked_for_again(
    cloud: ScriptedCloud, tmp_path: Path, status: int
) -> None:
    cloud.always("result", Fault("answer", False, status, "gone"))
    with pytest.raises(DownloadFailed, match="no longer") as caught:
        fetch(cloud, tmp_path / "result.mp4")
    assert caught.value.code == "ResultExpired"
    assert [route for route, _ in cloud.requests] == ["result"]


def test_a_redirect_is_followed_for_a_result_without_any_key(
    cloud: ScriptedCloud, tmp_path: Path
) -> None:
    there = Fault("answer", False, 302, headers={"Location": f"{cloud.origin}/results/there.mp4"})
    cloud.once("result", there)
    fetch(cloud, tmp_path / "result.mp4")
    assert [path for _, path in cloud.requests][1] == "/results/there.mp4"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.b/c", "oss://a/b", "result.mp4"])
def test_only_web_addresses_are_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadFailed, match="not one of the web"):
        download(url, tmp_path / "result.mp4", USUAL)


def test_a_result_is_bounded_in_size(
    cloud: ScriptedCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_module, "MOST_BYTES", 10_000)
    with pytest.raises(DownloadFailed, match="larger than"):
        fetch(cloud, tmp_path / "result.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_download_is_bounded_in_time(cloud: ScriptedCloud, tmp_path: Path) -> None:
    cloud.always("result", Fault("stall", seconds=60))
    with pytest.raises(DownloadFailed):
        fetch(cloud, tmp_path / "result.mp4", Timeouts(read_s=0.2, download_s=0.1))
    assert len(cloud.ranges) <= 1


def test_a_target_that_cannot_be_written_is_said_in_words(
    cloud: ScriptedCloud, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadFailed, match="could not be written"):
        fetch(cloud, tmp_path / "file" / "result.mp4")

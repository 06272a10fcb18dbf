import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.testclient import TestClient

from restyle.errors import HostingError
from restyle.hosting import OwnAddress


class Clock:
    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_clip_is_fetched_whole_by_its_link(own: OwnAddress, clip: Path) -> None:
    hosted = own.host(clip)
    answer = requests.get(hosted.url, timeout=5)
    assert answer.status_code == 200
    assert answer.content == clip.read_bytes()
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(clip.stat().st_size)
    assert answer.headers["Cache-Control"] == "private"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert hosted.headers == {}
    assert hosted.host == "self"


@pytest.mark.parametrize(
    ("wanted", "status", "part", "place"),
    [
        ("bytes=0-1023", 206, slice(0, 1024), "bytes 0-1023/10240"),
        ("bytes=10000-", 206, slice(10000, None), "bytes 10000-10239/10240"),
        ("bytes=-16", 206, slice(-16, None), "bytes 10224-10239/10240"),
        ("bytes=20000-", 416, slice(0, 0), "bytes */10240"),
    ],
)
def test_a_part_of_a_clip_is_fetched_by_range(
    own: OwnAddress, clip: Path, wanted: str, status: int, part: slice, place: str
) -> None:
    answer = requests.get(own.host(clip).url, headers={"Range": wanted}, timeout=5)
    assert answer.status_code == status
    assert answer.content == clip.read_bytes()[part]
    assert answer.headers["Content-Range"] == place


def test_head_tells_the_length_and_sends_nothing(own: OwnAddress, clip: Path) -> None:
    answer = requests.head(own.host(clip).url, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == "10240"
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_nothing_is_changed_by_a_link(own: OwnAddress, clip: Path) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert requests.request(method, own.host(clip).url, timeout=5).status_code == 405


def test_a_link_is_ascii_and_says_nothing_of_the_clip(own: OwnAddress, clip: Path) -> None:
    first, second = own.host(clip).url, own.host(clip).url
    assert first.isascii()
    assert first.endswith("/clip.mp4")
    assert first != second
    assert "=" not in first
    assert "one" not in first.split("/clips/")[1].removesuffix("/clip.mp4").lower().split("/")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetch(root: Path, secret: bytes, clock: Clock) -> Callable[[str], int]:
    host = OwnAddress("http://testserver", root, secret, ttl_s=60, clock=clock)
    browser = TestClient(Starlette(routes=host.routes))
    return lambda url: browser.get(url).status_code


def linked(root: Path, secret: bytes, clip: Path, clock: Clock) -> str:
    """A link of another process with the same secret."""
    return OwnAddress("http://testserver", root, secret, ttl_s=60, clock=clock).host(clip).url


def test_a_link_expires(
    root: Path, secret: bytes, clip: Path, clock: Clock, fetch: Callable[[str], int]
) -> None:
    host = OwnAddress("http://testserver", root, secret, ttl_s=60, clock=clock)
    hosted = host.host(clip)
    assert hosted.expires_at == datetime.fromtimestamp(clock.now, UTC) + timedelta(seconds=60)
    clock.now += 60
    assert fetch(hosted.url) == 200
    clock.now += 1
    assert fetch(hosted.url) == 404


def test_no_changed_link_opens_anything(
    root: Path, secret: bytes, clip: Path, clock: Clock, fetch: Callable[[str], int]
) -> None:
    url = linked(root, secret, clip, clock)
    assert fetch(url) == 200
    head, token, name = url.rsplit("/", 2)
    changed = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token + "A",
        token + "=",
        token + "==x",
        token[1:],
        token[:40] + ("a" if token[40] != "a" else "b") + token[41:],
        "",
        "x" * 4000,
        "%00",
        "%E9%8D%B5",
        "..%2F..%2Fsecret.key",
    ]
    assert [fetch(f"{head}/{other}/{name}") for other in changed] == [404] * len(changed)
    assert fetch(f"{head}/{token}/clip.mov") == 404
    assert fetch(f"{head}/{token}/") == 404


def test_a_link_of_another_installation_opens_nothing(
    root: Path, clip: Path, clock: Clock, fetch: Callable[[str], int]
) -> None:
    assert fetch(linked(root, b"another secret", clip, clock)) == 404


def test_what_is_no_longer_there_is_not_found(
    root: Path, secret: bytes, clip: Path, clock: Clock, fetch: Callable[[str], int]
) -> None:
    url = linked(root, secret, clip, clock)
    clip.unlink()
    assert fetch(url) == 404


def test_a_link_whose_clip_was_replaced_by_a_way_out_opens_nothing(
    root: Path, secret: bytes, clip: Path, clock: Clock, fetch: Callable[[str], int]
) -> None:
    url = linked(root, secret, clip, clock)
    (root.parent / "secret.mp4").write_bytes(b"secret")
    clip.unlink()
    os.symlink(root.parent / "secret.mp4", clip)
    assert fetch(url) == 404


@pytest.mark.parametrize("place", ["../outside.mp4", "link-out.mp4", "dir.mp4", "notes.txt"])
def test_only_clips_inside_the_root_are_hosted(root: Path, secret: bytes, place: str) -> None:
    (root.parent / "outside.mp4").write_bytes(b"x")
    (root / "link-out.mp4").symlink_to(root.parent / "outside.mp4")
    (root / "dir.mp4").mkdir()
    (root / "notes.txt").write_bytes(b"x")
    with pytest.raises(HostingError) as caught:
        OwnAddress("http://127.0.0.1", root, secret).host(root / place)
    assert caught.value.what_next


def test_a_root_that_is_itself_a_link_serves_its_clips(
    tmp_path: Path, root: Path, secret: bytes
) -> None:
    (tmp_path / "alias").symlink_to(root)
    host = OwnAddress("http://testserver", tmp_path / "alias", secret)
    url = host.host(tmp_path / "alias" / "one" / "我的 clip.MP4").url
    assert TestClient(Starlette(routes=host.routes)).get(url).status_code == 200


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        (".mp4", "video/mp4"),
        (".mov", "video/quicktime"),
        (".mkv", "video/x-matroska"),
        (".ts", "video/mp2t"),
        (".webm", "video/webm"),
    ],
)
def test_a_clip_is_served_as_what_it_is(
    root: Path, secret: bytes, suffix: str, media_type: str
) -> None:
    path = root / f"clip{suffix}"
    path.write_bytes(b"x")
    host = OwnAddress("http://testserver", root, secret)
    answer = TestClient(Starlette(routes=host.routes)).get(host.host(path).url)
    assert answer.headers["Content-Type"] == media_type


@pytest.mark.parametrize("address", [None, ""])
def test_an_address_that_is_not_known_is_said_in_words(
    root: Path, secret: bytes, clip: Path, address: str | None
) -> None:
    with pytest.raises(HostingError, match="no address"):
        OwnAddress(lambda: address, root, secret).host(clip)


def test_a_share_link_counts_from_when_it_is_known(root: Path, secret: bytes, clip: Path) -> None:
    address: list[str] = [""]
    host = OwnAddress(lambda: address[0], root, secret)
    address[0] = "https://abc.gradio.live/"
    assert host.host(clip).url.startswith("https://abc.gradio.live/restyle/clips/")

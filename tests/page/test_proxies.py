"""The small copies behind the page: made once for all who wait, given up when nobody does."""

import os
import time
from pathlib import Path

import pytest

from restyle.errors import ClipUnreadable
from restyle.page import proxies as room
from restyle.page.proxies import KEEP_S, Proxies

from media import make_clip, stream


@pytest.fixture
def source(tmp_path: Path) -> Path:
    coding = ("-c:v", "mpeg2video", "-c:a", "mp2")
    return make_clip(tmp_path / "a.mpg", size=(640, 480), duration_s=2, options=coding)


def test_a_copy_is_made_once_and_found_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxies = Proxies(tmp_path / "copies")
    *shares, name = proxies.make(source)
    assert shares == sorted(shares)
    assert stream(proxies.path(str(name)), "video")["codec_name"] == "h264"
    monkeypatch.setattr(room, "write_proxy", None)
    assert list(proxies.make(source)) == [name]


def test_two_who_wait_share_one_making_and_the_last_to_leave_ends_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []

    def endless(clip: object, target: Path, *, on_progress: object, should_stop: object) -> None:
        begun.append(should_stop)
        while not should_stop():  # type: ignore[operator]
            time.sleep(0.01)
        raise ClipUnreadable("Stopped.")

    monkeypatch.setattr(room, "write_proxy", endless)
    proxies = Proxies(tmp_path / "copies")
    first, second = proxies.make(source), proxies.make(source)
    next(first), next(second)
    first.close()  # type: ignore[attr-defined]
    next(second)
    assert len(begun) == 1
    assert not begun[0]()  # type: ignore[operator]
    second.close()  # type: ignore[attr-defined]
    assert begun[0]()  # type: ignore[operator]
    assert list((tmp_path / "copies").iterdir()) == []


def test_what_cannot_be_read_is_an_error_and_can_be_tried_again(tmp_path: Path) -> None:
    (broken := tmp_path / "a.mp4").write_bytes(b"no clip")
    proxies = Proxies(tmp_path / "copies")
    for _ in range(2):
        with pytest.raises(ClipUnreadable):
            list(proxies.make(broken))


def test_copies_go_after_a_day(source: Path, tmp_path: Path) -> None:
    old = tmp_path / "copies" / "old.mp4"
    old.parent.mkdir()
    old.write_bytes(b"x")
    os.utime(old, (time.time() - KEEP_S - 60,) * 2)
    (young := old.with_name("young.mp4")).write_bytes(b"x")
    list(Proxies(old.parent).make(source))
    assert not old.exists()
    assert young.exists()

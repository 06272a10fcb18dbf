"""A pasted address, behind the page: the clip's name, its inspection, and what is left of it."""

import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web import Web

from restyle.clips import Clip
from restyle.errors import ClipUnreadable, FetchTooLarge
from restyle.fetching import Guard
from restyle.page.pasting import Progress, clip_name, fetch_clip

from media import make_clip


@pytest.mark.parametrize(
    ("said", "kind", "name"),
    [
        ("holiday.mp4", "MP4", "holiday.mp4"),
        ("holiday.mp4", "MKV", "holiday.mkv"),
        ("杭州 2026.MOV", "MOV", "杭州 2026.mov"),
        ("a/b\\c.mp4", "MP4", "b-c.mp4"),
        ("<b>&?.mp4", "MP4", "b.mp4"),
        ("videoplayback", "WEBM", "videoplayback.webm"),
        ("", "TS", "clip.ts"),
        ("…", "MP4", "clip.mp4"),
        ("x" * 300 + ".mp4", "MP4", "x" * 80 + ".mp4"),
    ],
)
def test_the_name_is_one_that_a_person_knows_again(said: str, kind: str, name: str) -> None:
    assert clip_name(said, kind) == name


def test_the_clip_comes_last_and_lies_alone_in_a_folder(web: Web, tmp_path: Path) -> None:
    content = make_clip(tmp_path / "a.mkv").read_bytes()
    web.files["/films/a.bin"] = content
    folder = tmp_path / "uploads"
    *progress, clip = fetch_clip(
        f"{web.origin}/films/a.bin", folder, Guard(frozenset({web.origin}))
    )
    assert all(isinstance(said, Progress) for said in progress)
    assert isinstance(clip, Clip)
    assert (clip.path.name, clip.format) == ("a.mkv", "MKV")
    assert clip.path.read_bytes() == content
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["a.mkv"]


def test_what_is_no_clip_or_too_large_leaves_nothing(web: Web, tmp_path: Path) -> None:
    web.files["/notes.mp4"] = b"Buy milk.\n" * 100
    guard = Guard(frozenset({web.origin}), max_bytes=500)
    with pytest.raises(FetchTooLarge):
        list(fetch_clip(f"{web.origin}/notes.mp4", tmp_path, guard))
    with pytest.raises(ClipUnreadable):
        list(fetch_clip(f"{web.origin}/notes.mp4", tmp_path, Guard(frozenset({web.origin}))))
    assert list(tmp_path.iterdir()) == []


def test_a_fetch_that_nobody_waits_for_ends(web: Web, tmp_path: Path) -> None:
    gone = threading.Event()

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not gone.wait(0.01):
                request.wfile.write(b"x" * 1000)
        except OSError:
            gone.set()

    web.handlers["/endless"] = endless
    fetching = fetch_clip(f"{web.origin}/endless", tmp_path, Guard(frozenset({web.origin})))
    for said in fetching:
        assert isinstance(said, Progress)
        if said.size_bytes > 2000:
            break
    fetching.close()
    assert gone.wait(20)
    web.handlers.clear()

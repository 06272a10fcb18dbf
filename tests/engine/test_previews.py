"""Previews: one frame in all styles over real HTTP, and whose turn it is."""

import base64
import contextlib
import json
import os
import queue
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from restyle.cloud import PreviewClient
from restyle.engine.previews import (
    KERNELS_WAIT_S,
    MAX_WAITING,
    Answer,
    PreviewRequest,
    Previews,
    TooManyPreviews,
)
from restyle.errors import Refused
from restyle.styles import Style

PATH = "/api/v1/previews"
MINE = {"X-Restyle-Visitor": "me", "Content-Type": "application/octet-stream"}
ALL = frozenset(int(style) for style in Style)


def picture(width: int = 640, height: int = 360, kind: str = ".jpg") -> bytes:
    """A picture file with some shapes in it."""
    y, x = np.mgrid[0:height, 0:width]
    bgr = np.stack([x % 256, y % 256, (x + y) % 256], -1).astype(np.uint8)
    cv2.circle(bgr, (width // 2, height // 2), height // 4, (40, 120, 220), -1)
    return cv2.imencode(kind, bgr)[1].tobytes()


def lines_of(engine: Any, query: str, body: bytes) -> Iterator[dict[str, Any]]:
    """The answer's lines as they come."""
    request = urllib.request.Request(engine.url + PATH + query, data=body, headers=MINE)
    with urllib.request.urlopen(request, timeout=120) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        for line in answer:
            yield json.loads(line)


def size_of(jpeg: bytes) -> tuple[int, int]:
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return found.shape[1], found.shape[0]


def test_a_frame_comes_back_in_all_styles_each_as_a_line_of_its_own(engine: Any) -> None:
    *painted, last = lines_of(engine, "", picture())
    assert last == {"done": True}
    assert [line["style"] for line in painted] == list(range(8))
    jpegs = [base64.b64decode(line["jpeg"]) for line in painted]
    assert {size_of(jpeg) for jpeg in jpegs} == {(480, 270)}
    assert len(set(jpegs)) == 8


def test_styles_size_and_shape_are_as_asked_for(engine: Any) -> None:
    first, second, last = lines_of(engine, "?styles=5,2,5&size=300", picture(301, 500, ".png"))
    assert (first["style"], second["style"], last) == (5, 2, {"done": True})
    assert size_of(base64.b64decode(first["jpeg"])) == (181, 300)
    # A small picture is not enlarged.
    (only, _) = lines_of(engine, "?styles=2&size=1000", picture(120, 100))
    assert size_of(base64.b64decode(only["jpeg"])) == (120, 100)


@pytest.mark.parametrize(
    ("query", "body", "headers", "words"),
    [
        ("", picture(), {"X-Restyle-Visitor": " "}, "X-Restyle-Visitor"),
        ("", b"<html>", {}, "not a picture"),
        ("", picture()[:40], {}, "not a picture"),
        ("", picture(40, 40), {}, "too small"),
        ("", picture(600, 100), {}, "too narrow"),
        ("", b"0" * 8_000_001, {}, "too large"),
        ("?styles=8", picture(), {}, "styles"),
        ("?styles=a", picture(), {}, "styles"),
        ("?size=9", picture(), {}, "size"),
        ("?size=%C2%B2", picture(), {}, "size"),
    ],
)
def test_what_cannot_be_previewed_is_refused_in_words(
    engine: Any, query: str, body: bytes, headers: dict[str, str], words: str
) -> None:
    answer = engine.call("POST", PATH + query, body, key=None, headers={**MINE, **headers})
    assert (answer.status, answer.json["code"]) == (400, "InvalidParameter")
    assert words in answer.json["message"]


def test_an_engine_that_stops_in_the_middle_of_previews_ends_them_in_order(
    make_engine: Callable[..., Any],
) -> None:
    engine = make_engine()
    lines = lines_of(engine, "?size=1280", picture(1280, 1280))
    assert "style" in next(lines)
    engine.end()
    assert list(lines)[-1] == {"superseded": True}
    assert "Traceback" not in engine.log()


def test_a_newer_request_of_the_visitor_ends_the_earlier_one(engine: Any) -> None:
    # As large as it may be, so that there is something to end.
    earlier = lines_of(engine, "?size=1280", picture(1280, 1280))
    assert next(earlier)["style"] == 0
    (newer, done) = lines_of(engine, "?styles=2&size=96", picture())
    assert (newer["style"], done) == (2, {"done": True})
    rest = list(earlier)
    assert rest[-1] == {"superseded": True}
    assert len(rest) < 8


def test_previews_come_while_a_render_runs(engine: Any, long_url: str) -> None:
    task_id = engine.submit(long_url, style=2, min_len=720, video_fps=25)
    engine.wait(task_id, lambda output: output.get("frames_done", 0) > 0)
    assert len(list(lines_of(engine, "", picture()))) == 9
    assert engine.query(task_id)["output"]["task_status"] == "RUNNING"
    engine.call("POST", f"/api/v1/tasks/{task_id}/cancel?running=true", b"")


def test_a_process_that_crashes_in_the_middle_of_a_request_costs_it_nothing(engine: Any) -> None:
    lines = lines_of(engine, "?styles=2,0,1&size=1280", picture(1280, 1280))
    next(lines)
    (process,) = _previewers_of(engine.process.pid)
    os.kill(process, signal.SIGKILL)
    *rest, last = lines
    assert last == {"done": True}
    assert [line["style"] for line in rest] == [0, 1]
    assert all("jpeg" in line for line in rest)
    assert process not in _previewers_of(engine.process.pid)


def _previewers_of(engine: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == engine and b"restyle.engine.previewer" in (
                folder / "cmdline"
            ).read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def test_the_client_gives_each_style_with_its_picture(engine: Any) -> None:
    client = PreviewClient(f"{engine.url}/api/v1/")
    frame = np.zeros((720, 1280, 3), np.uint8)
    frame[:, 400:] = (200, 30, 30)
    found = dict(client.styles(frame, "me"))
    assert list(found) == list(Style)
    assert {size_of(jpeg) for jpeg in found.values()} == {(480, 270)}
    # What is red stays so: the channels are in order on the way there and back.
    manga = cv2.imdecode(np.frombuffer(found[Style.JAPANESE_MANGA], np.uint8), cv2.IMREAD_COLOR)
    assert manga is not None
    blue, _, red = manga[100, 400]
    assert int(red) > int(blue) + 50
    (only,) = client.styles(picture(), "me", styles=[Style.PAPER_ART], size_px=200)
    assert (only[0], size_of(only[1])) == (Style.PAPER_ART, (200, 112))
    with pytest.raises(Refused, match="not a picture"):
        next(client.styles(b"no picture", "me"))


def test_a_client_that_goes_away_leaves_nothing_behind(engine: Any) -> None:
    client = PreviewClient(f"{engine.url}/api/v1")
    for _ in range(MAX_WAITING + 2):
        # Each as another visitor: the queue has places again only because they went.
        painting = client.styles(picture(), f"visitor {_}")
        next(painting)
        painting.close()  # type: ignore[attr-defined]  # a generator


class Waiting:
    """What the previews said, by visitor and in order."""

    def __init__(self) -> None:
        self.said: queue.Queue[tuple[str, Answer]] = queue.Queue()

    def request(
        self, visitor: str, styles: list[int], *, asked_at: float | None = None
    ) -> PreviewRequest:
        def say(answer: Answer) -> None:
            self.said.put((visitor, {k: v for k, v in answer.items() if k != "jpeg"}))

        return PreviewRequest(
            visitor,
            base64.b64encode(picture(160, 120)).decode(),
            [Style(style) for style in styles],
            160,
            say,
            time.monotonic() if asked_at is None else asked_at,
        )

    def next(self, count: int) -> list[tuple[str, Answer]]:
        return [self.said.get(timeout=60) for _ in range(count)]


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@contextlib.contextmanager
def running(previews: Previews) -> Iterator[None]:
    previews.start()
    try:
        yield
    finally:
        previews.stop()


def test_visitors_take_turns_and_each_has_one_request(waiting: Waiting) -> None:
    previews = Previews(lambda: ALL, warm_up=False)
    previews.ask(waiting.request("anna", [0, 1, 2]))
    previews.ask(waiting.request("ben", [2]))
    previews.ask(waiting.request("anna", [2, 1]))
    gone = waiting.request("cleo", [2])
    previews.ask(gone)
    previews.drop(gone)
    with running(previews):
        assert waiting.next(6) == [
            ("anna", {"superseded": True}),
            ("ben", {"style": 2}),
            ("ben", {"done": True}),
            ("anna", {"style": 2}),
            ("anna", {"style": 1}),
            ("anna", {"done": True}),
        ]
    assert waiting.said.empty()


def test_the_queue_is_bounded_and_who_waits_at_the_end_is_told(waiting: Waiting) -> None:
    previews = Previews(frozenset, warm_up=True)
    for number in range(MAX_WAITING):
        previews.ask(waiting.request(str(number), [0]))
    with pytest.raises(TooManyPreviews):
        previews.ask(waiting.request("one more", [0]))
    previews.ask(waiting.request("0", [0]))  # In place of its earlier one.
    assert waiting.next(1) == [("0", {"superseded": True})]
    with running(previews):
        """Nothing is compiled, so nothing is painted."""
    assert sorted(visitor for visitor, _ in waiting.next(MAX_WAITING)) == sorted(
        map(str, range(MAX_WAITING))
    )


def _growing() -> tuple[set[int], Callable[[], frozenset[int]]]:
    compiled: set[int] = set()
    return compiled, lambda: frozenset(compiled)


def test_kernels_are_not_waited_for_without_end(waiting: Waiting) -> None:
    long_ago = time.monotonic() - KERNELS_WAIT_S
    previews = Previews(frozenset, warm_up=True)
    previews.ask(waiting.request("anna", [2], asked_at=long_ago))
    with running(previews):
        assert waiting.next(2) == [("anna", {"style": 2}), ("anna", {"done": True})]


def test_styles_are_painted_as_their_kernels_come(waiting: Waiting) -> None:
    compiled, so_far = _growing()
    compiled.add(2)
    previews = Previews(so_far, warm_up=True)
    previews.ask(waiting.request("anna", [0, 2]))
    with running(previews):
        assert waiting.next(1) == [("anna", {"style": 2})]
        compiled.add(0)
        assert waiting.next(2) == [("anna", {"style": 0}), ("anna", {"done": True})]


def test_many_threads_may_ask_at_once(waiting: Waiting) -> None:
    previews = Previews(lambda: ALL, warm_up=False)
    threads = [
        threading.Thread(target=lambda n=n: previews.ask(waiting.request(f"v{n % 4}", [2])))
        for n in range(12)
    ]
    with running(previews):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers = waiting.next(12 + 4)  # An end for each, and a picture for those that stayed.
    ends = [answer for _, answer in answers if "done" in answer or "superseded" in answer]
    assert len(ends) >= 12

"""The client of the previews against answers that are not what they should be."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from restyle.cloud import PreviewClient
from restyle.errors import AnswerLost, BadAnswer, Refused, RestyleError, ServiceFault, Unreachable
from restyle.styles import Style

GOOD = json.dumps({"style": 3, "jpeg": "aGVsbG8="}) + "\n"


@pytest.fixture
def answering() -> Iterator[Callable[[int, str], str]]:
    """A server that gives one answer to everything; says where it is."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                # What is promised and does not come is a connection that broke.
                self.send_header("Content-Length", str(len(body) + body.count("…cut…")))
                self.end_headers()
                self.wfile.write(body.replace("…cut…", "").encode())

            def log_message(self, *_: Any) -> None:
                """Keep the test's output quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/api/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_each_line_is_a_style_and_one_that_failed_is_left_out(
    answering: Callable[[int, str], str],
) -> None:
    body = GOOD + '{"style": 4, "failed": "no"}\n' + GOOD.replace("3", "0") + '{"done": true}\n'
    found = list(PreviewClient(answering(200, body)).styles(b"picture", "me"))
    assert found == [(Style.CARTOON_3D, b"hello"), (Style.JAPANESE_MANGA, b"hello")]


@pytest.mark.parametrize(
    ("status", "body", "count"),
    [(409, "{}", 0), (200, GOOD + '{"superseded": true}\n', 1)],
)
def test_it_ends_quietly_where_the_visitor_asked_for_others(
    answering: Callable[[int, str], str], status: int, body: str, count: int
) -> None:
    assert len(list(PreviewClient(answering(status, body)).styles(b"picture", "me"))) == count


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, '{"message": "This is not a picture."}', Refused, "This is not a picture"),
        (503, '{"message": "busy"}', ServiceFault, "too busy"),
        (302, "{}", BadAnswer, "not Restyle's engine"),
        (200, "<html>login</html>", BadAnswer, "not Restyle's engine"),
        (200, "[1]\n", BadAnswer, "not Restyle's engine"),
        (200, '{"style": 12, "jpeg": "aGVsbG8="}\n', BadAnswer, "not Restyle's engine"),
        (200, '{"style": 1, "jpeg": "%"}\n', BadAnswer, "not Restyle's engine"),
        (200, '{"jpeg": "aGVsbG8="}\n', BadAnswer, "not Restyle's engine"),
        (200, GOOD, AnswerLost, "connection broke"),
        (200, GOOD + "…cut…", AnswerLost, "connection broke"),
    ],
)
def test_a_wrong_answer_is_an_error_in_words(
    answering: Callable[[int, str], str],
    status: int,
    body: str,
    error: type[RestyleError],
    words: str,
) -> None:
    with pytest.raises(error, match=words) as raised:
        list(PreviewClient(answering(status, body)).styles(b"picture", "me"))
    assert raised.value.what_next


def test_an_engine_that_is_not_there_is_said_so() -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        list(PreviewClient("http://127.0.0.1:9/api/v1").styles(b"picture", "me"))

"""The guarded fetch: what is fetched, what is not, and that nothing slips past the check."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from restyle.errors import Canceled, FetchFailed, FetchTooLarge
from restyle.fetching import MAX_REDIRECTS, Fetched, Guard, fetch, is_public, origin


@pytest.fixture
def guard(web: Any) -> Guard:
    return Guard(frozenset({web.origin}), max_bytes=10_000, deadline_s=20)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "input"


@pytest.fixture(autouse=True)
def forget(web: Any) -> Iterator[None]:
    files = dict(web.files)
    web.seen.clear()
    yield
    web.handlers.clear()
    web.files.clear()
    web.files.update(files)


def refusal(url: str, target: Path, guard: Guard) -> str:
    with pytest.raises(FetchFailed) as caught:
        fetch(url, target, guard)
    assert caught.value.what_next
    return caught.value.message


def redirect(to: str, status: int = 302) -> Any:
    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Location", to)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return handle


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/clip.mp4", "/clip.mp4"),
        ("/原 视频.mp4", "/%E5%8E%9F%20%E8%A7%86%E9%A2%91.mp4"),
        ("/%E5%8E%9F.mp4", "/%E5%8E%9F.mp4"),
        ("/a+b(1).mp4?Signature=a%2Fb%3D&q=é", "/a+b(1).mp4?Signature=a%2Fb%3D&q=%C3%A9"),
    ],
)
def test_an_allowed_origin_is_fetched_with_its_address_encoded_once(
    web: Any, target: Path, guard: Guard, path: str, sent: str
) -> None:
    for name in ("/clip.mp4", "/原 视频.mp4", "/原.mp4", "/a+b(1).mp4"):
        web.files[name] = b"film"
    assert fetch(web.origin + path, target, guard).size_bytes == 4
    assert target.read_bytes() == b"film"
    assert web.seen == [sent]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "oss://bucket/x",
        "//127.0.0.1/x",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "gopher://127.0.0.1/",
        "",
    ],
)
def test_only_web_addresses_are_fetched(url: str, target: Path, guard: Guard) -> None:
    assert refusal(url, target, guard)


def test_an_address_with_a_password_is_not_fetched(web: Any, target: Path, guard: Guard) -> None:
    url = web.origin.replace("//", "//user:pass@")
    assert "password" in refusal(url, target, guard)
    assert web.seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1"])
def test_this_machine_is_not_fetched_from_unless_its_origin_is_allowed(
    web: Any, target: Path, host: str
) -> None:
    web.files["/x"] = b"secret"
    url = f"http://{host}:{web.port}/x"
    assert "not a public address" in refusal(url, target, Guard(frozenset({"http://127.0.0.1:1"})))
    assert web.seen == []


def test_an_allowed_origin_allows_no_other_port_scheme_or_name(web: Any, target: Path) -> None:
    for allowed in ("http://127.0.0.1:1", f"https://127.0.0.1:{web.port}", "http://127.0.0.1:80"):
        refusal(f"{web.origin}/x", target, Guard(frozenset({allowed})))
    refusal(f"http://localhost:{web.port}/x", target, Guard(frozenset({web.origin})))
    assert web.seen == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("nonsense", False),
    ],
)
def test_public_addresses_are_told_from_all_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_with_one_private_address_is_not_fetched(web: Any, target: Path) -> None:
    guard = Guard(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    assert "not a public address" in refusal(f"http://video.test:{web.port}/", target, guard)
    assert web.seen == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    web: Any, target: Path
) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    web.files["/x"] = b"film"
    url = f"http://video.test:{web.port}/x"
    guard = Guard(frozenset({origin(url)}), resolve=rebinding)
    assert fetch(url, target, guard).size_bytes == 4
    assert asked == ["video.test"]


def test_a_redirect_is_followed_where_it_may(web: Any, target: Path, guard: Guard) -> None:
    web.files["/there.mp4"] = b"film"
    for number, status in enumerate((301, 302, 303, 307, 308)):
        web.handlers[f"/{number}"] = redirect("there.mp4", status)
        assert fetch(f"{web.origin}/{number}", target, guard).size_bytes == 4


@pytest.mark.parametrize(
    "to", ["http://localhost:{port}/x", "file:///etc/passwd", "http://10.0.0.1/", "http://[::1]/"]
)
def test_a_redirect_to_where_it_may_not_is_refused(
    web: Any, target: Path, guard: Guard, to: str
) -> None:
    web.handlers["/go"] = redirect(to.format(port=web.port))
    assert refusal(f"{web.origin}/go", target, guard)
    assert web.seen == ["/go"]


def test_redirects_come_to_an_end(web: Any, target: Path, guard: Guard) -> None:
    web.handlers["/loop"] = redirect("/loop")
    assert "redirects" in refusal(f"{web.origin}/loop", target, guard)
    assert len(web.seen) == MAX_REDIRECTS + 1


def test_a_file_that_says_it_is_too_large_is_not_read(web: Any, target: Path, guard: Guard) -> None:
    web.files["/large"] = b"x" * 10_001
    with pytest.raises(FetchTooLarge):
        fetch(f"{web.origin}/large", target, guard)
    web.files["/large"] = b"x" * 10_000
    assert fetch(f"{web.origin}/large", target, guard).size_bytes == 10_000


def test_a_file_that_does_not_say_its_size_is_bounded_while_it_streams(
    web: Any, target: Path, guard: Guard
) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 4096)

    web.handlers["/endless"] = endless
    with pytest.raises(FetchTooLarge):
        fetch(f"{web.origin}/endless", target, guard)
    assert target.stat().st_size <= 10_000


def test_a_file_that_ends_early_is_refused(web: Any, target: Path, guard: Guard) -> None:
    def short(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(b"x" * 100)

    web.handlers["/short"] = short
    web.files["/empty"] = b""
    assert "whole" in refusal(f"{web.origin}/short", target, guard)
    assert "whole" in refusal(f"{web.origin}/empty", target, guard)


@pytest.mark.parametrize("part", ["head", "body", "sized body"])
def test_a_server_that_drips_is_cut_off(web: Any, target: Path, part: str) -> None:
    gone = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        if part != "head":
            request.send_response(200)
            if part == "sized body":
                request.send_header("Content-Length", "5000")
            request.end_headers()
        try:
            while not gone.wait(0.02):
                request.wfile.write(b"x")
        except OSError:
            gone.set()

    web.handlers["/drip"] = drip
    guard = Guard(frozenset({web.origin}), deadline_s=0.5)
    assert "too long" in refusal(f"{web.origin}/drip", target, guard)
    assert gone.wait(20)


@pytest.mark.parametrize("status", [404, 403, 500, 206, 304])
def test_an_answer_other_than_200_is_a_failed_download(
    web: Any, target: Path, guard: Guard, status: int
) -> None:
    def refuse(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    web.handlers["/x"] = refuse
    assert str(status) in refusal(f"{web.origin}/x", target, guard)


@pytest.mark.parametrize(
    ("path", "disposition", "name"),
    [
        ("/films/holiday%20in%20%E6%9D%AD%E5%B7%9E.mp4?token=1", None, "holiday in 杭州.mp4"),
        ("/download", 'attachment; filename="my clip.mov"', "my clip.mov"),
        ("/download", "attachment; filename*=UTF-8''%E5%8E%9F.mp4", "原.mp4"),
        ("/download", 'attachment; filename="../../etc/passwd"', "passwd"),
        ("/download", 'attachment; filename="C:\\\\films\\\\a.mp4"', "a.mp4"),
        ("/%2e%2e/%0Aodd%00.mp4", None, "odd.mp4"),
        ("/", None, ""),
    ],
)
def test_the_name_is_that_of_the_answer_or_of_the_address_and_leads_nowhere(
    web: Any, target: Path, guard: Guard, path: str, disposition: str | None, name: str
) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "Video/MP4; codecs=avc1")
        request.send_header("Content-Length", "4")
        if disposition:
            request.send_header("Content-Disposition", disposition)
        request.end_headers()
        request.wfile.write(b"film")

    web.handlers[unquote(urlsplit(path).path)] = answer
    assert fetch(web.origin + path, target, guard) == Fetched(4, "video/mp4", name)


def test_progress_is_told_and_a_wish_to_stop_cuts_the_connection(
    web: Any, target: Path, guard: Guard
) -> None:
    told: list[tuple[int, int | None]] = []
    gone, enough = threading.Event(), threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        try:
            while not gone.wait(0.01):
                request.wfile.write(b"x" * 10)
        except OSError:
            gone.set()

    def progress(done: int, total: int | None) -> None:
        told.append((done, total))
        if done > 30:
            enough.set()

    web.handlers["/slow"] = slow
    with pytest.raises(Canceled):
        fetch(f"{web.origin}/slow", target, guard, on_progress=progress, should_stop=enough.is_set)
    assert gone.wait(20)
    assert [total for _, total in told] == [5000] * len(told)


def test_a_name_that_does_not_exist_and_a_closed_port_are_failed_downloads(
    web: Any, target: Path
) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    assert "does not exist" in refusal("http://video.test/", target, Guard(resolve=nowhere))
    closed = "http://127.0.0.1:1"
    assert "it refused the connection" in refusal(closed, target, Guard(frozenset({closed})))
    assert "host name" in refusal("http://" + "x" * 70 + "é.com/", target, Guard())


def test_no_proxy_or_login_of_the_environment_is_used(
    web: Any, target: Path, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    web.files["/x"] = b"film"
    assert fetch(f"{web.origin}/x", target, guard).size_bytes == 4


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://A.example/x", "http://a.example:80"),
        ("https://a.example", "https://a.example:443"),
        ("http://127.0.0.1:7860/", "http://127.0.0.1:7860"),
    ],
)
def test_origins_are_compared_with_their_ports_said(url: str, expected: str) -> None:
    assert origin(url) == expected

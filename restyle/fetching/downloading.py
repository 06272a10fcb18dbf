"""fetch(): a video from the web into a file, whole or not at all."""

import http.client
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import SplitResult, quote, unquote, urljoin

from restyle.errors import Canceled, DiskFull, FetchFailed, FetchTooLarge
from restyle.fetching.addresses import CHECK, OPEN, Guard, checked_addresses, place_of, split
from restyle.fetching.connections import PinnedConnection, cut_off

CHUNK_BYTES = 256 * 1024
MAX_REDIRECTS = 5
# As browsers do: everything that is already a URL stays, the rest is percent-encoded.
_SAFE_IN_PATH = "/%:=&~+!$,;'@()*[]|"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"
_LATER = "Try again; or download the clip yourself and upload it."


@dataclass(frozen=True)
class Fetched:
    """What came: its size, its media type as the server calls it, and the name it should have.

    The name is that of the server's answer, else of the address; empty where neither has one.
    """

    size_bytes: int
    media_type: str
    name: str


def fetch(
    url: str,
    target: Path,
    guard: Guard,
    *,
    on_progress: Callable[[int, int | None], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Fetched:
    """Fetch `url` into the file `target`.

    `on_progress` gets the bytes so far and, where the server says so, of all; when `should_stop`
    says so, the connection is cut. Raises FetchFailed with the reason, FetchTooLarge, DiskFull or
    Canceled.
    """
    ends_at = time.monotonic() + guard.deadline_s
    stopped = should_stop or (lambda: False)
    for _ in range(MAX_REDIRECTS + 1):
        parts = split(url)
        place = place_of(parts)
        connection = PinnedConnection(place, checked_addresses(place, guard), ends_at)
        try:
            with (
                closing(connection),
                cut_off(connection, ends_at, stopped),
                closing(_ask(connection, parts)) as answer,
            ):
                onward = answer.getheader("Location")
                if answer.status in (301, 302, 303, 307, 308) and onward:
                    url = urljoin(url, onward)
                    continue
                size = _save(answer, target, guard.max_bytes, ends_at, on_progress)
                if stopped():
                    raise _canceled()
                return Fetched(size, answer.headers.get_content_type(), _name(answer, parts))
        except (OSError, http.client.HTTPException, FetchFailed) as error:
            if stopped():
                raise _canceled() from None
            if isinstance(error, FetchFailed):
                raise
            if time.monotonic() >= ends_at:
                raise FetchFailed(
                    "The address took too long to answer.", what_next=_LATER
                ) from error
            raise FetchFailed(f"The connection failed: {_why(error)}.", what_next=_LATER) from error
    raise FetchFailed(f"The address redirects more than {MAX_REDIRECTS} times.", what_next=CHECK)


def _ask(connection: http.client.HTTPConnection, parts: SplitResult) -> http.client.HTTPResponse:
    path = quote(parts.path or "/", safe=_SAFE_IN_PATH)
    query = quote(parts.query, safe=_SAFE_IN_QUERY)
    headers = {"Accept": "video/*, */*;q=0.5", "Accept-Encoding": "identity"}
    headers["User-Agent"] = "Restyle"  # some hosts answer nobody who has no name
    connection.request("GET", f"{path}?{query}" if query else path, headers=headers)
    return connection.getresponse()


def _save(
    answer: http.client.HTTPResponse,
    target: Path,
    max_bytes: int,
    ends_at: float,
    on_progress: Callable[[int, int | None], None] | None,
) -> int:
    if answer.status != 200:
        raise FetchFailed(f"The address answered with HTTP status {answer.status}.", what_next=OPEN)
    if answer.length is not None and answer.length > max_bytes:
        raise _too_large(max_bytes)
    expected, size = answer.length, 0
    with target.open("wb") as file:
        while chunk := answer.read1(CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                raise _too_large(max_bytes)
            _write(file, chunk)
            if on_progress is not None:
                on_progress(size, expected)
    if time.monotonic() >= ends_at:
        raise TimeoutError  # It was cut off: what was saved may be a part only.
    if size == 0 or (expected is not None and size != expected):
        raise FetchFailed("The file ended before it was whole.", what_next=_LATER)
    return size


def _write(file: IO[bytes], chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError:
        raise DiskFull(
            "This machine's disk has no room for the clip.",
            what_next="Try again later, or tell the host of this page.",
        ) from None


def _name(answer: http.client.HTTPResponse, parts: SplitResult) -> str:
    """The last part of a name, without anything that could lead elsewhere or not be shown."""
    said = answer.headers.get_filename() or unquote(parts.path)
    last = said.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip(". ")


def _too_large(max_bytes: int) -> FetchTooLarge:
    return FetchTooLarge(
        f"The video is larger than {max_bytes / 1_000_000:g} MB.",
        what_next="Give the address of a smaller one, or trim it first and upload it.",
    )


def _canceled() -> Canceled:
    return Canceled("Fetching the clip was canceled.", what_next="Nothing of it was kept.")


def _why(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        return "no trusted secure connection could be made"
    if isinstance(error, ConnectionRefusedError):
        return "it refused the connection"
    return "it did not answer in time" if isinstance(error, TimeoutError) else "it broke"

"""The guarded fetch of a video from the web: only what may be fetched, never more than allowed.

The address that was checked is the address that is connected to, so that a name which resolves
differently the second time gains nothing; each hop of a redirect is checked like the first.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from restyle.errors import Canceled, DiskFull, FetchFailed, FetchTooLarge
from restyle.limits import LIMITS

CHUNK_BYTES = 256 * 1024
MAX_REDIRECTS = 5
SOCKET_TIMEOUT_S = 20.0
_HEED_EVERY_S = 0.1
_PORTS = {"http": 80, "https": 443}
# As browsers do: everything that is already a URL stays, the rest is percent-encoded.
_SAFE_IN_PATH = "/%:=&~+!$,;'@()*[]|"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CHECK = "Copy the address of the video file again, whole, from http:// or https:// on."
_OPEN = "Give an address that anyone can open without a login, or upload the clip instead."
_LATER = "Try again; or download the clip yourself and upload it."

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """What may be fetched: `allow_origins` (scheme://host:port) are trusted wherever they point.

    `deadline_s` bounds the whole fetch; `max_bytes` its size.
    """

    allow_origins: frozenset[str] = frozenset()
    max_bytes: int = LIMITS.max_size_bytes
    deadline_s: float = 300.0
    resolve: Callable[[str, int], list[str]] = field(default=resolve, repr=False)


@dataclass(frozen=True)
class Fetched:
    """What came: its size, its media type as the server calls it, and the name it should have.

    The name is that of the server's answer, else of the address; empty where neither has one.
    """

    size_bytes: int
    media_type: str
    name: str


def origin(url: str) -> str:
    """`scheme://host:port` of a URL, with its port said; raises FetchFailed where it has none."""
    scheme, host, port = _place(_split(url))
    return f"{scheme}://{host}:{port}"


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in _unwrapped(found))


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
        parts = _split(url)
        connection = _connect(parts, guard, ends_at)
        try:
            with (
                closing(connection),
                _cut_off(connection, ends_at, stopped),
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
    raise FetchFailed(f"The address redirects more than {MAX_REDIRECTS} times.", what_next=_CHECK)


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to one of the `addresses` that were checked, and to nothing else."""

    def __init__(self, place: tuple[str, str, int], addresses: Sequence[str], ends_at: float):
        scheme, host, port = place
        super().__init__(host, port)
        self.default_port = _PORTS[scheme]
        self._context = ssl.create_default_context() if scheme == "https" else None
        self._addresses = addresses
        self._ends_at = ends_at
        # http.client lets go of `sock` once an answer has taken it over.
        self.opened: socket.socket | None = None

    def connect(self) -> None:
        refused: OSError | None = None
        for address in self._addresses:
            left_s = self._ends_at - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("the time is up")
            try:
                sock = socket.create_connection(
                    (address, self.port), timeout=min(SOCKET_TIMEOUT_S, left_s)
                )
            except OSError as error:
                refused = error
                continue
            self.sock = self.opened = sock
            if self._context:
                self.sock = self.opened = self._context.wrap_socket(sock, server_hostname=self.host)
            return
        raise refused or OSError("no address")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise FetchFailed("The address cannot be read.", what_next=_CHECK) from None
    if parts.scheme not in _PORTS or not host:
        raise FetchFailed("Only http and https addresses are fetched.", what_next=_CHECK)
    if parts.username is not None or parts.password is not None:
        raise FetchFailed(
            "An address with a user name or password in it is not fetched.", what_next=_OPEN
        )
    return parts


def _place(parts: SplitResult) -> tuple[str, str, int]:
    host = parts.hostname or ""
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise FetchFailed("The address has no valid host name.", what_next=_CHECK) from None
    return parts.scheme, host, _PORTS[parts.scheme] if parts.port is None else parts.port


def _connect(parts: SplitResult, guard: Guard, ends_at: float) -> _PinnedConnection:
    place = scheme, host, port = _place(parts)
    try:
        addresses = guard.resolve(host, port)
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise FetchFailed(f"The host name {host} does not exist.", what_next=_CHECK)
    allowed = f"{scheme}://{host}:{port}" in guard.allow_origins
    if not allowed and not all(is_public(address) for address in addresses):
        raise FetchFailed(
            f"{host} is not a public address, and its origin is not allowed.", what_next=_OPEN
        )
    return _PinnedConnection(place, addresses, ends_at)


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
        raise FetchFailed(
            f"The address answered with HTTP status {answer.status}.", what_next=_OPEN
        )
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


@contextmanager
def _cut_off(
    connection: _PinnedConnection, ends_at: float, stopped: Callable[[], bool]
) -> Iterator[None]:
    """Shut the connection when its time is over or somebody says so.

    A server that drips bytes would reset the socket's own time limit with each of them.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_HEED_EVERY_S):
            if time.monotonic() >= ends_at or stopped():
                _shut(connection)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _shut(connection: _PinnedConnection) -> None:
    if connection.opened is not None:
        # It may end by itself in this very moment. The plain socket's own word, because a TLS
        # socket's would pull the rug from under its reader.
        with suppress(OSError):
            socket.socket.shutdown(connection.opened, socket.SHUT_RDWR)


def _unwrapped(address: Address) -> Iterable[Address]:
    """The address, and the IPv4 address that an IPv6 one may carry inside."""
    if address.version == 4:
        return [address]
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    carried = [part for part in inner if part is not None]
    # A mapped address is the IPv4 address itself; its own IPv6 form is global to no one.
    return carried if address.ipv4_mapped else [address, *carried]


def _why(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        return "no trusted secure connection could be made"
    if isinstance(error, ConnectionRefusedError):
        return "it refused the connection"
    return "it did not answer in time" if isinstance(error, TimeoutError) else "it broke"

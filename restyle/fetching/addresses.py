"""What may be fetched: the address's form, its origin, and whether it is of the public internet."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from restyle.errors import FetchFailed
from restyle.limits import LIMITS

DEFAULT_PORTS = {"http": 80, "https": 443}
CHECK = "Copy the address of the video file again, whole, from http:// or https:// on."
OPEN = "Give an address that anyone can open without a login, or upload the clip instead."
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

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
class Place:
    """Where an address leads."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def origin(url: str) -> str:
    """`scheme://host:port` of a URL, with its port said; raises FetchFailed where it has none."""
    return str(place_of(split(url)))


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in _unwrapped(found))


def split(url: str) -> SplitResult:
    """The parts of an http or https URL without credentials; raises FetchFailed."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise FetchFailed("The address cannot be read.", what_next=CHECK) from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise FetchFailed("Only http and https addresses are fetched.", what_next=CHECK)
    if parts.username is not None or parts.password is not None:
        raise FetchFailed(
            "An address with a user name or password in it is not fetched.", what_next=OPEN
        )
    return parts


def place_of(parts: SplitResult) -> Place:
    """Where a split URL leads; raises FetchFailed for a name that cannot be one."""
    host = parts.hostname or ""
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise FetchFailed("The address has no valid host name.", what_next=CHECK) from None
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    return Place(parts.scheme, host, port)


def checked_addresses(place: Place, guard: Guard) -> list[str]:
    """The addresses of a place that may be connected to; raises FetchFailed."""
    try:
        addresses = guard.resolve(place.host, place.port)
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise FetchFailed(f"The host name {place.host} does not exist.", what_next=CHECK)
    allowed = str(place) in guard.allow_origins
    if not allowed and not all(is_public(address) for address in addresses):
        raise FetchFailed(
            f"{place.host} is not a public address, and its origin is not allowed.", what_next=OPEN
        )
    return addresses


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

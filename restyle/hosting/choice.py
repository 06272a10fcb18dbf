"""Which hosts serve a job, in order of preference: the later ones are the fallbacks."""

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from restyle.cloud import CloudClient, is_loopback
from restyle.errors import HostingError
from restyle.hosting.bucket import Bucket
from restyle.hosting.hosted import Host
from restyle.hosting.own_address import OwnAddress
from restyle.hosting.upload import TemporaryUpload
from restyle.settings import Settings


def hosts_for(
    service: Literal["local", "cloud"],
    settings: Settings,
    client: CloudClient,
    *,
    root: Path,
    secret: bytes,
    base_url: str,
    public_url: Callable[[], str | None],
) -> list[Host]:
    """The hosts for one job on a service, best first; never empty.

    `client` speaks to that service; `base_url` is this app's loopback address, `public_url` gives
    the one that the internet sees, if any. The local engine fetches from loopback. The cloud
    fetches from our public address if it can reach it (no upload, no 48 h store), else from its
    temporary store; RESTYLE_HOSTING puts one of them first. Raises HostingError where what it asks
    for cannot be had.
    """
    upload = TemporaryUpload(client)

    def own(address: str) -> OwnAddress:
        return OwnAddress(address, root, secret)

    address = public_url()
    reachable = bool(address) and can_reach(client.base_url, address or "")
    public: list[Host] = [own(address)] if address and reachable else []
    if service == "local":
        loopback: list[Host] = [own(base_url)] if can_reach(client.base_url, base_url) else []
        return [*loopback, *public, upload]
    if settings.hosting == "upload":
        return [upload, *public]
    if settings.hosting == "bucket":
        return [Bucket(settings.storage_url), upload, *public]
    if settings.hosting == "self" and not public:
        raise HostingError(
            "RESTYLE_HOSTING is self, but this app has no address that the cloud can reach"
            + (f" ({address} is only of this network)." if address else "."),
            what_next="Set RESTYLE_PUBLIC_URL to a public address of this app, share it by a link, "
            "or set RESTYLE_HOSTING to auto.",
        )
    return [*public, upload]


def can_reach(service_url: str, address: str) -> bool:
    """Whether a service at one URL can be expected to reach another: loopback only itself."""
    if is_loopback(service_url):
        return True
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal", ".lan"))

"""One HTTP exchange with the service, and the one question that money hangs on:
may the request have arrived? Every request is made on a connection of its own, which tells whether
it was ever ready for a request.
"""

import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from restyle.errors import AnswerLost, CloudError, Unreachable
from restyle.settings import Secret

ANSWER_BYTES = 8_000_000
_READ_BYTES = 1 << 16
# What requests, and what urllib3 and sockets below it, raise (RequestException is an OSError).
_BROKEN = (OSError, urllib3.exceptions.HTTPError)


@dataclass(frozen=True)
class Timeouts:
    """Bounds in seconds: to connect, for each silence, and for a whole exchange or download."""

    connect_s: float = 10.0
    read_s: float = 30.0
    whole_s: float = 90.0
    upload_s: float = 900.0
    download_s: float = 900.0


@dataclass(frozen=True)
class Reply:
    """An answer that arrived whole: HTTP status, headers, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object, or None when it is anything else."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


class _Adapter(HTTPAdapter):
    """An adapter that knows whether a connection was ready for the request.

    The exceptions of requests do not tell: a TLS handshake that times out is a ReadTimeout, and
    one that is reset looks like a reset in the middle of a request.
    """

    def __init__(self) -> None:
        self.may_have_sent = False
        self.before_sending: Callable[[], None] | None = None
        adapter = self

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                adapter.ready()

        class Tls(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                adapter.ready()

        class PlainPool(urllib3.HTTPConnectionPool):
            ConnectionCls = Plain

        class TlsPool(urllib3.HTTPSConnectionPool):
            ConnectionCls = Tls

        self._pools = {"http": PlainPool, "https": TlsPool}
        super().__init__(max_retries=0)

    def ready(self) -> None:
        """The connection stands, and the request goes out next."""
        if self.before_sending is not None:
            self.before_sending()
        self.may_have_sent = True

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if proxy.lower().startswith("socks"):
            # Its connections are of another kind and tell nothing: assume the worst.
            self.may_have_sent = True
        else:
            manager.pool_classes_by_scheme = self._pools
        return manager


class WebSession(requests.Session):
    """A session for one exchange, whose only credentials are those it is handed.

    Proxies and CA bundles of the environment are honoured, except for loopback; ~/.netrc is not:
    requests would put it in place of the Authorization header.
    """

    def __init__(self, key: Secret | None = None) -> None:
        super().__init__()
        self.max_redirects = 3
        self.auth = _authorize(key)
        # A compressed answer would make its length no measure of it.
        self.headers["Accept-Encoding"] = "identity"
        self.adapter = _Adapter()
        self.mount("http://", self.adapter)
        self.mount("https://", self.adapter)

    def merge_environment_settings(self, url: Any, *args: Any, **kwargs: Any) -> Any:
        settings = super().merge_environment_settings(url, *args, **kwargs)
        if is_loopback(url):
            settings["proxies"] = {}
        return settings

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """After a redirect nothing is authorized (only downloads follow any)."""
        prepared_request.headers.pop("Authorization", None)


def _authorize(key: Secret | None) -> Callable[[requests.PreparedRequest], Any]:
    def put(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if key is not None:
            request.headers["Authorization"] = f"Bearer {key.reveal()}"
        return request

    return put


def exchange(
    method: str,
    url: str,
    timeouts: Timeouts,
    *,
    key: Secret | None = None,
    whole_s: float | None = None,
    before_sending: Callable[[], None] | None = None,
    **request: Any,
) -> Reply:
    """Send one request exactly once and read its whole answer; no redirect is followed.

    `before_sending` is called once the connection stands, with nothing sent: it may raise.
    Raises Unreachable when it certainly was not sent, AnswerLost when it may have arrived. An
    error's status line is an answer even if its body breaks off: `body` is then empty.
    """
    deadline = time.monotonic() + (whole_s or timeouts.whole_s)
    trouble: Exception | None = None
    with WebSession(key) as session:
        session.adapter.before_sending = before_sending
        try:
            response = session.request(
                method,
                url,
                timeout=(timeouts.connect_s, timeouts.read_s),
                allow_redirects=False,
                stream=True,
                **request,
            )
        except (*_BROKEN, ValueError) as error:
            trouble = error
        else:
            with closing(response):
                try:
                    body = _whole_body(response, deadline)
                except _BROKEN as error:
                    trouble = error
                    body = b""
                if trouble is None or response.status_code >= 300:
                    return Reply(response.status_code, response.headers, body)
        may_have_sent = session.adapter.may_have_sent
    # Raised out here, so that the request, and with it the key, is not the error's context.
    raise lost(url, trouble, may_have_sent=may_have_sent)


def _whole_body(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(_READ_BYTES, decode_content=True):
        body += chunk
        if len(body) > ANSWER_BYTES:
            raise OSError(f"the answer is larger than {ANSWER_BYTES} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError("the answer took too long")
    return bytes(body)


def lost(url: str, trouble: Exception | None, *, may_have_sent: bool) -> CloudError:
    """Unreachable or AnswerLost, in words, for what went wrong on the way to `url`."""
    host = host_of(url) or "The service's address"
    why = _why(trouble)
    if may_have_sent:
        return AnswerLost(
            f"The answer of {host} was lost: {why}.",
            what_next="Try again in a minute.",
        )
    return Unreachable(
        f"{host} cannot be reached: {why}. Nothing was sent.",
        what_next="Check this machine's connection and proxy, and the service's address, then try "
        "again.",
    )


def _why(trouble: Exception | None) -> str:
    inner = trouble.args[0] if trouble and trouble.args else None
    cause = getattr(inner, "reason", inner)
    if isinstance(cause, NameResolutionError):
        return "its name is not known"
    if isinstance(trouble, ValueError) and not isinstance(trouble, UnicodeError):
        # requests makes its InvalidURL, InvalidSchema and MissingSchema ValueErrors.
        return "its address is not one of the web"
    if isinstance(trouble, requests.exceptions.ProxyError):
        return "the proxy on the way does not let it through"
    if isinstance(trouble, requests.exceptions.SSLError):
        return "no trusted secure connection could be made"
    if "refused" in str(trouble):
        return "it refused the connection"
    if isinstance(cause, NewConnectionError):  # which urllib3 counts among the timeouts
        return "no connection could be made"
    timeouts = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    if isinstance(trouble, timeouts) or isinstance(cause, timeouts):
        return "it did not answer in time"
    return "the connection broke"


def is_loopback(url: str) -> bool:
    """Whether a URL points at this very machine."""
    host = host_of(url)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(url: str) -> str:
    """The host of a URL, without port and brackets; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

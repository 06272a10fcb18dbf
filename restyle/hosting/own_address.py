"""OwnAddress: clips served on the page's own port by unguessable links that expire.

The link itself holds everything (an encrypted, signed path and its time): there is no list of
links to keep, and any process with the same secret serves them.
"""

import base64
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from restyle.errors import HostingError
from restyle.hosting.hosted import Hosted

PREFIX = "/restyle/clips"
# As long as the service remembers a task: a clip may wait in its queue.
LINK_TTL_S = 24 * 3600
# What a clip's name may end in; by our own table, since mimetypes differ between machines.
MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/x-msvideo",
    ".mkv": "video/x-matroska",
    ".flv": "video/x-flv",
    ".ts": "video/mp2t",
    ".mpg": "video/mpeg",
    ".mxf": "application/mxf",
    ".webm": "video/webm",
    ".gif": "image/gif",
}
_HEADERS = {
    "Cache-Control": "private",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class OwnAddress:
    """Hosting at this app's own address, for files under `root`.

    `base_url` may be a callable, for an address that is known only once the app is up. `secret` is
    a Fernet key; the links have a key of their own, derived from it. Links live `ttl_s` seconds.
    `bring` gets a file that another machine has put under the root of all.
    """

    name = "self"

    def __init__(
        self,
        base_url: str | Callable[[], str | None],
        root: Path,
        secret: bytes,
        ttl_s: int = LINK_TTL_S,
        *,
        clock: Callable[[], float] = time.time,
        bring: Callable[[Path], object] | None = None,
    ) -> None:
        self._base_url = base_url
        self._root = root
        self._ttl_s = ttl_s
        self._clock = clock
        self._bring = bring
        derived = hashlib.sha256(b"restyle links of clips " + secret).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(derived))

    def host(self, path: Path) -> Hosted:
        """A link to a file under the root; nothing is copied."""
        base_url = self._base_url if isinstance(self._base_url, str) else self._base_url()
        if not base_url:
            raise HostingError(
                "This app has no address that the service can reach.",
                what_next="Set RESTYLE_PUBLIC_URL to one, or RESTYLE_HOSTING to upload.",
            )
        inside = self._inside(path)
        if inside is None:
            raise HostingError(
                f"The clip {path.name} cannot be hosted: it is not a clip among the app's files.",
                what_next="Submit the clip again.",
            )
        now = int(self._clock())
        token = self._seal.encrypt_at_time(inside.as_posix().encode(), now).decode().rstrip("=")
        return Hosted(
            url=f"{base_url.rstrip('/')}{PREFIX}/{token}/clip{inside.suffix.lower()}",
            headers={},
            expires_at=datetime.fromtimestamp(now, UTC) + timedelta(seconds=self._ttl_s),
            host=self.name,
            path=path,
        )

    @property
    def routes(self) -> list[Route]:
        """What the app mounts on the page's port: GET and HEAD, whole or by Range."""
        return [Route(PREFIX + "/{token}/{name}", self._serve, methods=["GET"])]

    def _serve(self, request: Request) -> Response:
        path = self._opened(request.path_params["token"])
        if path is None or request.path_params["name"] != f"clip{path.suffix.lower()}":
            return PlainTextResponse("This link has expired, or never was.", 404, _HEADERS)
        media_type = MEDIA_TYPES[path.suffix.lower()]
        return FileResponse(path, headers=_HEADERS, media_type=media_type)

    def _opened(self, token: str) -> Path | None:
        """The file that a token stands for, or None when it is forged, expired or gone."""
        sealed = token.encode() + b"=" * (-len(token) % 4)
        try:
            # Decoders overlook stray letters at the end: only the one true spelling is a link.
            spelt = base64.urlsafe_b64encode(base64.urlsafe_b64decode(sealed))
            if spelt.rstrip(b"=") != token.encode():
                return None
            inside = self._seal.decrypt_at_time(sealed, self._ttl_s, int(self._clock()))
        except (InvalidToken, ValueError):
            return None
        path = self._root / inside.decode()
        if self._bring is not None:
            self._bring(path)
        return path if self._inside(path) else None

    def _inside(self, path: Path) -> Path | None:
        """The path relative to the root, if it truly leads to a clip in there."""
        root, true = self._root.resolve(), path.resolve()
        if true.is_relative_to(root) and true.is_file() and true.suffix.lower() in MEDIA_TYPES:
            return true.relative_to(root)
        return None

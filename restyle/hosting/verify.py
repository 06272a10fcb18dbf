"""Fetching a hosted clip once as the service would: a bad link costs a look, not a failed task."""

from contextlib import closing
from urllib.parse import urlsplit

import requests
import urllib3

from restyle.cloud import Timeouts, WebSession, encoded
from restyle.errors import HostingError
from restyle.hosting.hosted import Hosted

_LOOK_BYTES = 1024


def verify(hosted: Hosted, timeouts: Timeouts | None = None) -> None:
    """Compare the first KB and the whole length with the file; raises HostingError.

    An oss:// URL is not of the web: only the service can fetch it, and nothing is done.
    """
    if hosted.url.startswith("oss://"):
        return
    limits = timeouts or Timeouts()
    url = encoded(hosted.url)
    host = urlsplit(url).hostname or "its host"
    with WebSession() as session:
        try:
            answer = session.get(
                url,
                headers={"Range": f"bytes=0-{_LOOK_BYTES - 1}"},
                timeout=(limits.connect_s, limits.read_s),
                stream=True,
            )
            with closing(answer):
                found = b""
                # More than was asked for tells nothing: a server without Range sends the whole.
                while len(found) < _LOOK_BYTES and (piece := answer.raw.read1(_LOOK_BYTES)):
                    found += piece
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            raise _unfit(host, "it does not answer") from None
    if answer.status_code not in (200, 206):
        raise _unfit(host, f"it answers with HTTP {answer.status_code}")
    with hosted.path.open("rb") as file:
        expected = file.read(_LOOK_BYTES)
    if found[:_LOOK_BYTES] != expected or _length(answer) != hosted.path.stat().st_size:
        raise _unfit(host, "it answers with something else than the clip")


def _length(answer: requests.Response) -> int | None:
    if answer.status_code == 206:
        text = answer.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _unfit(host: str, why: str) -> HostingError:
    return HostingError(
        f"The clip cannot be fetched from {host}: {why}. Nothing was submitted.",
        what_next="Check that RESTYLE_PUBLIC_URL is this app's address as the internet sees it, "
        "or set RESTYLE_HOSTING to upload.",
    )

"""Addresses as the service wants them: percent-encoded, and never twice."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "%:/?#[]@!$&'()*+,;=~"


def encoded(url: str) -> str:
    """The URL in ASCII: what is already encoded stays, a host name in other letters becomes IDNA.

    Source: the reference, "URL-encode video URLs containing non-ASCII characters".
    """
    url = _STRAY_PERCENT.sub("%25", url.strip())
    parts = urlsplit(url)
    host = parts.netloc
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return quote(urlunsplit(parts._replace(netloc=host)), safe=_KEPT)

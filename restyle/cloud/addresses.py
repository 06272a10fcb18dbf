"""Addresses as the service wants them: percent-encoded, and never twice."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

from restyle.errors import SourceRefused

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "%:/?#[]@!$&'()*+,;=~"


def encoded(url: str) -> str:
    """The URL in ASCII: what is already encoded stays, a host name in other letters becomes IDNA.

    Source: the reference, "URL-encode video URLs containing non-ASCII characters".
    """
    url = _STRAY_PERCENT.sub("%25", url.strip())
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:
        raise SourceRefused(
            f"{url} is not an address of the web.",
            what_next="Give one that begins with https:// or http:// and a host's name.",
            code="InvalidURL",
        ) from None
    return quote(urlunsplit(parts._replace(netloc=host)), safe=_KEPT)

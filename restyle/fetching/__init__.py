"""The guarded fetch of a video from the web: only what may be fetched, never more than allowed.

The address that was checked is the address that is connected to, so that a name which resolves
differently the second time gains nothing; each hop of a redirect is checked like the first.
"""

from restyle.fetching.addresses import Guard, is_public, origin
from restyle.fetching.downloading import MAX_REDIRECTS, Fetched, fetch

__all__ = ["MAX_REDIRECTS", "Fetched", "Guard", "fetch", "is_public", "origin"]

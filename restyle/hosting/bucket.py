"""Bucket: clips in a storage that fsspec opens and that signs links (s3://, gs://, oss://, …)."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]  # ships neither types nor stubs

from restyle.errors import HostingError
from restyle.hosting.hosted import Hosted
from restyle.hosting.own_address import LINK_TTL_S, MEDIA_TYPES

_OTHER_WAY = "Set RESTYLE_STORAGE_URL to a bucket that signs links, or RESTYLE_HOSTING to auto."


class Bucket:
    """Hosting in the storage at `storage_url`, by links that are signed for `ttl_s` seconds."""

    name = "bucket"

    def __init__(self, storage_url: str | None, ttl_s: int = LINK_TTL_S) -> None:
        if not storage_url:
            raise HostingError(
                "RESTYLE_HOSTING is bucket, but RESTYLE_STORAGE_URL names none.",
                what_next=_OTHER_WAY,
            )
        scheme = storage_url.partition("://")[0]
        try:
            self._storage, self._root = fsspec.core.url_to_fs(storage_url)
        except (ImportError, ValueError, OSError) as error:
            raise HostingError(
                f"The storage {scheme}:// of RESTYLE_STORAGE_URL cannot be opened: {error}.",
                what_next=f"Install what fsspec needs for it. {_OTHER_WAY}",
            ) from error
        if type(self._storage).sign is fsspec.AbstractFileSystem.sign:
            raise HostingError(
                f"The storage {scheme}:// of RESTYLE_STORAGE_URL cannot sign links, so the service "
                "could not fetch clips from it.",
                what_next=_OTHER_WAY,
            )
        self._ttl_s = ttl_s

    def host(self, path: Path) -> Hosted:
        """Put the clip into the bucket under a name of its own, and sign a link to it.

        It lies with the other files of its job, whose folder the clip's is, and goes with them.
        """
        suffix = path.suffix.lower()
        place = f"{self._root.rstrip('/')}/jobs/{path.parent.name}/{uuid.uuid4().hex}{suffix}"
        expires_at = datetime.now(UTC) + timedelta(seconds=self._ttl_s)
        try:
            self._storage.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._storage.put_file(str(path), place)
            url: Any = self._storage.sign(place, expiration=self._ttl_s)
        except Exception as error:  # each storage library raises its own kinds
            raise HostingError(
                f"The clip could not be put into the bucket: {error}.", what_next=_OTHER_WAY
            ) from error
        if suffix not in MEDIA_TYPES or not str(url).startswith(("https://", "http://")):
            raise HostingError(
                "The bucket gives no web address for the clip.", what_next=_OTHER_WAY
            )
        return Hosted(str(url), {}, expires_at, self.name, path)

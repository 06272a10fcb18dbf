"""TemporaryUpload: the service's own temporary store, for an app that the internet cannot reach.

Source: the vendor's "upload local files" guide (48 hours, same account and model).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from restyle.cloud import RESOLVE_HEADER, CloudClient
from restyle.errors import BadAnswer, HostingError, SourceRefused
from restyle.hosting.hosted import Hosted

_KEPT = timedelta(hours=48)


class TemporaryUpload:
    """Hosting by upload to the service; each call uploads anew, so it is safe to repeat."""

    name = "upload"

    def __init__(self, client: CloudClient) -> None:
        self._client = client

    def host(self, path: Path) -> Hosted:
        """Upload the clip. A refusal of the store is a HostingError; key and network errors stay
        what they are, since another try or another key mends them.
        """
        # Counted from before the upload: the store counts from after it.
        expires_at = datetime.now(UTC) + _KEPT
        try:
            url = self._client.upload(path)
        except (SourceRefused, BadAnswer) as error:
            raise HostingError(error.message, what_next=error.what_next, code=error.code) from error
        return Hosted(url, {RESOLVE_HEADER: "enable"}, expires_at, self.name, path)

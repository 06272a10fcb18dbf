"""Hosted and Host: a clip at an address where the service can fetch it, and who puts it there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Hosted:
    """A clip at a URL until `expires_at` (aware); a submit of it must carry `headers`.

    `host` names who hosts it, and `path` is the file that the URL stands for.
    """

    url: str
    headers: Mapping[str, str]
    expires_at: datetime
    host: str
    path: Path = field(repr=False)


class Host(Protocol):
    """A way of hosting; `name` is one of "self", "upload" and "bucket"."""

    name: str

    def host(self, path: Path) -> Hosted:
        """Make the clip fetchable; raises HostingError, or a CloudError that is worth a retry."""

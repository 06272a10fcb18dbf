"""The temporary upload: a signed policy, a multipart POST, and the way back from oss:// to a file.

Source: the vendor's upload protocol, an OSS form upload. The policy is checked before the first
byte of the file is kept, and the size is bounded while it streams.
"""

import base64
import contextlib
import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterable, Callable
from pathlib import Path
from typing import Any

from restyle.engine.forms import Form, UploadRefused
from restyle.engine.installation import Installation
from restyle.limits import LIMITS

MAX_FILE_BYTES = LIMITS.max_size_bytes
MAX_FILE_MB = MAX_FILE_BYTES // 1_000_000
POLICY_TTL_S = 300
KEEP_S = 48 * 3600
_ROOT = "dashscope-instant"
_KEY = re.compile(rf"{_ROOT}/(?P<account>[0-9a-f]{{32}})/(?P<id>[0-9a-f]{{32}})/(?P<name>[^/]+)")


class Uploads:
    """The uploaded files of one engine, in a folder of their own; kept for 48 hours."""

    def __init__(
        self, folder: Path, installation: Installation, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._installation = installation
        self._clock = clock

    def policy(self, account: str, upload_host: str) -> dict[str, Any]:
        """The `data` of a getPolicy answer: good for `expire_in_seconds` and one folder."""
        folder = f"{_ROOT}/{account}/{secrets.token_hex(16)}"
        stated = {
            "expires": self._clock() + POLICY_TTL_S,
            "conditions": [
                ["content-length-range", 0, MAX_FILE_BYTES],
                ["starts-with", "$key", folder + "/"],
            ],
            "folder": folder,
        }
        policy = base64.b64encode(json.dumps(stated).encode()).decode()
        return {
            "policy": policy,
            "signature": self._installation.sign(policy),
            "upload_dir": folder,
            "upload_host": upload_host,
            "expire_in_seconds": POLICY_TTL_S,
            "max_file_size_mb": MAX_FILE_MB,
            "capacity_limit_mb": MAX_FILE_MB * 10,
            "oss_access_key_id": "restyle-engine",
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        }

    async def receive(self, content_type: str, body: AsyncIterable[bytes]) -> str:
        """Take one form upload and return its key; raises UploadRefused.

        The file is there whole under its name or not at all.
        """
        return await Form(self._admit, MAX_FILE_BYTES).read(content_type, body)

    def resolve(self, url: str, account: str) -> Path | None:
        """The file behind an `oss://` URL, or None: gone, or another account's."""
        key = _KEY.fullmatch(url.removeprefix("oss://"))
        if not key or key["account"] != account:
            return None
        path = self._path(key)
        return path if path.is_file() and not self._is_old(path) else None

    def purge(self) -> None:
        """Remove what was uploaded more than 48 hours ago."""
        for folder in self._folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # Another engine may clean up as well.
                if self._is_old(folder):
                    shutil.rmtree(folder, ignore_errors=True)

    def _is_old(self, path: Path) -> bool:
        return path.stat().st_mtime < self._clock() - KEEP_S

    def _admit(self, fields: dict[str, str]) -> tuple[str, Path]:
        policy, key = fields.get("policy", ""), fields.get("key", "")
        if not self._installation.is_signed(policy, fields.get("Signature", "")):
            raise UploadRefused(403, "SignatureDoesNotMatch", "The policy is not ours.")
        stated = json.loads(base64.b64decode(policy))
        if stated["expires"] <= self._clock():
            raise UploadRefused(403, "AccessDenied", "Invalid according to Policy: expired.")
        found = _KEY.fullmatch(key)
        if not found or not key.startswith(stated["folder"] + "/"):
            raise UploadRefused(403, "AccessDenied", "Invalid according to Policy: key.")
        path = self._path(found)
        if path.exists():
            raise UploadRefused(409, "FileAlreadyExists", "The file is already there.")
        path.parent.mkdir(parents=True, exist_ok=True)
        return key, path

    def _path(self, key: re.Match[str]) -> Path:
        # The visitor's file name never becomes one of ours.
        name = hashlib.sha256(key["name"].encode()).hexdigest()[:32]
        return self._folder / key["account"] / key["id"] / name

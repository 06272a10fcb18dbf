"""The temporary upload: a signed policy, a multipart POST, and the way back from oss:// to a file.

Source: the vendor's upload protocol, an OSS form upload. The policy is checked before the first
byte of the file is kept, and the size is bounded while it streams.
"""

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from restyle.engine.installation import Installation
from restyle.limits import LIMITS

MAX_FILE_BYTES = LIMITS.max_size_bytes
MAX_FILE_MB = MAX_FILE_BYTES // 1_000_000
POLICY_TTL_S = 300
KEEP_S = 48 * 3600
MAX_FIELD_BYTES = 16 * 1024
MAX_FIELDS = 32
_ROOT = "dashscope-instant"
_KEY = re.compile(rf"{_ROOT}/(?P<account>[0-9a-f]{{32}})/(?P<id>[0-9a-f]{{32}})/(?P<name>[^/]+)")


class UploadRefused(Exception):
    """A form upload that is refused, in OSS's terms: status, code, message."""

    def __init__(self, http_status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.http_status, self.code, self.message = http_status, code, message

    def as_xml(self) -> str:
        """The error body of the vendor's store."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>\n"
        )


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
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise UploadRefused(400, "InvalidArgument", "A multipart form is needed.")
        form = _Form(admit=self._admit)
        parser = MultipartParser(boundary, form.callbacks())
        try:
            async for chunk in body:
                parser.write(chunk)
            parser.finalize()
            return form.keep()
        except FormParserError:
            raise UploadRefused(400, "MalformedPOSTRequest", "The form is damaged.") from None
        finally:
            form.discard()

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


@dataclass
class _Form:
    """A form upload while it streams in: fields first, then the file, as OSS wants it."""

    admit: Callable[[dict[str, str]], tuple[str, Path]]
    fields: dict[str, str] = field(default_factory=dict)
    _header_name: bytes = b""
    _header_value: bytes = b""
    _disposition: bytes = b""
    _name: str = ""
    _text: bytearray = field(default_factory=bytearray)
    _file: IO[bytes] | None = None
    _size_bytes: int = 0
    _key: str = ""
    _path: Path | None = None
    _finished: bool = False

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._more_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
        }

    def keep(self) -> str:
        """The file is whole: give it its name; returns the key."""
        if self._path is None or not self._finished:
            raise UploadRefused(400, "MalformedPOSTRequest", "The form has no whole file.")
        self._temporary(self._path).replace(self._path)
        return self._key

    def discard(self) -> None:
        """Close and remove what was not kept."""
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            self._temporary(self._path).unlink(missing_ok=True)

    def _temporary(self, path: Path) -> Path:
        return path.with_name(f"{path.name}.{id(self):x}.part")

    def _part_begin(self) -> None:
        self._disposition, self._name = b"", ""
        self._text.clear()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _more_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._path is not None or len(self.fields) >= MAX_FIELDS:
            raise UploadRefused(400, "MalformedPOSTRequest", "The file must be the last part.")
        if self._name == "file":
            self._key, path = self.admit(self.fields)
            self._path = path
            self._file = os.fdopen(
                os.open(self._temporary(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
            )

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            if len(self._text) + end - start > MAX_FIELD_BYTES:
                raise UploadRefused(400, "FieldItemTooLong", f"{self._name} is too long.")
            self._text += data[start:end]
            return
        self._size_bytes += end - start
        if self._size_bytes > MAX_FILE_BYTES:
            raise UploadRefused(400, "EntityTooLarge", "The file exceeds the maximum size.")
        self._file.write(data[start:end])

    def _part_end(self) -> None:
        if self._file is None:
            self.fields[self._name] = self._text.decode("utf-8", "replace")
            return
        self._file.close()
        self._finished = True

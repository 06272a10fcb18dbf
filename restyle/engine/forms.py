"""A form upload, taken in as it streams: what is refused is refused before it is kept.

Source: the vendor's store, whose form has its fields first and one file as its last part.
"""

import os
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

MAX_FIELD_BYTES = 16 * 1024
MAX_PARTS = 32


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


@dataclass
class Form:
    """One upload while it streams in: fields first, then the file, as OSS wants it.

    `admit` takes the fields when the file begins, and gives its key and where to keep it, or
    raises UploadRefused; `max_bytes` is the file's.
    """

    admit: Callable[[dict[str, str]], tuple[str, Path]]
    max_bytes: int
    fields: dict[str, str] = field(default_factory=dict)
    _header_name: bytes = b""
    _header_value: bytes = b""
    _disposition: bytes = b""
    _name: str = ""
    _parts: int = 0
    _text: bytearray = field(default_factory=bytearray)
    _file: IO[bytes] | None = None
    _size_bytes: int = 0
    _key: str = ""
    _path: Path | None = None
    _finished: bool = False

    async def read(self, content_type: str, body: AsyncIterable[bytes]) -> str:
        """Take the form in and keep its file under its name; returns the key.

        The file is there whole or not at all. Raises UploadRefused.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise UploadRefused(400, "InvalidArgument", "A multipart form is needed.")
        parser = MultipartParser(boundary, self._callbacks())
        try:
            async for chunk in body:
                parser.write(chunk)
            parser.finalize()
            return self._keep()
        except FormParserError:
            raise UploadRefused(400, "MalformedPOSTRequest", "The form is damaged.") from None
        finally:
            self._discard()

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._more_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
        }

    def _keep(self) -> str:
        if self._path is None or not self._finished:
            raise UploadRefused(400, "MalformedPOSTRequest", "The form has no whole file.")
        self._temporary(self._path).replace(self._path)
        return self._key

    def _discard(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            self._temporary(self._path).unlink(missing_ok=True)

    def _temporary(self, path: Path) -> Path:
        return path.with_name(f"{path.name}.{id(self):x}.part")

    def _part_begin(self) -> None:
        self._disposition, self._name = b"", ""
        self._text.clear()
        self._parts += 1
        if self._path is not None or self._parts > MAX_PARTS:
            raise UploadRefused(400, "MalformedPOSTRequest", "The file must be the last part.")

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
        if self._name == "file":
            self._key, path = self.admit(self.fields)
            self._path = path
            self._file = os.fdopen(
                os.open(self._temporary(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
            )

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            if len(self._text) + end - start > MAX_FIELD_BYTES:
                raise UploadRefused(400, "FieldItemTooLong", "A field is too long.")
            self._text += data[start:end]
            return
        self._size_bytes += end - start
        if self._size_bytes > self.max_bytes:
            raise UploadRefused(400, "EntityTooLarge", "The file exceeds the maximum size.")
        self._file.write(data[start:end])

    def _part_end(self) -> None:
        if self._file is None:
            self.fields[self._name] = self._text.decode("utf-8", "replace")
            return
        self._file.close()
        self._finished = True

"""Fetching a result whole or not at all: a temporary name, its length checked, then renamed.

What breaks off is resumed where the server can, else begun again, a bounded number of times.
"""

import errno
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import requests
import urllib3

from restyle.cloud.addresses import encoded
from restyle.cloud.wire import Timeouts, WebSession
from restyle.errors import DownloadFailed

MOST_BYTES = 2_000_000_000
# Between the tries: one that broke off is soon taken up again, one that is refused later.
WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_READ_BYTES = 1 << 18
_GONE = {403, 404, 410}


class _BrokeOff(Exception):
    """This attempt ended early; the next may go on from here."""


@dataclass
class _Half:
    """What is there so far: `whole` bytes are expected, `tag` names the version of the file."""

    path: Path
    size: int = 0
    whole: int | None = None
    tag: str = ""

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self.size, self.whole, self.tag = 0, None, ""


def download(
    url: str, target: Path, timeouts: Timeouts, *, waits_s: Sequence[float] = WAITS_S
) -> int:
    """Fetch `url` (http:// too: result URLs may be) into `target`: its size in bytes.

    Raises DownloadFailed and leaves nothing behind; code ResultExpired when it is gone for good,
    DiskFull when there is no room.
    """
    address = encoded(url)
    if not address.startswith(("http://", "https://")):
        raise _failed("the result's address is not one of the web", "Ask the service again.")
    half = _Half(target.with_name(f".{target.name}.{uuid.uuid4().hex}.part"))
    deadline = time.monotonic() + timeouts.download_s
    trouble = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for wait_s in (0.0, *waits_s):
            time.sleep(wait_s)
            if time.monotonic() > deadline:
                trouble = trouble or "it took too long"
                break
            try:
                _attempt(address, half, timeouts, deadline)
            except _BrokeOff as broken:
                trouble = str(broken)
                continue
            _check_film(half.path)
            os.replace(half.path, target)
            return half.size
        raise _failed(trouble, "It is still there for 24 hours after the task ended: try again.")
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise _failed(
            f"it could not be written ({error.strerror})",
            "Make room on the disk and try again: it is still there for 24 hours.",
            code="DiskFull" if full else "",
        ) from None
    finally:
        with suppress(OSError):
            half.path.unlink(missing_ok=True)


def _attempt(url: str, half: _Half, timeouts: Timeouts, deadline: float) -> None:
    resume = half.size > 0 and bool(half.tag) and half.size != half.whole
    if not resume:
        half.forget()
    headers = {"Range": f"bytes={half.size}-", "If-Range": half.tag} if resume else {}
    with WebSession() as session:
        try:
            response = session.get(
                url, headers=headers, stream=True, timeout=(timeouts.connect_s, timeouts.read_s)
            )
        except requests.RequestException:
            raise _BrokeOff("its server did not answer") from None
        with closing(response):
            _check_status(response)
            _check_place(response, half, resume=resume)
            with half.path.open("ab") as file:
                for piece in _pieces(response, deadline):
                    half.size += len(piece)
                    if half.size > MOST_BYTES:
                        raise _failed("it is larger than any result", "Look at it in the console.")
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
    if half.size != half.whole:
        raise _BrokeOff(f"only {half.size} of {half.whole} bytes came")


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status in _GONE:
        raise _failed(
            f"its address no longer gives it (HTTP {status})",
            "The service removes results after 24 hours: submit the clip again.",
            code="ResultExpired",
            http_status=status,
        )
    if status not in (200, 206):
        raise _BrokeOff(f"its server answered with HTTP {status}")


def _check_place(response: requests.Response, half: _Half, *, resume: bool) -> None:
    """Note how long the whole is; begin again when this is not the part that was asked for."""
    length = response.headers.get("Content-Length", "")
    if not length.isdecimal() or response.headers.get("Content-Encoding", "identity") != "identity":
        raise _failed("its server does not say how long it is", "Try again later.")
    if response.status_code == 206:
        part = f"bytes {half.size}-{(half.whole or 0) - 1}/{half.whole}"
        same = response.headers.get("ETag", half.tag) == half.tag
        if not resume or not same or response.headers.get("Content-Range") != part:
            half.forget()
            raise _BrokeOff("its server sent another part than the one asked for")
        return
    half.forget()
    half.whole = int(length)
    tag = response.headers.get("ETag", "")
    half.tag = "" if tag.startswith("W/") else tag


def _pieces(response: requests.Response, deadline: float) -> Iterator[bytes]:
    while True:
        if time.monotonic() > deadline:
            raise _BrokeOff("it took too long")
        try:
            piece = response.raw.read1(_READ_BYTES, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError):
            raise _BrokeOff("the connection broke") from None
        if not piece:
            return
        yield piece


def _check_film(path: Path) -> None:
    """The boxes of an MP4 must fill the file: a length that was announced too short shows here."""
    size, place = path.stat().st_size, 0
    kinds: list[bytes] = []
    with path.open("rb") as file:
        while place + 8 <= size and len(kinds) < 10_000:
            file.seek(place)
            head = file.read(16)
            length = int.from_bytes(head[:4])
            if length == 1:
                length = int.from_bytes(head[8:16])
            kinds.append(head[4:8])
            place += length or size - place
            if length != 0 and length < 8:
                break
    if kinds[:1] != [b"ftyp"]:
        raise _failed("what came is not an MP4 file", "Ask for the task's result again.")
    if place != size or b"moov" not in kinds:
        raise _failed("what came is not the whole film", "Ask for the task's result again.")


def _failed(why: str, what_next: str, *, code: str = "", http_status: int = 0) -> DownloadFailed:
    return DownloadFailed(
        f"The result could not be fetched: {why}.",
        what_next=what_next,
        code=code,
        http_status=http_status,
    )

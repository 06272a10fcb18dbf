"""A clip by its address on the web: the server fetches it, as carefully as a public service must.

Only http and https, only public addresses, bounded in size and time, read by the guarded
inspection before the page shows it, and given up when nobody waits for it any more.
"""

import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from restyle.clips import Clip, inspect
from restyle.errors import ClipError, FetchFailed
from restyle.fetching import Fetched, Guard, fetch

TELL_EVERY_S = 0.25
WEB_PAGE = "text/html"


@dataclass(frozen=True)
class Progress:
    """What has come so far; `total_bytes` where the server says how much it will be."""

    size_bytes: int = 0
    total_bytes: int | None = None


def fetch_clip(url: str, folder: Path, guard: Guard) -> Iterator[Progress | Clip]:
    """Fetch a clip into a folder of its own in `folder`: progress, and at last the clip.

    Closing the iterator ends the fetch and leaves nothing. Raises ClipError (FetchFailed where
    the address is to blame) or DiskFull.
    """
    place = folder / secrets.token_hex(16)
    place.mkdir(parents=True)
    part, errand = place / "part", _Errand(url, place / "part", guard)
    whole = False
    try:
        while not errand.over.wait(TELL_EVERY_S):
            yield errand.progress
        fetched = errand.outcome.result()
        try:
            clip = inspect(part)
        except ClipError:
            if fetched.media_type == WEB_PAGE:
                raise _web_page() from None
            raise
        path = part.rename(place / clip_name(fetched.name, clip.format))
        whole = True
        yield replace(clip, path=path)
    finally:
        errand.leave()
        if not whole:
            shutil.rmtree(place, ignore_errors=True)


def clip_name(said: str, kind: str) -> str:
    """A file name that a person knows again, with the ending of what the clip truly is."""
    stem = re.sub(r"[^\w .()+-]+", "-", PurePosixPath(said).stem).strip(" .-")[:80]
    return f"{stem or 'clip'}.{kind.lower()}"


class _Errand:
    """One fetch in a thread of its own, so that its progress can be told meanwhile."""

    def __init__(self, url: str, target: Path, guard: Guard) -> None:
        self.progress = Progress()
        self.outcome: Future[Fetched] = Future()
        self.over = threading.Event()
        self._left = threading.Event()
        arguments = (url, target, guard)
        threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def leave(self) -> None:
        """Nobody waits any more; the connection is cut."""
        self._left.set()

    def _run(self, url: str, target: Path, guard: Guard) -> None:
        try:
            stopped = self._left.is_set
            found = fetch(url, target, guard, on_progress=self._note, should_stop=stopped)
            self.outcome.set_result(found)
        except BaseException as problem:
            self.outcome.set_exception(problem)
        finally:
            self.over.set()
            if self._left.is_set():
                shutil.rmtree(target.parent, ignore_errors=True)

    def _note(self, size_bytes: int, total_bytes: int | None) -> None:
        self.progress = Progress(size_bytes, total_bytes)


def _web_page() -> FetchFailed:
    return FetchFailed(
        "The address leads to a web page, not to a video file.",
        what_next=(
            "Open the page, copy the address of the video itself, or download the clip and "
            "upload it."
        ),
    )

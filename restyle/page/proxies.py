"""What a browser cannot play is shown all the same: as a small copy, made when it is asked for.

proxy.js asks, for the clip's player and for the compare; one copy is made at a time, behind all
other work, and given up when nobody waits for it any more. What is submitted stays the original.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from restyle.clips import inspect
from restyle.errors import ClipUnreadable, RestyleError
from restyle.footage import write_proxy
from restyle.jobs import Jobs
from restyle.page.bodies import body_of

ADDRESS = "/restyle/proxies"
KEEP_S = 24 * 3600
TELL_EVERY_S = 0.2
MOST_QUESTION_BYTES = 10_000


class Proxies:
    """The small copies in `folder`, each under a name that only its original gives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()  # one copy at a time
        self._guard = threading.Lock()  # of the two below
        self._errands: dict[str, _Errand] = {}

    def make(self, source: Path) -> Iterator[float | str]:
        """The share that is done, time and again, and at last the copy's name.

        Several may wait for one copy; when the last of them closes the iterator, its making
        ends. Raises ClipUnreadable or FitError.
        """
        name = _name(source)
        if not self.path(name).is_file():
            errand = self._join(name, source)
            try:
                while not errand.over.wait(TELL_EVERY_S):
                    yield errand.share
            finally:
                self._leave(name, errand)
            if errand.problem is not None:
                raise errand.problem
        yield name

    def path(self, name: str) -> Path:
        """Where the copy of this name lies, or would."""
        return self._folder / f"{name}.mp4"

    def _join(self, name: str, source: Path) -> "_Errand":
        with self._guard:
            errand = self._errands.get(name)
            if errand is None or errand.stop.is_set() or errand.over.is_set():
                errand = self._errands[name] = _Errand()
                arguments = (errand, source, self.path(name))
                threading.Thread(target=self._run, args=arguments, daemon=True).start()
            errand.waiting += 1
            return errand

    def _leave(self, name: str, errand: "_Errand") -> None:
        with self._guard:
            errand.waiting -= 1
            if not errand.waiting:
                errand.stop.set()
                if self._errands.get(name) is errand:
                    del self._errands[name]

    def _run(self, errand: "_Errand", source: Path, target: Path) -> None:
        try:
            with self._turn:
                self._sweep()
                if not errand.stop.is_set() and not target.is_file():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    write_proxy(
                        inspect(source),
                        target,
                        on_progress=errand.note,
                        should_stop=errand.stop.is_set,
                    )
        except Exception as problem:
            errand.problem = problem
        finally:
            errand.over.set()

    def _sweep(self) -> None:
        """Copies go a day after they were made; one that is asked for again is made again."""
        over = time.time() - KEEP_S
        for path in self._folder.glob("*.mp4"):
            if path.stat().st_mtime < over:
                path.unlink(missing_ok=True)


class _Errand:
    """One copy in the making, and how many wait for it."""

    def __init__(self) -> None:
        self.share = 0.0
        self.waiting = 0
        self.problem: Exception | None = None
        self.stop = threading.Event()
        self.over = threading.Event()

    def note(self, share: float) -> None:
        self.share = share


def proxy_routes(jobs: Jobs, folder: Path) -> list[Route]:
    """The address that has a copy made, and the addresses of the copies."""
    proxies = Proxies(folder)

    async def ask(request: Request) -> Response:
        asked = await body_of(request, "application/json", MOST_QUESTION_BYTES)
        return StreamingResponse(
            _lines(proxies, jobs, asked),
            media_type="application/x-ndjson",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    def show(request: Request) -> Response:
        path = proxies.path(request.path_params["name"])
        # The folder holds nothing but copies, and the route's names hold no slash.
        if not path.is_file():
            return PlainTextResponse("There is no such copy any more.", status_code=404)
        headers = {"Cache-Control": "private, max-age=3600"}
        return FileResponse(path, media_type="video/mp4", headers=headers)

    return [
        Route(ADDRESS, ask, methods=["POST"]),
        Route(ADDRESS + "/{name:str}.mp4", show, methods=["GET"]),
    ]


def _lines(proxies: Proxies, jobs: Jobs, asked: bytes) -> Iterator[str]:
    try:
        for said in proxies.make(_original(json.loads(asked), jobs)):
            if isinstance(said, str):
                yield json.dumps({"address": f"{ADDRESS.lstrip('/')}/{said}.mp4"}) + "\n"
            else:
                yield json.dumps({"share": round(said, 3)}) + "\n"
    except (RestyleError, ValueError):
        return  # no address: the page says that the clip cannot be shown


def _original(asked: Any, jobs: Jobs) -> Path:
    """The file that is meant: a job's clip, or an upload of Gradio's; raises RestyleError."""
    wanted = asked if isinstance(asked, dict) else {}
    if job_id := wanted.get("job"):
        return jobs.source(str(job_id))
    path = Path(str(wanted.get("upload"))).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()) or not path.is_file():
        raise ClipUnreadable("The uploaded clip is no longer there.", what_next="Upload it again.")
    return path


def _name(source: Path) -> str:
    known = source.stat()
    content = f"{source} {known.st_size} {known.st_mtime_ns}"
    return hashlib.sha256(content.encode()).hexdigest()[:40]

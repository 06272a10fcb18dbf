"""The files of a job: its copy of the upload, and their addresses on the page's port.

`jobs/{job_id}/` in the storage holds the prepared clip, a still of it, and the result.
"""

import mimetypes
import os
import re
import shutil
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from restyle.errors import ClipUnfit, ClipUnreadable, JobNotFound
from restyle.jobs.desk import Desk
from restyle.jobs.job import Stage
from restyle.jobs.ledger import Record
from restyle.jobs.retention import NO_ROOM, disk_full
from restyle.jobs.saving import RESULT
from restyle.styles import Options

ADDRESS = "/restyle/jobs"


def keep_upload(source: Path, folder: Path, max_bytes: int) -> Path:
    """Keep an upload in a job's folder: the page's own copy is swept away in time.

    Raises ClipUnreadable when it is not there (any more), ClipUnfit when it is too large, DiskFull.
    """
    try:
        source = source.resolve(strict=True)
        size = source.stat().st_size
    except OSError:
        raise ClipUnreadable(
            "The uploaded clip is no longer there.", what_next="Upload it again."
        ) from None
    if size > max_bytes:
        raise ClipUnfit(
            f"The clip has {size / 1e6:.0f} MB, and this page takes {max_bytes / 1e6:.0f} MB.",
            what_next="Trim it or make it smaller before uploading.",
        )
    folder.mkdir(parents=True)
    suffix = source.suffix.lower()
    target = folder / f"upload{suffix if re.fullmatch(r'[.][a-z0-9]{1,5}', suffix) else ''}"
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        _copy(source, target)
    return target


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as trouble:
        shutil.rmtree(target.parent, ignore_errors=True)
        if trouble.errno in NO_ROOM:
            raise disk_full() from None
        raise


def routes(desk: Desk) -> list[Route]:
    """The addresses of the files of jobs, with Range and HEAD."""

    def result(request: Request) -> Response:
        record = _record(desk, request)
        if record is None or record.stage is not Stage.SUCCEEDED:
            return _nothing()
        return _file(desk, request, record, RESULT, "video/mp4")

    def source(request: Request) -> Response:
        record = _record(desk, request)
        if record is None or not record.fitted:
            return _nothing()
        kind = mimetypes.guess_type(record.fitted)[0] or "video/mp4"
        return _file(desk, request, record, record.fitted, kind)

    def poster(request: Request) -> Response:
        record = _record(desk, request)
        if record is not None and record.is_whole and not record.stage.is_final:
            record = desk.parts(record.job_id)[0]  # until it has one of its own
        return _file(desk, request, record, "poster.jpg", "image/jpeg") if record else _nothing()

    return [
        Route(f"{ADDRESS}/{{job_id:str}}/{name}", show, methods=["GET", "HEAD"])
        for name, show in (("result.mp4", result), ("source.mp4", source), ("poster.jpg", poster))
    ]


def download_name(record: Record) -> str:
    """A good name for a result: clip, style and size."""
    options = Options(**record.options)
    stem = re.sub(r"[^\w.-]+", "-", Path(record.clip_name).stem).strip("-.")[:80] or "clip"
    return f"{stem}-{options.style.slug}-{options.output_short_side}p.mp4"


def _record(desk: Desk, request: Request) -> Record | None:
    try:
        return desk.ledger.read(request.path_params["job_id"])
    except JobNotFound:
        return None


def _file(desk: Desk, request: Request, record: Record, name: str, kind: str) -> Response:
    path = desk.storage.bring(desk.folder(record.job_id) / name)
    if not path.is_file():
        return _nothing()
    wanted = "attachment" if request.query_params.get("download") else "inline"
    return FileResponse(
        path,
        media_type=kind,
        filename=download_name(record) if name == RESULT else name,
        content_disposition_type=wanted,
        headers={"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"},
    )


def _nothing() -> Response:
    return PlainTextResponse("There is no such file, or its time is over.", status_code=404)

"""How long files stay: for their time, and less where the disk has no room, the oldest first.

Never those of a job that still runs; the book keeps what is known of every job.
"""

import errno
import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from restyle.errors import DiskFull, JobNotFound
from restyle.jobs.desk import Desk
from restyle.jobs.ledger import Record
from restyle.jobs.tables import JOBS

log = logging.getLogger("restyle.jobs")

# Below this the files of ended jobs are removed before their time.
FLOOR_BYTES = 500_000_000
# A job needs room for its prepared clip and its result beside the upload.
ROOM_FOR_A_JOB = 3
STRAY_AFTER_S = 3600.0
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def free_bytes(folder: Path) -> int:
    """The room on the disk that a folder is on."""
    return shutil.disk_usage(folder).free


def remove_old(desk: Desk, keep_hours: float) -> list[Record]:
    """Remove the files of jobs that ended longer ago than that, and give these jobs."""
    before = time.time() - keep_hours * 3600
    old = _with_files(desk, ended_before=before)
    return [gone for record in old for gone in _remove(desk, record, "after their time")]


def make_room(
    desk: Desk, wanted: int = FLOOR_BYTES, *, free: Callable[[Path], int] = free_bytes
) -> list[Record]:
    """Remove files of ended jobs, the oldest first, until `wanted` bytes are free.

    Where the storage is elsewhere, only this machine's copies of them.
    """
    removed: list[Record] = []
    if free(desk.storage.jobs) >= wanted:
        return removed
    for record in _with_files(desk, ended_before=time.time()):
        if record.ways_on:
            continue  # It may go on, and needs its clip for that.
        if desk.storage.holds_copies:
            for job in _with_parts(desk, record):
                desk.storage.drop_copies(job.job_id)
        else:
            _remove(desk, record, "since the disk has no room")
        removed.append(record)
        if free(desk.storage.jobs) >= wanted:
            break
    return removed


def check_room(desk: Desk, clip: Path, *, free: Callable[[Path], int] = free_bytes) -> None:
    """Raises DiskFull where a job with this clip would not find room to its end."""
    try:
        wanted = clip.stat().st_size * ROOM_FOR_A_JOB
    except OSError:
        return  # Whoever reads it says so in better words.
    make_room(desk, wanted, free=free)
    if free(desk.storage.jobs) < wanted:
        raise disk_full()


def disk_full() -> DiskFull:
    """The disk is full, in words."""
    return DiskFull(
        "This machine's disk is full, so the clip cannot be kept. Nothing was submitted.",
        what_next="Try again later, or tell the host of this page.",
    )


def remove_strays(desk: Desk) -> None:
    """Remove what should not be here: leftovers of a cut-off upload, of which the book knows
    nothing, and copies of files that another machine has removed."""
    for folder in desk.storage.jobs.glob("*"):
        if time.time() - folder.stat().st_mtime > STRAY_AFTER_S:
            try:
                is_stray = desk.ledger.read(folder.name).files_removed is not None
            except JobNotFound:
                is_stray = True
            if is_stray:
                desk.storage.drop(folder.name)


def _with_files(desk: Desk, *, ended_before: float) -> list[Record]:
    """Those whose files may go, the oldest first; parts go with their whole, and never before."""
    found = desk.ledger.where(
        JOBS.c.ended.is_not(None),
        JOBS.c.ended < ended_before,
        JOBS.c.files_removed.is_(None),
        JOBS.c.part.is_(None),
    )
    return sorted(found, key=lambda record: record.ended or 0.0)


def _with_parts(desk: Desk, record: Record) -> list[Record]:
    """A job and, of a whole, every try of its parts."""
    if not record.is_whole:
        return [record]
    parts = desk.ledger.where(JOBS.c.whole == record.job_id, JOBS.c.part.is_not(None))
    return [record, *parts]


def _remove(desk: Desk, record: Record, why: str) -> list[Record]:
    """Remove the files of a job, and of its parts; gives all of them."""
    gone = _with_parts(desk, record)
    for job in gone:
        desk.storage.drop(job.job_id)
        with desk.ledger.change(job.job_id) as change:
            change.set(files_removed=time.time())
        log.info("job=%s its files were removed %s", job.job_id, why)
    return gone

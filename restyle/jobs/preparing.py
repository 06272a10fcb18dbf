"""The first part of a job, before any money: fit the clip as planned, and keep a still of it.

Several jobs may be fitted while others wait for their account's slot.
"""

import time
from collections.abc import Callable
from pathlib import Path

import cv2

from restyle.clips import Clip, inspect
from restyle.errors import Canceled, FitError
from restyle.fitting import fit, plan_fit
from restyle.footage import open_clip
from restyle.jobs.desk import Desk, Stopping
from restyle.jobs.job import Stage
from restyle.jobs.retention import disk_full, free_bytes, make_room

POSTER_WIDTH_PX = 320
# With less room than this a failure is the disk's, not the clip's.
LITTLE_BYTES = 10_000_000


def prepare(desk: Desk, job_id: str) -> bool:
    """Fit the clip of a job; True when it may go on, False when it has ended.

    Safe to repeat: a fitted clip is not fitted again, and a half-written one was never named.
    Raises what ends the job (RestyleError), Canceled among it.
    """
    record = desk.ledger.read(job_id)
    if record.stage.is_final:
        return False
    folder = desk.folder(job_id)
    folder.mkdir(parents=True, exist_ok=True)
    if record.fitted and desk.storage.bring(folder / record.fitted).exists():
        return True
    desk.heed_cancel(job_id)
    desk.ledger.move(job_id, Stage.FITTING)
    upload = desk.storage.bring(desk.folder(record.home) / record.upload)
    _drop_all_but(folder, record.upload)
    plan = plan_fit(inspect(upload), **record.wishes)
    try:
        fitted = fit(
            plan,
            folder,
            on_progress=_progress(desk, job_id),
            should_stop=_should_stop(desk, job_id),
        )
    except Canceled:
        if desk.stopping.is_set():
            raise Stopping from None
        raise
    except FitError:
        if free_bytes(folder) < LITTLE_BYTES:
            make_room(desk)
            raise disk_full() from None
        raise
    draw_poster(fitted, folder / "poster.jpg")
    for path in (fitted.path, folder / "poster.jpg"):
        if path.exists():
            desk.storage.keep(path)
    desk.ledger.move(job_id, Stage.QUEUED, fitted=fitted.path.name)
    _drop_all_but(folder, fitted.path.name, "poster.jpg")
    return True


def draw_poster(clip: Clip, target: Path) -> None:
    """A small JPEG of the clip's first frame."""
    width = POSTER_WIDTH_PX
    size = (width, max(2, round(width * clip.height / clip.width / 2) * 2))
    with open_clip(clip) as footage:
        frame = next(iter(footage.frames(fps=1.0, size=size)))
    cv2.imwrite(str(target), cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))


def _drop_all_but(folder: Path, *names: str) -> None:
    """Remove the upload once it is fitted, and what a killed process left half-written."""
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink(missing_ok=True)


def _progress(desk: Desk, job_id: str) -> Callable[[float], None]:
    told_at = 0.0

    def told(share: float) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= 0.5:
            told_at = now
            desk.ledger.progress(job_id, share)

    return told


def _should_stop(desk: Desk, job_id: str) -> Callable[[], bool]:
    looked_at, stop = 0.0, False

    def asked() -> bool:
        nonlocal looked_at, stop
        now = time.monotonic()
        if now - looked_at >= 0.25:
            looked_at, stop = now, desk.ledger.cancel_asked(job_id)
        return stop or desk.stopping.is_set()

    return asked

"""The last step of a whole: its parts' results joined, with the original's own sound.

Whole or not at all, and safe to repeat: what was paid for lies with the parts, untouched.
"""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from restyle.clips import inspect
from restyle.errors import Canceled, DiskFull, FitError, RestyleError
from restyle.footage import Piece, join, open_clip
from restyle.jobs.desk import Desk, Stopping
from restyle.jobs.job import Stage
from restyle.jobs.ledger import Record
from restyle.jobs.preparing import LITTLE_BYTES
from restyle.jobs.retention import NO_ROOM, free_bytes, make_room
from restyle.jobs.saving import RESULT

log = logging.getLogger("restyle.jobs")

FITTED = "fitted.mp4"
POSTER = "poster.jpg"


def join_parts(desk: Desk, whole_id: str) -> bool:
    """Join the results of a whole's parts and end it as succeeded; safe to repeat.

    The prepared clips are joined, too, to be seen beside the result. Raises what ends the job
    (RestyleError).
    """
    whole = desk.ledger.read(whole_id)
    if whole.stage.is_final:
        return False
    if whole.stage is not Stage.SAVING:
        desk.ledger.move(whole_id, Stage.SAVING)
    parts = desk.parts(whole_id)
    folder = desk.folder(whole_id)
    upload = desk.storage.bring(folder / whole.upload)
    for left in folder.glob(".joining-*"):
        shutil.rmtree(left, ignore_errors=True)
    _keep_joined(desk, parts, upload, folder / RESULT, [RESULT] * len(parts))
    try:
        names = [str(part.fitted) for part in parts]
        _keep_joined(desk, parts, upload, folder / FITTED, names)
        fitted: str | None = FITTED
    except RestyleError as trouble:
        # Only the view beside the result suffers; the clip as it came is shown there instead.
        log.warning("job=%s the prepared parts are not joined: %s", whole_id, trouble.code)
        fitted = None
    poster = desk.storage.bring(desk.folder(parts[0].job_id) / POSTER)
    if poster.exists():
        shutil.copyfile(poster, folder / POSTER)
        desk.storage.keep(folder / POSTER)
    with desk.ledger.change(whole_id) as change:
        change.set(fitted=fitted)
        for part in parts:
            desk.keys.erase(change.book, part.job_id)
    desk.ledger.end(whole_id, Stage.SUCCEEDED)
    if fitted:
        upload.unlink(missing_ok=True)
    return True


def _keep_joined(
    desk: Desk, parts: Sequence[Record], upload: Path, target: Path, names: Sequence[str]
) -> None:
    """Join one file of each part into `target`, unless that was done before."""
    if desk.storage.bring(target).exists():
        return
    pieces = [
        Piece(inspect(desk.storage.bring(desk.folder(part.job_id) / name)), part.duration_s)
        for part, name in zip(parts, names, strict=True)
    ]
    original = inspect(upload)
    start_s, end_s = parts[0].wishes["start_s"], parts[-1].wishes["end_s"]
    try:
        with open_clip(original) as clip:
            sound = clip.subclipped(start_s, min(end_s, original.duration_s))
            join(pieces, target, sound=sound, should_stop=desk.stopping.is_set)
    except Canceled:
        raise Stopping from None
    except (FitError, OSError) as trouble:
        full = isinstance(trouble, OSError) and trouble.errno in NO_ROOM
        if not full and free_bytes(target.parent) >= LITTLE_BYTES:
            raise
        make_room(desk)
        raise DiskFull(
            "This machine's disk is full, so the parts cannot be joined; they are kept.",
            what_next="Look again once there is room.",
        ) from None
    desk.storage.keep(target)

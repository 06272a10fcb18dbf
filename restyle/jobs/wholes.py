"""A whole: one job that is made of part jobs, each an ordinary job with its own one submit.

When the last part has ended, the whole is joined, or ends in words; a part that failed is tried
again in a row of its own, beside those that were paid for. Whoever changes the whole and its parts
together locks the whole's row first.
"""

import time
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from restyle.cloud import account_fingerprint
from restyle.errors import OptionError, RestyleError
from restyle.jobs.admitting import Payer, write
from restyle.jobs.desk import Desk
from restyle.jobs.job import Stage, said
from restyle.jobs.ledger import Change, Record, parts_of
from restyle.jobs.tables import JOBS
from restyle.settings import Secret

# Its own way on: the names of these are methods of Jobs.
TRY_PART = "retry_part"


class PartFailed(RestyleError):
    """A part of a whole has failed; the others are kept."""


def settle(desk: Desk, whole_id: str) -> int | None:
    """See whether a whole's parts have ended: gives the number of the attempt to join them.

    None where there is nothing to join: parts are at work, or one did not succeed, which ends the
    whole. Safe to repeat, and meant to be, whenever a part has ended.
    """
    with desk.ledger.change(whole_id) as change:
        whole = change.record
        parts = parts_of(change.book, whole_id)
        if whole.stage is Stage.SUCCEEDED or not all(part.stage.is_final for part in parts):
            return None
        if all(part.stage is Stage.SUCCEEDED for part in parts):
            if not whole.stage.is_final:
                return whole.attempt
            change.reopen()
            return whole.attempt + 1
        if whole.stage.is_final:
            return None
        failed = [part for part in parts if part.stage is Stage.FAILED]
        if failed and not whole.cancel_asked:
            change.move(Stage.FAILED)
            change.set(error=said(_failed(failed, len(parts)), (TRY_PART,)))
        else:
            change.move(Stage.CANCELED)
    return None


def ask_to_cancel(desk: Desk, whole_id: str) -> list[Record]:
    """Note that a whole is to stop; gives those of its parts that are still to be canceled."""
    with desk.ledger.change(whole_id) as change:
        parts = parts_of(change.book, whole_id)
        if not change.record.stage.is_final:
            if all(part.stage is Stage.SUCCEEDED for part in parts):
                change.note("It was finished before it could be stopped: its result is kept.")
            else:
                change.set(cancel_asked=True)
        for part in parts:
            if part.stage.is_final:
                desk.keys.erase(change.book, part.job_id)
    return [part for part in parts if not part.stage.is_final or part.ways_on]


def reopen_with(change: Change, part: Record) -> None:
    """A part is taken up again, in a transaction that holds its whole's row: so is the whole."""
    if change.record.files_removed is not None:
        raise OptionError(
            "The files of this job were removed after their time.",
            what_next="Start it again as a new job.",
        )
    newest = {record.part: record.job_id for record in parts_of(change.book, str(part.whole))}
    if newest.get(part.part) != part.job_id:
        raise OptionError(
            "Another try of this part has taken its place.",
            what_next="Look at the job's status.",
        )
    if change.record.stage.is_final:
        change.reopen()


def try_part_again(desk: Desk, part_id: str, api_key: Secret | None) -> str:
    """Begin a part that failed or was canceled anew, in a row of its own; gives its id.

    The other parts, and what this one may have cost, stay in the book. Raises OptionError where
    it is no such part, KeyRefused where its key was erased and none is given, BudgetExceeded.
    """
    part = desk.ledger.read(part_id)
    if part.part is None or part.stage not in (Stage.FAILED, Stage.CANCELED):
        raise OptionError(
            "Only a part that has failed or was canceled can be tried again.",
            what_next="Look at the job's status.",
        )
    payer = _payer(desk, part, api_key)
    new_id = uuid.uuid4().hex
    with desk.ledger.change(str(part.whole)) as change:
        reopen_with(change, part)
        change.book.execute(sa.update(JOBS).where(JOBS.c.job_id == part_id).values(replaced=True))
        row = {**_anew(part), "job_id": new_id, "account": payer.account}
        write(change.book, desk.ledger.budgets, desk.keys, payer, [row])
        desk.keys.erase(change.book, part_id)
    return new_id


def _payer(desk: Desk, part: Record, api_key: Secret | None) -> Payer:
    """Who pays for another try of a part: who did before."""
    if part.service == "local" or part.host_pays:
        return Payer(part.account, None, is_host=part.host_pays)
    key = api_key or desk.keys.fetch(part.job_id)
    return Payer(account_fingerprint(key), key, is_host=False)


def _anew(part: Record) -> dict[str, Any]:
    """The columns of a part as it was when it was new."""
    now = time.time()
    kept = (
        "visitor service account host_pays wishes clip_name upload options plan duration_s quote "
        "cloud_quote whole part"
    )
    return {
        **{name: value for name, value in asdict(part).items() if name in kept.split()},
        "created": now,
        "stage": str(Stage.QUEUED),
        "since": now,
        "times": {str(Stage.QUEUED): datetime.fromtimestamp(now, UTC).isoformat()},
        "attempt": 1,
        "host_index": 0,
        "notes": [],
        "cancel_asked": False,
    }


def _failed(failed: list[Record], count: int) -> PartFailed:
    if len(failed) == 1:
        number = (failed[0].part or 0) + 1
        return PartFailed(
            f"Part {number} of {count} has failed; the others are kept.",
            what_next="Try that part again: only it is submitted and billed.",
        )
    return PartFailed(
        f"{len(failed)} of {count} parts have failed; the others are kept.",
        what_next="Try these parts again: only they are submitted and billed.",
    )

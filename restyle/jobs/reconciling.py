"""What to do about a submit whose answer was lost: look in the service's own list of tasks.

Money rule 2. A task that was made since the intent, that no job of ours has, and that no other
open intent could claim, is ours; no task at all, once the POST cannot be under way any more,
proves that none was made; anything else is a person's to decide.
"""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from restyle.cloud import CloudClient, TaskRow
from restyle.errors import CloudError
from restyle.jobs.desk import Desk
from restyle.jobs.ledger import Record
from restyle.jobs.pace import Pace
from restyle.jobs.submits import Intent, Outcome, Unclear

log = logging.getLogger("restyle.jobs")


def look_for(desk: Desk, client: CloudClient, record: Record, intent: Intent) -> bool:
    """Find the task of an open intent: True when it is adopted, False when none was made.

    Either way the intent is closed in the book. Raises Unclear, leaving it open.
    """
    pace = desk.pace
    if time.time() - intent.intended > pace.list_memory_s:
        raise _unclear("the service keeps its list of tasks for 24 hours only, and they are over")
    patience = desk.patience(pace.list_patience_s)
    while True:
        # Before the question: what is not in an answer asked for later than this, is nowhere.
        settled = time.time() - intent.intended >= pace.settle_s
        try:
            rows = client.list_tasks(*_span(intent, pace))
        except CloudError as trouble:
            log.warning("job=%s the list of tasks: %s", record.job_id, trouble.code)
            if not patience.again(record.job_id, trouble, heed_cancel=False):
                raise _unclear(f"its list of tasks cannot be had ({trouble.code})") from trouble
            continue
        known = desk.submits.known_tasks(record.account)
        found = candidates(rows, intent, known, pace)
        rivals = _rivals(desk, record, intent, found)
        if len(found) == 1 and not rivals:
            return _adopt(desk, record, intent, found[0])
        if found and settled:
            raise _unclear(_several(found, rivals))
        if settled:
            desk.submits.close(intent, Outcome.NONE)
            return False
        desk.wait(
            record.job_id,
            intent.intended + pace.settle_s - time.time() + 0.01,
            heed_cancel=False,
        )


def candidates(
    rows: Sequence[TaskRow], intent: Intent, known: set[str], pace: Pace
) -> list[TaskRow]:
    """The tasks that the intent may have made: of its time, and known to no job."""
    start, end = _span(intent, pace)
    return [row for row in rows if start <= row.created <= end and row.task_id not in known]


def _span(intent: Intent, pace: Pace) -> tuple[datetime, datetime]:
    return (
        datetime.fromtimestamp(intent.intended - pace.clock_skew_s, UTC),
        datetime.fromtimestamp(intent.intended + pace.post_s + pace.clock_skew_s, UTC),
    )


def _rivals(desk: Desk, record: Record, intent: Intent, found: list[TaskRow]) -> int:
    """How many other unresolved intents of the account could have made one of these tasks."""
    if not found:
        return 0
    reach = desk.pace.post_s + 2 * desk.pace.clock_skew_s
    others = desk.submits.of_account(record.account, intent.intended - reach)
    return sum(
        other.outcome in (Outcome.OPEN, Outcome.WAIVED) and other.submit_id != intent.submit_id
        for other in others
    )


def _adopt(desk: Desk, record: Record, intent: Intent, row: TaskRow) -> bool:
    log.warning("job=%s adopts task=%s, whose answer was lost", record.job_id, row.task_id)
    desk.submits.accepted(intent, row.task_id, row.request_id)
    desk.ledger.note(
        record.job_id,
        "The service's answer to the submit was lost; its list of tasks showed that the task "
        "had been made, and nothing was submitted twice.",
    )
    return True


def _several(found: list[TaskRow], rivals: int) -> str:
    if rivals:
        return "its list shows a task that another unfinished job may have made as well"
    return f"its list shows {len(found)} tasks of that moment, made by others with the same key"


def _unclear(reason: str) -> Unclear:
    return Unclear(
        "The answer to the submit was lost, and whether the service accepted it cannot be "
        f"told: {reason}.",
        what_next="Look again later, or submit anyway: if the first submit was accepted, "
        "that is billed twice.",
        code="SubmitUnclear",
    )

"""What to do about a submit whose answer was lost: look in the service's own list of tasks.

Money rule 2. Just before each POST the list is read, and what is in it then is never ours. A task
that is new since, that no job of ours has, that no other open intent could claim, and that is the
only one of its kind, is ours; no new task at all, for as long as a POST may still be on its way
in, proves that none was made; anything else is a person's to decide. Moments are compared by the
service's clock, which its answers tell, so that a wrong clock of ours proves nothing.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain, repeat

from restyle.cloud import CloudClient, TaskRow
from restyle.errors import CloudError, Refused
from restyle.jobs.desk import Desk
from restyle.jobs.ledger import Record
from restyle.jobs.pace import Pace
from restyle.jobs.submits import Intent, Outcome, Stock, Unclear

log = logging.getLogger("restyle.jobs")

# How near a moment is known by the service's clock, which its answers tell in whole seconds.
CLOSE_S = 2.0


def take_stock(desk: Desk, client: CloudClient, record: Record) -> Stock:
    """The account's present tasks, for a POST that follows at once.

    Where the list cannot be had, nothing is known, and the submit goes on all the same: only an
    answer that is lost then needs a person.
    """
    pace = desk.pace
    patience = desk.patience(pace.list_patience_s)
    asked = False
    while True:
        known_s = client.ahead_s
        now_there = time.time() + (known_s or 0.0)
        # Twice what a look goes back: whatever a look may find is here, if it was there before.
        margin_s = 2 * _margin_s(known_s, pace)
        try:
            if known_s is None and not asked:
                # A small question, for the time of the service: all answers tell it.
                client.list_tasks(_moment(now_there - 1), _moment(now_there))
                asked = True
                continue
            rows = client.list_tasks(_moment(now_there - margin_s), _moment(now_there + margin_s))
        except Refused as refusal:
            log.warning("job=%s the list before the submit: %s", record.job_id, refusal.code)
            return Stock(None, client.ahead_s)
        except CloudError as trouble:
            log.warning("job=%s the list before the submit: %s", record.job_id, trouble.code)
            if not patience.again(record.job_id, trouble):
                return Stock(None, client.ahead_s)
            desk.heed_cancel(record.job_id)
            continue
        return Stock(frozenset(row.task_id for row in rows), client.ahead_s)


def look_for(
    desk: Desk,
    client: CloudClient,
    record: Record,
    intent: Intent,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Find the task of an open intent: True when it is adopted, False when none was made.

    Either way the intent is closed in the book. Raises Unclear, leaving it open. The loss was
    noticed just before the call: from then on the list is read for `settle_s`, since the POST may
    be on its way in still, and since the list may tell of a task later than it is made.
    """
    pace = desk.pace
    began = clock()
    looks = chain(pace.first_looks_s, repeat(max(pace.first_looks_s)))
    patience = desk.patience(pace.list_patience_s)
    while True:
        # Before the question: what is not in an answer asked for later than this, is nowhere.
        settled = clock() - began >= pace.settle_s
        try:
            rows = client.list_tasks(*_span(intent, pace))
        except CloudError as trouble:
            log.warning("job=%s the list of tasks: %s", record.job_id, trouble.code)
            if not patience.again(record.job_id, trouble, heed_cancel=False):
                raise _unclear(f"its list of tasks cannot be had ({trouble.code})") from trouble
            continue
        _check_memory(client, intent, pace)
        found = candidates(rows, intent, desk.submits.known_tasks(record.account), pace)
        traced = [row for row in found if row.request_id and row.request_id == intent.request_id]
        if len(traced) == 1:
            return _adopt(desk, record, intent, traced[0])
        if settled:
            return _decide(desk, client, record, intent, found)
        left_s = began + pace.settle_s - clock()
        desk.wait(record.job_id, min(next(looks), max(left_s, 0.0) + 0.01), heed_cancel=False)


def candidates(
    rows: Sequence[TaskRow], intent: Intent, known: set[str], pace: Pace
) -> list[TaskRow]:
    """The tasks that the intent may have made: of its time, new since, and known to no job."""
    start, end = _span(intent, pace)
    not_ours = known | (intent.before or set())
    return [row for row in rows if start <= row.created <= end and row.task_id not in not_ours]


def _decide(
    desk: Desk, client: CloudClient, record: Record, intent: Intent, found: list[TaskRow]
) -> bool:
    """The list is read: one task that can only be ours, none at all, or a question."""
    found = [row for row in found if not _is_anothers(client, row, record)]
    if not found:
        desk.submits.close(intent, Outcome.NONE)
        return False
    rivals = _rivals(desk, record, intent)
    if len(found) == 1 and not rivals and _is_new(found[0], intent):
        return _adopt(desk, record, intent, found[0])
    raise _unclear(_several(found, rivals))


def _is_new(row: TaskRow, intent: Intent) -> bool:
    """Whether a task was certainly not there before the intent."""
    if intent.before is not None:
        return True  # It would not be a candidate.
    by_the_clock = row.created >= _moment(intent.intended_there - CLOSE_S)
    return intent.ahead_s is not None and by_the_clock


def _is_anothers(client: CloudClient, row: TaskRow, record: Record) -> bool:
    """Whether a task's own details prove that it was made with other options than the job's."""
    try:
        task = client.query(row.task_id)
    except CloudError:
        return False
    side = task.usage.short_side if task.usage else None
    # The reference: usage.SR is the min_len of the request.
    return side is not None and side != record.options["min_len"]


def _span(intent: Intent, pace: Pace) -> tuple[datetime, datetime]:
    margin_s = _margin_s(intent.ahead_s, pace)
    return (
        _moment(intent.intended_there - margin_s),
        _moment(intent.intended_there + pace.post_s + margin_s),
    )


def _margin_s(ahead_s: float | None, pace: Pace) -> float:
    return pace.unknown_skew_s if ahead_s is None else pace.clock_skew_s


def _moment(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _check_memory(client: CloudClient, intent: Intent, pace: Pace) -> None:
    """After a day the list has forgotten, and before the intent it cannot know."""
    age_s = time.time() + (client.ahead_s or 0.0) - intent.intended_there
    if age_s > pace.list_memory_s:
        raise _unclear("the service keeps its list of tasks for 24 hours only, and they are over")
    if age_s < -pace.clock_skew_s:
        raise _unclear("the clock of this machine was set back since")


def _rivals(desk: Desk, record: Record, intent: Intent) -> int:
    """How many other unresolved intents of the account could have made the same task."""
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
    if len(found) == 1:
        return "its list shows a task that may be older than the submit: it could not be read then"
    return f"its list shows {len(found)} tasks of that moment, made by others with the same key"


def _unclear(reason: str) -> Unclear:
    return Unclear(
        "The answer to the submit was lost, and whether the service accepted it cannot be "
        f"told: {reason}.",
        what_next="Look again later, or submit anyway: if the first submit was accepted, "
        "that is billed twice.",
        code="SubmitUnclear",
    )

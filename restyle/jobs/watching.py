"""The step that waits: poll the task until it ends, and tell the book; stop it on request.

Money rule 4: polls are safe to repeat, so trouble on the way never ends a job; only the bound
on the whole does.
"""

import logging
import time
from decimal import Decimal
from enum import StrEnum

from restyle.cloud import CloudClient, Task, TaskStatus, failure
from restyle.errors import (
    BadAnswer,
    CloudError,
    NotCancelable,
    Refused,
    RestyleError,
    Unreachable,
)
from restyle.jobs.desk import Desk
from restyle.jobs.job import Stage
from restyle.jobs.ledger import Change, Record
from restyle.jobs.submitting import next_host
from restyle.pricing import settle

log = logging.getLogger("restyle.jobs")


# The service has taken the wish: how soon to look whether it is done.
AFTER_CANCEL_S = 0.3


class Seen(StrEnum):
    """How a watch ended."""

    SUCCEEDED = "succeeded"
    NEXT_HOST = "next host"
    ENDED = "ended"


class GaveUp(RestyleError):
    """The task did not end in the time the service gives its tasks."""


def watch(desk: Desk, job_id: str) -> Seen:
    """Poll the job's task to its end; safe to repeat. Raises what ends the job (RestyleError)."""
    record = desk.ledger.read(job_id)
    if record.stage.is_final:
        return Seen.ENDED
    if record.charge is not None:
        return Seen.SUCCEEDED
    client = desk.client(record)
    polls = desk.pace.polls(record.service)
    deadline = (record.submitted or time.time()) + desk.pace.task_patience_s
    troubles = desk.pace.troubles()
    refused_since: float | None = None
    unknown = 0
    while True:
        asked = desk.ledger.cancel_asked(job_id)
        try:
            stops = not asked or _stops(client, record)
            task = client.query(str(record.task_id))
        except CloudError as trouble:
            log.warning("job=%s task=%s poll: %s", job_id, record.task_id, trouble.code)
            if asked and record.service == "local" and isinstance(trouble, Unreachable):
                # Nobody is at work on it, and it costs nothing.
                desk.heed_cancel(job_id)
            refused_since = _refused_since(refused_since, trouble)
            if refused_since and time.time() - refused_since > desk.pace.refusal_patience_s:
                raise
            _keep_to(deadline, record)
            pause_s = max(next(troubles), trouble.facts.get("retry_after_s", 0.0))
            desk.wait(job_id, pause_s, heed_cancel=not asked)
            continue
        troubles, refused_since = desk.pace.troubles(), None
        unknown = unknown + 1 if task.status is TaskStatus.UNKNOWN else 0
        if task.status.is_final and not 0 < unknown < desk.pace.unknown_polls:
            return _finish(desk, client, record, task)
        if not unknown:
            record = _tell(desk, record, task)
            if not stops:
                _goes_on(desk, record)
        _keep_to(deadline, record)
        if asked and stops:
            desk.wait(job_id, AFTER_CANCEL_S, heed_cancel=False)
        else:
            desk.wait(job_id, next(polls))


def _tell(desk: Desk, before: Record, task: Task) -> Record:
    """Write down what a poll of a live task changed."""
    running = task.status is TaskStatus.RUNNING
    stage = Stage.RUNNING if running else Stage.PENDING
    if before.stage is not stage or before.task_status != task.status:
        with desk.ledger.change(before.job_id) as change:
            if before.stage is not stage:
                change.move(stage)
            change.set(task_status=str(task.status), request_id=task.request_id)
            if running and before.started is None:
                change.set(started=time.time())
        desk.ledger.heard(before.job_id, "query", task.raw)
        before = desk.ledger.read(before.job_id)
    if task.progress is not None and task.progress != before.progress:
        desk.ledger.progress(before.job_id, task.progress)
    return before


def _stops(client: CloudClient, record: Record) -> bool:
    """Ask the service to stop the task; False when it says that it cannot."""
    try:
        client.cancel(str(record.task_id), running=record.service == "local")
    except NotCancelable:
        return False
    return True


def _goes_on(desk: Desk, record: Record) -> None:
    """The wish to cancel is spent: the task goes on, and so does the job."""
    with desk.ledger.change(record.job_id) as change:
        change.set(cancel_asked=False)
        change.note(
            "The service is already working on it and cannot stop it any more: "
            "it goes on, will be billed, and the result is kept."
        )


def _finish(desk: Desk, client: CloudClient, record: Record, task: Task) -> Seen:
    job_id = record.job_id
    desk.ledger.heard(job_id, "query", task.raw)
    status = task.status
    if status is TaskStatus.SUCCEEDED:
        with desk.ledger.change(job_id) as change:
            change.move(Stage.SAVING)
            _bill(change, task)
        return Seen.SUCCEEDED
    with desk.ledger.change(job_id) as change:
        change.set(task_status=str(status), request_id=task.request_id)
    if status is TaskStatus.CANCELED:
        if not record.cancel_asked and not desk.ledger.cancel_asked(job_id):
            desk.ledger.note(job_id, "The task was canceled at the service. Nothing was billed.")
        desk.ledger.end(job_id, Stage.CANCELED)
        return Seen.ENDED
    if status is TaskStatus.UNKNOWN:
        if record.service == "local":
            # Its engine is gone, perhaps with its machine. Rendering again costs nothing.
            _forget_task(desk, job_id)
            return Seen.NEXT_HOST
        raise failure(task)
    why = failure(task)
    if task.source_was_refused and next_host(desk, client, record, why):
        return Seen.NEXT_HOST
    raise why


def _forget_task(desk: Desk, job_id: str) -> None:
    with desk.ledger.change(job_id) as change:
        change.set(task_id=None, task_status=None, submitted=None, started=None)
        change.note("This machine's style service had lost the task; it is rendered again.")


def _bill(change: Change, task: Task) -> None:
    """Money rule 6: the charge is the usage times its rate, kept beside the quote."""
    record = change.record
    now = time.time()
    change.set(task_status=str(task.status), request_id=task.request_id)
    change.set(worked_s=_worked_s(record, task, now))
    if task.usage is not None:
        change.set(usage={"duration": float(task.usage.duration_s), "SR": task.usage.short_side})
    if record.service == "local":
        change.set(charge="0")
        return
    try:
        if task.usage is None:
            raise BadAnswer(
                "The service's answer carries no usage.",
                what_next="Look at the bill in the cloud's console.",
            )
        charge = settle(task.usage.duration_s, task.usage.short_side)
    except RestyleError as unknown:
        charge = Decimal(record.cloud_quote["total_usd"])
        change.note(
            f"The service did not say what it billed in a way that has a known rate "
            f"({unknown.message}); the charge shown is the quote."
        )
    change.set(charge=str(charge))


def _worked_s(record: Record, task: Task, now: float) -> float:
    if task.scheduled_time and task.end_time and task.end_time > task.scheduled_time:
        return (task.end_time - task.scheduled_time).total_seconds()
    return now - (record.started or record.submitted or now)


def _refused_since(since: float | None, trouble: CloudError) -> float | None:
    return since or time.time() if isinstance(trouble, Refused) else None


def _keep_to(deadline: float, record: Record) -> None:
    # After a poll, never before the first: whoever looks again after the deadline is answered.
    if time.time() > deadline:
        raise GaveUp(
            f"The service has not finished the task after more than 3 hours "
            f"(its last word: {record.task_status}).",
            what_next="Look again later: if it finishes after all, its result is fetched then.",
        )

"""The durable way of a job: two DBOS workflows whose steps survive `kill -9`.

`fit` runs for several jobs at once; then `run` (submit → watch → save) waits for the one slot
of its account. A workflow knows only a job's id: everything else, and all secrets, stay in the
book. Each step is safe to run twice, and how it ended stands in the book as well.
"""

import logging
import os
import threading
from collections.abc import Callable
from typing import NotRequired, TypedDict, TypeVar

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from sqlalchemy.exc import OperationalError

from restyle.errors import Canceled, RestyleError, TaskFailed, TaskGone
from restyle.jobs import wholes
from restyle.jobs.desk import Desk
from restyle.jobs.job import Stage
from restyle.jobs.joining import join_parts
from restyle.jobs.preparing import prepare
from restyle.jobs.saving import save
from restyle.jobs.submits import Unclear
from restyle.jobs.submitting import submit
from restyle.jobs.tables import database_url
from restyle.jobs.watching import Seen, watch
from restyle.jobs.workers import Fenced

log = logging.getLogger("restyle.jobs")
T = TypeVar("T")

FIT_QUEUE = "restyle-fit"
RUN_QUEUE = "restyle-run"
# Fixed: unfinished jobs are taken up by whichever version of the code comes next. The steps'
# names and order must therefore stay as they are, or this must change with a way to carry over.
VERSION = "1"
MOST_HOSTS = 8
PARTS = ("fit", "run", "join")


class Place(TypedDict):
    """Where a job queues: for which account's slot, in which turn; and if it is a whole's part."""

    account: str
    turn: int
    is_part: NotRequired[bool]


class Join(TypedDict):
    """A whole whose parts can be joined, and the number of the attempt."""

    whole: str
    attempt: int


_desk: Desk | None = None
_steps_under_way = 0
_counting = threading.Lock()


def launch(desk: Desk, worker: str) -> None:
    """Start the workflows of this process under a worker's name; unfinished ones go on."""
    global _desk
    _desk = desk
    config: DBOSConfig = {
        "name": "restyle",
        "system_database_url": database_url(desk.settings),
        "application_version": VERSION,
        "executor_id": worker,
        "serializer": DBOSPortableJSONSerializer(),
        "enable_otlp": False,
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 1.0,
        "scheduler_polling_interval_sec": 3600.0,
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(
        FIT_QUEUE,
        worker_concurrency=max(1, (os.cpu_count() or 1) // 2),
        polling_interval_sec=desk.pace.queue_poll_s,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        RUN_QUEUE,
        # The reference's limits for an account: one running task, two submits a second.
        partition_concurrency=1,
        partition_limiter={"limit": 2, "period": 1.0},
        polling_interval_sec=desk.pace.queue_poll_s,
        on_conflict="always_update",
    )


def busy() -> bool:
    """Whether a step is being done in this process."""
    return _steps_under_way > 0


def shut_down() -> None:
    """Stop; what is unfinished stays so, and goes on after the next launch."""
    DBOS.destroy()


def take_over(worker: str) -> None:
    """Give the unfinished workflows of a dead worker back to the queues."""
    DBOS._recover_pending_workflows([worker])


def begin(job_id: str, attempt: int) -> None:
    """Queue a job from its start; doing so twice is doing so once."""
    with SetWorkflowID(_workflow_id(job_id, attempt, "fit")):
        DBOS.enqueue_workflow(FIT_QUEUE, fit_workflow, job_id, attempt)


def begin_join(whole_id: str, attempt: int) -> None:
    """Queue the joining of a whole; doing so twice is doing so once."""
    with SetWorkflowID(_workflow_id(whole_id, attempt, "join")):
        DBOS.enqueue_workflow(FIT_QUEUE, join_workflow, whole_id)


def is_carried(job_id: str, attempt: int) -> bool:
    """Whether a workflow carries the job forward, or waits to."""
    for part in PARTS:
        status = DBOS.get_workflow_status(_workflow_id(job_id, attempt, part))
        if status is not None and status.status in ("ENQUEUED", "PENDING", "DELAYED"):
            return True
    return False


def forget(job_id: str, attempts: int) -> None:
    """Drop the records of an ended job's workflows."""
    numbers = range(1, attempts + 1)
    DBOS.delete_workflows(
        [_workflow_id(job_id, number, part) for number in numbers for part in PARTS]
    )


@DBOS.workflow(name="restyle.fit", max_recovery_attempts=None)
def fit_workflow(job_id: str, attempt: int) -> None:
    """Fit the clip, then queue for the account's slot."""
    place = fit_step(job_id)
    if place is not None:
        with (
            SetWorkflowID(_workflow_id(job_id, attempt, "run")),
            SetEnqueueOptions(queue_partition_key=place["account"], priority=place["turn"]),
        ):
            DBOS.enqueue_workflow(RUN_QUEUE, run_workflow, job_id, place.get("is_part", False))
    else:
        _see_to_whole(job_id)


@DBOS.workflow(name="restyle.run", max_recovery_attempts=None)
def run_workflow(job_id: str, is_part: bool = False) -> None:
    """Submit, watch and save; after a part has ended, see to its whole."""
    _transform(job_id)
    if is_part:
        _see_to_whole(job_id)


@DBOS.workflow(name="restyle.join", max_recovery_attempts=None)
def join_workflow(whole_id: str) -> None:
    """Join the parts of a whole."""
    join_step(whole_id)


def _transform(job_id: str) -> None:
    """Submit, watch and save; again with the next host where the service refuses one."""
    for _ in range(MOST_HOSTS):
        if not submit_step(job_id):
            return
        seen = watch_step(job_id)
        if seen == Seen.SUCCEEDED:
            save_step(job_id)
        if seen != Seen.NEXT_HOST:
            return


def _see_to_whole(job_id: str) -> None:
    ready = settle_step(job_id)
    if ready is not None:
        begin_join(ready["whole"], ready["attempt"])


@DBOS.step(name="fit")
def fit_step(job_id: str) -> Place | None:
    """Fit; gives the place in the next queue, or None when the job has ended."""
    if not _carry(prepare, job_id, False):
        return None
    record = _the_desk().ledger.read(job_id)
    is_part = record.part is not None
    return {"account": record.account, "turn": record.turn, "is_part": is_part}


@DBOS.step(name="submit")
def submit_step(job_id: str) -> bool:
    """Host and submit; True when the job has its task."""
    return _carry(submit, job_id, False)


@DBOS.step(name="watch")
def watch_step(job_id: str) -> str:
    """Poll to the end of the task."""
    return str(_carry(watch, job_id, Seen.ENDED))


@DBOS.step(name="save")
def save_step(job_id: str) -> bool:
    """Download the result."""
    return _carry(save, job_id, False)


@DBOS.step(name="join")
def join_step(whole_id: str) -> bool:
    """Join the parts' results."""
    return _carry(join_parts, whole_id, False)


@DBOS.step(name="settle")
def settle_step(job_id: str) -> Join | None:
    """A job has ended: where it was the last part of a whole, that can be joined or has ended."""
    whole = _the_desk().ledger.read(job_id).whole
    attempt = wholes.settle(_the_desk(), whole) if whole else None
    return {"whole": str(whole), "attempt": attempt} if attempt is not None else None


def _carry(step: Callable[[Desk, str], T], job_id: str, ended: T) -> T:
    """Do a step; whatever ends the job is written into the book, and `ended` returned."""
    desk = _the_desk()
    global _steps_under_way
    with _counting:
        _steps_under_way += 1
    try:
        with desk.fence.carry(job_id, desk.rest):
            return _do(desk, step, job_id, ended)
    except Fenced:
        log.warning("job=%s is another worker's by now, and is left to it", job_id)
        raise
    finally:
        with _counting:
            _steps_under_way -= 1


def _do(desk: Desk, step: Callable[[Desk, str], T], job_id: str, ended: T) -> T:
    try:
        return step(desk, job_id)
    except Canceled:
        desk.ledger.end(job_id, Stage.CANCELED)
    except RestyleError as error:
        _fail(desk, job_id, error)
    except OperationalError:
        # The database was away: no fault of the job, which is found again when it is back.
        log.warning("job=%s the book could not be had; its step is begun again", job_id)
        raise
    except Exception as error:
        log.exception("job=%s an unexpected error", job_id)
        _fail(
            desk,
            job_id,
            RestyleError(
                f"Something unexpected went wrong ({type(error).__name__}).",
                what_next="Look again; if it stays so, tell the host of this page the job's id.",
                code="Unexpected",
            ),
        )
    return ended


def _fail(desk: Desk, job_id: str, error: RestyleError) -> None:
    """End a job as failed; where money may be in flight, its hold and its key are kept."""
    record = desk.ledger.read(job_id)
    if isinstance(error, Unclear):
        ways_on: tuple[str, ...] = ("look_again", "submit_anyway")
    elif isinstance(error, TaskFailed | TaskGone):
        ways_on = ()
    elif record.is_whole or record.task_id or desk.submits.open_intent(job_id):
        ways_on = ("look_again",)
    else:
        ways_on = ()
    desk.ledger.end(
        job_id,
        Stage.FAILED,
        error=error,
        ways_on=ways_on,
        spent=desk.ledger.spent(record, in_flight=bool(ways_on) or isinstance(error, TaskGone)),
        # A part may be tried again by itself.
        keep_key=bool(ways_on) or record.part is not None,
    )


def _workflow_id(job_id: str, attempt: int, part: str) -> str:
    return f"{job_id}.{attempt}.{part}"


def _the_desk() -> Desk:
    assert _desk is not None, "the workflows were not launched"
    return _desk

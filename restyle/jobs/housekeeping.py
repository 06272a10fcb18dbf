"""What is done now and then: dead workers' jobs taken over, lost ones found, old files removed."""

import logging
import threading
import time

from restyle.errors import Canceled, RestyleError
from restyle.jobs import wholes, workflow
from restyle.jobs.desk import Desk
from restyle.jobs.job import Stage
from restyle.jobs.retention import make_room, remove_old, remove_strays
from restyle.jobs.tables import JOBS
from restyle.jobs.workers import Membership

log = logging.getLogger("restyle.jobs")

CLEAN_EVERY_S = 3600.0
MOST_ATTEMPTS = 50
# The service forgets a task after a day: then a key kept for an unclear job is of no more use.
KEYS_FOR_S = 24 * 3600.0


class Housekeeping:
    """A thread that looks around at intervals, and at its start."""

    def __init__(self, desk: Desk, membership: Membership) -> None:
        self._desk = desk
        self._membership = membership
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin looking around."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._look_around, name="restyle-housekeeping")
        self._thread.daemon = True
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done at the moment."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _look_around(self) -> None:
        cleaned = -CLEAN_EVERY_S
        while True:
            try:
                take_over_dead_workers(self._membership)
                find_lost_jobs(self._desk)
                if time.monotonic() - cleaned >= CLEAN_EVERY_S:
                    cleaned = time.monotonic()
                    for old in remove_old(self._desk, self._desk.settings.keep_hours):
                        workflow.forget(old.job_id, old.attempt)
                    make_room(self._desk)
                    remove_strays(self._desk)
                    forget_old_keys(self._desk)
            except Exception:
                log.exception("housekeeping failed, and is tried again soon")
            if self._stop.wait(self._desk.pace.housekeeping_s):
                return


def take_over_dead_workers(membership: Membership) -> None:
    """Give the unfinished work of dead processes, of whatever machine, back to the queues."""
    for dead in membership.dead():
        workflow.take_over(dead.executor)
        # Only now: who dies in between leaves it to the next.
        membership.forget(dead)


def find_lost_jobs(desk: Desk) -> None:
    """Queue unfinished jobs that no workflow carries: a process died between book and queue."""
    before = time.time() - desk.pace.lost_after_s
    for record in desk.ledger.where(JOBS.c.ended.is_(None), JOBS.c.since < before):
        if workflow.is_carried(record.job_id, record.attempt):
            continue
        if record.is_whole and wholes.settle(desk, record.job_id) is None:
            continue  # Its parts are at work, or it has just ended.
        if record.attempt >= MOST_ATTEMPTS:
            desk.ledger.end(
                record.job_id,
                Stage.FAILED,
                error=RestyleError(
                    "This job was begun again and again, and never got to its end.",
                    what_next="Tell the host of this page the job's id.",
                    code="Unexpected",
                ),
                spent=None,
            )
            continue
        log.warning("job=%s was lost by its workflow, and is queued again", record.job_id)
        try:
            with desk.ledger.change(record.job_id) as change:
                change.again()
        except Canceled:
            continue
        begin = workflow.begin_join if record.is_whole else workflow.begin
        begin(record.job_id, record.attempt + 1)


def forget_old_keys(desk: Desk) -> None:
    """Erase keys that were kept for jobs nobody came back to."""
    before = time.time() - KEYS_FOR_S
    stale = desk.ledger.where(JOBS.c.ended.is_not(None), JOBS.c.ended < before)
    desk.keys.erase_of([record.job_id for record in stale])

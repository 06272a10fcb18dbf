"""The intents: one row for each POST that may cost money, and what became of it.

Rules 1 and 2 of the money live here: an intent is in the book before the POST, its task id
right after it, and an intent without an outcome is never just sent again.
"""

import time
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa

from restyle.errors import RestyleError
from restyle.jobs.fence import Fence
from restyle.jobs.tables import JOBS, SUBMITS, reading


class Outcome(StrEnum):
    """What became of an intent."""

    OPEN = "open"  # sent or about to be sent: nobody knows
    TASK = "task"  # it made the task that stands beside it
    NONE = "none"  # it made no task: refused, never sent, or the service's list proves it
    WAIVED = "waived"  # the visitor chose to submit again without knowing


@dataclass(frozen=True)
class Intent:
    """One POST: when it was intended (epoch seconds), to which host's URL, and its outcome.

    `before` are the ids of the account's tasks just before it, none of which is its own (None:
    not known); `ahead_s` is how far the service's clock was ahead of ours (None: not known);
    `request_id` is that of an answer that did not tell whether there is a task.
    """

    submit_id: int
    job_id: str
    host: str
    intended: float
    outcome: Outcome
    task_id: str | None
    before: frozenset[str] | None = None
    ahead_s: float | None = None
    request_id: str | None = None

    @property
    def intended_there(self) -> float:
        """When it was intended, by the service's clock as far as that is known."""
        return self.intended + (self.ahead_s or 0.0)


@dataclass(frozen=True)
class Stock:
    """What was known of the account just before a POST; see `Intent`."""

    before: frozenset[str] | None = None
    ahead_s: float | None = None


class Unclear(RestyleError):
    """Nobody can tell whether a submit was accepted."""


class Submits:
    """The intents of all jobs in one book."""

    def __init__(self, engine: sa.Engine, fence: Fence) -> None:
        self._engine = engine
        self._fence = fence

    def intend(self, job_id: str, account: str, host: str, stock: Stock) -> Intent | None:
        """Write an intent down; only then may its POST be sent.

        None when another worker was quicker: the job has a task, or an intent that is open.
        Raises Fenced when the job is another worker's by now.
        """
        now = time.time()
        with self._engine.begin() as book:
            # The job's row is locked first, so that two workers cannot both find nothing.
            task = self._hold_row(book, job_id)
            already = book.execute(
                sa.select(sa.func.count())
                .select_from(SUBMITS)
                .where(SUBMITS.c.job_id == job_id, SUBMITS.c.outcome == Outcome.OPEN)
            ).scalar_one()
            if task or already:
                return None
            key = book.execute(
                sa.insert(SUBMITS).values(
                    job_id=job_id,
                    account=account,
                    host=host,
                    intended=now,
                    outcome=Outcome.OPEN,
                    before=None if stock.before is None else sorted(stock.before),
                    ahead_s=stock.ahead_s,
                )
            ).inserted_primary_key
        assert key is not None
        return Intent(key[0], job_id, host, now, Outcome.OPEN, None, stock.before, stock.ahead_s)

    def traced(self, intent: Intent, request_id: str) -> Intent:
        """Note the request id of an answer that did not tell whether there is a task."""
        if not request_id:
            return intent
        with self._engine.begin() as book:
            book.execute(
                sa.update(SUBMITS)
                .where(SUBMITS.c.submit_id == intent.submit_id)
                .values(request_id=request_id)
            )
        return replace(intent, request_id=request_id)

    def accepted(self, intent: Intent, task_id: str, request_id: str) -> None:
        """The intent made a task: both the intent and the job know it, in one transaction."""
        now = time.time()
        with self._engine.begin() as book:
            self._hold_row(book, intent.job_id)
            book.execute(
                sa.update(SUBMITS)
                .where(SUBMITS.c.submit_id == intent.submit_id)
                .values(outcome=Outcome.TASK, task_id=task_id, request_id=request_id, closed=now)
            )
            book.execute(
                sa.update(JOBS)
                .where(JOBS.c.job_id == intent.job_id)
                .values(
                    task_id=task_id, task_status="PENDING", request_id=request_id, submitted=now
                )
            )

    def close(self, intent: Intent, outcome: Outcome, request_id: str = "") -> None:
        """The intent made no task, or is given up."""
        with self._engine.begin() as book:
            self._hold_row(book, intent.job_id)
            book.execute(
                sa.update(SUBMITS)
                .where(SUBMITS.c.submit_id == intent.submit_id)
                .values(outcome=outcome, closed=time.time())
            )
        self.traced(intent, request_id)

    def _hold_row(self, book: sa.Connection, job_id: str) -> str | None:
        """Lock the job's row, behind the fence; gives its task's id."""
        row = book.execute(
            sa.select(JOBS.c.task_id, JOBS.c.owner).where(JOBS.c.job_id == job_id).with_for_update()
        ).one()
        self._fence.check_owner(job_id, row.owner)
        return row.task_id  # type: ignore[no-any-return]  # a column of text

    def open_intent(self, job_id: str) -> Intent | None:
        """The job's intent of which nothing is known, if there is one."""
        query = (
            sa.select(SUBMITS)
            .where(SUBMITS.c.job_id == job_id, SUBMITS.c.outcome == Outcome.OPEN)
            .order_by(SUBMITS.c.submit_id.desc())
            .limit(1)
        )
        with reading(self._engine) as book:
            row = book.execute(query).one_or_none()
        return _intent(row) if row else None

    def of_account(self, account: str, since: float) -> list[Intent]:
        """All intents of an account from a moment on (epoch seconds)."""
        query = sa.select(SUBMITS).where(SUBMITS.c.account == account, SUBMITS.c.intended >= since)
        with reading(self._engine) as book:
            return [_intent(row) for row in book.execute(query)]

    def known_tasks(self, account: str) -> set[str]:
        """The ids of every task that belongs to some job of the account."""
        query = sa.select(SUBMITS.c.task_id).where(
            SUBMITS.c.account == account, SUBMITS.c.task_id.is_not(None)
        )
        with reading(self._engine) as book:
            return set(book.execute(query).scalars())


def _intent(row: sa.Row[tuple[object, ...]]) -> Intent:
    found = row._mapping
    return Intent(
        found["submit_id"],
        found["job_id"],
        found["host"],
        found["intended"],
        Outcome(found["outcome"]),
        found["task_id"],
        None if found["before"] is None else frozenset(found["before"]),
        found["ahead_s"],
        found["request_id"],
    )

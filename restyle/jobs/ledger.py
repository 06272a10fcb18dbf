"""The book of the jobs: where each one is, what was said of it, and what it cost.

The book is the truth; the workflows only carry it forward. Every change is one transaction.
"""

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from restyle.errors import Canceled, CloudError, JobNotFound, RestyleError
from restyle.jobs.budgets import Budgets
from restyle.jobs.fence import Fence
from restyle.jobs.job import Service, Stage, said
from restyle.jobs.keys import KeyBox
from restyle.jobs.tables import ANSWERS, JOBS, reading

log = logging.getLogger("restyle.jobs")


@dataclass(frozen=True)
class Record:
    """One row of the book, as it was when read."""

    job_id: str
    created: float
    visitor: str
    service: Service
    account: str
    host_pays: bool
    wishes: Mapping[str, Any]
    clip_name: str
    upload: str
    fitted: str | None
    options: Mapping[str, Any]
    plan: Mapping[str, Any]
    duration_s: float
    quote: Mapping[str, Any]
    cloud_quote: Mapping[str, Any]
    stage: Stage
    since: float
    times: Mapping[str, str]
    ended: float | None
    progress: float | None
    progress_at: float | None
    turn: int
    attempt: int
    host_index: int
    task_id: str | None
    task_status: str | None
    request_id: str | None
    submitted: float | None
    started: float | None
    worked_s: float | None
    usage: Mapping[str, Any] | None
    charge: str | None
    error: Mapping[str, Any] | None
    notes: list[str]
    cancel_asked: bool
    files_removed: float | None
    owner: str | None
    whole: str | None = None
    part: int | None = None
    replaced: bool | None = None

    @property
    def is_whole(self) -> bool:
        """Whether this job is made of parts, which are jobs of their own."""
        return self.whole is not None and self.part is None

    @property
    def home(self) -> str:
        """The job in whose folder the upload lies: of a part, the whole."""
        return self.whole or self.job_id

    @property
    def ways_on(self) -> list[str]:
        """What a person may do about it, named as methods of `Jobs`."""
        return list((self.error or {}).get("ways_on", []))


class Change:
    """An open change of one row: set columns, and they are written when the change closes."""

    def __init__(self, book: sa.Connection, record: Record) -> None:
        self.book = book
        self.record = record
        self.values: dict[str, Any] = {}

    def set(self, **values: Any) -> None:
        """New values of columns."""
        self.values |= values

    def move(self, stage: Stage) -> None:
        """Enter a stage; the moment of its first entry is kept in `times`.

        Raises Canceled when the job has ended: a visitor was quicker than its workflow.
        """
        if self.record.stage.is_final:
            raise Canceled("This job has ended.", what_next="Start a new one.")
        now = time.time()
        times = dict(self.values.get("times", self.record.times))
        times.setdefault(str(stage), datetime.fromtimestamp(now, UTC).isoformat())
        self.set(stage=str(stage), since=now, times=times, progress=None, progress_at=None)
        if stage.is_final:
            self.set(ended=now)

    def again(self) -> None:
        """Begin a new attempt; raises Canceled when the job has ended."""
        if self.record.stage.is_final:
            raise Canceled("This job has ended.", what_next="Start a new one.")
        self.set(attempt=self.record.attempt + 1)

    def reopen(self) -> None:
        """Take an ended job up again, from the queue."""
        now = time.time()
        times = {k: v for k, v in self.record.times.items() if k != str(self.record.stage)}
        self.set(
            stage=str(Stage.QUEUED),
            since=now,
            times=times,
            ended=None,
            error=None,
            cancel_asked=False,
            attempt=self.record.attempt + 1,
        )

    def note(self, words: str) -> None:
        """Add a sentence for the visitor, once."""
        notes = list(self.values.get("notes", self.record.notes))
        if words not in notes:
            self.set(notes=[*notes, words])


class Ledger:
    """The rows of the jobs; ends of jobs settle their budget and erase their key as well."""

    def __init__(self, engine: sa.Engine, budgets: Budgets, keys: KeyBox, fence: Fence) -> None:
        self.engine = engine
        self.fence = fence
        self.budgets = budgets
        self.keys = keys

    def read(self, job_id: str) -> Record:
        """The row of a job; raises JobNotFound."""
        with reading(self.engine) as book:
            return _read(book, job_id)

    def where(self, *conditions: sa.ColumnElement[bool], limit: int = 10_000) -> list[Record]:
        """Rows that meet all conditions, oldest first."""
        query = sa.select(JOBS).where(*conditions).order_by(JOBS.c.created).limit(limit)
        with reading(self.engine) as book:
            return [record_of(row) for row in book.execute(query)]

    @contextmanager
    def change(self, job_id: str, within: sa.Connection | None = None) -> Iterator[Change]:
        """Read a row and change it in one transaction that no other writer comes between.

        `within` is the transaction of another change, that of a part's whole. Raises Fenced in a
        step whose job another worker has meanwhile.
        """
        with self.engine.begin() if within is None else nullcontext(within) as book:
            change = Change(book, _read(book, job_id, lock=True))
            self.fence.check_owner(job_id, change.record.owner)
            yield change
            if change.values:
                book.execute(sa.update(JOBS).where(JOBS.c.job_id == job_id).values(**change.values))
        if "stage" in change.values:
            told = {**vars(change.record), **change.values}
            log.info(
                "job=%s stage=%s task=%s request=%s account=%s",
                job_id,
                told["stage"],
                told["task_id"] or "-",
                told["request_id"] or "-",
                told["account"],
            )

    def move(self, job_id: str, stage: Stage, **values: Any) -> Record:
        """Enter a stage and set columns; gives the row as it was before."""
        with self.change(job_id) as change:
            change.set(**values)
            change.move(stage)
        return change.record

    def progress(self, job_id: str, share: float) -> None:
        """How far the present stage is, 0–1."""
        with self.engine.begin() as book:
            book.execute(
                sa.update(JOBS)
                .where(JOBS.c.job_id == job_id, JOBS.c.ended.is_(None))
                .values(progress=min(1.0, max(0.0, share)), progress_at=time.time())
            )

    def note(self, job_id: str, words: str) -> None:
        """Add a sentence for the visitor, once."""
        with self.change(job_id) as change:
            change.note(words)

    def cancel_asked(self, job_id: str) -> bool:
        """Whether the visitor wants the job to stop."""
        with reading(self.engine) as book:
            asked = book.execute(
                sa.select(JOBS.c.cancel_asked).where(JOBS.c.job_id == job_id)
            ).scalar_one_or_none()
        return bool(asked)

    def end(
        self,
        job_id: str,
        stage: Stage,
        *,
        error: RestyleError | None = None,
        ways_on: tuple[str, ...] = (),
        spent: Decimal | None = Decimal(0),
        keep_key: bool = False,
        only_from: Collection[Stage] = frozenset(Stage),
    ) -> None:
        """End a job: its stage, the budget settled at `spent` (None leaves it held), key erased.

        Does nothing to one that has ended, or is in none of the stages `only_from`.
        """
        with self.change(job_id) as change:
            now = change.record.stage
            if now.is_final or now not in only_from:
                return
            change.move(stage)
            if error is not None:
                change.set(error=said(error, ways_on))
                if isinstance(error, CloudError) and error.request_id:
                    change.set(request_id=error.request_id)
            if spent is not None:
                self.budgets.settle(change.book, job_id, spent)
            if not keep_key:
                self.keys.erase(change.book, job_id)
        if error is not None:
            log.warning("job=%s ended as %s: %s: %s", job_id, stage, error.code, error)

    @staticmethod
    def spent(record: Record, *, in_flight: bool) -> Decimal | None:
        """What a job that failed has cost: its charge, nothing, or None where it may yet cost."""
        if record.charge is not None:
            return Decimal(record.charge)
        return None if in_flight else Decimal(0)

    def heard(self, job_id: str, about: str, answer: Mapping[str, Any]) -> None:
        """Keep a raw answer of the service."""
        with self.engine.begin() as book:
            book.execute(
                sa.insert(ANSWERS).values(
                    job_id=job_id, at=time.time(), about=about, answer=dict(answer)
                )
            )

    def answers(self, job_id: str) -> list[dict[str, Any]]:
        """What the service said, oldest first: `at` (ISO 8601), `about`, `answer`."""
        query = sa.select(ANSWERS).where(ANSWERS.c.job_id == job_id).order_by(ANSWERS.c.answer_id)
        with reading(self.engine) as book:
            return [
                {
                    "at": datetime.fromtimestamp(row.at, UTC).isoformat(),
                    "about": row.about,
                    "answer": row.answer,
                }
                for row in book.execute(query)
            ]


def parts_of(book: sa.Connection, whole_id: str) -> list[Record]:
    """The parts of a whole in their order, each as its newest try."""
    query = (
        sa.select(JOBS)
        .where(JOBS.c.whole == whole_id, JOBS.c.part.is_not(None), JOBS.c.replaced.is_(None))
        .order_by(JOBS.c.part)
    )
    return [record_of(row) for row in book.execute(query)]


def _read(book: sa.Connection, job_id: str, *, lock: bool = False) -> Record:
    query = sa.select(JOBS).where(JOBS.c.job_id == job_id)
    row = book.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise JobNotFound(
            "There is no such job here.",
            what_next="Its files may have been removed after their time. Start a new one.",
        )
    return record_of(row)


def record_of(row: sa.Row[Any]) -> Record:
    """A row of the table of jobs, as a noun."""
    values = dict(row._mapping)
    values["stage"] = Stage(values["stage"])
    return Record(**values)

"""From the book to what a person sees: a row of the ledger becomes a `Job`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from restyle.jobs.job import WORK, Job, Stage
from restyle.jobs.ledger import Record, parts_of, record_of
from restyle.jobs.queueing import Rates, Waiting, account_queue, eta_s, position
from restyle.jobs.tables import JOBS, reading
from restyle.pricing import Quote
from restyle.styles import Options


def records(
    engine: sa.Engine, *conditions: sa.ColumnElement[bool], newest: int = 10_000
) -> list[Record]:
    """Rows of the book that meet all conditions, the newest first."""
    query = sa.select(JOBS).where(*conditions).order_by(JOBS.c.created.desc()).limit(newest)
    with reading(engine) as book:
        return [record_of(row) for row in book.execute(query)]


@dataclass(frozen=True)
class Queue:
    """The account's queue at one moment, and how long its work takes."""

    jobs: list[Waiting]
    rates: Rates

    @classmethod
    def of(cls, book: sa.Connection, record: Record) -> "Queue":
        """The queue that a job waits in."""
        return cls(account_queue(book, record.account), Rates(book, record.service))


def job_of(engine: sa.Engine, record: Record, keep_hours: float) -> Job:
    """The job as it stands, with its place in the queue and its ETA while it is not ended."""
    with reading(engine) as book:
        if record.is_whole:
            return _whole(book, record, keep_hours)
        queue = None if record.stage.is_final else Queue.of(book, record)
        return _job(record, keep_hours, queue)


def _whole(book: sa.Connection, record: Record, keep_hours: float) -> Job:
    """A whole, from its own row and from those of its parts."""
    own = _job(record, keep_hours, None)
    records = parts_of(book, record.job_id)
    at_work = [part for part in records if not part.stage.is_final]
    queue = Queue.of(book, at_work[0]) if at_work else None
    parts = tuple(_job(part, keep_hours, queue) for part in records)
    charges = sa.select(JOBS.c.charge).where(
        JOBS.c.whole == record.job_id, JOBS.c.charge.is_not(None)
    )
    charged = [Decimal(charge) for charge in book.execute(charges).scalars()]
    own = replace(
        own,
        parts=parts,
        fitted=own.fitted or parts[0].fitted,
        charge=sum(charged, Decimal(0)) if charged else None,
    )
    if record.stage.is_final:
        return own
    running = [part for part in parts if not part.stage.is_final]
    foremost = max(running, key=lambda part: WORK.index(part.stage), default=None)
    places = [part.position for part in running if part.position is not None]
    etas = [part.eta_s for part in running]
    known = [eta for eta in etas if eta is not None]
    seconds = sum(part.duration_s for part in records)
    done = sum(part.duration_s * _share(job) for part, job in zip(records, parts, strict=True))
    waits = foremost is not None and foremost.stage is Stage.QUEUED
    return replace(
        own,
        stage=foremost.stage if foremost else Stage.SAVING,
        position=min(places, default=None) if waits else None,
        eta_s=max(known) if known and len(known) == len(etas) else None,
        progress=done / seconds if foremost and done else None,
        times=_earliest([own.times, *(part.times for part in parts)]),
    )


def _share(part: Job) -> float:
    """How much of a part is done: what is fitted or saved counts for nothing yet."""
    if part.stage in (Stage.SAVING, Stage.SUCCEEDED):
        return 1.0
    return part.progress or 0.0 if part.stage is Stage.RUNNING else 0.0


def _earliest(times: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """When the first of several jobs came to each stage that is not an end."""
    found: dict[str, str] = {}
    for stage in WORK[:-1]:
        moments = [of[stage] for of in times if stage in of]
        if moments:
            found[str(stage)] = min(moments)
    return found


def _job(record: Record, keep_hours: float, queue: Queue | None) -> Job:
    place = position(queue.jobs, record.job_id) if queue else None
    eta = eta_s(queue.jobs, record.job_id, queue.rates, time.time()) if queue else None
    kept = timedelta(hours=keep_hours)
    return Job(
        job_id=record.job_id,
        stage=record.stage,
        since=datetime.fromtimestamp(record.since, UTC),
        created=datetime.fromtimestamp(record.created, UTC),
        expires_at=datetime.fromtimestamp(record.ended, UTC) + kept if record.ended else None,
        service=record.service,
        options=Options(**record.options),
        plan=record.plan,
        quote=_quote(record.quote),
        cloud_quote=_quote(record.cloud_quote),
        clip_name=record.clip_name,
        fitted=record.fitted is not None,
        canceling=record.cancel_asked and not record.stage.is_final,
        position=place,
        eta_s=eta,
        progress=record.progress,
        task_id=record.task_id,
        task_status=record.task_status,
        request_id=record.request_id,
        charge=None if record.charge is None else Decimal(record.charge),
        usage=record.usage,
        error=record.error,
        times=record.times,
        notes=tuple(record.notes),
        whole=None if record.is_whole else record.whole,
        part=record.part,
    )


def _quote(kept: Any) -> Quote:
    return Quote(
        Decimal(kept["seconds"]),
        Decimal(kept["rate_usd"]),
        Decimal(kept["total_usd"]),
        int(kept["output_short_side"]),
    )

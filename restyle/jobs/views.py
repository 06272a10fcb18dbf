"""From the book to what a person sees: a row of the ledger becomes a `Job`."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from restyle.jobs.job import Job
from restyle.jobs.ledger import Record, record_of
from restyle.jobs.queueing import Rates, account_queue, eta_s, position
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


def job_of(engine: sa.Engine, record: Record, keep_hours: float) -> Job:
    """The job as it stands, with its place in the queue and its ETA while it is not ended."""
    place: int | None = None
    eta: float | None = None
    if not record.stage.is_final:
        with reading(engine) as book:
            queue = account_queue(book, record.account)
            place = position(queue, record.job_id)
            eta = eta_s(queue, record.job_id, Rates(book, record.service), time.time())
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
    )


def _quote(kept: Any) -> Quote:
    return Quote(
        Decimal(kept["seconds"]),
        Decimal(kept["rate_usd"]),
        Decimal(kept["total_usd"]),
        int(kept["output_short_side"]),
    )

"""What a host wants to see: the jobs, the spending of each day, the workers, and what is stuck.

`python -m restyle.jobs` prints it; `/healthz` gives the short of it.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from restyle.jobs.job import Stage
from restyle.jobs.ledger import Record
from restyle.jobs.tables import CAPS, IS_TASK, JOBS, WORKERS, now, reading
from restyle.jobs.views import records

# Longer than this in a stage is not usual; the cloud itself gives a task up after 3 hours.
USUAL_S: dict[Stage, float] = {
    Stage.QUEUED: 6 * 3600,
    Stage.FITTING: 600,
    Stage.HOSTING: 900,
    Stage.SUBMITTING: 900,
    Stage.PENDING: 3 * 3600,
    Stage.RUNNING: 3 * 3600,
    Stage.SAVING: 900,
}


@dataclass(frozen=True)
class Day:
    """One day (UTC) in US dollars: what was charged on the host's key and on visitors' own, and
    what of the host's daily cap is taken, holds of unfinished jobs included."""

    day: str
    hosts: Decimal
    visitors: Decimal
    taken: Decimal


@dataclass(frozen=True)
class Stuck:
    """A job that needs a person, and why."""

    record: Record
    why: str


def spend_by_day(engine: sa.Engine) -> list[Day]:
    """The newest day first."""
    charged = sa.select(JOBS.c.ended, JOBS.c.created, JOBS.c.host_pays, JOBS.c.charge).where(
        JOBS.c.charge.is_not(None), JOBS.c.service == "cloud"
    )
    hosts: dict[str, Decimal] = defaultdict(Decimal)
    visitors: dict[str, Decimal] = defaultdict(Decimal)
    with reading(engine) as book:
        for row in book.execute(charged):
            (hosts if row.host_pays else visitors)[_day(row.created)] += Decimal(row.charge)
        query = sa.select(CAPS.c.day, CAPS.c.taken).where(CAPS.c.scope == "everybody")
        taken = {row.day: Decimal(row.taken) / 10**9 for row in book.execute(query)}
    days = sorted({*hosts, *visitors, *taken}, reverse=True)
    return [Day(day, hosts[day], visitors[day], taken.get(day, Decimal(0))) for day in days]


def stuck(engine: sa.Engine) -> list[Stuck]:
    """Jobs that stay longer in a stage than is usual, and those that wait for a decision."""
    found = []
    present = time.time()
    recent = sa.or_(JOBS.c.ended.is_(None), JOBS.c.ended > present - 86400)
    for record in records(engine, recent, IS_TASK):
        ways_on = (record.error or {}).get("ways_on")
        lasted = present - record.since
        if ways_on:
            words = " or ".join(str(way).replace("_", " ") for way in ways_on)
            found.append(Stuck(record, f"{(record.error or {})['code']}: may {words}"))
        elif not record.stage.is_final and lasted > USUAL_S[record.stage]:
            found.append(Stuck(record, f"{record.stage} for {lasted / 60:.0f} minutes"))
    return found


def living_workers(engine: sa.Engine) -> int:
    """How many processes carry jobs at the moment."""
    with reading(engine) as book:
        present = now(book)
        count = sa.select(sa.func.count()).where(~WORKERS.c.taken, WORKERS.c.until > present)
        return int(book.execute(count).scalar_one())


def unfinished(engine: sa.Engine) -> dict[str, int]:
    """How many jobs are in each stage that is not an end."""
    count = (
        sa.select(JOBS.c.stage, sa.func.count())
        .where(JOBS.c.ended.is_(None), IS_TASK)
        .group_by(JOBS.c.stage)
    )
    with reading(engine) as book:
        return {stage: int(number) for stage, number in book.execute(count)}


def report(engine: sa.Engine, newest: int = 20) -> str:
    """The whole, as text."""
    lines = [f"{living_workers(engine)} living worker(s); unfinished: {unfinished(engine) or 0}"]
    lines += ["", "Spend by day (UTC), US dollars", "day         host's key  own keys  of the cap"]
    lines += [
        f"{day.day}  {day.hosts:>10.4f}  {day.visitors:>8.4f}  {day.taken:>10.4f}"
        for day in spend_by_day(engine)
    ] or ["none"]
    lines += ["", "Stuck, or waiting for a decision"]
    lines += [f"{one.record.job_id}  {one.why}" for one in stuck(engine)] or ["none"]
    lines += ["", f"The newest {newest} jobs", f"{'job':32}  {'stage':10}  {'since':19}  task"]
    lines += [_line(record) for record in records(engine, newest=newest)] or ["none"]
    return "\n".join(lines)


def _line(record: Record) -> str:
    since = datetime.fromtimestamp(record.since, UTC).isoformat(" ", "seconds")[:19]
    error = f"  {record.error['code']}" if record.error else ""
    money = f"  ${record.charge}" if record.charge else ""
    task = record.task_id or "-"
    return f"{record.job_id}  {record.stage:10}  {since}  {task}  {record.service}{money}{error}"


def _day(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).date().isoformat()

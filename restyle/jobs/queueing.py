"""The queue as people see it: whose turn it is, which place a job has, and how long it takes.

One task runs at a time for each account. Turns go round the visitors: one with ten jobs does
not keep the next waiting for all ten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import sqlalchemy as sa

from restyle.jobs.job import Service, Stage
from restyle.jobs.tables import IS_TASK, JOBS

WAITING = (Stage.QUEUED, Stage.FITTING)
# The reference's sample: 26.5 s of work for 3 s of clip. Nothing is known of this machine.
STARTING_RATE: Mapping[str, float] = {"cloud": 26.5 / 3}
LEARNT_FROM = 40


@dataclass(frozen=True)
class Waiting:
    """What the queue needs to know of an unfinished job."""

    job_id: str
    service: Service
    stage: Stage
    options: Mapping[str, Any]
    duration_s: float
    progress: float | None
    started: float | None
    submitted: float | None


def next_turn(book: sa.Connection, account: str, visitor: str) -> int:
    """The turn of a new job: now, or after the visitor's own last unfinished one.

    Source: start-time fair queuing (Goyal, Vin, Cheng, 1996) with jobs of equal weight.
    """
    unfinished = (JOBS.c.account == account) & JOBS.c.ended.is_(None) & IS_TASK
    now = book.execute(sa.select(sa.func.min(JOBS.c.turn)).where(unfinished)).scalar_one()
    own = book.execute(
        sa.select(sa.func.max(JOBS.c.turn)).where(unfinished, JOBS.c.visitor == visitor)
    ).scalar_one()
    return max(now or 1, (own or 0) + 1)


def account_queue(book: sa.Connection, account: str) -> list[Waiting]:
    """The account's unfinished jobs: the running one first, then in the order of their turns."""
    columns = [getattr(JOBS.c, name) for name in Waiting.__dataclass_fields__]
    query = (
        sa.select(*columns)
        .where(JOBS.c.account == account, JOBS.c.ended.is_(None), IS_TASK)
        .order_by(JOBS.c.stage.in_([str(stage) for stage in WAITING]), JOBS.c.turn, JOBS.c.created)
    )
    return [Waiting(**{**row._mapping, "stage": Stage(row.stage)}) for row in book.execute(query)]


def position(queue: Sequence[Waiting], job_id: str) -> int | None:
    """The place of a job among those that wait, from 1; None when it does not wait."""
    waiting = [job.job_id for job in queue if job.stage in WAITING]
    return waiting.index(job_id) + 1 if job_id in waiting else None


class Rates:
    """Seconds of work for a second of clip, learnt from jobs that succeeded."""

    def __init__(self, book: sa.Connection, service: Service) -> None:
        query = (
            sa.select(JOBS.c.options, JOBS.c.duration_s, JOBS.c.worked_s)
            .where(
                JOBS.c.service == service,
                JOBS.c.stage == str(Stage.SUCCEEDED),
                JOBS.c.worked_s.is_not(None),
            )
            .order_by(JOBS.c.ended.desc())
            .limit(LEARNT_FROM)
        )
        self._service = service
        self._known = [
            (options, worked / duration)
            for options, duration, worked in book.execute(query)
            if duration > 0
        ]

    def of(self, options: Mapping[str, Any]) -> float | None:
        """The rate of work with these options: of the most alike jobs that there were."""
        for alike in (("style", "min_len", "use_SR", "video_fps"), ("style", "min_len"), ()):
            rates = [
                rate
                for known, rate in self._known
                if all(known.get(name) == options.get(name) for name in alike)
            ]
            if rates:
                return float(median(rates))
        return STARTING_RATE.get(self._service)


def eta_s(queue: Sequence[Waiting], job_id: str, rates: Rates, now: float) -> float | None:
    """Seconds until a job ends: the work of all before it and its own; None when not known."""
    total = 0.0
    for job in queue:
        left = _left_s(job, rates, now)
        if left is None:
            return None
        total += left
        if job.job_id == job_id:
            return total
    return None


def _left_s(job: Waiting, rates: Rates, now: float) -> float | None:
    if job.stage is Stage.SAVING:
        return 2.0
    began = job.started or job.submitted
    if job.stage is Stage.RUNNING and began and job.progress and job.progress > 0.03:
        return (now - began) * (1 - job.progress) / job.progress
    rate = rates.of(job.options)
    if rate is None:
        return None
    whole = rate * job.duration_s
    done = now - began if began and job.stage is Stage.RUNNING else 0.0
    # A task that takes longer than others did is not "done in 0 s".
    return max(whole - done, 0.1 * whole)

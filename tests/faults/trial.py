"""Trying rows of faults on a running installation: one job each, and what became of it."""

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.rows import Row
from faults.scripted_cloud import ScriptedCloud, ScriptedTask
from jobs.studio import new_key

from restyle.jobs import Job, JobRequest, Jobs, Stage
from restyle.settings import Secret
from restyle.styles import Options

AT_ONCE = 12
END_WITHIN_S = 90.0


@dataclass(frozen=True)
class Outcome:
    """What became of a row's job: how it ended at first, and in the end.

    `submits` are those that reached the service, `tasks` those that it made, `billed` those that
    succeeded. `intact` is None where there is no result to have.
    """

    row: Row
    end: str
    in_the_end: str
    submits: int
    tasks: int
    billed: int
    intact: bool | None
    words: bool

    @property
    def faults(self) -> list[str]:
        """What is wrong with it: empty, or the promise is broken."""
        found = []
        if self.tasks > 1:
            found.append("more than one task")
        if self.intact is False:
            found.append("a paid result is not whole")
        if self.end not in self.row.ends:
            found.append(f"ended as {self.end}, not {' or '.join(self.row.ends)}")
        if not self.words:
            found.append("an end without words or without a way on")
        return found


class Trial:
    """An installation, its scripted cloud, and a clip."""

    def __init__(self, cloud: ScriptedCloud, jobs: Jobs, clip: Path) -> None:
        self.cloud = cloud
        self.jobs = jobs
        self.clip = clip

    def run(self, rows: Iterable[Row]) -> Iterator[Outcome]:
        """Try the rows, as many at once as do not change the cloud for each other."""

        def world(row: Row) -> tuple[float, float, bool]:
            return row.down_s, row.ahead_s, row.tells_time

        ordered = sorted(rows, key=world)
        for _, alike in itertools.groupby(ordered, key=world):
            waiting = list(alike)
            while waiting:
                wave, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
                yield from self._wave(wave)
        self.cloud.ahead_s, self.cloud.tells_time = 0.0, True

    def _wave(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        cloud = self.cloud
        cloud.ahead_s, cloud.tells_time = rows[0].ahead_s, rows[0].tells_time
        begun = [(row, *self._begin(row)) for row in rows]
        if rows[0].down_s:
            for row, key, _ in begun:
                if row.plan.running > 2:
                    cloud.wait_for(lambda cloud, key=key: self._tasks(key))
            cloud.down()
            time.sleep(rows[0].down_s)
            cloud.up()
        for row, key, job_id in begun:
            if row.cancels:
                self._cancel(key, job_id)
        for row, key, job_id in begun:
            yield self._outcome(row, key, job_id)

    def _begin(self, row: Row) -> tuple[str, str]:
        key = new_key()
        for route, faults in row.once.items():
            self.cloud.once(route, *faults, key=key)
        for route, faults in (row.kept or {}).items():
            self.cloud.always(route, faults[0], key=key)
        self.cloud.plans_of[key] = row.plan
        self.cloud.strangers_of[key] = row.strangers
        request = JobRequest(self.clip, Options(), service="cloud", api_key=Secret(key))
        return key, self.jobs.submit(request).job_id

    def _cancel(self, key: str, job_id: str) -> None:
        self._wait(job_id, Stage.PENDING, Stage.RUNNING)
        if self._tasks(key)[0].plan.pending == 0:
            self._wait(job_id, Stage.RUNNING)
            self.jobs.cancel(job_id)
            self.cloud.wait_for(lambda _: self.jobs.status(job_id).notes)
            self.cloud.finish(self._tasks(key)[0].task_id)
        else:
            self.jobs.cancel(job_id)

    def _outcome(self, row: Row, key: str, job_id: str) -> Outcome:
        job = self._wait(job_id)
        first = job
        if _may_look_again(job):
            # What went wrong is over: looking again must then find what there is.
            for route in () if row.forever else row.kept or ():
                self.cloud.always(route, None, key=key)
            self.cloud.tasks = {
                task_id: task
                for task_id, task in self.cloud.tasks.items()
                if not (task.foreign and task.key == key)
            }
            self.jobs.look_again(job_id)
            job = self._wait(job_id)
        tasks = self._tasks(key)
        billed = [task for task in tasks if task.status == "SUCCEEDED"]
        succeeded = job.stage is Stage.SUCCEEDED
        intact = self._is_whole(job_id) if succeeded else None
        if billed and not succeeded and _end(job) != "ResultExpired":
            intact = False
        return Outcome(
            row,
            _end(first),
            _end(job),
            sum(s.headers["authorization"] == f"Bearer {key}" for s in self.cloud.submits),
            len(tasks),
            len(billed),
            intact,
            first.error is None or bool(first.error["message"] and first.error["what_next"]),
        )

    def _is_whole(self, job_id: str) -> bool:
        return self.jobs.result(job_id).read_bytes() == self.cloud.result()

    def _tasks(self, key: str) -> list[ScriptedTask]:
        return [task for task in self.cloud.made if task.key == key]

    def _wait(self, job_id: str, *stages: Stage) -> Job:
        end = time.monotonic() + END_WITHIN_S
        while not (job := self.jobs.status(job_id)).stage.is_final:
            if job.stage in stages:
                break
            assert time.monotonic() < end, f"a job that never ends: {job}"
            time.sleep(0.05)
        return job


def _may_look_again(job: Job) -> bool:
    return job.error is not None and "look_again" in job.error["ways_on"]


def _end(job: Job) -> str:
    return str(job.stage) if job.error is None else str(job.error["code"])

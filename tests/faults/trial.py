"""Trying rows of faults on a running installation: one job each, and what became of it."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from faults.rows import Row
from faults.scripted_cloud import Clock, ScriptedCloud, ScriptedTask
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
        """Try the rows, several at once; the service goes down for none but the row's own job."""
        quiet, loud = [], []
        for row in rows:
            (loud if row.down_s else quiet).append(row)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(self._try, quiet)
        yield from map(self._try, loud)

    def _try(self, row: Row) -> Outcome:
        key, job_id = self._begin(row)
        if row.down_s:
            if row.plan.running > 2:
                self.cloud.wait_for(lambda _: self._tasks(key))
            self.cloud.down()
            time.sleep(row.down_s)
            self.cloud.up()
        if row.cancels:
            self._cancel(key, job_id)
        return self._outcome(row, key, job_id)

    def _begin(self, row: Row) -> tuple[str, str]:
        key = new_key()
        for route, faults in row.once.items():
            self.cloud.once(route, *faults, key=key)
        for route, faults in (row.kept or {}).items():
            self.cloud.always(route, faults[0], key=key)
        self.cloud.plans_of[key] = row.plan
        self.cloud.strangers_of[key] = row.strangers
        self.cloud.clocks[key] = Clock(row.ahead_s, row.tells_time)
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
            for task in list(self.cloud.tasks.values()):
                if task.foreign and task.key == key:
                    del self.cloud.tasks[task.task_id]
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
            time.sleep(0.1)
        return job


def _may_look_again(job: Job) -> bool:
    return job.error is not None and "look_again" in job.error["ways_on"]


def _end(job: Job) -> str:
    return str(job.stage) if job.error is None else str(job.error["code"])

"""kill -9 at every boundary of every step, and inside every step: one job for each moment.

A chain of processes: each takes up the job that its predecessor was killed in, and is then killed
itself at the next moment. `jobs/runner.py` arms the moment before it submits.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.scripted_cloud import (
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    Fault,
    ScriptedCloud,
)
from jobs.process import Process
from jobs.studio import new_key


@dataclass(frozen=True)
class Kill:
    """A moment: before or after the call named `place` (of `module:name`), the `nth` time.

    `fault` happens to the first submit; without a place, the kill comes while that goes on.
    """

    moment: str
    place: str
    after: bool = False
    nth: int = 1
    fault: Fault | None = None


@dataclass(frozen=True)
class Killed:
    """What became of a job whose process was killed."""

    moment: str
    end: str
    submits: int
    tasks: int
    billed: int
    intact: bool | None
    resumed_s: float

    @property
    def faults(self) -> list[str]:
        """What is wrong with it: empty, or the promise is broken."""
        wrong = {
            "more than one task": self.tasks > 1,
            "a result that is not whole": not self.intact,
            f"ended as {self.end}": self.end != "succeeded",
        }
        return [words for words, is_so in wrong.items() if is_so]


_JOBS = "restyle.jobs"
_CLIENT = "restyle.cloud.client:CloudClient"
_BOUNDARIES = ("prepare", "submit", "watch", "save")
_CALLS = {
    # inside the submit of a job to the book and the queue
    "queueing the job's fitting": f"{_JOBS}.workflow:begin",
    # fit
    "fitting": f"{_JOBS}.preparing:fit",
    "drawing the still": f"{_JOBS}.preparing:draw_poster",
    "queueing for the account's slot": "dbos:DBOS.enqueue_workflow#2",
    # submit
    "asking for an upload policy": f"{_CLIENT}._policy",
    "uploading": f"{_CLIENT}.upload",
    "reading the list before the POST": f"{_JOBS}.submitting:take_stock",
    "writing the intent down": f"{_JOBS}.submits:Submits.intend",
    "the POST": f"{_CLIENT}.submit",
    "writing the task id down": f"{_JOBS}.submits:Submits.accepted",
    # watch
    "the first poll": f"{_CLIENT}.query",
    "the third poll": f"{_CLIENT}.query#3",
    "writing the success and the charge down": f"{_JOBS}.watching:_finish",
    # save
    "the download": f"{_CLIENT}.download",
    "checking what was downloaded": "restyle.cloud.download:_check_film",
    "naming what was downloaded": "restyle.cloud.download:os.replace",
    "closing the books": f"{_JOBS}.ledger:Ledger.end",
}
_LOST = {
    "looking for a lost task": f"{_JOBS}.submitting:look_for",
    "reading the list after the loss": f"{_CLIENT}.list_tasks#4",
    "adopting the task": f"{_JOBS}.reconciling:_adopt",
}
_PROVEN = {
    "looking for a task that was never made": f"{_JOBS}.submitting:look_for",
    "closing the intent": f"{_JOBS}.submits:Submits.close",
    "submitting once more": f"{_CLIENT}.submit#2",
}


def _both(calls: dict[str, str], fault: Fault | None = None) -> list[Kill]:
    kills = []
    for words, place in calls.items():
        place, _, nth = place.partition("#")
        for after in (False, True):
            moment = f"{'after' if after else 'before'} {words}"
            kills.append(Kill(moment, place, after, int(nth or 1), fault))
    return kills


KILLS = [
    *_both({f"the step “{name}”": f"{_JOBS}.workflow:{name}" for name in _BOUNDARIES}),
    *_both(_CALLS),
    Kill("inside the POST, before acceptance", "", fault=Fault("stall", works=False, seconds=60)),
    Kill("inside the POST, after acceptance", "", fault=Fault("stall", seconds=60)),
    *_both(_LOST, LOST_AFTER_ACCEPTANCE),
    *_both(_PROVEN, LOST_BEFORE_ACCEPTANCE),
]


def run_kills(kills: Sequence[Kill], folder: Path, clip: Path) -> Iterator[Killed]:
    """Kill, start again, see the job to its end; once for each."""
    folder.mkdir()
    with ScriptedCloud() as cloud:
        process = Process(folder, cloud)
        try:
            process.start()
            for kill in kills:
                key = new_key()
                if kill.fault:
                    cloud.once("submit", kill.fault, key=key)
                seen = len(cloud.submits) + len(cloud.requests)
                if kill.place:
                    process.say("arm", kill.place, "after" if kill.after else "before", kill.nth)
                process.say("submit", clip, "cloud", key)
                if kill.place:
                    process.await_death()
                else:
                    accepts = kill.fault is not None and kill.fault.works
                    cloud.wait_for(
                        lambda cloud, key=key, accepts=accepts, seen=seen: (
                            any(task.key == key for task in cloud.made)
                            if accepts
                            else any(route == "submit" for route, _ in cloud.requests[-3:])
                            and len(cloud.requests) + len(cloud.submits) > seen
                        )
                    )
                    process.kill()
                job_id = _newest_job(folder)
                began = time.monotonic()
                process.start()
                process.say("watch", job_id)
                end = process.hear_stage("succeeded", "failed", "canceled")
                yield _killed(cloud, folder, kill, key, end, time.monotonic() - began)
            process.end()
        finally:
            process.abandon()


def _killed(
    cloud: ScriptedCloud,
    folder: Path,
    kill: Kill,
    key: str,
    end: dict[str, Any],
    resumed_s: float,
) -> Killed:
    tasks = [task for task in cloud.made if task.key == key]
    result = folder / "jobs" / end["job_id"] / "result.mp4"
    return Killed(
        kill.moment,
        end["stage"] if end["error"] is None else end["error"]["code"],
        sum(submit.headers["authorization"] == f"Bearer {key}" for submit in cloud.submits),
        len(tasks),
        sum(task.status == "SUCCEEDED" for task in tasks),
        result.exists() and result.read_bytes() == cloud.result(),
        resumed_s,
    )


def _newest_job(folder: Path) -> str:
    with sqlite3.connect(folder / "restyle.sqlite") as book:
        row = book.execute("SELECT job_id FROM restyle_jobs ORDER BY created DESC").fetchone()
    book.close()
    return str(row[0])

"""The money rules under random rows of faults: never a second bill, never a lost result.

The rows are hypothesis's; the jobs run in a process of their own.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faults.rows import BROKEN
from faults.scripted_cloud import (
    FINE,
    LOST_BEFORE_ACCEPTANCE,
    Fault,
    Plan,
    ScriptedCloud,
    refusal,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jobs.process import Process
from jobs.studio import new_key

AT_SUBMIT = {
    **BROKEN,
    "lost before": LOST_BEFORE_ACCEPTANCE,
    "500 after acceptance": refusal("InternalError", works=True),
    "no id": Fault("answer", body={"output": {}}),
}
ROUTES: dict[str, dict[str, Fault]] = {
    "policy": BROKEN,
    "submit": AT_SUBMIT,
    "list": {"none": FINE, **BROKEN},
    "query": {"none": FINE, **BROKEN},
    "result": {name: BROKEN[name] for name in ("answer lost", "connection reset", "500")},
}
ROWS = st.fixed_dictionaries(
    {},
    optional={
        route: st.lists(st.sampled_from(sorted(faults)), min_size=1, max_size=3)
        for route, faults in ROUTES.items()
    },
)
TROUBLE = st.tuples(ROWS, st.integers(0, 1))


class Machine:
    """An installation in a process of its own, and its scripted cloud."""

    def __init__(self, cloud: ScriptedCloud, process: Process, folder: Path, clip: Path) -> None:
        self.cloud = cloud
        self.process = process
        self.folder = folder
        self.clip = clip

    def try_at_once(self, troubles: list[tuple[dict[str, list[str]], int]]) -> None:
        """A job through each row of faults, beside a stranger's task or none; and through none when
        it may look again."""
        since = len(self.process.heard)
        keys = {self.begin(key := new_key(), *trouble): key for trouble in troubles}
        ends = self.process.hear_ends(keys, since)
        since, again = len(self.process.heard), []
        for job_id, key in keys.items():
            end = ends[job_id]
            self.is_honest(end, key)
            for route in ROUTES:
                while self.cloud.fault(route, key):
                    """What was not needed."""
            if end["error"] and "look_again" in end["error"]["ways_on"]:
                for task in list(self.cloud.tasks.values()):
                    if task.foreign and task.key == key:
                        del self.cloud.tasks[task.task_id]
                self.process.say("look again", job_id)
                again.append(job_id)
        for job_id, end in self.process.hear_ends(again, since).items():
            self.is_honest(end, keys[job_id])
            assert end["stage"] == "succeeded", "without faults, looking again gets to the end"

    def begin(self, key: str, row: dict[str, list[str]], strangers: int) -> str:
        """Queue the faults and begin the job; its id."""
        for route, names in row.items():
            self.cloud.once(route, *(ROUTES[route][name] for name in names), key=key)
        self.cloud.plans_of[key] = Plan()
        self.cloud.strangers_of[key] = strangers
        return self.process.submit(self.clip, "cloud", key)

    def is_honest(self, end: dict[str, Any], key: str) -> None:
        """At most one task; a result that is whole; or words, with a way on if money may be out."""
        tasks = [task.task_id for task in self.cloud.made if task.key == key]
        assert len(tasks) <= 1
        if end["stage"] == "succeeded":
            assert tasks == [end["task_id"]]
            assert end["charge"] == end["quote"]["total_usd"]
            result = self.folder / "jobs" / end["job_id"] / "result.mp4"
            assert result.read_bytes() == self.cloud.result()
        else:
            assert end["stage"] == "failed", json.dumps(end)
            assert end["error"]["what_next"]
            assert end["error"]["ways_on"] or not tasks


@pytest.fixture(scope="module")
def machine(jobs_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("random")
    with ScriptedCloud() as cloud:
        process = Process(folder, cloud)
        try:
            process.start()
            yield Machine(cloud, process, folder, jobs_clip)
            process.end()
        finally:
            process.abandon()


# The threads of other tests' queues draw random numbers, which hypothesis takes for a strategy's.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    # The rows are tried on one running installation, each on an account of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(troubles=st.lists(TROUBLE, min_size=6, max_size=6))
def test_a_job_never_has_two_tasks_and_ends_with_its_result(
    machine: Machine, troubles: list[tuple[dict[str, list[str]], int]]
) -> None:
    machine.try_at_once(troubles)

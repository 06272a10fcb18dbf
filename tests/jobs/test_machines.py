"""Two app processes on one PostgreSQL and one storage: each job once, whoever dies or sleeps."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from faults.scripted_cloud import RUNS_ON, WAITS, Fault, Plan, ScriptedCloud, ScriptedTask
from jobs.process import Process
from jobs.studio import new_key
from postgres import PostgresServer


@dataclass
class Site:
    """Two machines: data folders of their own, one database, one storage, one cloud."""

    cloud: ScriptedCloud
    first: Process
    second: Process
    storage: Path
    database_url: str

    def tasks(self, key: str) -> list[ScriptedTask]:
        return [task for task in self.cloud.made if task.key == key]

    def ends_well(self, end: dict[str, Any], key: str) -> None:
        """It succeeded, with one task, and its result is in the storage, whole."""
        assert (end["stage"], end["error"]) == ("succeeded", None)
        assert [task.task_id for task in self.tasks(key)] == [end["task_id"]]
        result = self.storage / "jobs" / end["job_id"] / "result.mp4"
        assert result.read_bytes() == self.cloud.result()


@pytest.fixture(scope="module")
def site(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    url = postgres.database()
    with ScriptedCloud() as cloud:
        processes = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            processes.append(Process(folder / name, cloud, url, str(folder / "shared")))
        try:
            for process in processes:
                process.start()
            yield Site(cloud, *processes, folder / "shared", url)
        finally:
            for process in processes:
                process.abandon()


# For each stage: the plan of the task, and the request that stands still meanwhile.
STAGES: dict[str, tuple[Plan, str, Fault | None]] = {
    "pending": (WAITS, "", None),
    "running": (RUNS_ON, "", None),
    "hosting": (Plan(), "policy", Fault("stall", seconds=60)),
    "submitting": (Plan(), "submit", Fault("stall", seconds=60)),
    "saving": (Plan(), "result", Fault("stall", seconds=60)),
    "fitting": (Plan(), "", None),
}


@dataclass(frozen=True)
class Ended:
    """How a job ended that was in the middle of a stage when its machine died."""

    key: str
    status: dict[str, Any]


@pytest.fixture(scope="module")
def ended(site: Site, jobs_clip: Path, wide_clip: Path) -> dict[str, Ended]:
    """A job in each stage, kill -9, and what the other machine made of them."""
    dying, other = site.first, site.second
    other.freeze()  # Else it might be the one that takes a job.
    keys = {stage: new_key() for stage in STAGES}
    jobs: dict[str, str] = {}
    for stage, (plan, route, fault) in STAGES.items():
        key = keys[stage]
        site.cloud.plans_of[key] = plan
        if fault:
            site.cloud.once(route, fault, key=key)
        dying.say("submit", wide_clip if stage == "fitting" else jobs_clip, "cloud", key)
        jobs[stage] = dying.hear_stage(stage)["job_id"]
        if stage == "submitting":
            site.cloud.wait_for(lambda _, key=key: site.tasks(key))
    dying.kill()
    other.thaw()
    for stage in ("pending", "running"):
        site.cloud.finish(site.tasks(keys[stage])[0].task_id)
    for job_id in jobs.values():
        other.say("watch", job_id)
    found: dict[str, dict[str, Any]] = {}
    while len(found) < len(jobs):
        end = other.hear_stage("succeeded", "failed", "canceled")
        found[end["job_id"]] = end
    dying.start()
    return {stage: Ended(keys[stage], found[jobs[stage]]) for stage in STAGES}


@pytest.mark.parametrize("stage", STAGES)
def test_the_other_machine_finishes_what_one_that_died_had_in_hand(
    site: Site, ended: dict[str, Ended], stage: str
) -> None:
    site.ends_well(ended[stage].status, ended[stage].key)


@pytest.mark.parametrize("moment", ["between intent and POST", "while polling"])
def test_a_machine_that_is_only_slow_does_nothing_twice(
    site: Site, moment: str, jobs_clip: Path
) -> None:
    """It sleeps longer than its lease; the other takes over; then it wakes up in mid-sentence."""
    key = new_key()
    slow, other = site.first, site.second
    other.freeze()
    if moment == "while polling":
        site.cloud.plans_of[key] = RUNS_ON
        slow.say("submit", jobs_clip, "cloud", key)
        job_id = slow.hear_stage("running")["job_id"]
        slow.freeze()
    else:
        slow.say("sleep", "restyle.cloud.client:CloudClient.submit")
        slow.say("submit", jobs_clip, "cloud", key)
        # It may fall asleep before it has told that it submits.
        job_id = slow.hear_stage("queued")["job_id"]
        slow.await_sleep()
    other.thaw()
    for task in site.tasks(key):
        site.cloud.finish(task.task_id)
    other.say("watch", job_id)
    site.ends_well(other.hear_stage("succeeded", "failed", "canceled"), key)
    submits = len(site.cloud.submits)
    slow.thaw()
    slow.say("submit", jobs_clip, "cloud", second := new_key())
    site.ends_well(
        slow.hear(lambda told: told.get("stage") == "succeeded" and told["job_id"] != job_id),
        second,
    )
    assert len(site.tasks(key)) == 1
    assert len(site.cloud.submits) == submits + 1


def test_two_machines_never_run_two_tasks_of_one_account_at_once(
    site: Site, jobs_clip: Path
) -> None:
    key = new_key()
    site.cloud.plans_of[key] = Plan(pending=1, running=6)
    most = 0
    for _ in range(2):
        site.first.say("submit", jobs_clip, "cloud", key)
        site.second.say("submit", jobs_clip, "cloud", key)
    end = time.monotonic() + 60
    while sum(task.status == "SUCCEEDED" for task in site.tasks(key)) < 4:
        tasks = site.tasks(key)
        most = max(most, sum(task.status in ("PENDING", "RUNNING") for task in tasks))
        assert time.monotonic() < end
        time.sleep(0.01)
    assert (most, len(site.tasks(key))) == (1, 4)


def test_no_secret_is_in_the_database(site: Site, jobs_clip: Path) -> None:
    key = new_key()
    site.first.say("submit", jobs_clip, "cloud", key)
    job_id = site.first.hear(lambda told: told.get("stage") == "queued")["job_id"]
    site.first.hear(lambda told: told.get("stage") == "succeeded" and told["job_id"] == job_id)
    with psycopg.connect(site.database_url) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 8
        for schema, name in tables:
            rows = connection.execute(f'SELECT t::text FROM "{schema}"."{name}" t').fetchall()  # type: ignore[arg-type]
            assert not any(key in row[0] for row in rows)
    assert (site.storage / "secret.key").stat().st_mode & 0o777 == 0o600

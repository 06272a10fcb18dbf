"""Two machines on one PostgreSQL and one S3: each job once, whoever dies or sleeps.

Each is an app's process with an engine of its own beside it, as the app starts it, and a folder of
its own; they share the database and the storage alone.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from bucket import BucketServer
from faults.scripted_cloud import RUNS_ON, WAITS, Fault, Plan, ScriptedCloud, ScriptedTask
from jobs.process import FINAL, Process
from jobs.studio import HOST_KEY, new_key, settings_for
from postgres import PostgresServer

from restyle.engine.database import Database
from restyle.jobs.tables import open_database

from media import make_clip, stream

LOCAL = ""
RATE_USD = Decimal("0.071677")


@dataclass
class Site:
    """Two machines, one database, one storage, one cloud."""

    folder: Path
    cloud: ScriptedCloud
    first: Process
    second: Process
    s3: BucketServer
    storage: str
    database_url: str

    def tasks(self, key: str) -> list[ScriptedTask]:
        return [task for task in self.cloud.made if task.key == key]

    def submit(self, machine: Process, clip: Path, key: str) -> str:
        """Begin a job: on the cloud with a key (the host's where it is that), else on the machine's
        own engine."""
        own_key = "" if key == HOST_KEY else key
        return machine.submit(clip, "local" if key == LOCAL else "cloud", own_key)

    def file(self, job_id: str, name: str) -> bytes | None:
        """A file of a job, as it lies in the storage."""
        return self.s3.read(f"{self.storage}/jobs/{job_id}/{name}")

    def ends_well(self, end: dict[str, Any], key: str) -> None:
        """It succeeded, with one task, and its result is in the storage, whole."""
        assert (end["stage"], end["error"]) == ("succeeded", None)
        assert self.file(end["job_id"], "poster.jpg")
        result = self.file(end["job_id"], "result.mp4")
        if key == LOCAL:
            assert end["charge"] == "0"
            assert result
            (path := self.folder / f"{end['job_id']}.mp4").write_bytes(result)
            picture = stream(path, "video")
            assert (picture["height"], picture["r_frame_rate"]) == (540, "15/1")
        else:
            assert [task.task_id for task in self.tasks(key)] == [end["task_id"]]
            assert result == self.cloud.result()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query of the database gives."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode()).fetchall()

    def ends(self, machine: Process, jobs: Collection[str]) -> dict[str, dict[str, Any]]:
        """Watch jobs on a machine to their ends."""
        since = len(machine.heard)
        for job_id in jobs:
            machine.say("watch", job_id)
        return machine.hear_ends(jobs, since)


@pytest.fixture(scope="module")
def site(
    postgres: PostgresServer, s3: BucketServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    url, storage = postgres.database(), s3.storage()
    with ScriptedCloud() as cloud:
        processes = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            shared = {"DATABASE_URL": url, "RESTYLE_STORAGE_URL": storage, **s3.environ}
            processes.append(Process(folder / name, cloud, "--engine", **shared))
        try:
            for process in processes:
                process.launch()
            for process in processes:
                process.await_ready()
            yield Site(folder, cloud, *processes, s3, storage, url)
        finally:
            for process in processes:
                process.abandon()


@pytest.fixture(scope="module")
def slow_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that the engine has work with for a while."""
    path = tmp_path_factory.mktemp("clip") / "slow.mp4"
    return make_clip(path, size=(320, 256), duration_s=2)


@dataclass(frozen=True)
class Overtaken:
    """How a job ended while the machine that had it slept, and what came of its waking up."""

    key: str
    status: dict[str, Any]
    result: bytes | None
    tasks: int


@pytest.fixture(scope="module")
def overtaken(site: Site, jobs_clip: Path, slow_clip: Path) -> dict[str, Overtaken]:
    """A machine sleeps longer than its lease; the other takes over; then it wakes in mid-sentence.

    Its engine did not sleep.
    """
    slow, other = site.first, site.second
    other.freeze()
    keys = {"while polling": new_key(), "while rendering": LOCAL}
    site.cloud.plans_of[keys["while polling"]] = RUNS_ON
    jobs = {}
    for moment, key in keys.items():
        jobs[moment] = site.submit(slow, slow_clip if key == LOCAL else jobs_clip, key)
        slow.hear_stage("running", of=jobs[moment])
    moment = "between intent and POST"
    keys[moment] = new_key()
    slow.say("sleep", "restyle.cloud.client:CloudClient.submit")
    jobs[moment] = site.submit(slow, jobs_clip, keys[moment])
    slow.await_sleep()
    other.thaw()
    site.cloud.finish(site.tasks(keys["while polling"])[0].task_id)
    ends = site.ends(other, jobs.values())
    results = {job_id: site.file(job_id, "result.mp4") for job_id in jobs.values()}
    submits = len(site.cloud.submits)
    slow.thaw()
    # A job from its beginning to its end: what it had in hand came before that.
    next_one = site.submit(slow, jobs_clip, after := new_key())
    site.ends_well(slow.hear_stage(*FINAL, of=next_one), after)
    return {
        moment: Overtaken(
            keys[moment], ends[job_id], results[job_id], len(site.cloud.submits) - submits
        )
        for moment, job_id in jobs.items()
    }


@pytest.mark.parametrize("moment", ["while polling", "while rendering", "between intent and POST"])
def test_a_machine_that_is_only_slow_does_nothing_twice(
    site: Site, overtaken: dict[str, Overtaken], moment: str
) -> None:
    found = overtaken[moment]
    site.ends_well(found.status, found.key)
    assert site.file(found.status["job_id"], "result.mp4") == found.result
    assert found.tasks == 1, "that of the job that it was given when it woke up"


def test_two_machines_never_run_two_tasks_of_one_account_at_once(
    site: Site, jobs_clip: Path
) -> None:
    key = new_key()
    site.cloud.plans_of[key] = Plan(pending=1, running=6)
    most = 0
    for _ in range(2):
        site.submit(site.first, jobs_clip, key)
        site.submit(site.second, jobs_clip, key)
    end = time.monotonic() + 60
    while sum(task.status == "SUCCEEDED" for task in site.tasks(key)) < 4:
        tasks = site.tasks(key)
        most = max(most, sum(task.status in ("PENDING", "RUNNING") for task in tasks))
        assert time.monotonic() < end
        time.sleep(0.01)
    assert (most, len(site.tasks(key))) == (1, 4)


# For each moment: the plan of the task, and the request that stands still meanwhile.
MOMENTS: dict[str, tuple[Plan, str, Fault | None]] = {
    "pending": (WAITS, "", None),
    "running": (RUNS_ON, "", None),
    "hosting": (Plan(), "policy", Fault("stall", seconds=60)),
    "submitting": (Plan(), "submit", Fault("stall", seconds=60)),
    "saving": (Plan(), "result", Fault("stall", seconds=60)),
    "rendering": (Plan(), "", None),
    "waiting for the engine": (Plan(), "", None),
    "fitting": (Plan(), "", None),
}
STAGES = {"rendering": "running", "waiting for the engine": "queued"}


@dataclass(frozen=True)
class Ended:
    """How a job ended that was at some moment when its machine died."""

    key: str
    status: dict[str, Any]


@pytest.fixture(scope="module")
def ended(site: Site, jobs_clip: Path, wide_clip: Path, slow_clip: Path) -> dict[str, Ended]:
    """A job at each moment, kill -9, and what the other machine made of them."""
    dying, other = site.first, site.second
    other.freeze()  # Else it might be the one that takes a job.
    keys = {moment: new_key() for moment in MOMENTS}
    keys |= {"running": HOST_KEY, "rendering": LOCAL, "waiting for the engine": LOCAL}
    jobs: dict[str, str] = {}
    for moment, (plan, route, fault) in MOMENTS.items():
        key, stage = keys[moment], STAGES.get(moment, moment)
        site.cloud.plans_of[key] = plan
        if fault:
            site.cloud.once(route, fault, key=key)
        clip = {"fitting": wide_clip, "rendering": slow_clip}.get(moment, jobs_clip)
        jobs[moment] = site.submit(dying, clip, key)
        dying.hear_stage(stage, of=jobs[moment])
        if moment == "submitting":
            site.cloud.wait_for(lambda _, key=key: site.tasks(key))
    dying.kill()
    other.thaw()
    for moment in ("pending", "running"):
        site.cloud.finish(site.tasks(keys[moment])[0].task_id)
    found = site.ends(other, jobs.values())
    return {moment: Ended(keys[moment], found[jobs[moment]]) for moment in MOMENTS}


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_other_machine_finishes_what_one_that_died_had_in_hand(
    site: Site, ended: dict[str, Ended], moment: str
) -> None:
    site.ends_well(ended[moment].status, ended[moment].key)


def test_what_an_engine_rendered_that_is_gone_is_rendered_by_the_others_and_said_so(
    ended: dict[str, Ended],
) -> None:
    assert "rendered again" in ended["rendering"].status["notes"][0]
    assert ended["waiting for the engine"].status["notes"] == []


def test_the_purse_is_everybodys_and_settled_once_whoever_ends_the_job(
    site: Site, ended: dict[str, Ended]
) -> None:
    assert ended["running"].status["charge"] == str(RATE_USD)
    taken = site.rows("SELECT taken FROM restyle_caps WHERE scope = 'everybody'")
    assert taken == [(int(RATE_USD * 10**9),)]


def test_a_database_that_is_away_for_a_moment_loses_nothing(
    site: Site, postgres: PostgresServer, ended: dict[str, Ended], jobs_clip: Path
) -> None:
    """In mid-step: all connections are cut, and nobody gets a new one."""
    key = new_key()
    site.cloud.plans_of[key] = RUNS_ON
    job_id = site.submit(site.second, jobs_clip, key)
    site.second.hear_stage("running", of=job_id)
    with postgres.outage(site.database_url):
        site.cloud.finish(site.tasks(key)[0].task_id)
        time.sleep(0.3)
    site.ends_well(site.ends(site.second, [job_id])[job_id], key)


def test_who_falls_asleep_within_a_transaction_gives_its_locks_back(site: Site) -> None:
    """Else the others would wait for its next word: the server ends such a session."""
    ask = "SHOW idle_in_transaction_session_timeout"
    settings = settings_for(site.folder, site.cloud.base_url, DATABASE_URL=site.database_url)
    jobs = open_database(settings)
    with jobs.connect() as book:
        assert book.exec_driver_sql(ask).scalar_one() == "5s"
    jobs.dispose()
    engines = Database(site.database_url)
    with engines.begin() as book:
        assert book.exec_driver_sql(ask).scalar_one() == "5s"
    engines.close()


def test_both_engines_keep_their_tasks_in_the_database_that_they_were_told_of(
    site: Site, ended: dict[str, Ended]
) -> None:
    pools = site.rows("SELECT pool, count(*) FROM render_tasks GROUP BY pool")
    assert len(pools) == 2, "each its own, for its files are its own"


def test_no_secret_is_in_the_database(site: Site, ended: dict[str, Ended]) -> None:
    tables = site.rows(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    assert len(tables) > 8
    for schema, name in tables:
        for (row,) in site.rows(f'SELECT t::text FROM "{schema}"."{name}" t'):
            assert not any(one.key and one.key in row for one in ended.values())
    assert site.s3.read(f"{site.storage}/secret.key"), "it lies with the files"

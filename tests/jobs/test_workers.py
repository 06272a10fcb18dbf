"""Which process is which: the living keep their work, the dead lose it, the slow write nothing."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from faults.scripted_cloud import RUNS_ON
from jobs.studio import Studio, settings_for

from restyle.clips import inspect
from restyle.jobs import Stage
from restyle.jobs.admitting import Payer, new_rows
from restyle.jobs.fence import Fence
from restyle.jobs.job import JobRequest
from restyle.jobs.tables import JOBS, WORKERS, open_database
from restyle.jobs.workers import Fenced, Membership
from restyle.styles import Options


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))
    yield engine
    engine.dispose()


@pytest.fixture
def job_id(engine: sa.Engine, jobs_clip: Path) -> str:
    request = JobRequest(jobs_clip, Options(), service="local")
    payer = Payer("local", None, is_host=False)
    (row,) = new_rows(request, inspect(jobs_clip), payer, "a", "upload.mp4")
    with engine.begin() as book:
        book.execute(sa.insert(JOBS).values({**row, "turn": 1}))
    return "a"


def _members(engine: sa.Engine, folder: Path, lease_s: float = 30.0) -> tuple[Membership, ...]:
    # Folders of their own: nobody's lock tells who lives, as between two machines.
    found = tuple(Membership(engine, folder / name, lease_s) for name in ("one", "two"))
    for member in found:
        member.join()
    return found


def _run_out(engine: sa.Engine, member: Membership) -> None:
    """As if the worker had not been heard of for long."""
    with engine.begin() as book:
        book.execute(
            sa.update(WORKERS).where(WORKERS.c.worker_id == member.worker_id).values(until=0.0)
        )
    member._held_until = 0.0


def test_a_job_is_one_living_workers(engine: sa.Engine, tmp_path: Path, job_id: str) -> None:
    first, second = _members(engine, tmp_path)
    assert first.claim(job_id)
    assert not second.claim(job_id)
    assert second.dead() == []
    first.let_go(job_id, first.worker_id)
    assert second.claim(job_id)
    assert not first.claim(job_id)
    for member in (first, second):
        member.leave()


def test_a_worker_without_a_word_loses_its_job_and_what_it_still_does_is_refused(
    engine: sa.Engine, tmp_path: Path, job_id: str
) -> None:
    first, second = _members(engine, tmp_path)
    fence, once = Fence(first), first.worker_id
    with fence.carry(job_id, lambda: None):
        assert list(fence._turns) == [job_id]
        fence.check_owner(job_id, once)
        fence.check_lease()
        _run_out(engine, first)
        assert not second.claim(job_id), "as long as nobody has found it dead"
        dead = second.dead()
        assert [(one.worker_id, one.executor) for one in dead] == [(once, first.executor)]
        assert second.claim(job_id)
        with pytest.raises(Fenced):
            fence.check_owner(job_id, second.worker_id)
        first._renew()
        assert first.worker_id != once, "it goes on as a new one"
        with pytest.raises(Fenced):
            fence.check_lease()
    assert not fence._turns, "of jobs that are carried no more nothing is kept"
    assert not first.claim(job_id)
    second.forget(dead[0])
    assert second.dead() == []
    for member in (first, second):
        member.leave()


def test_two_threads_of_one_worker_carry_a_job_one_after_the_other(
    engine: sa.Engine, tmp_path: Path, job_id: str
) -> None:
    member = Membership(engine, tmp_path, lease_s=30.0)
    member.join()
    fence = Fence(member)
    seen: list[str] = []
    waits, goes_on = threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        goes_on.wait(0.01)

    def second() -> None:
        with fence.carry(job_id, wait):
            seen.append("second")

    thread = threading.Thread(target=second)
    with fence.carry(job_id, lambda: None):
        thread.start()
        assert waits.wait(20)
        seen.append("first")
    goes_on.set()
    thread.join()
    assert (seen, fence._turns) == (["first", "second"], {})
    member.leave()


def test_a_sleep_that_nobody_noticed_changes_nothing(
    engine: sa.Engine, tmp_path: Path, job_id: str
) -> None:
    first, second = _members(engine, tmp_path)
    once = first.worker_id
    assert first.claim(job_id)
    _run_out(engine, first)
    assert not first.is_held
    first.check(once)  # which asks the book: nobody has taken its work, so it goes on
    assert (first.is_held, first.worker_id, second.dead()) == (True, once, [])
    for member in (first, second):
        member.leave()


def test_a_dead_process_of_this_machine_is_known_at_once(engine: sa.Engine, tmp_path: Path) -> None:
    first, second = (Membership(engine, tmp_path / "workers", 30.0) for _ in range(2))
    for member in (first, second):
        member.join()
    assert second.dead() == []
    first._stop.set()
    assert first._hold is not None
    first._hold.close()
    dead = second.dead()
    assert [one.executor for one in dead] == [first.executor]
    second.forget(dead[0])
    assert list((tmp_path / "workers").glob(f"{first.executor}*")) == []
    second.leave()


def test_who_leaves_is_followed_at_once(engine: sa.Engine, tmp_path: Path) -> None:
    first, second = _members(engine, tmp_path)
    first.leave()
    assert [one.executor for one in second.dead()] == [first.executor]
    second.leave()


def test_the_heartbeat_renews(engine: sa.Engine, tmp_path: Path) -> None:
    member = Membership(engine, tmp_path / "one", lease_s=0.4)
    member.join()
    before = member._held_until
    end = time.monotonic() + 20
    while member._held_until == before:
        assert time.monotonic() < end
        time.sleep(0.02)
    member.leave()


def test_a_stop_lays_the_work_down_and_the_next_start_takes_it_up(studio: Studio) -> None:
    studio.cloud.plan = RUNS_ON
    running, waiting = studio.submit(), studio.submit()
    studio.stage(running, Stage.RUNNING)
    studio.jobs.stop()
    assert studio.jobs.status(running).stage is Stage.RUNNING
    studio.cloud.finish(studio.cloud.made[0].task_id)
    studio.jobs.start()
    assert studio.end(running).stage is Stage.SUCCEEDED
    studio.stage(waiting, Stage.RUNNING)
    studio.cloud.finish(studio.cloud.made[1].task_id)
    assert studio.end(waiting).stage is Stage.SUCCEEDED
    assert len(studio.cloud.submits) == 2

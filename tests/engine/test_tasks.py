"""The durable tasks: their states, their order, their age, and what a kill leaves of them."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from restyle.engine.database import Database
from restyle.engine.leases import LEASE_MS, MAX_ATTEMPTS, Leases
from restyle.engine.task import Status, Task
from restyle.engine.tasks import KEEP_MS, TaskStore, TooManySubmits
from restyle.styles import Options, Style

OPTIONS = Options(Style.PAPER_ART, 20, min_len=540, use_SR=True)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s

    def forward(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'engine.sqlite'}"
    url: str = request.getfixturevalue("postgres").database()
    return url


@pytest.fixture
def database(url: str, clock: Clock) -> Iterator[Database]:
    database = Database(url, clock=clock)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> TaskStore:
    return TaskStore(database)


@pytest.fixture
def leases(database: Database) -> Leases:
    return Leases(database)


@pytest.fixture
def other(url: str, clock: Clock) -> Iterator[Leases]:
    """Another engine on the same database."""
    database = Database(url, clock=clock)
    yield Leases(database)
    database.close()


def submit(store: TaskStore, clock: Clock, account: str = "anna") -> Task:
    clock.forward(1)
    return store.submit(account, "http://x/y.mp4", OPTIONS, "request")


def test_a_task_comes_back_as_it_was_submitted(store: TaskStore, clock: Clock) -> None:
    task = submit(store, clock)
    assert task.status is Status.PENDING
    assert task.options == OPTIONS
    assert task.submit_ms == store.now_ms()
    assert store.get(task.task_id, "anna") == task


def test_a_task_belongs_to_its_account(store: TaskStore, clock: Clock) -> None:
    task = submit(store, clock)
    assert store.get(task.task_id, "ben") is None
    assert not store.cancel(task.task_id, "ben")
    assert store.page("ben", 0, 2**60, None, 1, 10) == ([], 0)


def test_two_submits_a_second_are_taken_for_each_account(store: TaskStore, clock: Clock) -> None:
    for account in ("anna", "ben"):
        for _ in range(2):
            store.submit(account, None, OPTIONS, "r")
    with pytest.raises(TooManySubmits):
        store.submit("anna", None, OPTIONS, "r")
    clock.forward(0.999)
    with pytest.raises(TooManySubmits):
        store.submit("anna", None, OPTIONS, "r")
    clock.forward(0.001)
    assert store.submit("anna", None, OPTIONS, "r")


def test_the_rate_holds_for_submits_that_come_at_the_same_time(store: TaskStore) -> None:
    taken: list[Task] = []
    refused: list[TooManySubmits] = []

    def one() -> None:
        try:
            taken.append(store.submit("anna", None, OPTIONS, "r"))
        except TooManySubmits as error:
            refused.append(error)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(refused)) == (2, 6)


def test_an_accounts_tasks_run_in_order_and_one_at_a_time(
    store: TaskStore, leases: Leases, clock: Clock
) -> None:
    first, second = submit(store, clock), submit(store, clock)
    claimed = leases.claim()
    assert claimed is not None
    assert claimed.task_id == first.task_id
    assert (claimed.status, claimed.scheduled_ms, claimed.attempts) == (
        Status.RUNNING,
        store.now_ms(),
        1,
    )
    assert leases.claim() is None
    assert leases.succeed(first.task_id, "r.mp4", 1.0)
    assert (next_one := leases.claim()) is not None
    assert next_one.task_id == second.task_id


def test_accounts_take_turns(store: TaskStore, leases: Leases, clock: Clock) -> None:
    for account in ("anna", "anna", "anna", "ben", "ben"):
        submit(store, clock, account)
    turns = []
    while task := leases.claim():
        clock.forward(1)
        turns.append(task.account)
        leases.succeed(task.task_id, "r.mp4", 1.0)
    assert turns == ["anna", "ben", "anna", "ben", "anna"]


def test_a_pending_task_can_be_canceled_and_does_not_run(
    store: TaskStore, leases: Leases, clock: Clock
) -> None:
    task = submit(store, clock)
    assert store.cancel(task.task_id, "anna")
    assert leases.claim() is None
    assert not store.cancel(task.task_id, "anna")
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert (found.status, found.end_ms) == (Status.CANCELED, store.now_ms())


def test_a_running_task_is_canceled_only_where_that_is_meant(
    store: TaskStore, leases: Leases, clock: Clock
) -> None:
    task = submit(store, clock)
    leases.claim()
    assert not store.cancel(task.task_id, "anna")
    assert store.cancel(task.task_id, "anna", running=True)
    # What the renderer says afterwards comes too late.
    assert not leases.succeed(task.task_id, "r.mp4", 1.0)
    assert not leases.fail(task.task_id, "x", "y")
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert found.status is Status.CANCELED


def test_ends_are_kept_with_what_belongs_to_them(
    store: TaskStore, leases: Leases, clock: Clock
) -> None:
    good, bad = submit(store, clock, "anna"), submit(store, clock, "ben")
    leases.claim()
    leases.claim()
    leases.succeed(good.task_id, "token.mp4", 2.4)
    leases.fail(bad.task_id, "InvalidFile.Duration", "too long", "31 s")
    found = store.get(good.task_id, "anna")
    assert found is not None
    assert (found.status, found.result_name, found.duration_s) == (
        Status.SUCCEEDED,
        "token.mp4",
        2.4,
    )
    assert store.has_result("token.mp4")
    assert not store.has_result("other.mp4")
    found = store.get(bad.task_id, "ben")
    assert found is not None
    assert (found.code, found.message, found.detail) == (
        "InvalidFile.Duration",
        "too long",
        "31 s",
    )


def test_a_task_that_an_engine_was_at_when_it_was_killed_is_rendered_again(
    store: TaskStore, leases: Leases, other: Leases, clock: Clock
) -> None:
    first, second = submit(store, clock), submit(store, clock)
    leases.claim()
    # Nothing was given back: this is what a kill leaves. Alone in its folder, the next engine
    # takes it up at once; where engines share a database, when the lease has run out.
    other.recover()
    clock.forward(LEASE_MS / 1000)
    claimed = other.claim()
    assert claimed is not None
    assert (claimed.task_id, claimed.attempts) == (first.task_id, 2)
    assert store.counts() == (1, 1)
    assert store.get(second.task_id, "anna") is not None


def test_a_lease_that_is_renewed_is_kept_and_one_that_is_not_runs_out(
    store: TaskStore, leases: Leases, other: Leases, clock: Clock
) -> None:
    task = submit(store, clock)
    assert leases.claim() is not None
    for done in range(5):  # Slow, but alive.
        clock.forward(0.9 * LEASE_MS / 1000)
        assert leases.renew(task.task_id, (done, 375))
        assert other.claim() is None
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert (found.frames, found.owner) == ((4, 375), leases.owner)

    clock.forward(LEASE_MS / 1000)
    taken = other.claim()
    assert taken is not None
    assert (taken.task_id, taken.owner, taken.frames) == (task.task_id, other.owner, None)
    assert other.held() == {(task.task_id, other.owner)}


def test_who_lost_a_task_can_change_nothing_any_more(
    store: TaskStore, leases: Leases, other: Leases, clock: Clock
) -> None:
    task = submit(store, clock)
    leases.claim()
    clock.forward(LEASE_MS / 1000)
    assert other.claim() is not None
    assert not leases.renew(task.task_id, (1, 2))
    assert not leases.succeed(task.task_id, "late.mp4", 1.0)
    assert not leases.fail(task.task_id, "x", "y")
    leases.requeue(task.task_id, counts=True)
    assert other.held() == {(task.task_id, other.owner)}
    assert other.succeed(task.task_id, "good.mp4", 1.0)
    assert not leases.succeed(task.task_id, "late.mp4", 1.0)
    assert store.results() == {"good.mp4"}


def test_engines_at_the_same_moment_take_different_tasks_and_one_of_an_account(
    store: TaskStore, url: str, clock: Clock
) -> None:
    for account in ("anna", "anna", "ben", "ben", "cleo", "cleo"):
        submit(store, clock, account)
    databases = [Database(url, clock=clock) for _ in range(6)]
    start = threading.Barrier(len(databases))
    claimed: list[Task | None] = []

    def one(database: Database) -> None:
        leases = Leases(database)
        start.wait()
        claimed.append(leases.claim())

    threads = [threading.Thread(target=one, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert len(claimed) == 6
    taken = sorted(task.account for task in claimed if task)
    assert taken == ["anna", "ben", "cleo"]
    assert store.counts() == (3, 3)


def test_pools_of_one_database_do_not_see_each_other(
    store: TaskStore, leases: Leases, url: str, clock: Clock
) -> None:
    foreign = Database(url, pool="another folder", clock=clock)
    task = submit(TaskStore(foreign), clock)
    assert leases.claim() is None
    assert store.counts() == (0, 0)
    claimed = Leases(foreign).claim()
    assert claimed is not None
    assert claimed.task_id == task.task_id
    assert leases.held() == set()
    foreign.close()


def test_the_table_of_an_earlier_version_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "engine.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE render_tasks (seq INTEGER PRIMARY KEY, task_id VARCHAR(36) NOT NULL UNIQUE,"
        " account VARCHAR(64) NOT NULL, request_id VARCHAR(36) NOT NULL, video_url TEXT,"
        " options TEXT NOT NULL, status VARCHAR(16) NOT NULL, submit_ms BIGINT NOT NULL,"
        " scheduled_ms BIGINT, end_ms BIGINT, attempts INTEGER NOT NULL, result_name VARCHAR(64),"
        " duration_s FLOAT, code VARCHAR(64) NOT NULL, message TEXT NOT NULL, detail TEXT NOT NULL)"
    )
    connection.execute(
        "INSERT INTO render_tasks VALUES"
        " (1, 'old', 'anna', 'r', NULL, '{}', 'RUNNING', 1, 2, NULL, 1, NULL, NULL, '', '', '')"
    )
    connection.commit()
    connection.close()
    database = Database(f"sqlite:///{path}")
    claimed = Leases(database).claim()
    assert claimed is not None
    assert (claimed.task_id, claimed.attempts) == ("old", 2)
    database.close()


def test_times_are_of_the_databases_own_clock_where_engines_share_it(url: str) -> None:
    database = Database(url)
    store = TaskStore(database)
    before = store.now_ms()
    task = store.submit("anna", None, OPTIONS, "r")
    assert before <= task.submit_ms <= store.now_ms()
    assert before > 1_700_000_000_000
    database.close()


def test_a_task_that_always_takes_the_engine_down_fails_in_the_end(
    store: TaskStore, leases: Leases, clock: Clock
) -> None:
    task = submit(store, clock)
    for _ in range(MAX_ATTEMPTS):
        assert leases.claim() is not None
        leases.recover()
    assert leases.claim() is None
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert (found.status, found.code) == (Status.FAILED, "InternalError.Algo")


@pytest.mark.parametrize(("counts", "attempts"), [(True, 1), (False, 0)])
def test_a_task_put_back_keeps_its_place(
    store: TaskStore, leases: Leases, clock: Clock, counts: bool, attempts: int
) -> None:
    first = submit(store, clock)
    submit(store, clock)
    leases.claim()
    leases.requeue(first.task_id, counts=counts)
    back = store.get(first.task_id, "anna")
    assert back is not None
    assert (back.status, back.attempts, back.scheduled_ms) == (Status.PENDING, attempts, None)
    assert (claimed := leases.claim()) is not None
    assert claimed.task_id == first.task_id


def test_a_task_is_gone_24_hours_after_its_end_and_not_before(
    store: TaskStore, leases: Leases, clock: Clock
) -> None:
    done = submit(store, clock)
    leases.claim()
    leases.succeed(done.task_id, "token.mp4", 1.0)
    waiting = submit(store, clock)
    clock.forward(KEEP_MS / 1000 - 2)
    store.purge()
    assert store.get(done.task_id, "anna") is not None
    clock.forward(1)
    # Unknown from the very moment, whenever the purge comes by.
    assert store.get(done.task_id, "anna") is None
    assert not store.has_result("token.mp4")
    assert store.page("anna", 0, 2**60, None, 1, 10)[1] == 1
    store.purge()
    assert store.get(waiting.task_id, "anna") is not None


def test_the_list_is_newest_first_in_pages_and_filtered(store: TaskStore, clock: Clock) -> None:
    tasks = [submit(store, clock) for _ in range(5)]
    store.cancel(tasks[2].task_id, "anna")

    def ids(status: str | None = None, page_no: int = 1, start_ms: int = 0) -> list[str]:
        rows, _ = store.page("anna", start_ms, store.now_ms(), status, page_no, 2)
        return [row.task_id for row in rows]

    made = [task.task_id for task in tasks]
    assert [ids(page_no=n) for n in (1, 2, 3)] == [made[4:2:-1], made[2:0:-1], made[:1]]
    assert ids("CANCELED") == [made[2]]
    assert ids(start_ms=tasks[4].submit_ms) == [made[4]]
    assert store.page("anna", 0, store.now_ms(), None, 1, 2)[1] == 5

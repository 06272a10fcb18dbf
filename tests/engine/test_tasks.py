"""The durable tasks: their states, their order, their age, and what a kill leaves of them."""

import threading
from pathlib import Path

import pytest

from restyle.engine.task import Status, Task
from restyle.engine.tasks import KEEP_MS, MAX_ATTEMPTS, TaskStore, TooManySubmits
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


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'engine.sqlite'}"


@pytest.fixture
def store(url: str, clock: Clock):
    store = TaskStore(url, clock)
    yield store
    store.close()


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


def test_an_accounts_tasks_run_in_order_and_one_at_a_time(store: TaskStore, clock: Clock) -> None:
    first, second = submit(store, clock), submit(store, clock)
    claimed = store.claim()
    assert claimed is not None
    assert claimed.task_id == first.task_id
    assert (claimed.status, claimed.scheduled_ms, claimed.attempts) == (
        Status.RUNNING,
        store.now_ms(),
        1,
    )
    assert store.claim() is None
    assert store.succeed(first.task_id, "r.mp4", 1.0)
    assert (next_one := store.claim()) is not None
    assert next_one.task_id == second.task_id


def test_accounts_take_turns(store: TaskStore, clock: Clock) -> None:
    for account in ("anna", "anna", "anna", "ben", "ben"):
        submit(store, clock, account)
    turns = []
    while task := store.claim():
        clock.forward(1)
        turns.append(task.account)
        store.succeed(task.task_id, "r.mp4", 1.0)
    assert turns == ["anna", "ben", "anna", "ben", "anna"]


def test_a_pending_task_can_be_canceled_and_does_not_run(store: TaskStore, clock: Clock) -> None:
    task = submit(store, clock)
    assert store.cancel(task.task_id, "anna")
    assert store.claim() is None
    assert not store.cancel(task.task_id, "anna")
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert (found.status, found.end_ms) == (Status.CANCELED, store.now_ms())


def test_a_running_task_is_canceled_only_where_that_is_meant(
    store: TaskStore, clock: Clock
) -> None:
    task = submit(store, clock)
    store.claim()
    assert not store.cancel(task.task_id, "anna")
    assert store.cancel(task.task_id, "anna", running=True)
    # What the renderer says afterwards comes too late.
    assert not store.succeed(task.task_id, "r.mp4", 1.0)
    assert not store.fail(task.task_id, "x", "y")
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert found.status is Status.CANCELED


def test_ends_are_kept_with_what_belongs_to_them(store: TaskStore, clock: Clock) -> None:
    good, bad = submit(store, clock, "anna"), submit(store, clock, "ben")
    store.claim()
    store.claim()
    store.succeed(good.task_id, "token.mp4", 2.4)
    store.fail(bad.task_id, "InvalidFile.Duration", "too long", "31 s")
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


def test_a_task_that_was_running_when_the_engine_was_killed_is_rendered_again(
    url: str, store: TaskStore, clock: Clock
) -> None:
    first, second = submit(store, clock), submit(store, clock)
    store.claim()
    again = TaskStore(url, clock)  # Nothing was closed: this is what a kill leaves.
    again.recover()
    claimed = again.claim()
    assert claimed is not None
    assert (claimed.task_id, claimed.attempts) == (first.task_id, 2)
    assert again.counts() == (1, 1)
    assert again.get(second.task_id, "anna") is not None
    again.close()


def test_a_task_that_always_takes_the_engine_down_fails_in_the_end(
    store: TaskStore, clock: Clock
) -> None:
    task = submit(store, clock)
    for _ in range(MAX_ATTEMPTS):
        assert store.claim() is not None
        store.recover()
    assert store.claim() is None
    found = store.get(task.task_id, "anna")
    assert found is not None
    assert (found.status, found.code) == (Status.FAILED, "InternalError.Algo")


@pytest.mark.parametrize(("counts", "attempts"), [(True, 1), (False, 0)])
def test_a_task_put_back_keeps_its_place(
    store: TaskStore, clock: Clock, counts: bool, attempts: int
) -> None:
    first = submit(store, clock)
    submit(store, clock)
    store.claim()
    store.requeue(first.task_id, counts=counts)
    back = store.get(first.task_id, "anna")
    assert back is not None
    assert (back.status, back.attempts, back.scheduled_ms) == (Status.PENDING, attempts, None)
    assert (claimed := store.claim()) is not None
    assert claimed.task_id == first.task_id


def test_a_task_is_gone_24_hours_after_its_end_and_not_before(
    store: TaskStore, clock: Clock
) -> None:
    done = submit(store, clock)
    store.claim()
    store.succeed(done.task_id, "token.mp4", 1.0)
    waiting = submit(store, clock)
    clock.forward(KEEP_MS / 1000 - 2)
    assert store.purge() == []
    assert store.get(done.task_id, "anna") is not None
    clock.forward(1)
    # Unknown from the very moment, whenever the purge comes by.
    assert store.get(done.task_id, "anna") is None
    assert not store.has_result("token.mp4")
    assert store.page("anna", 0, 2**60, None, 1, 10)[1] == 1
    assert store.purge() == ["token.mp4"]
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

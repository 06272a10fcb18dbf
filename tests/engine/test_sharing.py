"""Work is done in parts, each once: on all cores, or by who asks where they have enough to do."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache

import pytest

from restyle.engine import sharing
from restyle.engine.ahead import ahead
from restyle.engine.sharing import PARTS_PER_CORE, filled, share, start_helpers

CORES = 3


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    """Threads of this test's own: as on a machine with as many cores as named, whatever it has."""
    with ThreadPoolExecutor(CORES - 1) as fresh:
        monkeypatch.setattr(sharing, "_CORES", CORES)
        monkeypatch.setattr(sharing, "_others", fresh)
        monkeypatch.setattr(sharing, "_start_helpers", cache(sharing._start_helpers.__wrapped__))
        yield fresh


@pytest.mark.parametrize(
    ("within", "parts"),
    [
        ([], PARTS_PER_CORE * CORES),
        ([CORES - 1], PARTS_PER_CORE * CORES),
        ([CORES], 1),
        ([CORES + 1], 1),
        ([CORES, 1], 1),
    ],
    ids=["alone", "a core is free", "all are filled", "more than all", "by one of two"],
)
@pytest.mark.usefixtures("helpers")
def test_every_part_is_done_once_and_one_is_all_where_the_cores_are_filled(
    within: list[int], parts: int
) -> None:
    done: list[tuple[int, int]] = []
    with ExitStack() as stack:
        for cores in within:
            stack.enter_context(filled(cores))
        share(lambda number, of: done.append((number, of)))
    assert sorted(done) == [(number, parts) for number in range(parts)]


@pytest.mark.usefixtures("helpers")
def test_cores_that_were_filled_share_again_afterwards_even_after_a_failure() -> None:
    with pytest.raises(OSError, match="disk"), filled(CORES):
        raise OSError("The disk is full.")
    done: list[int] = []
    share(lambda number, _: done.append(number))
    assert len(done) == PARTS_PER_CORE * CORES


@pytest.mark.usefixtures("helpers")
def test_parts_are_done_side_by_side_unless_the_cores_are_filled() -> None:
    together = threading.Barrier(CORES, timeout=30)
    ran: set[str] = set()

    def meet(number: int, _: int) -> None:
        ran.add(threading.current_thread().name)
        if number < CORES:
            together.wait()

    share(meet)
    assert len(ran) == CORES
    ran.clear()
    with filled(CORES):
        share(lambda _, __: ran.add(threading.current_thread().name))
    assert ran == {threading.current_thread().name}


@pytest.mark.parametrize("cores", [0, CORES], ids=["shared", "filled"])
@pytest.mark.usefixtures("helpers")
def test_what_goes_wrong_in_any_part_reaches_who_asked(cores: int) -> None:
    def fail(number: int, of: int) -> None:
        if number == of - 1:
            raise ValueError("the last one")

    with filled(cores), pytest.raises(ValueError, match="the last one"):
        share(fail)


def test_helpers_are_as_nice_as_who_started_them_not_as_who_needs_them_first(
    helpers: ThreadPoolExecutor,
) -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    start_helpers()
    start_helpers()
    aside = ahead((helpers.submit(niceness).result() for _ in range(4)), 1, niceness=5)
    assert set(aside) == {niceness()}

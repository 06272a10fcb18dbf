"""Stages side by side: in order, a bounded number ahead, ended from either side."""

import os
import sys
import threading
from collections.abc import Generator

import pytest

from restyle.engine.ahead import ahead


def test_items_come_in_order_from_another_thread() -> None:
    threads = set()

    def source() -> Generator[int, None, None]:
        for number in range(20):
            threads.add(threading.current_thread())
            yield number

    assert list(ahead(ahead(source(), 2), 3)) == list(range(20))
    assert threading.current_thread() not in threads


def test_only_the_thread_that_is_asked_to_steps_aside() -> None:
    def source() -> Generator[int, None, None]:
        yield os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    by = 3 if sys.platform == "linux" else 0
    assert list(ahead(source(), 1, niceness=3)) == [min(own + by, 19)]
    assert list(ahead(source(), 1)) == [own]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_no_more_wait_than_were_asked_for() -> None:
    made = threading.Semaphore(0)
    count = 0

    def source() -> Generator[int, None, None]:
        nonlocal count
        while True:
            count += 1
            made.release()
            yield count

    items = ahead(source(), 2)
    assert next(items) == 1
    # One was taken, two wait, and one more is in the worker's hand.
    for _ in range(4):
        assert made.acquire(timeout=30)
    items.close()
    assert count == 4


def test_closing_closes_the_source() -> None:
    closed = threading.Event()

    def source() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    items = ahead(source(), 2)
    next(items)
    items.close()
    assert closed.is_set()


def test_what_the_source_raises_is_raised_after_what_it_gave() -> None:
    def source() -> Generator[int, None, None]:
        yield 1
        raise KeyError("lost")

    items = ahead(source(), 2)
    assert next(items) == 1
    with pytest.raises(KeyError, match="lost"):
        next(items)

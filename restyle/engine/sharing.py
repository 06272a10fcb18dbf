"""Work in equal parts, shared among the cores; or not, where other work fills them."""

import contextlib
import functools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numba

PARTS_PER_CORE = 3  # more than one: a core that has other work to do takes fewer of them


def share(work: Callable[[int, int], None]) -> None:
    """Do `work(number, of)` for each of `of` parts, once, on all cores; raises what any raises."""
    if max(_filled, default=0) >= _CORES:
        work(0, 1)
        return
    parts = PARTS_PER_CORE * _CORES
    # Taking from a deque is safe in any thread.
    waiting = deque(range(parts))

    def take() -> None:
        while True:
            try:
                number = waiting.popleft()
            except IndexError:  # None is left.
                return
            work(number, parts)

    helping = [_others.submit(take) for _ in range(_CORES - 1)]
    take()
    for helper in helping:
        # One that has not begun is not waited for: all parts are taken.
        if not helper.cancel():
            helper.result()


@contextlib.contextmanager
def filled(cores: int) -> Iterator[None]:
    """Within it so many cores have enough to do: work is shared only where there are more.

    For threads that work side by side. If each shared its work with all cores they would change
    places all the time: on two cores, a render would take an eighth longer.
    """
    _filled.append(cores)
    try:
        yield
    finally:
        _filled.remove(cores)


@functools.cache
def _start_helpers() -> None:
    all_there = threading.Barrier(_CORES)
    for _ in range(_CORES - 1):
        _others.submit(all_there.wait)
    all_there.wait()


def start_helpers() -> None:
    """Start the threads that work is shared with, unless they are there: as nice as the caller's.

    Else the first thread that shares starts them, however nice it is.
    """
    with _starting:
        _start_helpers()


_CORES: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # set as it starts
_filled: list[int] = []
_starting = threading.Lock()
_others = ThreadPoolExecutor(max(1, _CORES - 1), thread_name_prefix="sharing")

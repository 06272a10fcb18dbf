"""Stages side by side: what an iterator gives, worked out a few items ahead by another thread.

`ahead(f(x) for x in ahead(source))` is a pipeline of three stages, each with its own item at hand.
All of them do their work in compiled code, which other threads do not wait for.
"""

import queue
import threading
from collections.abc import Generator
from typing import TypeVar

from restyle.engine.niceness import step_aside

_Item = TypeVar("_Item")


class _Failure:
    """What ended the source; it belongs to the thread that takes the items."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(
    source: Generator[_Item, None, None], most: int, *, niceness: int = 0
) -> Generator[_Item, None, None]:
    """The items of `source` in order, of which at most `most` wait, taken by another thread.

    Closing it closes `source`, in its own thread; whatever `source` raises is raised here. With
    `niceness` (to 19) the thread takes what cores others leave, as `step_aside`.
    """
    waiting: queue.Queue[_Item | _Failure] = queue.Queue(most)
    closed = threading.Event()

    def put(item: _Item | _Failure) -> None:
        while not closed.is_set():
            try:
                waiting.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def work() -> None:
        step_aside(niceness)
        try:
            for item in source:
                put(item)
                if closed.is_set():
                    break
            put(_Failure(None))
        except BaseException as error:
            put(_Failure(error))
        finally:
            source.close()

    worker = threading.Thread(target=work, name="ahead", daemon=True)
    worker.start()
    try:
        while not isinstance(item := waiting.get(), _Failure):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        closed.set()
        worker.join()

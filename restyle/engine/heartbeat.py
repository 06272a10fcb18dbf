"""A heartbeat: renews a task's lease from a thread of its own, however busy the others are."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from restyle.engine.leases import Leases

RENEW_S = 2.0
_LOG = logging.getLogger(__name__)


class Heartbeat:
    """Holds one task while its `with` block lasts.

    `frames` gives the frames done and in all, for who asks another engine; `on_lost` is called
    once when the task is this engine's no more.
    """

    def __init__(
        self,
        leases: Leases,
        task_id: str,
        frames: Callable[[], tuple[int, int] | None],
        on_lost: Callable[[], None],
    ) -> None:
        self._leases = leases
        self._task_id = task_id
        self._frames = frames
        self._on_lost = on_lost
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(RENEW_S):
            try:
                if not self._leases.renew(self._task_id, self._frames()):
                    self._on_lost()
                    return
            except SQLAlchemyError as error:
                # The database may be back before the lease ends; the render goes on meanwhile.
                _LOG.warning("The lease of a task was not renewed: %s", error.__class__.__name__)

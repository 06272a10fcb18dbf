"""The fence: a step writes, and spends, only while its job is its worker's.

Where a thread carries a job, the fence knows it; any other thread (the page's, the housekeeping's)
passes freely.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from restyle.jobs.workers import Fenced, Membership


@dataclass
class _Turn:
    """One job's lock among the threads of this process, and how many want or have it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0


class Fence:
    """Who carries which job in this process."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        self._carried = threading.local()
        self._turns: dict[str, _Turn] = {}
        self._guard = threading.Lock()

    @contextmanager
    def carry(self, job_id: str, wait: Callable[[], None]) -> Iterator[None]:
        """Have a job for a step: waits, by calling `wait`, while another living worker has it."""
        with self._alone(job_id, wait):
            worker_id = ""
            try:
                while True:
                    worker_id = self._membership.worker_id
                    if self._membership.claim(job_id):
                        break
                    wait()
                self._carried.job = (job_id, worker_id)
                yield
            finally:
                self._carried.job = None
                self._membership.let_go(job_id, worker_id)

    @contextmanager
    def _alone(self, job_id: str, wait: Callable[[], None]) -> Iterator[None]:
        """A workflow may come back to this process while its old thread is still at work."""
        with self._guard:
            turn = self._turns.setdefault(job_id, _Turn())
            turn.wanted += 1
        try:
            while not turn.lock.acquire(timeout=0):
                wait()
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            with self._guard:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[job_id]

    def check_owner(self, job_id: str, owner: str | None) -> None:
        """Before a write to the row of a job, which is locked: raises Fenced.

        The row's owner only changes when another worker has claimed the job.
        """
        carried = getattr(self._carried, "job", None)
        if carried is not None and carried[0] == job_id and carried[1] != owner:
            raise Fenced

    def check_lease(self) -> None:
        """Before something that no row protects, as sending the POST: raises Fenced."""
        carried = getattr(self._carried, "job", None)
        if carried is not None:
            self._membership.check(carried[1])

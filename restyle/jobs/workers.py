"""Which process is which: each is a row in the book that it renews while it lives.

A row that was not renewed for `lease_s` is a dead worker's, on whatever machine that was, and the
others take its work over. On its own machine a dead one is known at once: a living process holds a
lock on a small SQLite file, which the system lets go when the process ends, `kill -9` included.
A worker that was only slow finds its row taken: it then goes on as a new one, and whatever it had
under way is refused by the book (`Ledger.change`) and not sent to the service (`check`).
"""

import logging
import socket
import sqlite3
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from restyle.jobs.once import written_once
from restyle.jobs.tables import JOBS, WORKERS, now, reading

log = logging.getLogger("restyle.jobs")


class Fenced(BaseException):
    """This worker was taken for dead; not an Exception, so that nobody takes it for a failure."""


@dataclass(frozen=True)
class Dead:
    """A worker whose work is to be taken over; `executor` is its name in the queue."""

    worker_id: str
    executor: str


class Membership:
    """This process among the workers of one book.

    `executor` is its name in the queue's database, the same for its whole life; `worker_id` is
    new after each time that it was taken for dead.
    """

    def __init__(self, engine: sa.Engine, folder: Path, lease_s: float) -> None:
        self._engine = engine
        self._folder = folder
        self._lease_s = lease_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._renewing = threading.Lock()
        self._hold: sqlite3.Connection | None = None
        self._held_until = 0.0
        self.executor = ""
        self.worker_id = ""

    def join(self) -> None:
        """Enter the book, and stay in it until `leave`."""
        self.executor = uuid.uuid4().hex
        self._hold = _lock(self._lock_file(self.executor))
        self._enter()
        self._stop.clear()
        self._thread = threading.Thread(target=self._beat, name="restyle-heartbeat", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Lay the work down: the others, or the next start, may take it up at once."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._held_until = 0.0
        with self._engine.begin() as book:
            book.execute(
                sa.update(WORKERS).where(WORKERS.c.worker_id == self.worker_id).values(taken=True)
            )
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    @property
    def is_held(self) -> bool:
        """Whether nobody can have taken this process for dead."""
        return time.monotonic() <= self._held_until

    def check(self, worker_id: str) -> None:
        """Raise Fenced unless this process is that worker for certain.

        A lease that ran out unnoticed (a machine that slept) is asked of the book anew: where
        nobody has taken it, the work goes on, since nobody else would take it up.
        """
        if worker_id == self.worker_id and not self.is_held:
            self._renew()
        if worker_id != self.worker_id or not self.is_held:
            raise Fenced

    def claim(self, job_id: str) -> bool:
        """Take a job for a step; False while another living worker has it."""
        living = sa.select(WORKERS.c.worker_id).where(~WORKERS.c.taken)
        with self._engine.begin() as book:
            claimed = book.execute(
                sa.update(JOBS)
                .where(
                    JOBS.c.job_id == job_id,
                    sa.or_(
                        JOBS.c.owner.is_(None),
                        JOBS.c.owner == self.worker_id,
                        JOBS.c.owner.not_in(living),
                    ),
                )
                .values(owner=self.worker_id)
            )
        return claimed.rowcount == 1

    def let_go(self, job_id: str, worker_id: str) -> None:
        """The step is done: the job is anybody's again."""
        with self._engine.begin() as book:
            book.execute(
                sa.update(JOBS)
                .where(JOBS.c.job_id == job_id, JOBS.c.owner == worker_id)
                .values(owner=None)
            )

    def dead(self) -> list[Dead]:
        """The workers that died; from now on their jobs may be claimed. Then `forget` each."""
        with reading(self._engine) as book:
            present = now(book)
            rows = book.execute(
                sa.select(WORKERS).where(WORKERS.c.worker_id != self.worker_id)
            ).all()
        found = []
        for row in rows:
            if row.taken or row.until < present or self._is_gone(row.place, row.executor):
                with self._engine.begin() as book:
                    taken = book.execute(
                        sa.update(WORKERS)
                        # Not where it was renewed since it was read.
                        .where(WORKERS.c.worker_id == row.worker_id, WORKERS.c.until == row.until)
                        .values(taken=True)
                    )
                if taken.rowcount:
                    found.append(Dead(row.worker_id, row.executor))
        return found

    def forget(self, dead: Dead) -> None:
        """Its work is in other hands."""
        with self._engine.begin() as book:
            book.execute(sa.delete(WORKERS).where(WORKERS.c.worker_id == dead.worker_id))
        if dead.executor != self.executor:
            for path in self._folder.glob(f"{dead.executor}.lock*"):
                path.unlink(missing_ok=True)

    def _enter(self) -> None:
        worker_id = uuid.uuid4().hex
        began = time.monotonic()
        with self._engine.begin() as book:
            book.execute(
                sa.insert(WORKERS).values(
                    worker_id=worker_id,
                    executor=self.executor,
                    place=self._place(),
                    until=now(book) + self._lease_s,
                    taken=False,
                )
            )
        self.worker_id, self._held_until = worker_id, began + self._lease_s * 0.9

    def _beat(self) -> None:
        while not self._stop.wait(self._lease_s / 4):
            try:
                self._renew()
            except sa.exc.SQLAlchemyError as trouble:
                log.warning("the worker's lease was not renewed: %s", type(trouble).__name__)

    def _renew(self) -> None:
        # By one thread at a time: two that found it taken would enter as two workers.
        with self._renewing:
            # Counted from before the question: the book's end of the lease is never earlier.
            began = time.monotonic()
            with self._engine.begin() as book:
                renewed = book.execute(
                    sa.update(WORKERS)
                    .where(WORKERS.c.worker_id == self.worker_id, ~WORKERS.c.taken)
                    .values(until=now(book) + self._lease_s)
                )
            if renewed.rowcount:
                self._held_until = began + self._lease_s * 0.9
            else:
                log.warning("this worker was taken for dead, and goes on as a new one")
                self._enter()

    def _place(self) -> str:
        """Where a lock tells who lives: this data folder on this machine."""
        family = written_once(self._folder / "name", lambda: uuid.uuid4().hex[:12].encode())
        return f"{socket.gethostname()[:100]} {family.decode()}"

    def _lock_file(self, executor: str) -> Path:
        return self._folder / f"{executor}.lock"

    def _is_gone(self, place: str, executor: str) -> bool:
        """Whether a worker of this place has let its lock go, which only its end does."""
        path = self._lock_file(executor)
        if place != self._place() or executor == self.executor or not path.exists():
            return False
        hold = _lock(path)
        if hold is None:
            return False
        hold.close()
        return True


def _lock(path: Path) -> sqlite3.Connection | None:
    """Hold a file as long as the connection is open; None while another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not in a transaction of its own making, and used from whichever thread stops the worker.
    hold = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        hold.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        hold.close()
        return None
    return hold

"""What every step of a job works with: book, folders, the service's client, and its waits.

A wait ends early when the visitor cancels, and with `Stopping` when the process is told to end,
which leaves the workflow to be taken up again where it was.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from restyle.cloud import CloudClient
from restyle.errors import Canceled, RestyleError
from restyle.hosting import Host
from restyle.jobs.fence import Fence
from restyle.jobs.job import Service
from restyle.jobs.keys import KeyBox
from restyle.jobs.ledger import Ledger, Record, parts_of
from restyle.jobs.pace import Pace
from restyle.jobs.storage import Storage
from restyle.jobs.submits import Submits
from restyle.jobs.tables import reading
from restyle.jobs.turnstile import Turnstile
from restyle.settings import Secret, Settings

LOCAL_KEY = Secret("local")


class Stopping(BaseException):
    """The process ends; not an Exception, so that nobody takes it for a failed step."""


@dataclass
class Desk:
    """The parts that the steps share, one for each process."""

    settings: Settings
    storage: Storage
    ledger: Ledger
    submits: Submits
    keys: KeyBox
    questions: Turnstile
    submissions: Turnstile
    fence: Fence
    pace: Pace
    local_url: str
    hosts: Callable[[Service, CloudClient], list[Host]]
    stopping: threading.Event = field(default_factory=threading.Event)
    _wakes: dict[str, threading.Event] = field(default_factory=dict)

    def folder(self, job_id: str) -> Path:
        """Where the files of a job lie."""
        return self.storage.folder(job_id)

    def parts(self, whole_id: str) -> list[Record]:
        """The parts of a whole in their order, each as its newest try."""
        with reading(self.ledger.engine) as book:
            return parts_of(book, whole_id)

    def client(self, record: Record) -> CloudClient:
        """A client with the job's key; raises KeyRefused when that was erased."""
        if record.service == "local":
            return CloudClient(self.local_url, LOCAL_KEY)
        key = self.settings.api_key or Secret("")
        if not record.host_pays:
            key = self.keys.fetch(record.job_id)
        return CloudClient(
            self.settings.cloud_base_url,
            key,
            gate=lambda: self.questions.pass_through(record.account),
        )

    def wake(self, job_id: str | None = None) -> None:
        """End the present wait of a job, or of all."""
        for waiting, event in list(self._wakes.items()):
            if job_id in (None, waiting):
                event.set()

    def heed_cancel(self, job_id: str) -> None:
        """Raises Canceled when the visitor wants the job to stop."""
        if self.ledger.cancel_asked(job_id):
            raise Canceled("You stopped this job.", what_next="Start a new one whenever you like.")

    def wait(self, job_id: str, seconds: float, *, heed_cancel: bool = True) -> None:
        """Wait, no longer than until the visitor wants to stop. Raises Stopping."""
        woken = self._wakes.setdefault(job_id, threading.Event())
        end = time.monotonic() + seconds
        while True:
            if self.stopping.is_set():
                raise Stopping
            left = end - time.monotonic()
            if left <= 0 or (heed_cancel and self.ledger.cancel_asked(job_id)):
                self._wakes.pop(job_id, None)
                return
            # In slices: the wish to cancel may come through another process.
            woken.wait(min(left, self.pace.look_around_s))
            woken.clear()

    def rest(self) -> None:
        """Wait a moment for another worker. Raises Stopping."""
        if self.stopping.wait(self.pace.look_around_s / 4):
            raise Stopping

    def patience(self, seconds: float) -> "Patience":
        """A bound on a row of failed tries."""
        return Patience(self, time.monotonic() + seconds, self.pace.troubles())


@dataclass
class Patience:
    """Back-off with an end."""

    desk: Desk
    _end: float
    _waits: Iterator[float]

    def again(self, job_id: str, trouble: RestyleError, *, heed_cancel: bool = True) -> bool:
        """Wait before another try, at least what the service asks; False at the end of patience."""
        if time.monotonic() >= self._end:
            return False
        asked_s = float(trouble.facts.get("retry_after_s", 0.0))
        self.desk.wait(job_id, max(next(self._waits), asked_s), heed_cancel=heed_cancel)
        return True

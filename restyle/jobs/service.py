"""Jobs: the façade that the page and the API use; everything durable behind it.

Calls return at once: the work is done by the workflows, in this process or, after its end, in
the next one.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from starlette.routing import Route

from restyle.clips import inspect
from restyle.cloud import CloudClient
from restyle.errors import ResultNotReady
from restyle.hosting import Host, OwnAddress, hosts_for
from restyle.jobs import deciding, files, health, retention, wholes, workflow
from restyle.jobs.admitting import admit, new_rows, payer_of
from restyle.jobs.budgets import Budgets
from restyle.jobs.desk import Desk
from restyle.jobs.fence import Fence
from restyle.jobs.housekeeping import Housekeeping
from restyle.jobs.job import Job, JobRequest, Service, Stage
from restyle.jobs.keys import KeyBox
from restyle.jobs.ledger import Ledger
from restyle.jobs.pace import Pace
from restyle.jobs.saving import RESULT
from restyle.jobs.storage import Storage
from restyle.jobs.submits import Submits
from restyle.jobs.tables import alone, open_database
from restyle.jobs.turnstile import Turnstile
from restyle.jobs.views import job_of
from restyle.jobs.workers import Membership
from restyle.pricing import FREE
from restyle.settings import Secret, Settings

log = logging.getLogger("restyle.jobs")

STOP_WITHIN_S = 5.0
# Nothing is spent in these: a job ends in the very call that cancels it.
FREE_STAGES = frozenset({Stage.QUEUED, Stage.FITTING, Stage.HOSTING})


class Jobs:
    """The jobs of one installation.

    `local_url` is the engine's base URL, `base_url` this app's own loopback address, and
    `public_url` says at which address the internet reaches it, or None.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        local_url: str,
        base_url: str,
        public_url: Callable[[], str | None] = lambda: None,
        pace: Pace | None = None,
    ) -> None:
        self._settings = settings
        self._engine = open_database(settings)
        storage = Storage(settings)
        with alone(self._engine, "secret"):
            secret = storage.secret()
        self._budgets = Budgets(
            self._engine, settings.visitor_budget_usd, settings.daily_budget_usd
        )
        self._keys = KeyBox(self._engine, secret)
        pace = pace or Pace()
        self._membership = Membership(self._engine, settings.data_dir / "workers", pace.lease_s)
        fence = Fence(self._membership)
        self._ledger = Ledger(self._engine, self._budgets, self._keys, fence)
        self._submits = Submits(self._engine, fence)

        def hosts(service: Service, client: CloudClient) -> list[Host]:
            return hosts_for(
                service,
                settings,
                client,
                root=storage.jobs,
                secret=secret,
                base_url=base_url,
                public_url=public_url,
            )

        self._desk = Desk(
            settings,
            storage,
            self._ledger,
            self._submits,
            self._keys,
            Turnstile(self._engine),
            Turnstile(self._engine, pace.submits_a_second, name=" submits"),
            fence,
            pace,
            _api_root(local_url),
            hosts,
        )
        self._housekeeping = Housekeeping(self._desk, self._membership)
        own_links = OwnAddress(base_url, storage.jobs, secret, bring=storage.bring)
        self.routes: list[Route] = [
            *own_links.routes,
            *files.routes(self._desk),
            health.route(self._engine, self._membership, storage),
        ]

    def start(self) -> None:
        """Take up the work, that of an earlier process included."""
        self._desk.stopping.clear()
        self._membership.join()
        workflow.launch(self._desk, self._membership.executor)
        self._housekeeping.start()

    def stop(self) -> None:
        """Lay the work down; unfinished jobs go on at the next start."""
        self._desk.stopping.set()
        self._desk.wake()
        self._housekeeping.stop()
        end = time.monotonic() + STOP_WITHIN_S
        while workflow.busy() and time.monotonic() < end:
            time.sleep(0.02)
        workflow.shut_down()
        self._membership.leave()
        self._engine.dispose()

    def submit(self, request: JobRequest) -> Job:
        """Begin a job: look at the clip, plan, hold the budget, queue.

        Raises ClipError, OptionError, KeyRefused, DiskFull or BudgetExceeded, and then nothing is
        kept.
        """
        request = replace(request, visitor=request.visitor[:200])
        payer = payer_of(request, self._settings)
        job_id = uuid.uuid4().hex
        retention.check_room(self._desk, request.clip_path)
        folder = self._desk.folder(job_id)
        upload = files.keep_upload(request.clip_path, folder, self._settings.max_upload_bytes)
        try:
            rows = new_rows(request, inspect(upload), payer, job_id, upload.name)
            self._desk.storage.keep(upload)
            tasks = admit(self._engine, self._budgets, self._keys, payer, rows)
        except BaseException:
            self._desk.storage.drop(job_id)
            raise
        log.info("job=%s stage=queued task=- request=- account=%s", job_id, payer.account)
        for task in tasks:
            workflow.begin(task, 1)
        return self.status(job_id)

    def status(self, job_id: str) -> Job:
        """How a job stands; raises JobNotFound."""
        return job_of(self._engine, self._ledger.read(job_id), self._settings.keep_hours)

    def cancel(self, job_id: str) -> Job:
        """Stop a job at whatever stage; at once where no task was made, else by the service.

        A job that stopped as unclear is closed for good by it; a whole's parts that have succeeded
        are kept. Raises JobNotFound.
        """
        if self._ledger.read(job_id).is_whole:
            for part in wholes.ask_to_cancel(self._desk, job_id):
                self.cancel(part.job_id)
            self._settle(job_id)
            return self.status(job_id)
        with self._ledger.change(job_id) as change:
            record = change.record
            if record.stage is Stage.FAILED and record.ways_on:
                change.set(error={**(record.error or {}), "ways_on": []})
                self._keys.erase(change.book, job_id)
                # It may have been billed: the cautious reading is that it was.
                self._budgets.settle(
                    change.book, job_id, Decimal(record.charge or record.quote["total_usd"])
                )
            elif record.stage is Stage.SAVING:
                change.note("It was finished before it could be stopped: its result is kept.")
            elif not record.stage.is_final:
                change.set(cancel_asked=True)
        if not record.task_id and self._submits.open_intent(job_id) is None:
            self._ledger.end(job_id, Stage.CANCELED, only_from=FREE_STAGES)
        self._desk.wake(job_id)
        if record.whole:
            self._settle(record.whole)
        return self.status(job_id)

    def result(self, job_id: str) -> Path:
        """The finished video; raises JobNotFound or ResultNotReady."""
        record = self._ledger.read(job_id)
        if record.stage is not Stage.SUCCEEDED:
            raise ResultNotReady(
                f"This job has no result: it is {record.stage}.",
                what_next="Ask for its status, and for the result once that says succeeded.",
            )
        path = self._desk.storage.bring(self._desk.folder(job_id) / RESULT)
        if not path.is_file():
            raise ResultNotReady(
                f"The result was removed: files are kept for {self._settings.keep_hours:g} hours.",
                what_next="Start the job again.",
            )
        return path

    def again(self, job_id: str) -> JobRequest:
        """What would begin a job anew: its clip as it lies here, and what is still to be done.

        Without a key and a visitor. Raises JobNotFound or ResultNotReady.
        """
        record, job = self._ledger.read(job_id), self.status(job_id)
        wishes = {} if record.fitted else dict(record.wishes)
        wishes.pop("copying", None)
        return JobRequest(
            self.source(job_id),
            job.options,
            service=job.service,
            whole=record.is_whole,
            **wishes,
        )

    def source(self, job_id: str) -> Path:
        """The clip as it was fitted, or before that as it came.

        Raises JobNotFound or ResultNotReady.
        """
        record = self._ledger.read(job_id)
        folder = self._desk.folder(job_id if record.fitted else record.home)
        path = self._desk.storage.bring(folder / (record.fitted or record.upload))
        if not path.is_file():
            raise ResultNotReady(
                "The clip of this job was removed: files are kept for a while after its end.",
                what_next="Upload it again.",
            )
        return path

    def answers(self, job_id: str) -> list[dict[str, Any]]:
        """What the service said about a job, whole, oldest first; raises JobNotFound."""
        if not self._ledger.read(job_id).is_whole:
            return self._ledger.answers(job_id)
        heard = [(part, self.answers(part.job_id)) for part in self._desk.parts(job_id)]
        return [{"part": part.part, **answer} for part, answers in heard for answer in answers]

    def look_again(self, job_id: str) -> Job:
        """Go on with a job that stopped because something could not be told.

        Raises OptionError when that is not a way on for it.
        """
        deciding.reopen(self._desk, job_id, "look_again")
        return self.status(job_id)

    def submit_anyway(self, job_id: str) -> Job:
        """Submit once more although an earlier submit may have been accepted (and billed).

        Raises OptionError when that is not a way on for the job.
        """
        deciding.reopen(self._desk, job_id, "submit_anyway")
        return self.status(job_id)

    def retry_part(self, part_id: str, api_key: Secret | None = None) -> Job:
        """Try a part of a whole again that failed or was canceled; gives the whole.

        Where money may be in flight for it, it is looked for, and nothing is submitted twice; else
        it is a new task. `api_key` where the visitor's own was erased. Raises OptionError,
        KeyRefused or BudgetExceeded.
        """
        return self.status(deciding.retry_part(self._desk, part_id, api_key))

    def services(self) -> dict[str, dict[str, Any]]:
        """The services: whether a visitor needs an own key, and whose money it is."""
        return {
            "local": {"available": True, "needs_key": False, "host_pays": False},
            "cloud": {
                "available": True,
                "needs_key": self._settings.api_key is None,
                "host_pays": self._settings.api_key is not None,
            },
        }

    def budget_left(self, visitor: str) -> Decimal:
        """What the host's key still pays for this visitor today, in US dollars."""
        return self._budgets.left(visitor) if self._settings.api_key else FREE

    def _settle(self, whole_id: str) -> None:
        attempt = wholes.settle(self._desk, whole_id)
        if attempt is not None:
            workflow.begin_join(whole_id, attempt)


def _api_root(url: str) -> str:
    url = url.rstrip("/")
    return url if url.endswith("/api/v1") else f"{url}/api/v1"

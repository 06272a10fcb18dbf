"""Jobs: the façade that the page and the API use; everything durable behind it.

Calls return at once: the work is done by the workflows, in this process or, after its end, in
the next one.
"""

import logging
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.routing import Route

from restyle.clips import inspect
from restyle.cloud import CloudClient, account_fingerprint
from restyle.errors import KeyRefused, OptionError, ResultNotReady
from restyle.fitting import FitPlan, plan_fit
from restyle.hosting import Host, OwnAddress, hosts_for
from restyle.jobs import files, workflow
from restyle.jobs.budgets import Budgets
from restyle.jobs.desk import Desk
from restyle.jobs.housekeeping import Housekeeping
from restyle.jobs.job import Job, JobRequest, Service, Stage
from restyle.jobs.keys import KeyBox, installation_secret
from restyle.jobs.ledger import Ledger, Record
from restyle.jobs.pace import Pace
from restyle.jobs.queueing import Rates, account_queue, eta_s, next_turn, position
from restyle.jobs.saving import RESULT
from restyle.jobs.submits import Outcome, Submits
from restyle.jobs.tables import JOBS, open_database, reading
from restyle.jobs.workers import Slot, take_slot
from restyle.pricing import FREE, Quote, quote
from restyle.settings import Settings
from restyle.styles import Options

log = logging.getLogger("restyle.jobs")

STOP_WITHIN_S = 5.0


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
        secret = installation_secret(settings.data_dir)
        self._budgets = Budgets(
            self._engine, settings.visitor_budget_usd, settings.daily_budget_usd
        )
        self._keys = KeyBox(self._engine, secret)
        self._ledger = Ledger(self._engine, self._budgets, self._keys)
        self._submits = Submits(self._engine)
        root = settings.data_dir / "jobs"
        root.mkdir(parents=True, exist_ok=True)

        def hosts(service: Service, client: CloudClient) -> list[Host]:
            return hosts_for(
                service,
                settings,
                client,
                root=root,
                secret=secret,
                base_url=base_url,
                public_url=public_url,
            )

        self._desk = Desk(
            settings,
            self._ledger,
            self._submits,
            self._keys,
            pace or Pace(),
            _api_root(local_url),
            hosts,
        )
        self._slot: Slot | None = None
        self._housekeeping = Housekeeping(self._desk)
        own_links = OwnAddress(base_url, root, secret)
        self.routes: list[Route] = [*own_links.routes, *files.routes(self._desk)]

    def start(self) -> None:
        """Take up the work, that of an earlier process included."""
        self._desk.stopping.clear()
        self._slot = take_slot(self._settings.data_dir / "workers")
        workflow.launch(self._desk, self._slot.name)
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
        if self._slot is not None:
            self._slot.release()
            self._slot = None
        self._engine.dispose()

    def submit(self, request: JobRequest) -> Job:
        """Begin a job: look at the clip, plan, hold the budget, queue.

        Raises ClipError, OptionError, KeyRefused or BudgetExceeded, and then nothing is kept.
        """
        request = replace(request, visitor=request.visitor[:200])
        host_pays = self._check_key(request)
        job_id = uuid.uuid4().hex
        folder = self._desk.folder(job_id)
        upload = files.keep_upload(request.clip_path, folder, self._settings.max_upload_bytes)
        try:
            wishes = {"start_s": request.start_s, "end_s": request.end_s, "shape": request.shape}
            plan = plan_fit(
                inspect(upload),
                start_s=request.start_s,
                end_s=request.end_s,
                shape=request.shape,
            )
            row = self._row(request, plan, wishes, host_pays=host_pays)
            with self._engine.begin() as book:
                turn = next_turn(book, row["account"], request.visitor)
                if host_pays:
                    self._budgets.hold(
                        book, job_id, request.visitor, Decimal(row["quote"]["total_usd"])
                    )
                elif request.service == "cloud" and request.api_key:
                    self._keys.keep(book, job_id, request.api_key)
                values = {**row, "job_id": job_id, "upload": upload.name, "turn": turn}
                book.execute(sa.insert(JOBS).values(values))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        log.info("job=%s stage=queued task=- request=- account=%s", job_id, row["account"])
        workflow.begin(job_id, 1)
        return self.status(job_id)

    def status(self, job_id: str) -> Job:
        """How a job stands; raises JobNotFound."""
        record = self._ledger.read(job_id)
        place: int | None = None
        eta: float | None = None
        if not record.stage.is_final:
            with reading(self._engine) as book:
                queue = account_queue(book, record.account)
                place = position(queue, job_id)
                eta = eta_s(queue, job_id, Rates(book, record.service), time.time())
        return self._job(record, place, eta)

    def cancel(self, job_id: str) -> Job:
        """Stop a job at whatever stage; at once where no task was made, else by the service.

        A job that stopped as unclear is closed for good by it. Raises JobNotFound.
        """
        with self._ledger.change(job_id) as change:
            record = change.record
            waiting = record.stage is Stage.QUEUED and not record.task_id
            if record.stage is Stage.FAILED and _ways_on(record):
                change.set(error={**(record.error or {}), "ways_on": []})
                self._keys.erase(change.book, job_id)
                # It may have been billed: the cautious reading is that it was.
                self._budgets.settle(
                    change.book, job_id, Decimal(record.charge or record.quote["total_usd"])
                )
            elif not record.stage.is_final:
                change.set(cancel_asked=True)
        if waiting and self._submits.open_intent(job_id) is None:
            self._ledger.end(job_id, Stage.CANCELED, only_from=Stage.QUEUED)
        self._desk.wake(job_id)
        return self.status(job_id)

    def result(self, job_id: str) -> Path:
        """The finished video; raises JobNotFound or ResultNotReady."""
        record = self._ledger.read(job_id)
        path = self._desk.folder(job_id) / RESULT
        if record.stage is not Stage.SUCCEEDED:
            raise ResultNotReady(
                f"This job has no result: it is {record.stage}.",
                what_next="Ask for its status, and for the result once that says succeeded.",
            )
        if not path.is_file():
            raise ResultNotReady(
                f"The result was removed: files are kept for {self._settings.keep_hours:g} hours.",
                what_next="Start the job again.",
            )
        return path

    def answers(self, job_id: str) -> list[dict[str, Any]]:
        """What the service said about a job, whole, oldest first; raises JobNotFound."""
        self._ledger.read(job_id)
        return self._ledger.answers(job_id)

    def look_again(self, job_id: str) -> Job:
        """Go on with a job that stopped because something could not be told.

        Raises OptionError when that is not a way on for it.
        """
        return self._reopen(job_id, "look_again")

    def submit_anyway(self, job_id: str) -> Job:
        """Submit once more although an earlier submit may have been accepted (and billed).

        Raises OptionError when that is not a way on for the job.
        """
        return self._reopen(job_id, "submit_anyway")

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

    def _check_key(self, request: JobRequest) -> bool:
        """Whether the host's key pays; raises KeyRefused where there is no usable key."""
        if request.service == "local":
            return False
        if request.service != "cloud":
            raise OptionError(
                f"service is {request.service!r}, but there are two: local and cloud.",
                what_next="Choose local (this machine, free) or cloud.",
            )
        key = request.api_key or self._settings.api_key
        if not key:
            raise KeyRefused(
                "The cloud needs an API key, and none was given.",
                what_next="Give your own key of Alibaba Cloud Model Studio (Beijing), "
                "or choose this machine, which is free.",
                code="NoApiKey",
            )
        CloudClient(self._settings.cloud_base_url, key)
        return not request.api_key

    def _row(
        self, request: JobRequest, plan: FitPlan, wishes: dict[str, Any], *, host_pays: bool
    ) -> dict[str, Any]:
        now = time.time()
        cloud_quote = quote(plan.duration_s, request.options)
        price = cloud_quote
        account = "local"
        if request.service == "local":
            price = replace(cloud_quote, rate_usd=FREE, total_usd=FREE)
        else:
            key = request.api_key or self._settings.api_key
            assert key is not None, "checked before"
            account = account_fingerprint(key)
        return {
            "created": now,
            "visitor": request.visitor,
            "service": request.service,
            "account": account,
            "host_pays": host_pays,
            "wishes": wishes,
            "clip_name": request.clip_path.name[:300],
            "options": request.options.as_parameters(),
            "plan": plan.as_dict(),
            "duration_s": float(plan.duration_s),
            "quote": price.as_dict(),
            "cloud_quote": cloud_quote.as_dict(),
            "stage": str(Stage.QUEUED),
            "since": now,
            "times": {str(Stage.QUEUED): datetime.fromtimestamp(now, UTC).isoformat()},
            "attempt": 1,
            "host_index": 0,
            "notes": [],
            "cancel_asked": False,
        }

    def _reopen(self, job_id: str, way: str) -> Job:
        with self._ledger.change(job_id) as change:
            if way not in _ways_on(change.record):
                raise OptionError(
                    "This job did not stop in a way that it could go on from like that.",
                    what_next="Start it again as a new job.",
                )
            change.reopen()
        intent = self._submits.open_intent(job_id)
        if way == "submit_anyway" and intent is not None:
            self._submits.close(intent, Outcome.WAIVED)
        workflow.begin(job_id, change.record.attempt + 1)
        return self.status(job_id)

    def _job(self, record: Record, place: int | None, eta: float | None) -> Job:
        kept = timedelta(hours=self._settings.keep_hours)
        return Job(
            job_id=record.job_id,
            stage=record.stage,
            since=datetime.fromtimestamp(record.since, UTC),
            created=datetime.fromtimestamp(record.created, UTC),
            expires_at=datetime.fromtimestamp(record.ended, UTC) + kept if record.ended else None,
            service=record.service,
            options=Options(**record.options),
            plan=record.plan,
            quote=_quote(record.quote),
            cloud_quote=_quote(record.cloud_quote),
            clip_name=record.clip_name,
            fitted=record.fitted is not None,
            canceling=record.cancel_asked and not record.stage.is_final,
            position=place,
            eta_s=eta,
            progress=record.progress,
            task_id=record.task_id,
            task_status=record.task_status,
            request_id=record.request_id,
            charge=None if record.charge is None else Decimal(record.charge),
            usage=record.usage,
            error=record.error,
            times=record.times,
            notes=tuple(record.notes),
        )


def _quote(kept: Any) -> Quote:
    return Quote(
        Decimal(kept["seconds"]),
        Decimal(kept["rate_usd"]),
        Decimal(kept["total_usd"]),
        int(kept["output_short_side"]),
    )


def _ways_on(record: Record) -> list[str]:
    return list((record.error or {}).get("ways_on", []))


def _api_root(url: str) -> str:
    url = url.rstrip("/")
    return url if url.endswith("/api/v1") else f"{url}/api/v1"

"""The service behind the scripted cloud: its tasks, its refusals, its store; no HTTP in here."""

import tempfile
import threading
import urllib.error
import urllib.request
import uuid
from collections import deque
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from faults.script import URL_REFUSED, VENDOR_ERRORS, WAITS, Clock, Plan

from media import make_clip

MODEL = "video-style-transform"
BEIJING = timezone(timedelta(hours=8))
FINAL = {"SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"}


@dataclass
class ScriptedTask:
    """A task the scripted cloud made; `status` may be set by a test."""

    task_id: str
    key: str
    video_url: str
    parameters: dict[str, Any]
    plan: Plan
    model: str = MODEL
    status: str = "PENDING"
    polls: int = 0
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    scheduled: datetime | None = None
    ended: datetime | None = None
    fetched: bytes | None = None
    foreign: bool = False
    request_id: str = ""
    listed_from: datetime | None = None

    def move(self, status: str) -> None:
        self.status = status
        if status == "RUNNING" and self.scheduled is None:
            self.scheduled = datetime.now(UTC)
        if status in FINAL:
            self.ended = datetime.now(UTC)


@dataclass(frozen=True)
class Submit:
    """A submit as it arrived, whatever became of it."""

    headers: dict[str, str]
    body: dict[str, Any]
    task_id: str | None


class Service:
    """What the service knows and does; each method answers one call of its API.

    `plan` is how tasks go on, `plans` those of the next ones; `keys` the keys that are accepted
    (None: any). `origin` is where results and uploads are served.
    """

    def __init__(self, plan: Plan | None = None, *, keys: set[str] | None = None) -> None:
        self.origin = ""
        self.plan = plan or Plan()
        self.plans: deque[Plan] = deque()
        self.keys = keys
        self.refuses_oss: Literal["", "submit", "task"] = ""
        self.refuses_http: Literal["", "submit", "task"] = ""
        self.one_at_a_time = False
        self.policies_expire_at_once = 0
        # For all accounts, and for those of some keys.
        self.clock = Clock()
        self.clocks: dict[str, Clock] = {}
        # How long after it was made a task is in the list, and whether its row there has the
        # request id of its submit; how many strangers' tasks are made beside the next submits.
        self.list_lag_s = 0.0
        self.traces = False
        self.strangers = 0
        self.options_of_strangers: dict[str, Any] = {}
        self.tasks: dict[str, ScriptedTask] = {}
        self.submits: list[Submit] = []
        self.uploads: dict[str, bytes] = {}
        self.upload_forms: list[dict[str, Any]] = []
        self.result_scheme_and_host = ""
        self._policies: dict[str, bool] = {}
        self._whose_policy: dict[str, str] = {}
        # Plans of the next tasks of one key.
        self.plans_of: dict[str, Plan] = {}
        self.strangers_of: dict[str, int] = {}
        self._lock = threading.RLock()
        self._result: bytes | None = None

    @property
    def made(self) -> list[ScriptedTask]:
        """The tasks that submits made, oldest first."""
        with self._lock:
            return [task for task in self.tasks.values() if not task.foreign]

    def add_task(
        self,
        *,
        key: str = "",
        model: str = MODEL,
        created: datetime | None = None,
        status: str = "SUCCEEDED",
    ) -> ScriptedTask:
        """A task of somebody else on the same account, for the list."""
        task = ScriptedTask(str(uuid.uuid4()), key, "https://example.com/x.mp4", {}, WAITS, model)
        task.foreign = True
        task.parameters = dict(self.options_of_strangers)
        task.created = created or self.now(key)
        task.move(status)
        with self._lock:
            self.tasks[task.task_id] = task
        return task

    def clock_of(self, key: str) -> Clock:
        """The clock that an account meets."""
        return self.clocks.get(key, self.clock)

    def now(self, key: str) -> datetime:
        """The moment by the service's own clock."""
        return datetime.now(UTC) + timedelta(seconds=self.clock_of(key).ahead_s)

    def finish(self, task_id: str, status: str = "SUCCEEDED") -> None:
        """End a task on command."""
        with self._lock:
            self.tasks[task_id].move(status)

    def submit(
        self, key: str, headers: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Make a task, or refuse; every submit that is let through to here is counted."""
        url = body.get("input", {}).get("video_url", "")
        refused = self._refused_at_once(headers, body, url)
        with self._lock:
            if refused:
                self.submits.append(Submit(headers, body, None))
                return refused
            plan = self.plans.popleft() if self.plans else self.plans_of.get(key, self.plan)
            task = ScriptedTask(str(uuid.uuid4()), key, url, dict(body.get("parameters", {})), plan)
            if self._kind(url) == "task":
                task.plan = changed(URL_REFUSED, message=VENDOR_ERRORS["InvalidURL"][1])
            task.created = self.now(key)
            task.listed_from = task.created + timedelta(seconds=self.list_lag_s)
            self.tasks[task.task_id] = task
            self.submits.append(Submit(headers, body, task.task_id))
            if self.strangers > 0 or self.strangers_of.pop(key, 0):
                self.strangers -= 1
                self.add_task(key=key)
        if not self._fetch(task, headers):
            task.plan = changed(URL_REFUSED, message="download for input video error")
        return 200, {"output": {"task_id": task.task_id, "task_status": "PENDING"}}

    def _refused_at_once(
        self, headers: dict[str, str], body: dict[str, Any], url: str
    ) -> tuple[int, dict[str, Any]] | None:
        if headers.get("x-dashscope-async") != "enable":
            return self.error("AccessDenied")
        if body.get("model") != MODEL:
            return self.error("ModelNotFound")
        if self._kind(url) == "submit":
            return self.error("InvalidParameter", "url error, please check url！")
        return None

    def _kind(self, url: str) -> str:
        return self.refuses_oss if url.startswith("oss://") else self.refuses_http

    def _fetch(self, task: ScriptedTask, headers: dict[str, str]) -> bool:
        """Fetch the clip as the cloud would, where it lies on loopback or was uploaded."""
        if task.video_url.startswith("oss://"):
            resolves = headers.get("x-dashscope-ossresourceresolve") == "enable"
            task.fetched = self.uploads.get(task.video_url.removeprefix("oss://"))
            return resolves and task.fetched is not None
        if task.video_url.startswith("http://127.0.0.1"):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            try:
                with opener.open(task.video_url, timeout=10) as answer:
                    task.fetched = answer.read()
            except urllib.error.URLError:
                return False
        return True

    def query(self, task_id: str) -> tuple[int, dict[str, Any]]:
        """The task as it stands, one poll further."""
        with self._lock:
            task = self.tasks.get(task_id)
            if task is None:
                return 200, {"output": {"task_id": task_id, "task_status": "UNKNOWN"}}
            self._advance(task)
            task.polls += 1
            output: dict[str, Any] = {"task_id": task_id, "task_status": task.status}
            if task.status == "UNKNOWN":
                return 200, {"output": output}
            for name, moment in (
                ("submit_time", task.created),
                ("scheduled_time", task.scheduled),
                ("end_time", task.ended),
            ):
                if moment:
                    local = moment.astimezone(BEIJING)
                    output[name] = local.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
            answer: dict[str, Any] = {"output": output}
            if task.status == "RUNNING" and task.plan.progress:
                done = task.polls - task.plan.pending - task.plan.suspended
                output["progress"] = min(1.0, done / task.plan.running)
                output["frames_done"] = done
            if task.status == "SUCCEEDED":
                base = self.result_scheme_and_host or self.origin
                output["output_video_url"] = f"{base}/results/{task_id}.mp4"
                side = task.parameters.get("min_len", 720)
                answer["usage"] = task.plan.usage or {"duration": 1.0, "SR": side}
            if task.status == "FAILED" and task.plan.code:
                output["code"] = task.plan.code
                output["message"] = task.plan.message or "it failed"
            output |= task.plan.output
            return 200, answer

    def _advance(self, task: ScriptedTask) -> None:
        plan, polls = task.plan, task.polls
        if task.status in FINAL or task.foreign:
            return
        others = (t for t in self.made if t is not task and t.key == task.key)
        if self.one_at_a_time and any(t.status == "RUNNING" for t in others):
            task.polls -= 1
        elif polls >= plan.pending + plan.suspended + plan.running:
            task.move("RUNNING")
            task.move(plan.ends)
        elif polls >= plan.pending + plan.suspended:
            task.move("RUNNING")
        elif polls >= plan.pending:
            task.move("SUSPENDED")

    def cancel(self, task_id: str, *, running: bool) -> tuple[int, dict[str, Any]]:
        """Cancel a PENDING task (with `running`, the engine's extra, a RUNNING one too)."""
        with self._lock:
            task = self.tasks.get(task_id)
            if task and (task.status == "PENDING" or (running and task.status == "RUNNING")):
                task.move("CANCELED")
                return 200, {}
        return self.error("UnsupportedOperation")

    def list_tasks(self, key: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """One page of the account's tasks between two moments, newest first."""
        start, end = (
            datetime.strptime(query[name], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
            for name in ("start_time", "end_time")
        )
        if not timedelta(0) <= end - start <= timedelta(hours=24):
            return self.error("InvalidParameter", "the time range is invalid!")
        number, size = int(query.get("page_no", 1)), int(query.get("page_size", 10))
        with self._lock:
            rows = [
                {
                    "task_id": task.task_id,
                    "status": task.status,
                    "model_name": task.model,
                    "region": "cn-beijing",
                    "request_id": task.request_id or f"list-{task.task_id}",
                    "gmt_create": _epoch_ms(task.created),
                    "start_time": _epoch_ms(task.scheduled or task.created),
                    "end_time": _epoch_ms(task.ended) if task.ended else None,
                    "user_api_unique_key": "unique",
                }
                for task in sorted(self.tasks.values(), key=lambda t: t.created, reverse=True)
                if task.key in ("", key)
                and (task.listed_from or task.created) <= self.now(key)
                and start <= task.created <= end + timedelta(seconds=1)
                and query.get("model_name", task.model) == task.model
                and query.get("status", task.status) == task.status
            ]
        return 200, {
            "total": len(rows),
            "total_page": -(-len(rows) // size),
            "page_no": number,
            "page_size": size,
            "data": rows[(number - 1) * size : number * size],
        }

    def whose_policy(self, name: str) -> str:
        """The key that an upload policy was given to."""
        return self._whose_policy.get(name, "")

    def policy(self, key: str) -> tuple[int, dict[str, Any]]:
        """A temporary upload's policy."""
        name = f"policy-{len(self._policies)}"
        with self._lock:
            self.policies_expire_at_once -= 1
            self._policies[name] = self.policies_expire_at_once < 0
            self._whose_policy[name] = key
        data = {
            "policy": name,
            "signature": f"signature-of-{name}",
            "upload_dir": f"dashscope-instant/{uuid.uuid4().hex}",
            "upload_host": f"{self.origin}/oss",
            "expire_in_seconds": 300,
            "max_file_size_mb": 100,
            "capacity_limit_mb": 999999999,
            "oss_access_key_id": "LTAIscripted",
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        }
        return 200, {"data": data}

    def upload(self, form: dict[str, Any]) -> int:
        """Store an upload: its HTTP status (403 for an expired or wrong policy)."""
        with self._lock:
            self.upload_forms.append(form)
            name = form.get("policy", "")
            if not self._policies.get(name) or form.get("Signature") != f"signature-of-{name}":
                return 403
            self.uploads[form["key"]] = form["file"]
        return int(form.get("success_action_status", 204))

    def result(self) -> bytes:
        """A small real MP4, made once."""
        with self._lock:
            if self._result is None:
                with tempfile.TemporaryDirectory() as folder:
                    fast = ("-movflags", "+faststart")
                    path = make_clip(Path(folder) / "result.mp4", fps=15, options=fast)
                    self._result = path.read_bytes()
            return self._result

    @staticmethod
    def error(code: str, message: str | None = None) -> tuple[int, dict[str, Any]]:
        status, usual = VENDOR_ERRORS[code]
        return status, {"code": code, "message": message or usual}


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

"""CloudClient: submit, query, cancel, list, upload and download, each one call of the service.

Nothing is repeated in here except what a step is made of (pages, an expired upload policy, a
download that broke off). Each call says whether it is safe to repeat; repeating is the caller's.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from restyle.cloud.addresses import encoded
from restyle.cloud.answers import Task, TaskRow, TaskStatus, queried_task, submitted_task
from restyle.cloud.download import download
from restyle.cloud.listing import all_tasks
from restyle.cloud.refusals import refusal
from restyle.cloud.upload import upload
from restyle.cloud.wire import Reply, Timeouts, exchange
from restyle.errors import (
    AnswerLost,
    BadAnswer,
    KeyRefused,
    Throttled,
)
from restyle.settings import Secret
from restyle.styles import Options

MODEL = "video-style-transform"
RESOLVE_HEADER = "X-DashScope-OssResourceResolve"
_SUBMIT_PATH = "/services/aigc/video-generation/video-synthesis"


class CloudClient:
    """The service's HTTP API at one address with one key; safe to use from several threads.

    `base_url` ends in /api/v1. `gate` is called before each request about tasks, of which the
    service takes 20 a second: it may wait. `ahead_s` is how far the service's clock is ahead of
    ours, known from its first answer on. Raises KeyRefused at once for text that cannot be a key.
    """

    def __init__(
        self,
        base_url: str,
        api_key: Secret,
        *,
        timeouts: Timeouts | None = None,
        gate: Callable[[], None] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.ahead_s: float | None = None
        self._key = _checked_key(api_key)
        self._timeouts = timeouts or Timeouts()
        self._gate = gate

    def __repr__(self) -> str:
        return f"CloudClient({self.base_url!r})"

    def submit(
        self,
        video_url: str,
        options: Options,
        *,
        headers: Mapping[str, str] | None = None,
        before_sending: Callable[[], None] | None = None,
    ) -> Task:
        """Submit one transform: exactly one POST, never repeated here.

        Unreachable, Throttled and Refused (with its kinds) mean that no task was made. AnswerLost
        and ServiceFault mean that one may have been: never just submit again. `headers` are what
        the hosting needs; what `before_sending` raises is raised, and nothing was sent. Source: the
        reference, step 1.
        """
        url = encoded(video_url)
        extra = {k: v for k, v in (headers or {}).items() if k.lower() != RESOLVE_HEADER.lower()}
        if url.startswith("oss://"):
            extra[RESOLVE_HEADER] = "enable"
        body = {
            "model": MODEL,
            "input": {"video_url": url},
            "parameters": options.as_parameters(),
        }
        try:
            answer = self._call(
                "POST",
                _SUBMIT_PATH,
                json=body,
                headers={**extra, "X-DashScope-Async": "enable"},
                before_sending=before_sending,
            )
            return submitted_task(answer)
        except (AnswerLost, BadAnswer) as error:
            strange = error
        # An answer without a task id, too, leaves open whether there is a task.
        raise AnswerLost(
            f"{strange.message} Whether a task was made is not known.",
            what_next="It is not simply submitted again, which could be billed twice: look at the "
            "account's list of tasks first.",
            code=strange.code,
            request_id=strange.request_id,
            http_status=strange.http_status,
        )

    def query(self, task_id: str) -> Task:
        """The task as it stands; one that FAILED or is UNKNOWN is a Task, not an error.

        Safe to repeat. Source: the reference, step 2.
        """
        return queried_task(self._call("GET", f"/tasks/{quote(task_id, safe='')}"), task_id)

    def cancel(self, task_id: str, *, running: bool = False) -> None:
        """Cancel a task that is PENDING; raises NotCancelable once it runs or has ended.

        `running` also stops one that runs, which this machine's engine can and the cloud cannot.
        """
        query = {"running": "true"} if running else None
        self._call("POST", f"/tasks/{quote(task_id, safe='')}/cancel", params=query)

    def list_tasks(
        self, start: datetime, end: datetime, status: TaskStatus | None = None
    ) -> list[TaskRow]:
        """The account's tasks of this model made from `start` to `end` (aware), newest first.

        The span is rounded outward to whole seconds. Whole or not at all: raises BadAnswer when
        the pages do not add up to what the service says there is. Safe to repeat.
        """
        query = {"model_name": MODEL, **({"status": status.value} if status else {})}

        def ask(page: Mapping[str, str]) -> Mapping[str, Any]:
            return self._call("GET", "/tasks", params={**query, **page})

        return all_tasks(ask, start, end)

    def upload(self, path: Path) -> str:
        """Put a clip into the service's temporary store (48 h): its oss:// URL.

        Safe to repeat: each upload has a name of its own.
        """
        return upload(path, self._policy, self._timeouts)

    def download(self, url: str, target: Path) -> int:
        """Fetch a result into `target`, whole or not at all: its size in bytes.

        Safe to repeat. Raises DownloadFailed.
        """
        return download(url, target, self._timeouts)

    def _policy(self) -> dict[str, Any]:
        return self._call("GET", "/uploads", params={"action": "getPolicy", "model": MODEL})

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        if self._gate is not None and path.startswith("/tasks"):
            self._gate()
        reply = exchange(method, self.base_url + path, self._timeouts, key=self._key, **request)
        self.ahead_s = _ahead_s(reply) if "Date" in reply.headers else self.ahead_s
        body = self._cleaned(reply)
        if 200 <= reply.status < 300:
            if body is None:
                raise AnswerLost(
                    "What answered is not the service: its answer is not JSON.",
                    what_next="Check the network (a login page, a proxy) and the address.",
                    http_status=reply.status,
                )
            return body
        if reply.status < 400:
            raise BadAnswer(
                f"The service's address answers with a redirect (HTTP {reply.status}), which is "
                "not followed: the key would go to another address.",
                what_next="Set DASHSCOPE_HTTP_BASE_URL to the address where the service is.",
                http_status=reply.status,
            )
        error = refusal(reply.status, body or {})
        if isinstance(error, Throttled):
            error.facts["retry_after_s"] = _retry_after_s(reply)
        raise error

    def _cleaned(self, reply: Reply) -> dict[str, Any] | None:
        """The answer's JSON, in which a key that it quotes is masked."""
        key = self._key.reveal().encode()
        if len(key) >= _SHORTEST_REAL_KEY and key in reply.body:
            reply = replace(reply, body=reply.body.replace(key, "sk-…".encode()))
        return reply.json()


# Made-up keys for the local engine may be words that occur in any answer.
_SHORTEST_REAL_KEY = 20


def account_fingerprint(api_key: Secret) -> str:
    """A short name for the account of a key, from which the key cannot be had back."""
    return hashlib.sha256(b"restyle account " + api_key.reveal().strip().encode()).hexdigest()[:16]


def _checked_key(api_key: Secret) -> Secret:
    key = api_key.reveal().strip()
    # Anything else cannot stand in a header, and the errors of that would quote the key.
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise KeyRefused(
            "This cannot be an API key: a key is one word of plain letters, digits and signs."
            if key
            else "There is no API key.",
            what_next="Paste the key again, or choose this machine, which needs no key.",
            code="InvalidApiKey",
        )
    return Secret(key)


def _ahead_s(reply: Reply) -> float | None:
    try:
        # The header has whole seconds: half a one is the best guess of the rest.
        return parsedate_to_datetime(reply.headers["Date"]).timestamp() + 0.5 - time.time()
    except (ValueError, OverflowError):
        return None


def _retry_after_s(reply: Reply) -> float:
    value = reply.headers.get("Retry-After", "")
    return min(float(value), 120.0) if value.isdecimal() else 0.0

"""The service's answers as nouns: a task, a row of the task list, the usage that is billed.

Only here is the JSON of the service read. What the money depends on (ids, status, result URL) must
be what the reference says, or BadAnswer is raised; what is only shown (times) is let go instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from restyle.cloud.refusals import is_about_source
from restyle.errors import BadAnswer

BEIJING = timezone(timedelta(hours=8))


class TaskStatus(StrEnum):
    """The status words of the service; `is_final` ones never change again."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_final(self) -> bool:
        """Whether polling on is of no use (UNKNOWN: no such task, or purged after 24 hours)."""
        return self in _FINAL


_FINAL = {TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.CANCELED, TaskStatus.UNKNOWN}


@dataclass(frozen=True)
class Usage:
    """What is billed: seconds of output, and the shorter side in pixels whose rate applies."""

    duration_s: Decimal
    short_side: int


@dataclass(frozen=True)
class Task:
    """One answer of a submit or a query.

    Times are aware (UTC+8), or None; `progress` is 0–1 where the service tells it (the local
    engine does); `code` and `message` are empty unless it failed, and may be empty even then.
    `raw` is the whole answer. Source: the reference, "Response parameters".
    """

    task_id: str
    status: TaskStatus
    request_id: str = ""
    submit_time: datetime | None = None
    scheduled_time: datetime | None = None
    end_time: datetime | None = None
    output_video_url: str | None = None
    code: str = ""
    message: str = ""
    usage: Usage | None = None
    progress: float | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def source_was_refused(self) -> bool:
        """Whether it failed because the service could not fetch the clip: host it elsewhere."""
        return self.status is TaskStatus.FAILED and is_about_source(self.code, self.message)


@dataclass(frozen=True)
class TaskRow:
    """One row of the account's task list; `created` is aware."""

    task_id: str
    status: TaskStatus
    model: str
    created: datetime
    request_id: str = ""


def submitted_task(answer: Mapping[str, Any]) -> Task:
    """The task that a submit made: PENDING unless a known status says otherwise.

    The id is what money hangs on, so a strange status beside a good id is not an error.
    """
    output = _output(answer)
    task_id = output.get("task_id")
    if not isinstance(task_id, str) or not task_id.strip():
        raise _bad(answer, "a submit was answered without a task id")
    status = _status(output.get("task_status")) or TaskStatus.PENDING
    return Task(task_id.strip(), status, _text(answer.get("request_id")), raw=answer)


def queried_task(answer: Mapping[str, Any], task_id: str) -> Task:
    """The task that was asked for; raises BadAnswer when the answer is about another one."""
    output = _output(answer)
    if _text(output.get("task_id")) not in ("", task_id):
        raise _bad(answer, f"it told of another task than the one asked for ({task_id})")
    status = _status(output.get("task_status"))
    if status is None:
        raise _bad(answer, f"{output.get('task_status')!r} is not a status of the reference")
    url = output.get("output_video_url")
    if status is TaskStatus.SUCCEEDED and not _is_web_address(url):
        raise _bad(answer, "the task succeeded, but no address of its result is given")
    failed = status is TaskStatus.FAILED
    return Task(
        task_id=task_id,
        status=status,
        request_id=_text(answer.get("request_id")),
        submit_time=_beijing_time(output.get("submit_time")),
        scheduled_time=_beijing_time(output.get("scheduled_time")),
        end_time=_beijing_time(output.get("end_time")),
        output_video_url=url if status is TaskStatus.SUCCEEDED else None,
        code=_text(output.get("code") or answer.get("code")) if failed else "",
        message=_text(output.get("message") or answer.get("message")) if failed else "",
        usage=_usage(answer.get("usage")) if status is TaskStatus.SUCCEEDED else None,
        progress=_progress(output),
        raw=answer,
    )


def listed_tasks(answer: Mapping[str, Any]) -> tuple[list[TaskRow], int]:
    """One page of the task list, and how many tasks there are in all.

    A row that cannot be read raises BadAnswer: the list must prove what it leaves out.
    """
    rows, total = answer.get("data"), answer.get("total")
    if rows is None and total == 0:
        rows = []
    if not isinstance(rows, list) or isinstance(total, bool) or not isinstance(total, int):
        raise _bad(answer, "the task list has no rows or no total")
    return [_row(row, answer) for row in rows], total


def _row(row: Any, answer: Mapping[str, Any]) -> TaskRow:
    if not isinstance(row, dict) or not _text(row.get("task_id")):
        raise _bad(answer, "a row of the task list has no task id")
    created = _epoch_ms(row.get("gmt_create")) or _epoch_ms(row.get("start_time"))
    if created is None:
        raise _bad(answer, "a row of the task list does not say when its task was made")
    return TaskRow(
        task_id=_text(row["task_id"]),
        # A new word here must not hide the row: its id and time are what the list is read for.
        status=_status(row.get("status")) or TaskStatus.UNKNOWN,
        model=_text(row.get("model_name")),
        created=created,
        request_id=_text(row.get("request_id")),
    )


def _output(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    output = answer.get("output")
    if not isinstance(output, dict):
        raise _bad(answer, "it has no output")
    return output


def _bad(answer: Mapping[str, Any], why: str) -> BadAnswer:
    said = _text(answer.get("message"))[:300]
    return BadAnswer(
        f"The service's answer is not what its reference says: {why}."
        + (f" It says: “{said}”" if said else ""),
        what_next="Try again in a minute; if it stays so, the service has changed and this app "
        "needs an update.",
        request_id=_text(answer.get("request_id")),
        http_status=200,
    )


def _status(word: Any) -> TaskStatus | None:
    try:
        return TaskStatus(word)
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_web_address(url: Any) -> bool:
    return isinstance(url, str) and url.startswith(("http://", "https://"))


def _beijing_time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(value)).replace(tzinfo=BEIJING)
    except ValueError:
        return None


def _epoch_ms(value: Any) -> datetime | None:
    number = _number(value)
    if number is None or not 0 < number < 10**14:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(number))


def _usage(value: Any) -> Usage | None:
    if not isinstance(value, dict):
        return None
    duration, side = _number(value.get("duration")), _number(value.get("SR"))
    if duration is None or duration <= 0 or side is None or side != int(side):
        return None
    return Usage(duration, int(side))


def _progress(output: Mapping[str, Any]) -> float | None:
    share = _number(output.get("progress"))
    if share is None:
        done, total = _number(output.get("frames_done")), _number(output.get("frames_total"))
        share = done / total if done is not None and total else None
    return None if share is None else min(1.0, max(0.0, float(share)))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        # str() first: Decimal(0.1) would carry the binary float's tail into the bill.
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

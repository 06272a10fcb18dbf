"""The wire of the reference, the service's side: what a submit may hold and how answers look.

Everything here is pure. The client has its own reading of the same reference and shares no code
with this file, so that one mistake cannot be made twice and agree with itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from restyle.engine.task import Status, Task
from restyle.errors import OptionError, RestyleError
from restyle.styles import Options

MODEL = "video-style-transform"
REGION = "local"
CHINA = timezone(timedelta(hours=8))
MAX_URL_LENGTH = 8192
DAY_MS = 24 * 3600 * 1000


class Refusal(RestyleError):
    """A request that is answered with an error body; `http_status` is its status."""

    def __init__(self, http_status: int, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.http_status = http_status


@dataclass(frozen=True)
class Submission:
    """A submit that passed its checks; `video_url` is None where the input was missing."""

    video_url: str | None
    options: Options


@dataclass(frozen=True)
class Listing:
    """A request for the task list: times in epoch milliseconds, pages from 1."""

    start_ms: int
    end_ms: int
    model: str | None
    status: str | None
    page_no: int
    page_size: int


def api_key_of(headers: Mapping[str, str]) -> str:
    """The Bearer of a request; raises Refusal 401 where there is none."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if not scheme:
        raise Refusal(401, "InvalidApiKey", "No API-key provided.")
    if scheme.lower() != "bearer" or not key.strip():
        raise Refusal(401, "InvalidApiKey", "Invalid API-key provided.")
    return key.strip()


def read_submission(headers: Mapping[str, str], body: bytes) -> Submission:
    """The checks of a submit in the service's order; raises Refusal for the first that fails.

    `headers` has lower-case names. Unknown keys are tolerated: the vendor's own SDKs send some.
    Source: the reference's step 1, and the error wording of shared public answers.
    """
    if headers.get("x-dashscope-async", "").lower() != "enable":
        raise Refusal(403, "AccessDenied", "current user api does not support synchronous calls")
    request = _json_object(headers, body)
    model = request.get("model")
    if not isinstance(model, str) or not model:
        raise _invalid("Field required: model")
    if model != MODEL:
        raise _invalid("Model not exist.")
    given = _object(request, "input")
    resolves = headers.get("x-dashscope-ossresourceresolve", "").lower() == "enable"
    return Submission(
        _video_url(given.get("video_url"), resolves),
        _options(_object(request, "parameters")),
    )


def read_listing(query: Mapping[str, str], now_ms: int) -> Listing:
    """The filters of a list request; raises Refusal 400 for a time, span or page out of range.

    Without times the last 24 hours are meant. Times are UTC+8, as all of this service's are.
    """
    end_ms = _moment(query, "end_time", now_ms)
    start_ms = _moment(query, "start_time", end_ms - DAY_MS)
    if not 0 <= end_ms - start_ms <= DAY_MS:
        raise _invalid("start_time and end_time must be in order and at most 24 hours apart.")
    status = query.get("status") or None
    if status and status not in set(Status):
        raise _invalid("the status parm is invalid!")
    return Listing(
        start_ms,
        # The last second counts whole: the wire's times have no milliseconds.
        end_ms + 999,
        query.get("model_name") or None,
        status,
        _page_number(query, "page_no", 1, 1_000_000),
        _page_number(query, "page_size", 10, 100),
    )


def china_time(moment_ms: int) -> str:
    """Epoch milliseconds as the reference writes times: UTC+8, `YYYY-MM-DD HH:mm:ss.SSS`."""
    moment = datetime.fromtimestamp(moment_ms // 1000, UTC).astimezone(CHINA)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment_ms % 1000:03d}"


def error_body(code: str, message: str, request_id: str) -> dict[str, str]:
    """The body of every refused request."""
    return {"code": code, "message": message, "request_id": request_id}


def submit_answer(task: Task, request_id: str) -> dict[str, Any]:
    """The answer to an accepted submit."""
    output = {"task_id": task.task_id, "task_status": Status.PENDING.value}
    return {"output": output, "request_id": request_id}


def unknown_answer(task_id: str, request_id: str) -> dict[str, Any]:
    """The answer for a task that does not exist, was purged, or belongs to another account."""
    output = {"task_id": task_id, "task_status": Status.UNKNOWN.value}
    return {"request_id": request_id, "output": output}


def query_answer(
    task: Task, request_id: str, result_url: str, frames: tuple[int, int] | None
) -> dict[str, Any]:
    """The answer to a query; `frames` (done, total) adds this engine's progress fields."""
    output: dict[str, Any] = {"task_id": task.task_id, "task_status": task.status.value}
    moments = {
        "submit_time": task.submit_ms,
        "scheduled_time": task.scheduled_ms,
        "end_time": task.end_ms,
    }
    output |= {name: china_time(ms) for name, ms in moments.items() if ms is not None}
    answer: dict[str, Any] = {"request_id": request_id, "output": output}
    match task.status:
        case Status.SUCCEEDED:
            output["output_video_url"] = result_url
            answer["usage"] = {"duration": task.duration_s, "SR": task.options.min_len}
        case Status.FAILED:
            output |= {"code": task.code, "message": task.message}
            if task.detail:
                output["detail"] = task.detail
        case Status.RUNNING if frames:
            done, total = frames
            output |= {"progress": round(done / total, 4) if total else 0.0}
            output |= {"frames_done": done, "frames_total": total}
    return answer


def list_answer(
    tasks: Sequence[Task], total: int, listing: Listing, request_id: str
) -> dict[str, Any]:
    """The answer to a list request: paging at the top level, one row a task."""
    return {
        "request_id": request_id,
        "data": [_row(task) for task in tasks],
        "total": total,
        "total_page": -(-total // listing.page_size),
        "page_no": listing.page_no,
        "page_size": listing.page_size,
    }


def _row(task: Task) -> dict[str, Any]:
    row: dict[str, Any] = {
        "task_id": task.task_id,
        "status": task.status.value,
        "model_name": MODEL,
        "region": REGION,
        "request_id": task.request_id,
        "user_api_unique_key": f"apikey:v1:{MODEL}:{task.account[:12]}",
        "gmt_create": task.submit_ms,
    }
    for name, moment in (("start_time", task.scheduled_ms), ("end_time", task.end_ms)):
        if moment is not None:
            row[name] = moment
    return row


def _json_object(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise _invalid("Content-Type must be application/json.")
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise _invalid("Required body invalid, please check the request body format.")
    return request


def _object(request: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = request.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _invalid(f"the {name} parm is invalid!")
    return value


def _video_url(value: object, resolves: bool) -> str | None:
    if value is None or value == "":
        return None
    wrong = _invalid("url error, please check url！")
    if not isinstance(value, str) or len(value) > MAX_URL_LENGTH:
        raise wrong
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        raise wrong from None
    if parts.scheme in ("http", "https") and host:
        return value
    # The vendor resolves its own store's URLs only where the request asks for it.
    if parts.scheme == "oss" and host and resolves:
        return value
    raise wrong


def _options(parameters: Mapping[str, Any]) -> Options:
    given = {
        field.name: parameters[field.name]
        for field in fields(Options)
        if parameters.get(field.name) is not None
    }
    for name, value in given.items():
        try:
            Options(**{name: value})
        except OptionError:
            raise _invalid(f"the {name} parm is invalid!") from None
    return Options(**given)


def _moment(query: Mapping[str, str], name: str, default_ms: int) -> int:
    text = query.get(name)
    if not text:
        return default_ms
    try:
        moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
    except ValueError:
        raise _invalid(f"the {name} parm is invalid!") from None
    return int(moment.timestamp()) * 1000


def _page_number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise _invalid(f"the {name} parm is invalid!")
    return int(text)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidParameter", message)

"""The rows of the fault table: what goes wrong with which request, and how the job must end.

One row is one job on an account of its own. `ends` names the ends that are right for it; the
invariants (at most one task, a result that is whole, words for every end) hold for all rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from faults.script import (
    CUT_ANSWER,
    FINE,
    HEADERS_ONLY,
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    NOT_JSON,
    RESET_AFTER_ACCEPTANCE,
    RUNS_ON,
    WAITS,
    Fault,
    Plan,
    refusal,
)

Queue = dict[str, list[Fault]]


@dataclass(frozen=True)
class Row:
    """A fault: on which request, its name, the faults to queue (`kept`: for every request).

    What is kept is over before the visitor looks again, unless it is `forever`. `strangers` tasks
    are made beside the job's own; `down_s` is how long the service cannot be reached; `ahead_s`
    how far its clock is ahead. Rows that are `short` are in the suite's short form.
    """

    request: str
    name: str
    once: Queue
    ends: tuple[str, ...] = ("succeeded",)
    kept: Queue | None = None
    plan: Plan = field(default_factory=Plan)
    strangers: int = 0
    cancels: bool = False
    down_s: float = 0.0
    ahead_s: float = 0.0
    tells_time: bool = True
    forever: bool = False
    short: bool = False


def _reshaped(change: Callable[[dict[str, Any]], None]) -> Fault:
    def reshape(answer: dict[str, Any]) -> dict[str, Any]:
        change(answer)
        return answer

    return Fault("change", body=reshape)


def _with_output(**values: Any) -> Fault:
    return _reshaped(lambda answer: answer["output"].update(values))


SLOW = Fault("stall", seconds=0.4)
TOO_LATE = Fault("late", seconds=0.7)
# What may happen to any request; where it is safe to repeat, none of it may end a job.
BROKEN = {
    "answer lost": LOST_AFTER_ACCEPTANCE,
    "connection reset": RESET_AFTER_ACCEPTANCE,
    "slow": SLOW,
    "timed out": TOO_LATE,
    "cut in the middle": CUT_ANSWER,
    "headers only": HEADERS_ONLY,
    "429": refusal("Throttling.RateQuota"),
    "500": refusal("InternalError"),
    "503": refusal("ModelUnavailable"),
    "malformed JSON": Fault("text", body='{"output": {"task_id": "half'),
    "a login page": NOT_JSON,
    "wrong type: a list": Fault("text", body="[]"),
    "wrong type: null": Fault("text", body="null"),
    "empty object": Fault("answer", body={}),
}
REFUSALS = ("InvalidApiKey", "Arrearage", "InvalidParameter", "DataInspectionFailed")


def submit_rows() -> list[Row]:
    """The POST that may be billed."""
    more = {
        "lost before acceptance": LOST_BEFORE_ACCEPTANCE,
        "500 after acceptance": refusal("InternalError", works=True),
        "429 three times": refusal("Throttling.RateQuota"),
        "no task id": Fault("answer", body={"output": {"task_status": "PENDING"}}),
        "task id of a wrong type": _with_output(task_id=7),
        "output of a wrong type": _reshaped(lambda answer: answer.update(output=[1])),
        "a status nobody knows": _with_output(task_status="BREWING"),
    }
    less_telling = {"slow", "wrong type: a list", "wrong type: null", "empty object"}
    less_telling |= {"task id of a wrong type", "output of a wrong type", "a status nobody knows"}
    rows = [
        Row(
            "submit",
            name,
            {"submit": [fault] * (3 if "three" in name else 1)},
            short=name not in less_telling,
        )
        for name, fault in {**BROKEN, **more}.items()
    ]
    rows += [
        Row("submit", f"refused: {code}", {"submit": [refusal(code)]}, (code,)) for code in REFUSALS
    ]
    both = [LOST_BEFORE_ACCEPTANCE, LOST_AFTER_ACCEPTANCE]
    row = Row("submit", "lost before, then after acceptance", {"submit": both}, short=True)
    return [*rows, row]


def list_rows() -> list[Row]:
    """The list of tasks, before a submit and after its answer was lost."""
    rows = []
    for name, fault in BROKEN.items():
        rows.append(Row("list before the submit", name, {"list": [fault]}))
        for lost, first in (("after", LOST_AFTER_ACCEPTANCE), ("before", LOST_BEFORE_ACCEPTANCE)):
            queue = {"submit": [first], "list": [FINE, fault]}
            short = name in ("500", "cut in the middle")
            rows.append(Row(f"list, answer lost {lost} acceptance", name, queue, short=short))
    unclear = ("SubmitUnclear",)
    lost = {"submit": [LOST_AFTER_ACCEPTANCE]}
    less = _reshaped(lambda answer: answer.update(data=[]))
    return [
        *rows,
        Row("list", "a foreign task beside ours", lost, unclear, strangers=1, short=True),
        Row("list", "cannot be had", {**lost, "list": [FINE]}, unclear,
            {"list": [refusal("InternalError")]}, short=True),
        Row("list", "never to be had", lost, unclear, {"list": [refusal("AccessDenied")]}),
        Row("list", "its rows are missing", {**lost, "list": [FINE]}, unclear, {"list": [less]}),
    ]  # fmt: skip


def query_rows() -> list[Row]:
    """Polls."""
    more = {
        "refused: InvalidApiKey": refusal("InvalidApiKey"),
        "about another task": _with_output(task_id="somebody-elses"),
        "status of a wrong type": _with_output(task_status=["RUNNING"]),
        "UNKNOWN at first": Fault("answer", body={"output": {"task_status": "UNKNOWN"}}),
    }
    short = {"answer lost", "429", "500", "wrong type: a list", "a login page"}
    short |= {"cut in the middle", "refused: InvalidApiKey", "UNKNOWN at first"}
    rows = [
        Row("query", name, {"query": [fault, fault]}, short=name in short)
        for name, fault in {**BROKEN, **more}.items()
    ]
    no_url = _reshaped(lambda answer: answer["output"].pop("output_video_url", None))
    return [
        *rows,
        Row("query", "SUSPENDED for long", {}, plan=Plan(suspended=12), short=True),
        Row("query", "UNKNOWN for good", {}, ("TaskGone",), plan=Plan(0, 0, ends="UNKNOWN"),
            short=True),
        Row("query", "FAILED", {}, ("InternalError",),
            plan=Plan(ends="FAILED", code="InternalError")),
        Row("query", "FAILED without code", {}, ("TaskFailed",), plan=Plan(ends="FAILED")),
        Row("query", "CANCELED by somebody else", {}, ("canceled",), plan=Plan(ends="CANCELED")),
        Row("query", "success without an address", {"query": [FINE] * 3 + [no_url] * 2}),
        Row("query", "usage missing", {"query": [
            *[FINE] * 3, _reshaped(lambda answer: answer.pop("usage", None))]}),
        Row("query", "key refused for good", {}, ("InvalidApiKey",),
            {"query": [refusal("InvalidApiKey")]}),
    ]  # fmt: skip


def clock_rows() -> list[Row]:
    """A clock of ours, or of the service, that is wrong; and a service that is not there."""
    rows = [
        Row(
            "submit",
            f"answer lost {lost} acceptance, clocks {ahead_s / 3600:+g} h apart"
            + ("" if tells_time else ", the service tells no time"),
            {"submit": [first]},
            ahead_s=ahead_s,
            tells_time=tells_time,
            short=True,
        )
        for ahead_s in (-7 * 3600.0, 3600.0)
        for tells_time in (True, False)
        for lost, first in (("after", LOST_AFTER_ACCEPTANCE), ("before", LOST_BEFORE_ACCEPTANCE))
    ]
    down = Row("every", "connection refused for a while", {}, down_s=0.8, short=True)
    long = Row("every", "connection refused in the middle", {}, plan=Plan(running=20), down_s=0.8)
    return [*rows, down, long]


def hosting_rows() -> list[Row]:
    """The temporary store."""
    rows = [
        Row(
            "policy",
            name,
            {"policy": [fault]},
            ("BadAnswer",) if "empty" in name else ("succeeded",),
        )
        for name, fault in BROKEN.items()
    ]
    at_upload = {
        "answer lost": LOST_AFTER_ACCEPTANCE,
        "lost before": LOST_BEFORE_ACCEPTANCE,
        "connection reset": RESET_AFTER_ACCEPTANCE,
        "slow": SLOW,
        "403": Fault("answer", works=False, status=403),
        "500": Fault("answer", works=False, status=500),
    }
    return [*rows, *(Row("upload", name, {"upload": [fault]}) for name, fault in at_upload.items())]


def result_rows() -> list[Row]:
    """The download of what was paid for."""
    said_less = Fault("answer", headers={"Content-Length": "2000"})
    said_more = Fault("answer", headers={"Content-Length": "9999999"})
    page = Fault("text", body="<html>gone</html>")
    faults = {
        "answer lost": LOST_AFTER_ACCEPTANCE,
        "connection reset": RESET_AFTER_ACCEPTANCE,
        "slow": SLOW,
        "cut halfway": CUT_ANSWER,
        "headers only": HEADERS_ONLY,
        "500": Fault("answer", works=False, status=500),
        "403: its address expired": Fault("answer", works=False, status=403),
        "larger than said": said_less,
        "smaller than said": said_more,
        "a page instead of a film": page,
    }
    short = {"cut halfway", "larger than said", "answer lost"}
    rows = [
        Row("result", name, {"result": [fault]}, short=name in short)
        for name, fault in faults.items()
    ]
    gone = {"result": [Fault("answer", works=False, status=404)]}
    return [
        *rows,
        Row("result", "purged before the download", {}, ("ResultExpired",), gone, forever=True,
            short=True),
        Row("result", "larger than said, always", {}, ("DownloadFailed",),
            {"result": [said_less]}),
    ]  # fmt: skip


def cancel_rows() -> list[Row]:
    """The visitor cancels while the task waits, or runs."""
    broken = {name: fault for name, fault in BROKEN.items() if name != "empty object"}
    rows = [
        Row("cancel", name, {"cancel": [fault]}, ("canceled",), plan=WAITS, cancels=True)
        for name, fault in broken.items()
    ]
    running = Row("cancel", "it runs already", {}, ("succeeded",), plan=RUNS_ON, cancels=True,
                  short=True)  # fmt: skip
    return [*rows, running]


ROWS = [
    *submit_rows(),
    *list_rows(),
    *query_rows(),
    *clock_rows(),
    *hosting_rows(),
    *result_rows(),
    *cancel_rows(),
]

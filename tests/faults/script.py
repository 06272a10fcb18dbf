"""What a test can make the scripted cloud do: faults of one exchange, plans of a task."""

from dataclasses import dataclass, field
from typing import Any, Literal

FOR_EVER = 1_000_000

# code: (HTTP status, message), as the vendor words them.
VENDOR_ERRORS: dict[str, tuple[int, str]] = {
    "InvalidApiKey": (401, "Invalid API-key provided."),
    "Arrearage": (400, "Access denied, please make sure your account is in good standing."),
    "AccessDenied": (403, "current user api does not support synchronous calls"),
    "AccessDenied.Unpurchased": (403, "Access to model denied. Please make sure you are eligible."),
    "Model.AccessDenied": (403, "Model access denied."),
    "Workspace.AccessDenied": (403, "Workspace access denied."),
    "AllocationQuota.FreeTierOnly": (403, "The free tier of the model has been exhausted."),
    "ModelNotFound": (404, "Model can not be found."),
    "InvalidParameter": (400, "the video_fps parm is invalid!"),
    "InvalidParameter.FileDownload": (400, "download for input video error"),
    "InvalidURL": (400, "The request URL is invalid."),
    "InvalidURL.Timeout": (400, "Timed out fetching the URL."),
    "InvalidFile.Duration": (400, "The video duration is out of range."),
    "DataInspectionFailed": (400, "Input data may contain inappropriate content."),
    "UnsupportedOperation": (
        400,
        "Failed to cancel the task, please confirm if the task is in PENDING status.",
    ),
    "Throttling.RateQuota": (429, "Requests rate limit exceeded, please try again later."),
    "InternalError": (500, "An internal error has occured, please try again later."),
    "ModelUnavailable": (503, "Model is unavailable, please try again later."),
}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong in an exchange.

    `act`: "answer" (with `status` and `body`), "lost" (no byte of an answer), "late" (the same
    after `seconds`, as a timeout notices it), "reset" (the connection reset), "headers" (only
    them), "cut" (half the body), "stall" (`seconds` of silence, then the answer), "text" (`body`
    that is not JSON), "change" (`body` is a function that reshapes the JSON). `works`: whether
    the service still does what was asked.
    """

    act: Literal["answer", "lost", "late", "reset", "headers", "cut", "stall", "text", "change"]
    works: bool = True
    status: int | None = None
    body: Any = None
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """A name for it, the same in every process that collects the tests."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        after = "" if self.works else "nothing done"
        return " ".join(str(word) for word in (self.act, self.status, code, after) if word)


LOST_AFTER_ACCEPTANCE = Fault("lost")
LOST_BEFORE_ACCEPTANCE = Fault("lost", works=False)
RESET_AFTER_ACCEPTANCE = Fault("reset")
CUT_ANSWER = Fault("cut")
HEADERS_ONLY = Fault("headers")
NOT_JSON = Fault("text", body="<html>Please log in to the hotel's network</html>")


def refusal(code: str, message: str | None = None, *, works: bool = False) -> Fault:
    """The vendor's error answer for a code (`works`: the task is made all the same)."""
    status, usual = VENDOR_ERRORS[code]
    return Fault("answer", works, status, {"code": code, "message": message or usual})


# A fault that is none: what is queued behind it comes one request later.
FINE = Fault("answer")


@dataclass(frozen=True)
class Plan:
    """How a task goes on: polls answered in each status, then how it ends."""

    pending: int = 1
    running: int = 2
    suspended: int = 0
    ends: Literal["SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"] = "SUCCEEDED"
    code: str | None = None
    message: str | None = None
    progress: bool = False
    usage: dict[str, Any] | None = None
    output: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clock:
    """The service's clock as an account meets it: how far it is ahead of the machine's, and whether
    answers tell its time."""

    ahead_s: float = 0.0
    tells_time: bool = True


WAITS = Plan(pending=FOR_EVER)
RUNS_ON = Plan(pending=0, running=FOR_EVER)
URL_REFUSED = Plan(0, 0, ends="FAILED", code="InvalidParameter.FileDownload")

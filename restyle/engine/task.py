"""Task: one render task of the engine as it is stored, and the states it can be in."""

from dataclasses import dataclass
from enum import StrEnum

from restyle.styles import Options


class Status(StrEnum):
    """The wire's task states that this engine uses."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Task:
    """One render task as stored; times in epoch milliseconds, `duration_s` of the output.

    `result_name` is the unguessable file name of the result; `attempts` counts its starts.
    """

    task_id: str
    account: str
    request_id: str
    video_url: str | None
    options: Options
    status: Status
    submit_ms: int
    scheduled_ms: int | None
    end_ms: int | None
    attempts: int
    result_name: str | None
    duration_s: float | None
    code: str
    message: str
    detail: str

"""Task: one render task of the engine as it is stored, and the states it can be in."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

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

    `result_name` is the unguessable file name of the result; `attempts` counts its starts; `owner`
    is the engine process that renders it, and `frames` (done, in all) its last word.
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
    owner: str | None
    frames: tuple[int, int] | None
    result_name: str | None
    duration_s: float | None
    code: str
    message: str
    detail: str


def task_of(row: sa.Row[Any]) -> Task:
    """The task of a row of the table."""
    values = dict(row._mapping)
    for name in ("seq", "pool", "lease_ms"):
        del values[name]
    done, total = values.pop("frames_done"), values.pop("frames_total")
    values["frames"] = None if done is None else (done, total)
    values["status"] = Status(values["status"])
    values["options"] = Options(**json.loads(values["options"]))
    return Task(**values)

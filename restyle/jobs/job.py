"""A job as a person sees it: its stage, place in the queue, price, progress and words.

Source: the product's `/status`; the money and the internals of a job are in `ledger`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from restyle.errors import RestyleError
from restyle.pricing import Quote
from restyle.settings import Secret
from restyle.styles import Options

Service = Literal["local", "cloud"]
Shape = Literal["crop", "pad"]


class Stage(StrEnum):
    """Where a job is; the last three are ends.

    A job is `queued` twice: first until its clip is fitted, then until the account's one slot
    is free (`Job.fitted` tells which).
    """

    QUEUED = "queued"
    FITTING = "fitting"
    HOSTING = "hosting"
    SUBMITTING = "submitting"
    PENDING = "pending"
    RUNNING = "running"
    SAVING = "saving"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in {Stage.SUCCEEDED, Stage.FAILED, Stage.CANCELED}


# The stages of work, in their order.
WORK = tuple(stage for stage in Stage if not stage.is_final)


@dataclass(frozen=True)
class JobRequest:
    """What a visitor asks for.

    `start_s` and `end_s` are seconds in the clip (`None` is its end); `shape` and `crop_at` say
    how it is fitted where it is too wide or tall (see `plan_fit`); `api_key` is the visitor's
    own key for the cloud, without which the host's key pays; `visitor` says whose budget that
    is, and whose turn in the queue. A clip that is longer than the service takes is made `whole`,
    in parts, where that is asked for; `scene_changes_s` are the changes of scene that were shown
    to the visitor (None: not looked for yet).
    """

    clip_path: Path
    options: Options
    start_s: float = 0.0
    end_s: float | None = None
    shape: Shape = "crop"
    service: Service = "local"
    api_key: Secret | None = None
    visitor: str = ""
    crop_at: float = 0.5
    whole: bool = False
    scene_changes_s: tuple[float, ...] | None = None

    @property
    def wishes(self) -> dict[str, Any]:
        """What the plan depends on beside the clip: the named parameters of `plan_fit`."""
        return {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "shape": self.shape,
            "crop_at": self.crop_at,
        }


@dataclass(frozen=True)
class Job:
    """One look at a job.

    `position` counts from 1 among the jobs that wait for the same account, and is None for one
    that does not wait; `eta_s` is seconds to the end, None where nothing is known; `progress`
    is 0–1 of the present stage. `quote` is what the visitor will pay (0 on this machine),
    `cloud_quote` what the cloud asks for the same work, `charge` what was billed.
    `error` has `code`, `message`, `what_next` and `ways_on` (names of `Jobs` methods).
    A whole has its `parts`, and what is said of it is of all of them: its `quote` and `charge` are
    sums, its `progress` the share of all its seconds. A part knows its `whole` and its place there.
    """

    job_id: str
    stage: Stage
    since: datetime
    created: datetime
    expires_at: datetime | None
    service: Service
    options: Options
    plan: Mapping[str, Any]
    quote: Quote
    cloud_quote: Quote
    clip_name: str = ""
    fitted: bool = False
    canceling: bool = False
    position: int | None = None
    eta_s: float | None = None
    progress: float | None = None
    task_id: str | None = None
    task_status: str | None = None
    request_id: str | None = None
    charge: Decimal | None = None
    usage: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    times: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    parts: tuple["Job", ...] = ()
    whole: str | None = None
    part: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `/status`: money as strings of decimal numbers, times in ISO 8601 UTC."""
        return {
            "job_id": self.job_id,
            "stage": str(self.stage),
            "task_id": self.task_id,
            "task_status": self.task_status,
            "position": self.position,
            "eta_s": None if self.eta_s is None else round(self.eta_s, 1),
            "progress": None if self.progress is None else round(self.progress, 4),
            "quote": self.quote.as_dict(),
            "charge": None if self.charge is None else f"{self.charge.normalize():f}",
            "usage": None if self.usage is None else dict(self.usage),
            "error": None if self.error is None else dict(self.error),
            "times": dict(self.times),
            "since": self.since.isoformat(),
            "created": self.created.isoformat(),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "service": self.service,
            "options": self.options.as_parameters(),
            "plan": dict(self.plan),
            "cloud_quote": self.cloud_quote.as_dict(),
            "clip_name": self.clip_name,
            "fitted": self.fitted,
            "canceling": self.canceling,
            "request_id": self.request_id,
            "notes": list(self.notes),
            "whole": self.whole,
            "parts": [part.as_part() for part in self.parts],
        }

    def as_part(self) -> dict[str, Any]:
        """What the JSON of a whole has of each part; `/status` of its `job_id` has it all."""
        told = self.as_dict()
        names = ("job_id", "stage", "progress", "position", "quote", "charge", "task_id", "error")
        return {
            "part": self.part,
            "start_s": self.plan["start_s"],
            "end_s": self.plan["end_s"],
            **{name: told[name] for name in names},
        }


def said(error: RestyleError, ways_on: tuple[str, ...] = ()) -> dict[str, Any]:
    """An error as the book and `/status` have it."""
    return {**error.as_dict(), "ways_on": list(ways_on)}

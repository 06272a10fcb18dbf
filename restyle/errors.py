"""The tree of errors: each says what happened, why, and what to do next.

RestyleError
├── OptionError            a parameter outside its range
├── ClipError              a clip that cannot be used
│   ├── ClipUnreadable     not a video, damaged, or of a kind that is not opened
│   ├── ClipUnfit          readable, but no fitting can bring it inside the limits
│   └── FetchFailed        it could not be fetched from the address that was given
│       └── FetchTooLarge  what is there is larger than what is taken
├── FitError               trimming, resizing or converting went wrong
├── HostingError           the clip could not be put where the service can fetch it
├── DiskFull               no room is left for the files of a job
├── BudgetExceeded         the host's key has no budget left for this
├── JobNotFound            no such job, or its files were removed
├── ResultNotReady         the job has no result (yet)
├── Canceled               the visitor stopped the work
└── CloudError             an answer, or a missing answer, of the style service
    ├── Unreachable        the connection was never made: nothing was submitted
    ├── AnswerLost         the request may have arrived, its answer did not: never just repeated
    ├── Throttled          429: too many requests, no task was made
    ├── ServiceFault       a 5xx: for a submit as ambiguous as AnswerLost
    ├── Refused            any other 4xx: no task was made
    │   ├── KeyRefused     wrong key, wrong region, no access, or money owed
    │   ├── SourceRefused  the service does not take, or cannot fetch, this kind of URL
    │   └── NotCancelable  the task is no longer PENDING
    ├── BadAnswer          an answer that is not what the reference says
    ├── TaskFailed         the task ended as FAILED (not billed)
    ├── TaskGone           UNKNOWN: no such task, or purged after 24 hours
    └── DownloadFailed     the result could not be fetched whole
"""

from typing import Any


class RestyleError(Exception):
    """An error that a person can act on.

    `message` is what happened and why; `what_next` the next step; `code` a stable name for
    programs (the class's own name unless the service gave one).
    """

    def __init__(self, message: str, *, what_next: str = "", code: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.what_next = what_next
        self.code = code or type(self).__name__
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.what_next}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process boundaries and are stored: keyword arguments must survive pickling.
        return (_rebuild, (type(self), self.message, self.what_next, self.code, self.facts))

    def as_dict(self) -> dict[str, str]:
        """`code`, `message` and `what_next`, as `/status` shows them."""
        return {"code": self.code, "message": self.message, "what_next": self.what_next}


def _rebuild(
    kind: type[RestyleError], message: str, what_next: str, code: str, facts: dict[str, Any]
) -> RestyleError:
    return kind(message, what_next=what_next, code=code, **facts)


class OptionError(RestyleError):
    """A parameter outside its range."""


class ClipError(RestyleError):
    """A clip that cannot be used."""


class ClipUnreadable(ClipError):
    """Not a video, damaged, or of a kind that is not opened."""


class ClipUnfit(ClipError):
    """Readable, but no fitting can bring it inside the limits."""


class FetchFailed(ClipError):
    """A clip could not be fetched from the address that was given."""


class FetchTooLarge(FetchFailed):
    """What the address has is larger than what is taken."""


class FitError(RestyleError):
    """Trimming, resizing or converting went wrong."""


class HostingError(RestyleError):
    """The clip could not be put where the service can fetch it."""


class DiskFull(RestyleError):
    """No room is left for the files of a job."""


class BudgetExceeded(RestyleError):
    """The host's key has no budget left for this."""


class JobNotFound(RestyleError):
    """No such job, or its files were removed."""


class ResultNotReady(RestyleError):
    """The job has no result (yet)."""


class Canceled(RestyleError):
    """The visitor stopped the work."""


class CloudError(RestyleError):
    """An answer, or a missing answer, of the style service.

    `request_id` traces it at the service; `http_status` is 0 where there was no answer.
    """

    def __init__(
        self,
        message: str,
        *,
        what_next: str = "",
        code: str = "",
        request_id: str = "",
        http_status: int = 0,
        **facts: Any,
    ) -> None:
        super().__init__(message, what_next=what_next, code=code, **facts)
        self.request_id = request_id
        self.http_status = http_status
        self.facts = {**facts, "request_id": request_id, "http_status": http_status}


class Unreachable(CloudError):
    """The connection was never made: nothing was submitted."""


class AnswerLost(CloudError):
    """The request may have arrived, its answer did not: never sent again blindly."""


class Throttled(CloudError):
    """429: too many requests, no task was made."""


class ServiceFault(CloudError):
    """A 5xx: for a submit as ambiguous as AnswerLost."""


class Refused(CloudError):
    """A 4xx: no task was made."""


class KeyRefused(Refused):
    """Wrong key, wrong region, no access, or money owed."""


class SourceRefused(Refused):
    """The service does not take, or cannot fetch, this kind of URL."""


class NotCancelable(Refused):
    """The task is no longer PENDING."""


class BadAnswer(CloudError):
    """An answer that is not what the reference says."""


class TaskFailed(CloudError):
    """The task ended as FAILED (not billed)."""


class TaskGone(CloudError):
    """UNKNOWN: no such task, or purged after 24 hours."""


class DownloadFailed(CloudError):
    """The result could not be fetched whole."""

"""Why a task of the engine ends as FAILED, in the service's codes and words.

Source: the reference's "Task failed" answer and the vendor's list of error codes.
"""

from restyle.errors import FetchFailed, FetchTooLarge, RestyleError

DOWNLOAD_WORDS = "download for input video error"


class Fault(RestyleError):
    """The end of a task: `code` and `message` are the wire's, `detail` says why in words."""

    @property
    def detail(self) -> str:
        """What a person needs beyond the vendor's short message, or an empty string."""
        return str(self.facts.get("detail", ""))


def download_fault(detail: str) -> Fault:
    """The input could not be fetched."""
    return Fault(DOWNLOAD_WORDS, code="InvalidParameter.FileDownload", detail=detail)


def fetch_fault(problem: FetchFailed) -> Fault:
    """The input could not be fetched, or is too large."""
    if isinstance(problem, FetchTooLarge):
        return file_fault("Size", problem.message)
    return download_fault(problem.message)


def file_fault(kind: str, message: str) -> Fault:
    """The input is not what the reference allows; `kind` is Resolution, Duration and so on."""
    return Fault(message, code=f"InvalidFile.{kind}")


def missing_input_fault() -> Fault:
    """The submit named no video: accepted at first, as the cloud does, and failed here."""
    return Fault("Field required: video_url", code="InvalidParameter")


def render_fault(detail: str) -> Fault:
    """The rendering itself went wrong."""
    return Fault("The style transform failed.", code="InternalError.Algo", detail=detail)


def timeout_fault() -> Fault:
    """The task took longer than the service allows."""
    return Fault("No result within the time allowed.", code="InternalError.Timeout")

import pytest

from restyle.cloud.refusals import MEANINGS, is_about_source, meaning, refusal, words_for_failure
from restyle.errors import (
    CloudError,
    KeyRefused,
    NotCancelable,
    Refused,
    ServiceFault,
    SourceRefused,
    Throttled,
)

# Every row of the table of errors: HTTP status, code, message, the kind it must be.
ROWS = [
    (401, "InvalidApiKey", "", KeyRefused),
    (400, "Arrearage", "", KeyRefused),
    (403, "AccessDenied", "", KeyRefused),
    (403, "AccessDenied.Unpurchased", "", KeyRefused),
    (403, "Model.AccessDenied", "", KeyRefused),
    (403, "Workspace.AccessDenied", "", KeyRefused),
    (403, "AccessDenied", "current user api does not support synchronous calls", Refused),
    (403, "AllocationQuota.FreeTierOnly", "", KeyRefused),
    (404, "ModelNotFound", "", Refused),
    (400, "InvalidParameter", "Model not exist.", Refused),
    (400, "InvalidParameter", "the xxx parm is invalid!", Refused),
    (400, "InvalidParameter", "Field required: xxx", Refused),
    (400, "InvalidParameter", "url error, please check url！", SourceRefused),
    (400, "InvalidParameter.FileDownload", "", SourceRefused),
    (400, "BadRequest.EmptyInput", "", Refused),
    (400, "InvalidURL", "", SourceRefused),
    (400, "InvalidURL.ConnectionRefused", "", SourceRefused),
    (400, "InvalidURL.Timeout", "", SourceRefused),
    *(
        (400, f"InvalidFile.{what}", "", Refused)
        for what in (
            *("Resolution", "Duration", "FPS", "Size", "AspectRatio", "Format", "Openerror"),
            "SomethingNew",
        )
    ),
    (400, "DataInspectionFailed", "", Refused),
    (400, "InvalidParameter.DataInspection", "", Refused),
    (429, "Throttling", "", Throttled),
    (429, "Throttling.RateQuota", "", Throttled),
    (429, "Throttling.BurstRate", "", Throttled),
    (429, "Throttling.AllocationQuota", "", Throttled),
    (500, "InternalError", "", ServiceFault),
    (500, "InternalError.Timeout", "", ServiceFault),
    (500, "InternalError.Algo", "", ServiceFault),
    (500, "InternalError.Upload", "", ServiceFault),
    (500, "InternalError.FileUpload", "", ServiceFault),
    (503, "ModelUnavailable", "", ServiceFault),
    (503, "ModelServingError", "", ServiceFault),
    (
        400,
        "UnsupportedOperation",
        "Failed to cancel the task, please confirm if the task is in PENDING status.",
        NotCancelable,
    ),
    # Codes that nobody has heard of, and none at all: the HTTP status decides.
    *((status, "New.Code", "odd", kind) for status, kind in ((401, KeyRefused), (403, KeyRefused))),
    *((status, "", "", Refused) for status in (400, 404, 405, 407, 408, 409, 413, 415, 422)),
    (429, "", "", Throttled),
    (429, "InvalidParameter", "", Throttled),
    *((status, "", "", ServiceFault) for status in (500, 502, 503, 504, 599)),
    # Where money hangs on it, the HTTP status rules over the code.
    (500, "InvalidParameter", "", ServiceFault),
    (503, "Throttling", "", ServiceFault),
    (400, "InternalError.Algo", "", Refused),
    (400, "Throttling.RateQuota", "", Throttled),
]


@pytest.mark.parametrize(("status", "code", "message", "kind"), ROWS)
def test_an_error_of_the_service_becomes_one_that_a_person_can_act_on(
    status: int, code: str, message: str, kind: type[CloudError]
) -> None:
    error = refusal(status, {"code": code, "message": message, "request_id": "r-1"})
    assert type(error) is kind
    assert error.code == (code or f"HTTP{status}")
    assert (error.request_id, error.http_status) == ("r-1", status)
    assert message in error.message
    assert error.message
    assert error.what_next.endswith(".")


@pytest.mark.parametrize(
    "body",
    [{}, {"code": 7, "message": None}, {"message": ["x"]}, {"code": "X", "request_id": 1}],
)
def test_a_spoilt_error_body_is_still_an_error_in_words(body: dict[str, object]) -> None:
    error = refusal(400, body)
    assert type(error) is Refused
    assert "HTTP 400" in error.message


def test_every_meaning_reads_as_sentences() -> None:
    for code, (_, happened, what_next) in MEANINGS.items():
        assert happened[0].isupper(), code
        assert happened.endswith("."), code
        assert what_next.endswith("."), code


@pytest.mark.parametrize("code", MEANINGS)
def test_a_failed_task_of_any_code_has_words(code: str) -> None:
    happened, what_next = words_for_failure(code, "vendor's words")
    assert "vendor's words" in happened
    assert what_next


@pytest.mark.parametrize(
    ("code", "message", "about"),
    [
        ("InvalidParameter.FileDownload", "", True),
        ("InvalidURL.Timeout", "", True),
        ("InvalidParameter", "url error, please check url！", True),
        ("InvalidParameter", "the style parm is invalid!", False),
        ("InvalidFile.Duration", "", False),
        ("", "", False),
    ],
)
def test_a_refused_source_is_told_from_other_refusals(code: str, message: str, about: bool) -> None:
    assert is_about_source(code, message) is about


def test_a_code_below_a_known_one_takes_its_meaning() -> None:
    assert meaning("Throttling.Some.NewKind", http_status=429) == MEANINGS["Throttling"]

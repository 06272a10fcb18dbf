"""The service's errors in words: each code becomes a typed error that says what to do next.

Sources: the reference's "Error codes", the vendor's published error messages, and its SDKs.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from restyle.errors import (
    CloudError,
    KeyRefused,
    NotCancelable,
    Refused,
    ServiceFault,
    SourceRefused,
    Throttled,
)


class Meaning(NamedTuple):
    """What a code means: the kind of error, what happened, and the next step."""

    kind: type[CloudError]
    happened: str
    next: str


_OR_HERE = "or choose this machine, which needs no key and is free"
_BASE_URL = "https://dashscope.aliyuncs.com/api/v1"
_ACCESS = (
    f"Open the model video-style-transform for this account in Model Studio (Beijing), {_OR_HERE}."
)
_ELSEWHERE = (
    "Host the clip another way: set RESTYLE_PUBLIC_URL to an address of this app that the "
    "internet can reach, or RESTYLE_HOSTING to the other kind of hosting."
)
_FIT = "Let this app fit the clip (it is fitted before each submit), then try again."
_LATER = "Try again in a few minutes, or choose this machine."
_WORDS = "Try other frames of the clip, or choose this machine, which moderates nothing."

MEANINGS: dict[str, Meaning] = {
    "InvalidApiKey": Meaning(
        KeyRefused,
        "The service does not accept this API key.",
        "Look for a missing character, and whether the key is of the China (Beijing) region: this "
        f"model is served only there. Correct the key, {_OR_HERE}.",
    ),
    "Arrearage": Meaning(
        KeyRefused,
        "The account of this API key owes money.",
        f"Settle it in the Alibaba Cloud console and try again, {_OR_HERE}.",
    ),
    "AccessDenied": Meaning(KeyRefused, "This API key may not use the service.", _ACCESS),
    "AccessDenied.Unpurchased": Meaning(
        KeyRefused, "The account of this API key has not opened the service.", _ACCESS
    ),
    "Model.AccessDenied": Meaning(KeyRefused, "This API key may not use the model.", _ACCESS),
    "Workspace.AccessDenied": Meaning(
        KeyRefused,
        "The workspace of this API key may not use the model.",
        f"Grant the workspace this model in Model Studio, use a key of another one, {_OR_HERE}.",
    ),
    "AllocationQuota.FreeTierOnly": Meaning(
        KeyRefused,
        "The free tier of the model is used up, and the account is set to use nothing else.",
        f"Turn off 'free tier only' in the Model Studio console, {_OR_HERE}.",
    ),
    "ModelNotFound": Meaning(
        Refused,
        "The service does not know the model video-style-transform.",
        f"Check DASHSCOPE_HTTP_BASE_URL: the model is served only in Beijing, at {_BASE_URL}.",
    ),
    "InvalidParameter": Meaning(
        Refused,
        "The service did not accept a parameter.",
        "Change the setting that it names, and try again.",
    ),
    "InvalidParameter.FileDownload": Meaning(
        SourceRefused, "The service could not download the clip.", _ELSEWHERE
    ),
    "InvalidParameter.DataInspection": Meaning(
        Refused, "The service could not pass the clip through its moderation.", _WORDS
    ),
    "BadRequest": Meaning(
        Refused,
        "The service could not read the request.",
        "Try again; if it stays so, report it with the request id.",
    ),
    "InvalidURL": Meaning(SourceRefused, "The service cannot use the clip's address.", _ELSEWHERE),
    "InvalidURL.ConnectionRefused": Meaning(
        SourceRefused, "The clip's address refused the service's connection.", _ELSEWHERE
    ),
    "InvalidURL.Timeout": Meaning(
        SourceRefused, "The service did not get the clip from its address in time.", _ELSEWHERE
    ),
    "InvalidFile": Meaning(Refused, "The service does not take this clip.", _FIT),
    "InvalidFile.Resolution": Meaning(
        Refused, "The service finds a side of the clip outside 256–4096 pixels.", _FIT
    ),
    "InvalidFile.Duration": Meaning(
        Refused,
        "The service finds the clip too long or too short.",
        "Trim it to 30 seconds or less, and keep at least a second.",
    ),
    "InvalidFile.FPS": Meaning(
        Refused,
        "The service finds the clip's frame rate outside 15–60 frames a second.",
        "Convert the clip to 30 frames a second, then try again.",
    ),
    "InvalidFile.Size": Meaning(Refused, "The service finds the file larger than 100 MB.", _FIT),
    "InvalidFile.AspectRatio": Meaning(
        Refused, "The service finds the clip's longer side more than 1.8 times the shorter.", _FIT
    ),
    "InvalidFile.Format": Meaning(Refused, "The service does not read this file format.", _FIT),
    "InvalidFile.Openerror": Meaning(Refused, "The service could not open the clip.", _FIT),
    "DataInspectionFailed": Meaning(
        Refused, "The service's moderation stopped this clip or its result.", _WORDS
    ),
    "Throttling": Meaning(
        Throttled, "The service is getting too many requests.", "Wait a little and try again."
    ),
    "Throttling.RateQuota": Meaning(
        Throttled,
        "The account sends requests faster than its limit (2 submits a second).",
        "Wait a few seconds and try again.",
    ),
    "Throttling.BurstRate": Meaning(
        Throttled,
        "The account's requests rose too quickly.",
        "Wait a minute and try again, more slowly.",
    ),
    "Throttling.AllocationQuota": Meaning(
        Throttled,
        "The account has used up its allocation for now.",
        "Wait a minute and try again; the console shows the quota.",
    ),
    "InternalError": Meaning(ServiceFault, "The service failed inside.", _LATER),
    "InternalError.Timeout": Meaning(
        ServiceFault, "The service had no result after 3 hours.", "Try again with a shorter clip."
    ),
    "InternalError.Algo": Meaning(
        ServiceFault,
        "The service's model failed on this clip.",
        "Try again; if it fails once more, try another part of the clip or another style.",
    ),
    "InternalError.Upload": Meaning(
        ServiceFault, "The service could not store the result.", _LATER
    ),
    "InternalError.FileUpload": Meaning(
        ServiceFault, "The service could not store the result.", _LATER
    ),
    "ModelUnavailable": Meaning(ServiceFault, "The model is not available just now.", _LATER),
    "ModelServingError": Meaning(ServiceFault, "The model's servers failed.", _LATER),
    "UnsupportedOperation": Meaning(
        NotCancelable,
        "The task can no longer be cancelled: it is not waiting any more.",
        "It will run to its end, and is billed if it succeeds.",
    ),
}

# Where one code covers several faults, the words of the message decide (compared in lower case).
_BY_MESSAGE: tuple[tuple[str, Meaning], ...] = (
    ("url error", MEANINGS["InvalidURL"]),
    ("model not exist", MEANINGS["ModelNotFound"]),
    (
        "does not support synchronous",
        Meaning(
            Refused,
            "The header that asks for an asynchronous call did not reach the service.",
            "Check whether a proxy between this app and the service removes headers.",
        ),
    ),
    ("task is in pending status", MEANINGS["UnsupportedOperation"]),
)
_ASK = "Try again; if it stays so, report it with the request id."
_BY_STATUS: dict[int, Meaning] = {
    401: MEANINGS["InvalidApiKey"],
    403: MEANINGS["AccessDenied"],
    404: Meaning(
        Refused,
        "The service has nothing at this address.",
        f"Check DASHSCOPE_HTTP_BASE_URL; the cloud's own is {_BASE_URL}.",
    ),
    407: Meaning(
        Refused,
        "The proxy on the way to the service asks for a login.",
        "Check the proxy settings (HTTPS_PROXY) of this machine.",
    ),
    408: Meaning(Refused, "The service gave up waiting for the request.", _ASK),
    413: Meaning(Refused, "The request is larger than the service takes.", _FIT),
    429: MEANINGS["Throttling"],
}
_OTHER_4XX = Meaning(Refused, "The service refused the request.", _ASK)


def meaning(code: str, message: str = "", http_status: int = 400) -> Meaning:
    """What a code, its message and the HTTP status mean; always something a person can use.

    The status rules over the code where money hangs on it: a 5xx is a ServiceFault whatever it
    says, and a 4xx is never one.
    """
    found = _by_code(code, message)
    if http_status >= 500:
        if found and issubclass(found.kind, ServiceFault):
            return found
        return MEANINGS["ModelUnavailable" if http_status == 503 else "InternalError"]
    if http_status == 429 and not (found and issubclass(found.kind, Throttled)):
        return MEANINGS["Throttling"]
    if found is None:
        return _BY_STATUS.get(http_status, _OTHER_4XX)
    return found._replace(kind=Refused) if issubclass(found.kind, ServiceFault) else found


def refusal(http_status: int, body: Mapping[str, Any], **facts: Any) -> CloudError:
    """The typed error of an answer that is not 2xx (`body`: its JSON, or an empty mapping)."""
    code, message = _word(body, "code"), _word(body, "message")
    kind, happened, what_next = meaning(code, message, http_status)
    return kind(
        _quoting(happened, message) if message else f"{happened} (HTTP {http_status})",
        what_next=what_next,
        code=code or f"HTTP{http_status}",
        request_id=_word(body, "request_id"),
        http_status=http_status,
        **facts,
    )


def words_for_failure(code: str, message: str, detail: str = "") -> tuple[str, str]:
    """What happened and what next, for a task that FAILED (perhaps without a word of its own).

    `detail` is what this machine's engine says beyond the vendor's short message.
    """
    said = f"{message} {detail}".strip()
    if not code and not said:
        return "The task failed, and the service does not say why.", _LATER
    found = _by_code(code, message)
    if found is None:
        return _quoting("The task failed.", said or code), _ASK
    return _quoting(found.happened, said), found.next


def is_about_source(code: str, message: str = "") -> bool:
    """Whether a refusal is about the clip's address: another way of hosting may be taken."""
    found = _by_code(code, message)
    return found is not None and issubclass(found.kind, SourceRefused)


def _by_code(code: str, message: str) -> Meaning | None:
    for words, found in _BY_MESSAGE:
        if words in message.lower():
            return found
    while code:
        if code in MEANINGS:
            return MEANINGS[code]
        code = code.rpartition(".")[0]
    return None


def _quoting(happened: str, message: str) -> str:
    return f"{happened} It says: “{message}”" if message else happened


def _word(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value.strip()[:1000] if isinstance(value, str) else ""

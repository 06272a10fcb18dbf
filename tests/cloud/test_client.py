import logging
import pickle
import traceback
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from faults.scripted_cloud import (
    CUT_ANSWER,
    HEADERS_ONLY,
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    NOT_JSON,
    RESET_AFTER_ACCEPTANCE,
    RUNS_ON,
    VENDOR_ERRORS,
    WAITS,
    Fault,
    Plan,
    ScriptedCloud,
    refusal,
)

from restyle.cloud import CloudClient, TaskStatus, account_fingerprint, failure
from restyle.errors import (
    AnswerLost,
    BadAnswer,
    CloudError,
    KeyRefused,
    NotCancelable,
    Refused,
    ServiceFault,
    SourceRefused,
    TaskFailed,
    TaskGone,
    Throttled,
    Unreachable,
)
from restyle.pricing import settle
from restyle.settings import Secret
from restyle.styles import Options, Style

URL = "https://example.com/clip.mp4"
OPTIONS = Options(Style.PAPER_ART, video_fps=20, animate_emotion=False, min_len=540, use_SR=True)


def test_a_submit_is_the_request_of_the_reference(
    cloud: ScriptedCloud, client: CloudClient, api_key: str
) -> None:
    task = client.submit(URL, OPTIONS)
    [submit] = cloud.submits
    assert submit.body == {
        "model": "video-style-transform",
        "input": {"video_url": URL},
        "parameters": {
            "style": 5,
            "video_fps": 20,
            "animate_emotion": False,
            "min_len": 540,
            "use_SR": True,
        },
    }
    assert submit.headers["authorization"] == f"Bearer {api_key}"
    assert submit.headers["x-dashscope-async"] == "enable"
    assert submit.headers["content-type"] == "application/json"
    assert "x-dashscope-ossresourceresolve" not in submit.headers
    assert (task.task_id, task.status) == (submit.task_id, TaskStatus.PENDING)
    assert task.request_id


def test_only_an_oss_url_carries_the_header_that_resolves_it(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    header = {"X-DashScope-OssResourceResolve": "enable", "X-Other": "kept"}
    client.submit("oss://somewhere/clip.mp4", OPTIONS)
    client.submit(URL, OPTIONS, headers=header)
    first, second = (submit.headers for submit in cloud.submits)
    assert first["x-dashscope-ossresourceresolve"] == "enable"
    assert "x-dashscope-ossresourceresolve" not in second
    assert second["x-other"] == "kept"


def test_no_header_of_a_host_takes_the_place_of_the_key(
    cloud: ScriptedCloud, client: CloudClient, api_key: str
) -> None:
    client.submit(URL, OPTIONS, headers={"Authorization": "Bearer other"})
    assert cloud.submits[0].headers["authorization"] == f"Bearer {api_key}"


def test_a_clips_address_is_percent_encoded(cloud: ScriptedCloud, client: CloudClient) -> None:
    client.submit("https://example.com/原视频 1.mp4?sig=a%2Bb", OPTIONS)
    sent = cloud.submits[0].body["input"]["video_url"]
    assert sent == "https://example.com/%E5%8E%9F%E8%A7%86%E9%A2%91%201.mp4?sig=a%2Bb"


# fault, the error it must be, tasks that the service made of it
SUBMIT_FAULTS = {
    "lost after acceptance": (LOST_AFTER_ACCEPTANCE, AnswerLost, 1),
    "lost before acceptance": (LOST_BEFORE_ACCEPTANCE, AnswerLost, 0),
    "reset after acceptance": (RESET_AFTER_ACCEPTANCE, AnswerLost, 1),
    "headers and no body": (HEADERS_ONLY, AnswerLost, 1),
    "half a body": (CUT_ANSWER, AnswerLost, 1),
    "200 that is not JSON": (NOT_JSON, AnswerLost, 1),
    "200 with a JSON list": (Fault("change", body=lambda _: [1]), AnswerLost, 1),
    "200 without output": (Fault("change", body=lambda _: {"request_id": "r"}), AnswerLost, 1),
    "200 without a task id": (Fault("change", body=lambda a: {**a, "output": {}}), AnswerLost, 1),
    "200 with a number for an id": (
        Fault("change", body=lambda a: {**a, "output": {"task_id": 7}}),
        AnswerLost,
        1,
    ),
    "a redirect": (
        Fault("answer", status=302, headers={"Location": "http://127.0.0.1:9/"}),
        AnswerLost,
        1,
    ),
    "500 and a task": (refusal("InternalError", works=True), ServiceFault, 1),
    "500 and none": (refusal("InternalError"), ServiceFault, 0),
    "503": (refusal("ModelUnavailable"), ServiceFault, 0),
    "502 in HTML": (Fault("answer", False, 502, "<html>bad gateway</html>"), ServiceFault, 0),
    "429": (refusal("Throttling.RateQuota"), Throttled, 0),
    "401": (refusal("InvalidApiKey"), KeyRefused, 0),
    "400": (refusal("InvalidParameter"), Refused, 0),
    "400 about the url": (
        refusal("InvalidParameter", "url error, please check url！"),
        SourceRefused,
        0,
    ),
    "403 in HTML": (Fault("answer", False, 403, "<html>no</html>"), KeyRefused, 0),
}


@pytest.mark.parametrize(("fault", "kind", "made"), SUBMIT_FAULTS.values(), ids=SUBMIT_FAULTS)
def test_a_submit_sends_once_and_tells_whether_a_task_may_exist(
    cloud: ScriptedCloud, client: CloudClient, fault: Fault, kind: type[CloudError], made: int
) -> None:
    cloud.once("submit", fault)
    with pytest.raises(CloudError) as caught:
        client.submit(URL, OPTIONS)
    assert type(caught.value) is kind
    assert [route for route, _ in cloud.requests] == ["submit"]
    assert len(cloud.made) == made
    assert caught.value.what_next


def test_silence_after_a_submit_may_hide_a_task(
    cloud: ScriptedCloud, hasty_client: CloudClient
) -> None:
    cloud.once("submit", Fault("stall", seconds=60))
    with pytest.raises(AnswerLost, match="in time"):
        hasty_client.submit(URL, OPTIONS)
    assert len(cloud.made) == 1
    assert [route for route, _ in cloud.requests] == ["submit"]


def test_a_strange_status_beside_a_good_id_does_not_lose_the_task(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    def strange(answer: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return {**answer, "output": {**answer["output"], "task_status": "BRAND_NEW"}}

    cloud.once("submit", Fault("change", body=strange))
    task = client.submit(URL, OPTIONS)
    assert (task.task_id, task.status) == (cloud.made[0].task_id, TaskStatus.PENDING)


def test_a_service_that_is_down_is_unreachable(cloud: ScriptedCloud, client: CloudClient) -> None:
    cloud.down()
    with pytest.raises(Unreachable, match="refused the connection"):
        client.submit(URL, OPTIONS)
    cloud.up()
    client.submit(URL, OPTIONS)
    assert len(cloud.made) == 1


def test_a_connection_that_was_accepted_and_closed_may_have_sent(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    cloud.close_connections(1)
    with pytest.raises(AnswerLost):
        client.submit(URL, OPTIONS)
    assert cloud.made == []


def test_a_task_goes_from_pending_to_its_result(
    cloud: ScriptedCloud, client: CloudClient, tmp_path: Path
) -> None:
    cloud.plan = Plan(pending=1, suspended=1, running=2, progress=True)
    task_id = client.submit(URL, OPTIONS).task_id
    tasks = [client.query(task_id) for _ in range(5)]
    assert [task.status.value for task in tasks] == [
        *("PENDING", "SUSPENDED", "RUNNING", "RUNNING", "SUCCEEDED")
    ]
    assert [task.progress for task in tasks] == [None, None, 0.5, 1.0, None]
    assert [task.status.is_final for task in tasks] == [False, False, False, False, True]
    last = tasks[-1]
    assert last.usage is not None
    assert settle(last.usage.duration_s, last.usage.short_side) == Decimal("0.028671")
    assert last.submit_time is not None
    assert last.end_time is not None
    assert last.end_time - last.submit_time < timedelta(minutes=1)
    assert abs(datetime.now(UTC) - last.end_time) < timedelta(minutes=1)
    assert last.output_video_url is not None
    size = client.download(last.output_video_url, tmp_path / "result.mp4")
    assert (tmp_path / "result.mp4").read_bytes() == cloud.result()
    assert size == len(cloud.result())


@pytest.mark.parametrize(
    ("plan", "kind", "code", "words"),
    [
        (Plan(0, 0, ends="FAILED"), TaskFailed, "TaskFailed", "does not say why"),
        (
            Plan(0, 0, ends="FAILED", code="InvalidParameter.FileDownload", message="download err"),
            TaskFailed,
            "InvalidParameter.FileDownload",
            "could not download the clip",
        ),
        (
            Plan(0, 0, ends="FAILED", code="DataInspectionFailed"),
            TaskFailed,
            "DataInspectionFailed",
            "moderation",
        ),
        (
            Plan(0, 0, ends="FAILED", code="Brand.New", message="odd"),
            TaskFailed,
            "Brand.New",
            "odd",
        ),
        (Plan(0, 0, ends="UNKNOWN"), TaskGone, "TaskGone", "24 hours"),
    ],
)
def test_a_failed_or_unknown_task_is_an_answer_with_words(
    cloud: ScriptedCloud,
    client: CloudClient,
    plan: Plan,
    kind: type[CloudError],
    code: str,
    words: str,
) -> None:
    cloud.plan = plan
    task = client.query(client.submit(URL, OPTIONS).task_id)
    assert task.status.value == plan.ends
    assert task.status.is_final
    error = failure(task)
    assert type(error) is kind
    assert error.code == code
    assert words in error.message
    assert error.what_next
    assert error.request_id == task.request_id


def test_a_task_that_never_was_is_unknown(client: CloudClient) -> None:
    assert client.query("no/such task?").status is TaskStatus.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (LOST_AFTER_ACCEPTANCE, AnswerLost),
        (NOT_JSON, AnswerLost),
        (CUT_ANSWER, AnswerLost),
        (Fault("change", body=lambda _: {"output": "text"}), BadAnswer),
        (Fault("change", body=lambda a: {"output": {**a["output"], "task_id": "x"}}), BadAnswer),
        (Fault("change", body=lambda a: {"output": {"task_status": "NEW_WORD"}}), BadAnswer),
        (Fault("change", body=lambda a: {"output": {"task_status": 3}}), BadAnswer),
        (Fault("change", body=lambda a: {"output": {"task_status": ["PENDING"]}}), BadAnswer),
        (Fault("change", body=lambda a: {"output": {"task_status": "SUCCEEDED"}}), BadAnswer),
        (Fault("answer", status=307, headers={"Location": "http://127.0.0.1:9/"}), BadAnswer),
        (refusal("Throttling.RateQuota"), Throttled),
        (refusal("InternalError"), ServiceFault),
    ],
    ids=str,
)
def test_a_query_that_goes_wrong_is_a_typed_error(
    cloud: ScriptedCloud, client: CloudClient, fault: Fault, kind: type[CloudError]
) -> None:
    task_id = client.submit(URL, OPTIONS).task_id
    cloud.once("query", fault)
    with pytest.raises(CloudError) as caught:
        client.query(task_id)
    assert type(caught.value) is kind
    assert client.query(task_id).task_id == task_id


def test_throttling_says_how_long_to_wait_where_the_service_does(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    body = {"code": "Throttling.RateQuota", "message": "slow down"}
    cloud.once("query", Fault("answer", status=429, body=body, headers={"Retry-After": "7"}))
    with pytest.raises(Throttled) as caught:
        client.query("any")
    assert caught.value.facts["retry_after_s"] == 7


def test_a_pending_task_is_cancelled_and_a_running_one_is_not(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    cloud.plan = WAITS
    waiting = client.submit(URL, OPTIONS).task_id
    client.cancel(waiting)
    assert client.query(waiting).status is TaskStatus.CANCELED
    cloud.plan = RUNS_ON
    running = client.submit(URL, OPTIONS).task_id
    assert client.query(running).status is TaskStatus.RUNNING
    with pytest.raises(NotCancelable, match="billed"):
        client.cancel(running)
    client.cancel(running, running=True)
    assert client.query(running).status is TaskStatus.CANCELED


def test_the_list_holds_every_task_of_the_span_over_pages_and_days(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    now = datetime.now(UTC)
    ids = [cloud.add_task(created=now - timedelta(minutes=30 * i)).task_id for i in range(130)]
    cloud.add_task(model="another-model")
    rows = client.list_tasks(now - timedelta(hours=60), now + timedelta(seconds=5))
    assert [row.task_id for row in rows] == ids[:121]
    assert {row.model for row in rows} == {"video-style-transform"}
    assert abs(rows[0].created - now) < timedelta(seconds=1)
    assert rows[0].status is TaskStatus.SUCCEEDED


def test_the_list_can_be_of_one_status(cloud: ScriptedCloud, client: CloudClient) -> None:
    waiting = cloud.add_task(status="PENDING")
    cloud.add_task(status="FAILED")
    now = datetime.now(UTC)
    span = now - timedelta(hours=1), now + timedelta(seconds=5)
    rows = client.list_tasks(*span, TaskStatus.PENDING)
    assert [row.task_id for row in rows] == [waiting.task_id]


def test_a_task_made_while_the_list_is_read_is_not_missed(
    cloud: ScriptedCloud, client: CloudClient
) -> None:
    now = datetime.now(UTC)
    for i in range(60):
        cloud.add_task(created=now - timedelta(minutes=i + 1))
    made: list[str] = []

    def one_more(answer: dict[str, object]) -> dict[str, object]:
        made.append(cloud.add_task(created=now).task_id)
        return answer

    cloud.once("list", Fault("change", body=one_more))
    rows = client.list_tasks(now - timedelta(hours=2), now + timedelta(seconds=5))
    assert len(rows) == 61
    assert made[0] in {row.task_id for row in rows}


@pytest.mark.parametrize(
    "reshape",
    [
        lambda answer: {**answer, "total": answer["total"] + 1},
        lambda answer: {**answer, "total": "many"},
        lambda answer: {**answer, "data": None},
        lambda answer: {**answer, "data": [{"status": "PENDING"}]},
        lambda answer: {**answer, "data": [{"task_id": "x", "gmt_create": "yesterday"}]},
    ],
)
def test_a_list_that_may_leave_something_out_is_no_answer(
    cloud: ScriptedCloud, client: CloudClient, reshape: object
) -> None:
    cloud.add_task()
    cloud.always("list", Fault("change", body=reshape))
    now = datetime.now(UTC)
    with pytest.raises(BadAnswer):
        client.list_tasks(now - timedelta(hours=1), now + timedelta(seconds=5))


@pytest.mark.parametrize("text", ["", "  ", "sk-a b", "sk-\x00", "sk-鍵", "sk-\nX: y"])
def test_text_that_cannot_be_a_key_is_refused_before_it_is_sent(text: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        CloudClient("http://127.0.0.1:9/api/v1", Secret(text))
    assert text.strip() == "" or text not in str(caught.value)


def test_a_key_pasted_with_white_space_works(cloud: ScriptedCloud, api_key: str) -> None:
    CloudClient(cloud.base_url + "/", Secret(f" {api_key}\n")).submit(URL, OPTIONS)
    assert len(cloud.made) == 1


def test_the_fingerprint_tells_accounts_apart_and_gives_no_key_away(api_key: str) -> None:
    fingerprint = account_fingerprint(Secret(api_key))
    assert fingerprint == account_fingerprint(Secret(api_key + "\n"))
    assert fingerprint != account_fingerprint(Secret(api_key + "0"))
    assert api_key[3:11] not in fingerprint


def test_the_key_is_in_no_error_log_or_repr(
    cloud: ScriptedCloud, client: CloudClient, api_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [repr(client), str(client)]
    echo = {"code": "InvalidApiKey", "message": f"Bad key {api_key}"}
    faults = [fault for fault, _, _ in SUBMIT_FAULTS.values()]
    for fault in [*faults, Fault("answer", False, 401, echo)]:
        cloud.once("submit", fault)
        with pytest.raises(CloudError) as caught:
            client.submit(URL, OPTIONS)
        error: BaseException | None = caught.value
        shown.append(pickle.dumps(error).decode("latin-1"))
        shown += traceback.TracebackException.from_exception(caught.value).format()
        while error is not None:
            shown += [repr(error), str(error), str(vars(error))]
            # requests keeps the request, with its headers, on its own errors.
            shown.append(str(getattr(getattr(error, "request", None), "headers", "")))
            error = error.__cause__ or error.__context__
    assert api_key not in "".join(shown) + caplog.text


@pytest.mark.parametrize("code", VENDOR_ERRORS)
def test_an_error_of_the_service_carries_code_words_and_request_id(
    cloud: ScriptedCloud, client: CloudClient, code: str
) -> None:
    cloud.once("query", refusal(code))
    with pytest.raises(CloudError) as caught:
        client.query("any")
    status, message = VENDOR_ERRORS[code]
    error = caught.value
    assert error.code == code
    assert error.http_status == status
    assert error.request_id
    assert message in error.message
    assert error.what_next.endswith(".")

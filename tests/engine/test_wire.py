"""The wire's checks and answers, against the reference's own words and examples."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from restyle.engine import wire
from restyle.engine.task import Status, Task
from restyle.styles import Options, Style

URL = "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/%E5%8E%9F.mp4"
HEADERS = {
    "authorization": "Bearer sk-test",
    "x-dashscope-async": "enable",
    "content-type": "application/json",
}
RESOLVE = {"x-dashscope-ossresourceresolve": "enable"}


def submission(headers: dict[str, str] = HEADERS, **changes: Any) -> wire.Submission:
    request: dict[str, Any] = {
        "model": "video-style-transform",
        "input": {"video_url": URL},
        "parameters": {"style": 0, "video_fps": 15},
    }
    return wire.read_submission(headers, json.dumps(request | changes).encode())


def refusal(*arguments: Any, **changes: Any) -> tuple[int, str, str]:
    with pytest.raises(wire.Refusal) as caught:
        submission(*arguments, **changes)
    return caught.value.http_status, caught.value.code, caught.value.message


def test_the_references_own_example_is_taken() -> None:
    assert submission() == wire.Submission(URL, Options())


def test_every_parameter_is_read() -> None:
    parameters = {
        "style": 7,
        "video_fps": 25,
        "animate_emotion": False,
        "min_len": 540,
        "use_SR": True,
    }
    assert submission(parameters=parameters).options == Options(
        Style.CHINESE_INK_WASH, 25, animate_emotion=False, min_len=540, use_SR=True
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {}},
        {"parameters": None},
        {"parameters": {"style": None, "seed": 7}},
        {"input": {"video_url": URL, "prompt": None, "extend_prompt": True, "function": "x"}},
        {"extra": "key"},
    ],
    ids=str,
)
def test_what_the_vendors_sdks_add_is_tolerated(changes: dict[str, Any]) -> None:
    assert submission(**changes) == wire.Submission(URL, Options())


@pytest.mark.parametrize("given", [{}, None, {"video_url": None}, {"video_url": ""}], ids=str)
def test_a_missing_input_is_accepted_and_left_to_fail_later(given: object) -> None:
    assert submission(input=given).video_url is None


@pytest.mark.parametrize(
    ("authorization", "words"),
    [
        (None, "No API-key provided."),
        ("", "No API-key provided."),
        ("Bearer", "Invalid API-key provided."),
        ("Bearer  ", "Invalid API-key provided."),
        ("Basic abc", "Invalid API-key provided."),
    ],
)
def test_a_request_without_a_key_is_refused(authorization: str | None, words: str) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    with pytest.raises(wire.Refusal) as caught:
        wire.api_key_of(headers)
    assert (caught.value.http_status, caught.value.code) == (401, "InvalidApiKey")
    assert caught.value.message == words


def test_the_key_is_what_follows_the_scheme_in_any_case() -> None:
    assert wire.api_key_of({"authorization": "bearer sk-1 "}) == "sk-1"


@pytest.mark.parametrize("value", [None, "", "disable"])
def test_a_submit_that_is_not_asynchronous_is_refused(value: str | None) -> None:
    headers = {k: v for k, v in HEADERS.items() if k != "x-dashscope-async"}
    if value is not None:
        headers["x-dashscope-async"] = value
    assert refusal(headers) == (
        403,
        "AccessDenied",
        "current user api does not support synchronous calls",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("style", 8),
        ("style", -1),
        ("style", "0"),
        ("style", True),
        ("style", 1.0),
        ("video_fps", 14),
        ("video_fps", 26),
        ("min_len", 480),
        ("min_len", "720"),
        ("use_SR", 1),
        ("use_SR", "true"),
        ("animate_emotion", "yes"),
    ],
)
def test_a_parameter_of_a_wrong_type_or_range_is_refused_by_name(name: str, value: object) -> None:
    assert refusal(parameters={name: value}) == (
        400,
        "InvalidParameter",
        f"the {name} parm is invalid!",
    )


@pytest.mark.parametrize("model", ["wanx2.1-t2v-turbo", "Video-Style-Transform"])
def test_another_model_is_refused_at_once(model: str) -> None:
    assert refusal(model=model) == (400, "InvalidParameter", "Model not exist.")


@pytest.mark.parametrize("model", [None, "", 5])
def test_a_missing_model_is_named(model: object) -> None:
    assert refusal(model=model) == (400, "InvalidParameter", "Field required: model")


@pytest.mark.parametrize(
    "url",
    ["ftp://host/x.mp4", "file:///etc/passwd", "clip.mp4", 5, "http://", "http://[", "x" * 9000],
)
def test_what_is_no_web_address_is_refused(url: object) -> None:
    code = (400, "InvalidParameter", "url error, please check url！")
    assert refusal(input={"video_url": url}) == code


def test_an_upload_is_taken_only_where_its_resolution_is_asked_for() -> None:
    given = {"video_url": "oss://dashscope-instant/a/b/c.mp4"}
    assert submission({**HEADERS, **RESOLVE}, input=given).video_url == given["video_url"]
    assert refusal(input=given)[2] == "url error, please check url！"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(wire.Refusal) as caught:
        wire.read_submission(HEADERS, body)
    assert (caught.value.http_status, caught.value.code) == (400, "InvalidParameter")


@pytest.mark.parametrize("changes", [{"input": "x"}, {"input": []}, {"parameters": [1]}], ids=str)
def test_objects_must_be_objects(changes: dict[str, Any]) -> None:
    assert refusal(**changes)[2] == f"the {next(iter(changes))} parm is invalid!"


def test_a_body_of_another_content_type_is_refused() -> None:
    assert refusal({**HEADERS, "content-type": "text/plain"})[1] == "InvalidParameter"
    assert submission({**HEADERS, "content-type": "application/json; charset=utf-8"})


def test_times_are_those_of_beijing_to_the_millisecond() -> None:
    moment = datetime(2024, 5, 16, 5, 50, 1, 247000, UTC)
    assert wire.china_time(round(moment.timestamp() * 1000)) == "2024-05-16 13:50:01.247"


SUBMIT_MS, SCHEDULED_MS, END_MS = 1715838601247, 1715838601354, 1715838627795


def task(status: Status, **changes: Any) -> Task:
    values: dict[str, Any] = {
        "task_id": "d76ec1e8",
        "account": "a" * 32,
        "request_id": "r0",
        "video_url": URL,
        "options": Options(),
        "status": status,
        "submit_ms": SUBMIT_MS,
        "scheduled_ms": None,
        "end_ms": None,
        "attempts": 0,
        "owner": None,
        "frames": None,
        "result_name": None,
        "duration_s": None,
        "code": "",
        "message": "",
        "detail": "",
    }
    return Task(**values | changes)


def test_a_submit_answers_as_in_the_reference() -> None:
    assert wire.submit_answer(task(Status.PENDING), "7574ee8f") == {
        "output": {"task_id": "d76ec1e8", "task_status": "PENDING"},
        "request_id": "7574ee8f",
    }


def test_a_task_that_succeeded_answers_as_in_the_reference() -> None:
    done = task(Status.SUCCEEDED, scheduled_ms=SCHEDULED_MS, end_ms=END_MS, duration_s=3.0)
    assert wire.query_answer(done, "b67df059", "http://xxx/result.mp4", None) == {
        "request_id": "b67df059",
        "output": {
            "task_id": "d76ec1e8",
            "task_status": "SUCCEEDED",
            "submit_time": "2024-05-16 13:50:01.247",
            "scheduled_time": "2024-05-16 13:50:01.354",
            "end_time": "2024-05-16 13:50:27.795",
            "output_video_url": "http://xxx/result.mp4",
        },
        "usage": {"duration": 3.0, "SR": 720},
    }


def test_a_running_task_also_tells_its_progress() -> None:
    running = task(Status.RUNNING, scheduled_ms=SCHEDULED_MS)
    output = wire.query_answer(running, "r", "", (30, 120))["output"]
    assert output == {
        "task_id": "d76ec1e8",
        "task_status": "RUNNING",
        "submit_time": "2024-05-16 13:50:01.247",
        "scheduled_time": "2024-05-16 13:50:01.354",
        "progress": 0.25,
        "frames_done": 30,
        "frames_total": 120,
    }
    assert "progress" not in wire.query_answer(running, "r", "", None)["output"]


def test_a_failed_task_answers_as_in_the_reference() -> None:
    failed = task(
        Status.FAILED,
        scheduled_ms=SCHEDULED_MS,
        end_ms=END_MS,
        code="InvalidParameter.FileDownload",
        message="download for input video error",
    )
    answer = wire.query_answer(failed, "r", "", None)
    assert answer["output"]["code"] == "InvalidParameter.FileDownload"
    assert answer["output"]["message"] == "download for input video error"
    assert answer["output"].keys().isdisjoint({"output_video_url", "detail"})
    assert "usage" not in answer


def test_an_unknown_task_says_so_in_its_status() -> None:
    assert wire.unknown_answer("x", "r") == {
        "request_id": "r",
        "output": {"task_id": "x", "task_status": "UNKNOWN"},
    }


NOW_MS = 1715838627795


def test_a_list_without_filters_means_the_last_day() -> None:
    listing = wire.read_listing({}, NOW_MS)
    assert (listing.start_ms, listing.end_ms) == (NOW_MS - wire.DAY_MS, NOW_MS + 999)
    assert (listing.page_no, listing.page_size, listing.status) == (1, 10, None)


def test_the_times_of_a_list_are_those_of_beijing() -> None:
    listing = wire.read_listing(
        {"start_time": "20240516000000", "end_time": "20240516135001"}, NOW_MS
    )
    assert listing.start_ms == datetime(2024, 5, 15, 16, tzinfo=UTC).timestamp() * 1000
    assert listing.end_ms == datetime(2024, 5, 16, 5, 50, 1, tzinfo=UTC).timestamp() * 1000 + 999


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": "yesterday"},
        {"start_time": "20240501000000", "end_time": "20240503000000"},
        {"start_time": "20240503000000", "end_time": "20240502000000"},
        {"status": "DONE"},
        {"page_no": "0"},
        {"page_size": "101"},
        {"page_size": "-1"},
        {"page_no": "x"},
    ],
    ids=str,
)
def test_a_list_with_a_wrong_filter_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(wire.Refusal) as caught:
        wire.read_listing(query, NOW_MS)
    assert (caught.value.http_status, caught.value.code) == (400, "InvalidParameter")


def test_a_list_answers_with_paging_at_the_top_and_epoch_milliseconds() -> None:
    listing = wire.read_listing({"page_no": "2", "page_size": "1"}, NOW_MS)
    done = task(Status.SUCCEEDED, scheduled_ms=SCHEDULED_MS, end_ms=END_MS)
    answer = wire.list_answer([done], 3, listing, "r")
    (row,) = answer.pop("data")
    assert answer == {
        "request_id": "r",
        "total": 3,
        "total_page": 3,
        "page_no": 2,
        "page_size": 1,
    }
    assert (row["gmt_create"], row["start_time"], row["end_time"]) == (
        SUBMIT_MS,
        SCHEDULED_MS,
        END_MS,
    )
    assert (row["task_id"], row["status"], row["model_name"], row["request_id"]) == (
        "d76ec1e8",
        "SUCCEEDED",
        "video-style-transform",
        "r0",
    )

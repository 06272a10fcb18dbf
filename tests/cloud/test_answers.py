"""The answers of the reference, word for word, and what becomes of spoilt ones."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from restyle.cloud import TaskStatus, Usage
from restyle.cloud.answers import listed_tasks, queried_task, submitted_task
from restyle.errors import BadAnswer

SUBMITTED = json.loads("""{
    "output": {"task_id": "xxxxxxxx", "task_status": "PENDING"},
    "request_id": "7574ee8f-38a3-4b1e-9280-11c33ab46e51"
}""")
SUCCEEDED = json.loads("""{
    "request_id": "b67df059-ca6a-9d51-afcd-xxxxxxxxxxxx",
    "output": {
        "task_id": "d76ec1e8-ea27-4038-8913-xxxxxxxxxxxx",
        "task_status": "SUCCEEDED",
        "submit_time": "2024-05-16 13:50:01.247",
        "scheduled_time": "2024-05-16 13:50:01.354",
        "end_time": "2024-05-16 13:50:27.795",
        "output_video_url": "http://xxx/result.mp4"
    },
    "usage": {"duration": 3, "SR": 720}
}""")
RUNNING = json.loads("""{
    "request_id": "e5d70b02-ebd3-98ce-9fe8-xxxxxxxxxxxx",
    "output": {
        "task_id": "13b1848b-5493-4c0e-xxxxxxxxxxxx",
        "task_status": "RUNNING",
        "submit_time": "2025-09-08 15:53:13.143",
        "scheduled_time": "2025-09-08 15:53:13.169"
    }
}""")
FAILED = json.loads("""{
    "request_id": "dccfdf23-b38e-97a6-a07b-xxxxxxxxxxxx",
    "output": {
        "task_id": "4cbabbdf-2c1f-43f4-b983-xxxxxxxxxxxx",
        "task_status": "FAILED",
        "submit_time": "2024-05-16 14:15:14.103",
        "scheduled_time": "2024-05-16 14:15:14.154",
        "end_time": "2024-05-16 14:15:14.694",
        "code": "InvalidParameter.FileDownload",
        "message": "download for input video error"
    }
}""")


def succeeded(**changes: Any) -> dict[str, Any]:
    return {**SUCCEEDED, **changes}


def test_the_references_answer_to_a_submit_reads() -> None:
    task = submitted_task(SUBMITTED)
    assert (task.task_id, task.status) == ("xxxxxxxx", TaskStatus.PENDING)
    assert task.request_id == "7574ee8f-38a3-4b1e-9280-11c33ab46e51"
    assert task.raw == SUBMITTED


def test_the_references_finished_task_reads() -> None:
    task = queried_task(SUCCEEDED, "d76ec1e8-ea27-4038-8913-xxxxxxxxxxxx")
    assert task.status is TaskStatus.SUCCEEDED
    assert task.output_video_url == "http://xxx/result.mp4"
    assert task.usage == Usage(Decimal(3), 720)
    assert task.submit_time == datetime(2024, 5, 16, 5, 50, 1, 247000, tzinfo=UTC)
    assert task.end_time == datetime(2024, 5, 16, 5, 50, 27, 795000, tzinfo=UTC)


def test_the_references_running_task_reads() -> None:
    task = queried_task(RUNNING, "13b1848b-5493-4c0e-xxxxxxxxxxxx")
    assert task.status is TaskStatus.RUNNING
    assert not task.status.is_final
    assert task.scheduled_time == datetime(2025, 9, 8, 7, 53, 13, 169000, tzinfo=UTC)
    assert (task.end_time, task.output_video_url, task.usage, task.progress) == (None,) * 4


def test_the_references_failed_task_reads_and_tells_that_its_source_was_refused() -> None:
    task = queried_task(FAILED, "4cbabbdf-2c1f-43f4-b983-xxxxxxxxxxxx")
    assert task.status.is_final
    assert task.code == "InvalidParameter.FileDownload"
    assert task.message == "download for input video error"
    assert task.source_was_refused


@pytest.mark.parametrize(
    ("status", "final"),
    [
        *((word, False) for word in ("PENDING", "RUNNING", "SUSPENDED")),
        *((word, True) for word in ("SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN")),
    ],
)
def test_every_status_of_the_service_is_known(status: str, final: bool) -> None:
    output = {"task_id": "a", "task_status": status, "output_video_url": "https://x/y.mp4"}
    assert queried_task({"output": output}, "a").status.is_final is final


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"duration": 3.1, "SR": 540}, Usage(Decimal("3.1"), 540)),
        ({"duration": 0.1 + 0.2, "SR": 540}, Usage(Decimal("0.30000000000000004"), 540)),
        ({"duration": "3.5", "SR": "720"}, Usage(Decimal("3.5"), 720)),
        ({"duration": 3}, None),
        ({"duration": True, "SR": 720}, None),
        ({"duration": float("nan"), "SR": 720}, None),
        ({"duration": float("inf"), "SR": 720}, None),
        ({"duration": -1, "SR": 720}, None),
        ({"duration": 3, "SR": 720.5}, None),
        ({"duration": [3], "SR": 720}, None),
        ("3 seconds", None),
        (None, None),
    ],
)
def test_usage_that_cannot_be_read_does_not_lose_the_result(usage: Any, read: Usage | None) -> None:
    task = queried_task(succeeded(usage=usage), SUCCEEDED["output"]["task_id"])
    assert task.usage == read
    assert task.output_video_url == "http://xxx/result.mp4"


@pytest.mark.parametrize("time", ["", "yesterday", None, 5, "2024-13-45 99:00:00", {}])
def test_a_time_that_cannot_be_read_is_let_go(time: Any) -> None:
    output = {**SUCCEEDED["output"], "end_time": time}
    assert queried_task(succeeded(output=output), output["task_id"]).end_time is None


@pytest.mark.parametrize("url", [None, "", "file:///etc/passwd", "oss://a/b", 7, ["http://x"]])
def test_a_success_without_a_web_address_is_no_answer(url: Any) -> None:
    output = {**SUCCEEDED["output"], "output_video_url": url}
    with pytest.raises(BadAnswer, match="no address") as caught:
        queried_task(succeeded(output=output), output["task_id"])
    assert caught.value.request_id == SUCCEEDED["request_id"]


@pytest.mark.parametrize(
    ("extra", "progress"),
    [
        ({"progress": 0.25}, 0.25),
        ({"progress": 0.25, "frames_done": 3}, 0.25),
        ({"frames_done": 3, "frames_total": 12}, 0.25),
        ({"frames_done": 3, "frames_total": 0}, None),
        ({"frames_done": 3}, None),
        ({"progress": 7}, 1.0),
        ({"progress": -1}, 0.0),
        ({"progress": "soon"}, None),
        ({}, None),
    ],
)
def test_progress_is_read_where_the_service_tells_it(
    extra: dict[str, Any], progress: float | None
) -> None:
    answer = {"output": {"task_status": "RUNNING", **extra}}
    assert queried_task(answer, "a").progress == progress


ROW = {
    "task_id": "one",
    "status": "RUNNING",
    "model_name": "video-style-transform",
    "region": "cn-beijing",
    "request_id": "r",
    "gmt_create": 1_715_838_601_247,
    "start_time": 1_715_838_601_354,
    "end_time": None,
    "user_api_unique_key": "k",
}


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        {**ROW, "gmt_create": "1715838601247"},
        {**ROW, "gmt_create": None, "start_time": 1_715_838_601_247},
        {**ROW, "status": "RUNNING", "end_time": "soon"},
    ],
)
def test_a_row_of_the_list_reads(row: dict[str, Any]) -> None:
    [read], total = listed_tasks({"data": [row], "total": 1})
    assert total == 1
    assert read.created == datetime(2024, 5, 16, 5, 50, 1, 247000, tzinfo=UTC)
    assert (read.task_id, read.status, read.request_id) == ("one", TaskStatus.RUNNING, "r")


def test_a_new_status_does_not_hide_a_row() -> None:
    [read], _ = listed_tasks({"data": [{**ROW, "status": "NEW"}], "total": 1})
    assert read.status is TaskStatus.UNKNOWN


def test_a_list_of_nothing_reads() -> None:
    assert listed_tasks({"total": 0, "data": []}) == ([], 0)
    assert listed_tasks({"total": 0}) == ([], 0)

"""The vendor's own SDK, unmodified, as a client of the engine: both of its generations."""

import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

import dashscope
import pytest
from dashscope import VideoSynthesis
from dashscope.utils.oss_utils import OssUtils

MODEL = "video-style-transform"
KEY = "sk-sdk"
OPTIONS = {
    "style": 2,
    "video_fps": 15,
    "min_len": 540,
    "use_SR": False,
    "animate_emotion": False,
}


@pytest.fixture
def base_url(engine: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"{engine.url}/api/v1"
    monkeypatch.setattr(dashscope, "base_http_api_url", url)
    monkeypatch.setattr(dashscope, "api_key", KEY)
    return url


def submit(url: str, **options: Any) -> Any:
    """Submit a task, as slowly as two a second want it."""
    request = {"model": MODEL, "extra_input": {"video_url": url}, **OPTIONS, **options}
    while (answer := VideoSynthesis.async_call(**request)).code == "Throttling.RateQuota":
        time.sleep(0.2)
    assert answer.status_code == HTTPStatus.OK, answer
    assert answer.output.task_status == "PENDING"
    return answer


def test_it_submits_waits_and_fetches(base_url: str, clip_url: str) -> None:
    task = submit(clip_url)
    done = VideoSynthesis.wait(task)
    assert done.status_code == HTTPStatus.OK
    assert done.output["task_status"] == "SUCCEEDED"
    assert done.output["output_video_url"].endswith(".mp4")
    assert (done.usage["duration"], done.usage["SR"]) == (1.0, 540)
    again = VideoSynthesis.fetch(task)
    assert again.output["task_status"] == "SUCCEEDED"


def test_it_uploads_a_file_and_has_it_rendered(base_url: str, clip: Path) -> None:
    url, certificate = OssUtils.upload(MODEL, str(clip), KEY)
    assert url == f"oss://{certificate['upload_dir']}/{clip.name}"
    task = submit(url, headers={"X-DashScope-OssResourceResolve": "enable"})
    assert VideoSynthesis.wait(task).output["task_status"] == "SUCCEEDED"


def test_it_cancels_what_waits_and_is_told_what_it_cannot_cancel(
    base_url: str, engine: Any, long_url: str, clip_url: str
) -> None:
    running, waiting = submit(long_url), submit(clip_url)
    engine.wait(running.output.task_id, lambda o: o["task_status"] == "RUNNING", KEY)
    assert VideoSynthesis.cancel(waiting).status_code == HTTPStatus.OK
    assert VideoSynthesis.fetch(waiting).output["task_status"] == "CANCELED"
    refused = VideoSynthesis.cancel(running)
    assert (refused.status_code, refused.code) == (400, "UnsupportedOperation")
    path = f"/api/v1/tasks/{running.output.task_id}/cancel?running=true"
    assert engine.call("POST", path, b"", key=KEY).status == 200
    assert VideoSynthesis.wait(running).output["task_status"] == "CANCELED"


def test_it_lists_tasks(base_url: str) -> None:
    task = submit("http://127.0.0.1:1/x.mp4")
    listed = VideoSynthesis.list(model_name=MODEL, page_size=50)
    assert listed.status_code == HTTPStatus.OK
    assert task.output.task_id in {row["task_id"] for row in listed.output["data"]}
    assert VideoSynthesis.wait(task).output["code"] == "InvalidParameter.FileDownload"


def test_it_shows_the_errors_of_a_refused_submit(base_url: str, clip_url: str) -> None:
    answer = VideoSynthesis.async_call(model=MODEL, extra_input={"video_url": clip_url}, style=8)
    assert (answer.status_code, answer.code) == (400, "InvalidParameter")
    assert answer.message == "the style parm is invalid!"


def test_its_second_generation_submits_waits_lists_and_uploads(
    base_url: str, clip: Path, clip_url: str
) -> None:
    with dashscope.Client(api_key=KEY, base_url=base_url) as client:
        jobs = client.videos.jobs
        job = jobs.create(model=MODEL, extra_input={"video_url": str(clip)}, parameters=OPTIONS)
        done = jobs.wait(job, poll_interval=0.2)
        assert done.status == "SUCCEEDED"
        assert done.output["output_video_url"].endswith(".mp4")
        # It looks for rows under another name than the service's "data"; the count it does read.
        assert jobs.list(page_size=50).total >= 1
        assert jobs.fetch("never-was").status == "UNKNOWN"

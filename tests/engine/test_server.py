"""The engine as a process, over real HTTP: what a client of the reference's API meets."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from media import stream

SUBMIT = "/api/v1/services/aigc/video-generation/video-synthesis"
ASYNC = {"X-DashScope-Async": "enable"}
FAST = {"style": 2, "min_len": 540, "video_fps": 15}
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"


@pytest.fixture(scope="module")
def done(engine: Any, clip_url: str) -> dict[str, Any]:
    """The answer for a task that succeeded."""
    answer: dict[str, Any] = engine.wait(engine.submit(clip_url, **FAST))
    assert answer["output"]["task_status"] == "SUCCEEDED", answer
    return answer


def test_a_clip_is_fetched_rendered_and_answered_as_in_the_reference(
    engine: Any, done: dict[str, Any], tmp_path: Path
) -> None:
    output = done["output"]
    assert done["usage"] == {"duration": 1.0, "SR": 540}
    assert output.keys() == {
        "task_id",
        "task_status",
        "submit_time",
        "scheduled_time",
        "end_time",
        "output_video_url",
    }
    assert output["submit_time"] <= output["scheduled_time"] < output["end_time"]
    assert output["output_video_url"].startswith(f"{engine.url}/results/")
    path = output["output_video_url"].removeprefix(engine.url)
    answer = engine.call("GET", path, key=None)
    (tmp_path / "result.mp4").write_bytes(answer.body)
    assert stream(tmp_path / "result.mp4", "video")["nb_read_frames"] == "15"
    assert stream(tmp_path / "result.mp4", "audio")


def test_a_result_is_served_in_ranges_and_only_to_who_knows_its_name(
    engine: Any, done: dict[str, Any]
) -> None:
    path = done["output"]["output_video_url"].removeprefix(engine.url)
    whole = engine.call("GET", path, key=None)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    part = engine.call("GET", path, key=None, headers={"Range": "bytes=4-7"})
    assert (part.status, part.body) == (206, b"ftyp")
    head = engine.call("HEAD", path, key=None)
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.body)
    for name in ("0" * 48 + ".mp4", "..%2Fengine.sqlite", "x"):
        assert engine.call("GET", f"/results/{name}", key=None).status == 404


def test_the_task_list_has_paging_and_epoch_milliseconds(engine: Any, done: dict[str, Any]) -> None:
    for path in ("/api/v1/tasks", "/api/v1/tasks/"):
        answer = engine.call("GET", f"{path}?page_no=1&page_size=5&status=SUCCEEDED").json
        assert answer.keys() == {
            "request_id",
            "data",
            "total",
            "total_page",
            "page_no",
            "page_size",
        }
        rows = {row["task_id"]: row for row in answer["data"]}
        row = rows[done["output"]["task_id"]]
        assert row["gmt_create"] <= row["start_time"] < row["end_time"] <= time.time() * 1000
    assert engine.call("GET", "/api/v1/tasks?model_name=wanx").json["data"] == []
    assert engine.call("GET", "/api/v1/tasks", key="sk-other").json["total"] == 0
    assert engine.call("GET", "/api/v1/tasks?status=x").json["code"] == "InvalidParameter"


def test_a_task_is_unknown_to_another_key_and_so_is_one_that_never_was(
    engine: Any, done: dict[str, Any]
) -> None:
    task_id = done["output"]["task_id"]
    other = engine.call("GET", f"/api/v1/tasks/{task_id}", key="sk-other")
    assert (other.status, other.json["output"]) == (
        200,
        {"task_id": task_id, "task_status": "UNKNOWN"},
    )
    assert engine.query(str(uuid.uuid4()))["output"]["task_status"] == "UNKNOWN"


def test_a_task_that_ended_cannot_be_canceled(engine: Any, done: dict[str, Any]) -> None:
    for task_id in (done["output"]["task_id"], "never-was"):
        for path in ("cancel", "cancel/", "cancel?running=true"):
            answer = engine.call("POST", f"/api/v1/tasks/{task_id}/{path}", b"")
            assert answer.status == 400
            assert answer.json["code"] == "UnsupportedOperation"
            assert answer.json["message"] == (
                "Failed to cancel the task, please confirm if the task is in PENDING status."
            )


@pytest.mark.parametrize(
    ("body", "headers", "key", "status", "code"),
    [
        ({}, ASYNC, None, 401, "InvalidApiKey"),
        ({}, {}, "sk-test", 403, "AccessDenied"),
        (b"{", ASYNC, "sk-test", 400, "InvalidParameter"),
        ({"model": "wanx"}, ASYNC, "sk-test", 400, "InvalidParameter"),
        (b"[" + b"0," * 600_000, ASYNC, "sk-test", 400, "InvalidParameter"),
        (
            {"model": "video-style-transform", "parameters": {"style": 9}},
            ASYNC,
            "sk-test",
            400,
            "InvalidParameter",
        ),
    ],
    ids=["key", "asynchronous", "json", "model", "size", "style"],
)
def test_a_submit_that_fails_a_check_gets_the_services_error_body(
    engine: Any, body: object, headers: dict[str, str], key: str | None, status: int, code: str
) -> None:
    answer = engine.call("POST", SUBMIT, body, key=key, headers=headers)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json.keys() == {"code", "message", "request_id"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v1/tasks"), ("GET", "/api/v1/tasks/x"), ("POST", "/api/v1/tasks/x/cancel")],
)
def test_every_path_wants_a_key(engine: Any, method: str, path: str) -> None:
    answer = engine.call(method, path, key=None)
    assert (answer.status, answer.json["code"]) == (401, "InvalidApiKey")


def test_what_is_not_there_is_said_in_an_error_body(engine: Any) -> None:
    assert engine.call("GET", "/api/v1/nothing").json.keys() == {"code", "message", "request_id"}
    assert engine.call("DELETE", SUBMIT).status == 405


def test_a_third_submit_within_a_second_is_refused_and_makes_no_task(engine: Any) -> None:
    body = {"model": "video-style-transform", "input": {}, "parameters": {}}
    answers = [
        engine.call("POST", SUBMIT + "/", body, key="sk-hasty", headers=ASYNC) for _ in range(6)
    ]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert refused[0].json["code"] == "Throttling.RateQuota"
    total = engine.call("GET", "/api/v1/tasks", key="sk-hasty").json["total"]
    assert total == len(answers) - len(refused)


def test_a_missing_input_is_accepted_and_fails_later(engine: Any) -> None:
    output = engine.wait(engine.submit(None))["output"]
    assert (output["task_status"], output["code"]) == ("FAILED", "InvalidParameter")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("{web}/missing.mp4", "InvalidParameter.FileDownload"),
        ("http://127.0.0.1:{engine_port}/healthz", "InvalidParameter.FileDownload"),
        ("http://169.254.169.254/latest/meta-data", "InvalidParameter.FileDownload"),
        ("{web}/page.mp4", "InvalidFile.Openerror"),
    ],
)
def test_a_video_that_cannot_be_used_fails_with_the_services_code(
    engine: Any, web: Any, url: str, code: str
) -> None:
    web.files["/page.mp4"] = b"<html>not a video</html>"
    port = engine.url.rpartition(":")[2]
    output = engine.wait(engine.submit(url.format(web=web.origin, engine_port=port)))["output"]
    assert (output["task_status"], output["code"]) == ("FAILED", code)
    if code.endswith("FileDownload"):
        assert output["message"] == "download for input video error"
    assert "usage" not in output


def test_one_task_runs_at_a_time_while_the_server_answers_and_both_kinds_can_be_stopped(
    engine: Any, long_url: str, clip_url: str
) -> None:
    running = engine.submit(long_url, **FAST)
    mine, others = engine.submit(clip_url, **FAST), engine.submit(clip_url, key="sk-2", **FAST)
    output = engine.wait(running, lambda o: o.get("frames_done", 0) > 0)["output"]
    assert output["task_status"] == "RUNNING"
    assert output["frames_total"] == 375
    assert output["progress"] == pytest.approx(output["frames_done"] / 375, abs=1e-4)
    health = engine.call("GET", "/healthz", key=None).json
    assert (health["ok"], health["running"], health["pending"]) == (True, 1, 2)

    # As the cloud: a task that waits can be canceled, one that runs cannot …
    assert engine.call("POST", f"/api/v1/tasks/{mine}/cancel", b"").json.keys() == {"request_id"}
    assert engine.query(mine)["output"]["task_status"] == "CANCELED"
    refused = engine.call("POST", f"/api/v1/tasks/{running}/cancel", b"")
    assert refused.json["code"] == "UnsupportedOperation"
    assert engine.query(running)["output"]["task_status"] == "RUNNING"
    # … and beyond the cloud, where it is asked for, the work truly stops.
    assert engine.call("POST", f"/api/v1/tasks/{running}/cancel?running=true", b"").status == 200
    assert engine.query(running)["output"]["task_status"] == "CANCELED"
    assert list((engine.data_dir / "work").glob(f"{running}*")) == []
    assert engine.wait(others, key="sk-2")["output"]["task_status"] == "SUCCEEDED"


def test_an_upload_is_rendered_for_its_own_account_where_resolution_is_asked_for(
    engine: Any, clip: Path
) -> None:
    query = "/api/v1/uploads?action=getPolicy&model=video-style-transform"
    policy = engine.call("GET", query).json["data"]
    assert policy["upload_host"].startswith(engine.url)
    fields = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": f"{policy['upload_dir']}/clip.mp4",
        "success_action_status": "200",
        "x-oss-content-type": "video/mp4",
    }
    posted = _post_form(engine, policy["upload_host"], fields, clip.read_bytes())
    assert (posted.status, posted.body) == (200, b"")
    again = _post_form(engine, policy["upload_host"], fields, clip.read_bytes())
    assert again.status == 409
    forged = _post_form(engine, policy["upload_host"], fields | {"Signature": "x"}, b"film")
    assert (forged.status, b"<Code>" in forged.body) == (403, True)

    url, resolve = f"oss://{fields['key']}", {"X-DashScope-OssResourceResolve": "enable"}
    body = {"model": "video-style-transform", "input": {"video_url": url}}
    refused = engine.call("POST", SUBMIT, body, headers=ASYNC)
    assert (refused.status, refused.json["code"]) == (400, "InvalidParameter")
    task_id = engine.submit(url, headers=resolve, **FAST)
    stolen = engine.submit(url, key="sk-thief", headers=resolve, **FAST)
    assert engine.wait(task_id)["output"]["task_status"] == "SUCCEEDED"
    output = engine.wait(stolen, key="sk-thief")["output"]
    assert output["code"] == "InvalidParameter.FileDownload"


def _post_form(engine: Any, url: str, fields: dict[str, str], content: bytes) -> Any:
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = '--edge\r\nContent-Disposition: form-data; name="file"; filename="c.mp4"\r\n\r\n'
    return engine.call(
        "POST",
        url.removeprefix(engine.url),
        ("".join(parts) + file).encode() + content + b"\r\n--edge--\r\n",
        key=None,
        headers={"Content-Type": "multipart/form-data; boundary=edge"},
    )


@pytest.mark.parametrize("query", ["", "?action=getPolicy&model=wanx", "?action=delete"])
def test_a_policy_is_given_for_this_model_alone(engine: Any, query: str) -> None:
    answer = engine.call("GET", f"/api/v1/uploads{query}")
    assert (answer.status, answer.json["code"]) == (400, "InvalidParameter")


def test_a_web_page_cannot_reach_it_through_a_name_of_its_own(engine: Any) -> None:
    for host in ("evil.example", "evil.example:80"):
        assert engine.call("GET", "/healthz", headers={"Host": host}).status == 400


def test_no_key_is_kept_or_logged(make_engine: Callable[..., Any], engine: Any) -> None:
    key = f"sk-{uuid.uuid4().hex}"
    engine.wait(engine.submit(None, key=key), key=key)
    engine.call("POST", SUBMIT, b"{", key=key)
    stored = b"".join(p.read_bytes() for p in engine.data_dir.rglob("*") if p.is_file())
    assert key.encode() not in stored
    assert key not in engine.log()


def test_a_task_survives_a_kill_of_its_renderer_and_of_the_whole_engine(
    make_engine: Callable[..., Any], long_url: str, clip_url: str
) -> None:
    engine = make_engine()
    task_id = engine.submit(long_url, **FAST)
    engine.wait(task_id, lambda o: o.get("frames_done", 0) > 0)
    waiting = engine.submit(clip_url, key="sk-2", **FAST)

    (first,) = _renderers_of(engine.process.pid)
    os.kill(first, signal.SIGKILL)
    _wait_until(lambda: _renderers_of(engine.process.pid) not in ([first], []))
    engine.wait(task_id, lambda o: o.get("frames_done", 0) > 0)

    # A killed engine takes its renderer along, and the next one begins the task again.
    renderers = _renderers_of(engine.process.pid)
    engine.end(signal.SIGKILL)
    _wait_until(lambda: not any(_is_alive(pid) for pid in renderers))
    engine.start()
    again = engine.wait(task_id, lambda o: o.get("frames_done", 0) > 0)
    assert again["output"]["task_status"] == "RUNNING"
    assert engine.call("POST", f"/api/v1/tasks/{task_id}/cancel?running=true", b"").status == 200
    done = engine.wait(waiting, key="sk-2")
    assert done["output"]["task_status"] == "SUCCEEDED"

    # Told to stop, it leaves no renderer behind either.
    renderers = _renderers_of(engine.process.pid)
    assert renderers
    engine.end()
    assert not any(_is_alive(pid) for pid in renderers)


STARTER = """
import subprocess, sys
engine = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
engine.stdout.readline()
print(engine.pid, flush=True)
sys.stdin.read()
"""


def test_an_engine_goes_when_its_app_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "restyle.engine", "--cold", "--exit-with-parent"]
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, *command, "--data-dir", str(tmp_path / "data")],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as app:
        assert app.stdout is not None
        engine = int(app.stdout.readline())
        app.kill()
    _wait_until(lambda: not _is_alive(engine))


def test_an_engine_says_in_words_why_it_does_not_start(engine: Any, tmp_path: Path) -> None:
    port = engine.url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "restyle.engine", "--port", port, "--data-dir", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def _renderers_of(engine: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == engine:
                found.append(int(stat.parent.name))
    return found


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    return False


def _wait_until(true: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 30
    while not true():
        assert time.monotonic() < ends_at
        time.sleep(0.05)

"""The named endpoints, as someone's program calls them with gradio_client."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_process import AppProcess
from faults.scripted_cloud import ScriptedCloud
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

PROMISED = {
    "/inspect": {"video": ...},
    "/quote": {"duration_s": ..., "min_len": 720, "use_SR": False},
    "/submit": {
        "video": ...,
        "style": 0,
        "video_fps": 15,
        "animate_emotion": True,
        "min_len": 720,
        "use_SR": False,
        "start_s": 0,
        "end_s": None,
        "shape": "crop",
        "service": "local",
        "api_key": "",
        "crop_at": 0.5,
        "whole": False,
    },
    "/status": {"job_id": ...},
    "/result": {"job_id": ...},
    "/cancel": {"job_id": ...},
    "/go_on": {"job_id": ..., "way": ..., "api_key": ""},
    "/styles": {},
}
FINAL = {"succeeded", "failed", "canceled"}
WAIT_S = 240.0


@pytest.fixture(scope="module")
def client(app: AppProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A program's connection to the page."""
    folder = tmp_path_factory.mktemp("downloads")
    client = Client(app.url, verbose=False, download_files=str(folder))
    yield client
    client.close()


def ended(client: Client, job_id: str) -> dict[str, Any]:
    """The status of a job once it has ended."""
    end = time.monotonic() + WAIT_S
    while (status := client.predict(job_id, api_name="/status"))["stage"] not in FINAL:
        assert time.monotonic() < end, status
        time.sleep(0.2)
    found: dict[str, Any] = status
    return found


def test_exactly_the_promised_endpoints_are_public_with_their_parameters_and_words(
    client: Client,
) -> None:
    public = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    found = {
        name: {
            row["parameter_name"]: row["parameter_default"] if row["parameter_has_default"] else ...
            for row in endpoint["parameters"]
        }
        for name, endpoint in public.items()
    }
    assert found == PROMISED
    assert all(endpoint["description"] for endpoint in public.values())


def test_inspect_gives_facts_and_checks(client: Client, long_clip: Path) -> None:
    found = client.predict(handle_file(long_clip), api_name="/inspect")
    assert (found["clip"]["width"], found["clip"]["height"]) == (320, 640)
    assert found["clip"]["has_audio"] is True
    bad = {row["name"] for row in found["checks"] if not row["ok"]}
    assert bad == {"ratio", "duration"}
    assert found["ok"] is False


def test_quote_gives_decimal_strings(client: Client) -> None:
    assert client.predict(10, api_name="/quote") == {
        "seconds": "10",
        "rate_usd": "0.071677",
        "total_usd": "0.71677",
        "output_short_side": 720,
    }
    upscaled = client.predict(duration_s=10, min_len=540, use_SR=True, api_name="/quote")
    assert upscaled["total_usd"] == "0.28671"
    assert upscaled["output_short_side"] == 1080


def test_styles_gives_the_eight(client: Client) -> None:
    styles = client.predict(api_name="/styles")
    assert [style["code"] for style in styles] == list(range(8))
    assert styles[4] == {
        "code": 4,
        "name": "Chinese cartoon",
        "name_zh": "国风卡通",
        "note": "Best for inputs with ancient costumes",
    }


def test_a_job_goes_from_submit_to_result_with_all_that_was_asked(
    client: Client, cloud: ScriptedCloud, clip: Path
) -> None:
    begun = client.predict(
        video=handle_file(clip),
        style=6,
        video_fps=20,
        min_len=540,
        start_s=0.5,
        end_s=1.0,
        service="cloud",
        api_key=(key := "sk-program-0123456789abcdef0123456789"),
        api_name="/submit",
    )
    assert set(begun) == {"job_id", "quote", "plan"}
    assert begun["plan"]["duration_s"] == 0.5
    status = ended(client, begun["job_id"])
    assert status["stage"] == "succeeded", status
    assert status["error"] is None
    (task,) = (task for task in cloud.tasks.values() if task.key == key)
    asked = {"style": 6, "video_fps": 20, "animate_emotion": True, "min_len": 540, "use_SR": False}
    assert (status["task_id"], task.parameters) == (task.task_id, asked)
    video, same_status = client.predict(begun["job_id"], api_name="/result")
    assert same_status == status
    assert Path(video).read_bytes() == cloud.result()


def test_cancel_by_program_ends_the_job_and_there_is_no_result(
    client: Client, long_clip: Path
) -> None:
    begun = client.predict(video=handle_file(long_clip), api_name="/submit")
    client.predict(begun["job_id"], api_name="/cancel")
    assert ended(client, begun["job_id"])["stage"] == "canceled"
    with pytest.raises(AppError, match="no result"):
        client.predict(begun["job_id"], api_name="/result")


def test_a_part_that_ended_is_tried_again_by_program(client: Client, long_clip: Path) -> None:
    begun = client.predict(video=handle_file(long_clip), whole=True, api_name="/submit")
    client.predict(begun["job_id"], api_name="/cancel")
    stopped = ended(client, begun["job_id"])
    assert [part["stage"] for part in stopped["parts"]] == ["canceled", "canceled"]
    going = client.predict(stopped["parts"][1]["job_id"], way="retry_part", api_name="/go_on")
    assert going["job_id"] == begun["job_id"]
    assert going["stage"] not in FINAL
    assert going["parts"][1]["job_id"] != stopped["parts"][1]["job_id"]
    client.predict(begun["job_id"], api_name="/cancel")
    assert ended(client, begun["job_id"])["stage"] == "canceled"
    for way, words in [("look_again", "did not stop in a way"), ("retry_part", "Only a part")]:
        with pytest.raises(AppError, match=words):
            client.predict(begun["job_id"], way=way, api_name="/go_on")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"job_id": "no-such-job", "api_name": "/status"}, "JobNotFound.*no such job"),
        ({"job_id": "../../etc", "api_name": "/result"}, "JobNotFound"),
        ({"duration_s": -1, "api_name": "/quote"}, "duration above 0"),
        ({"duration_s": 1, "min_len": 1080, "api_name": "/quote"}, "720 or 540"),
        ({"style": 8, "api_name": "/submit"}, "style is 8"),
        ({"video_fps": 60, "api_name": "/submit"}, "15 to 25"),
        ({"shape": "squash", "api_name": "/submit"}, "crop or pad"),
        ({"crop_at": 2, "api_name": "/submit"}, "from 0 to 1"),
        ({"service": "moon", "api_name": "/submit"}, "local or cloud"),
        ({"job_id": "no-such-job", "way": "look_again", "api_name": "/go_on"}, "JobNotFound"),
        ({"job_id": "no-such-job", "way": "elsewhere", "api_name": "/go_on"}, "look_again"),
        ({"service": "cloud", "api_name": "/submit"}, "needs a key"),
        ({"service": "cloud", "api_key": "x y", "api_name": "/submit"}, "begin with sk-"),
        ({"start_s": 50, "api_name": "/submit"}, "OptionError"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_errors_come_in_words_with_the_next_step(
    client: Client, clip: Path, call: dict[str, Any], words: str
) -> None:
    if call["api_name"] == "/submit":
        call = {"video": handle_file(clip), **call}
    with pytest.raises(AppError, match=words) as raised:
        client.predict(**call)
    assert "Traceback" not in str(raised.value)
    assert "x y" not in str(raised.value)

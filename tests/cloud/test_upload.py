from pathlib import Path

import pytest
from faults.scripted_cloud import LOST_AFTER_ACCEPTANCE, Fault, ScriptedCloud, refusal

from restyle.cloud import CloudClient
from restyle.errors import (
    AnswerLost,
    BadAnswer,
    CloudError,
    KeyRefused,
    ServiceFault,
    SourceRefused,
    Throttled,
)
from restyle.styles import Options


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / '我的 视频".MP4'
    path.write_bytes(bytes(range(256)) * 2000 + b"\r\n--odd")
    return path


def test_an_upload_arrives_whole_and_is_named_by_an_oss_url(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    url = client.upload(clip)
    [form] = cloud.upload_forms
    assert url == f"oss://{form['key']}"
    assert url.isascii()
    assert cloud.uploads[form["key"]] == clip.read_bytes()
    assert form["key"].startswith("dashscope-instant/")
    assert form["key"].endswith(".mp4")
    client.submit(url, Options())
    assert cloud.made[0].fetched == clip.read_bytes()


def test_the_form_is_the_one_the_storage_wants_with_the_file_last(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    client.upload(clip)
    [form] = cloud.upload_forms
    assert list(form)[-2:] == ["file", "file name"]
    assert set(form) - {"file", "file name", "key"} == {
        *("OSSAccessKeyId", "Signature", "policy"),
        *("x-oss-object-acl", "x-oss-forbid-overwrite", "success_action_status"),
    }
    assert form["success_action_status"] == "200"
    assert form["key"].endswith(form["file name"])


def test_the_key_goes_to_the_service_and_not_to_the_storage(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    client.upload(clip)
    assert [route for route, _ in cloud.requests] == ["policy", "upload"]
    assert cloud.authorized == [True, False]
    assert "model=video-style-transform" in cloud.requests[0][1]


def test_two_uploads_of_one_clip_never_meet(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    assert client.upload(clip) != client.upload(clip)


def test_an_expired_policy_is_asked_for_once_more(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    cloud.policies_expire_at_once = 1
    assert client.upload(clip).removeprefix("oss://") in cloud.uploads
    assert [route for route, _ in cloud.requests] == ["policy", "upload"] * 2


def test_policies_that_keep_expiring_are_given_up(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    cloud.policies_expire_at_once = 9
    with pytest.raises(SourceRefused, match="did not take the clip"):
        client.upload(clip)
    assert [route for route, _ in cloud.requests] == ["policy", "upload"] * 2


@pytest.mark.parametrize(
    ("route", "fault", "kind"),
    [
        ("policy", refusal("InvalidApiKey"), KeyRefused),
        ("policy", refusal("Throttling.RateQuota"), Throttled),
        ("policy", Fault("change", body=lambda _: {"data": None}), BadAnswer),
        ("policy", Fault("change", body=lambda a: {"data": {**a["data"], "policy": 1}}), BadAnswer),
        (
            "policy",
            Fault("change", body=lambda a: {"data": {**a["data"], "upload_host": "file:///"}}),
            BadAnswer,
        ),
        (
            "policy",
            Fault("change", body=lambda a: {"data": {**a["data"], "max_file_size_mb": 0.1}}),
            SourceRefused,
        ),
        ("upload", LOST_AFTER_ACCEPTANCE, AnswerLost),
        ("upload", Fault("answer", False, 500, "<Error/>"), ServiceFault),
        ("upload", Fault("answer", False, 400, "<Error/>"), SourceRefused),
        ("upload", Fault("answer", False, 307, headers={"Location": "/oss"}), SourceRefused),
    ],
    ids=str,
)
def test_an_upload_that_goes_wrong_is_a_typed_error(
    cloud: ScriptedCloud,
    client: CloudClient,
    clip: Path,
    route: str,
    fault: Fault,
    kind: type[CloudError],
) -> None:
    cloud.always(route, fault)
    with pytest.raises(CloudError) as caught:
        client.upload(clip)
    assert type(caught.value) is kind
    assert caught.value.what_next

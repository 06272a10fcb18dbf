"""The temporary upload: what a signed policy allows, and nothing else."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from restyle.engine import uploads as module
from restyle.engine.forms import UploadRefused
from restyle.engine.installation import Installation
from restyle.engine.uploads import KEEP_S, POLICY_TTL_S, Uploads

ACCOUNT = "a" * 32
OTHER = "b" * 32
BOUNDARY = "----edge"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


class Shelf:
    """An upload store with a clock that goes when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "uploads"
        self.extra_s = 0.0
        self.store = Uploads(self.folder, Installation.of(folder), lambda: self.now_s)
        self.policy = self.store.policy(ACCOUNT, "http://host/uploads")

    @property
    def now_s(self) -> float:
        return time.time() + self.extra_s

    def fields(self, name: str = "clip.mp4") -> dict[str, str]:
        policy = self.policy
        return {
            "OSSAccessKeyId": policy["oss_access_key_id"],
            "Signature": policy["signature"],
            "policy": policy["policy"],
            "key": f"{policy['upload_dir']}/{name}",
            "x-oss-object-acl": policy["x_oss_object_acl"],
            "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
            "success_action_status": "200",
            "x-oss-content-type": "video/mp4",
        }

    def post(self, fields: dict[str, str], content: bytes = b"film", *, cut: int = 0) -> str:
        body = form(fields, content)
        return asyncio.run(self.store.receive(CONTENT_TYPE, chunks(body[: len(body) - cut])))

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def form(fields: dict[str, str], content: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    return ("".join(parts) + file).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


async def chunks(body: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def refusal(shelf: Shelf, fields: dict[str, str], content: bytes = b"film") -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        shelf.post(fields, content)
    assert shelf.files() == []
    return caught.value


def test_what_was_uploaded_is_found_by_its_oss_url(shelf: Shelf) -> None:
    key = shelf.post(shelf.fields(), b"a film\r\n--not the edge")
    path = shelf.store.resolve(f"oss://{key}", ACCOUNT)
    assert path is not None
    assert path.read_bytes() == b"a film\r\n--not the edge"


def test_another_account_does_not_find_it(shelf: Shelf) -> None:
    key = shelf.post(shelf.fields())
    assert shelf.store.resolve(f"oss://{key}", OTHER) is None
    assert shelf.store.resolve(f"oss://{key.replace(ACCOUNT, OTHER)}", OTHER) is None


def test_one_policy_serves_several_files(shelf: Shelf) -> None:
    keys = [shelf.post(shelf.fields(name), name.encode()) for name in ("one.mp4", "影片.mp4")]
    paths = [shelf.store.resolve(f"oss://{key}", ACCOUNT) for key in keys]
    assert [path and path.read_text() for path in paths] == ["one.mp4", "影片.mp4"]


def test_a_file_is_not_overwritten(shelf: Shelf) -> None:
    key = shelf.post(shelf.fields(), b"first")
    with pytest.raises(UploadRefused) as caught:
        shelf.post(shelf.fields(), b"second")
    assert caught.value.http_status == 409
    path = shelf.store.resolve(f"oss://{key}", ACCOUNT)
    assert path is not None
    assert path.read_bytes() == b"first"


def test_an_expired_policy_is_refused(shelf: Shelf) -> None:
    shelf.extra_s = POLICY_TTL_S + 1
    assert refusal(shelf, shelf.fields()).http_status == 403


@pytest.mark.parametrize("name", ["Signature", "policy", "key"])
def test_a_form_without_its_proof_is_refused(shelf: Shelf, name: str) -> None:
    fields = shelf.fields()
    del fields[name]
    assert refusal(shelf, fields).http_status == 403


def test_a_forged_policy_is_refused(shelf: Shelf) -> None:
    fields = shelf.fields()
    stated = json.loads(base64.b64decode(fields["policy"]))
    stated["expires"] += 3600
    fields["policy"] = base64.b64encode(json.dumps(stated).encode()).decode()
    assert refusal(shelf, fields).http_status == 403


def test_anothers_policy_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    foreign = Shelf(tmp_path / "other")
    assert refusal(shelf, foreign.fields()).code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    "key",
    [
        "{dir}/../x",
        "{dir}/",
        "{dir}/a/b",
        "{dir}x/clip.mp4",
        "/etc/passwd",
        f"dashscope-instant/{OTHER}/{'0' * 32}/clip.mp4",
    ],
)
def test_a_key_outside_the_policys_folder_is_refused(shelf: Shelf, key: str) -> None:
    fields = shelf.fields() | {"key": key.format(dir=shelf.policy["upload_dir"])}
    assert refusal(shelf, fields).http_status == 403


def test_the_size_is_bounded_while_it_streams(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 1000)
    endless = form(shelf.fields(), b"")[: -len(f"\r\n--{BOUNDARY}--\r\n")]
    seen = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal seen
        yield endless
        while True:
            seen += 100
            yield b"x" * 100

    with pytest.raises(UploadRefused) as caught:
        asyncio.run(shelf.store.receive(CONTENT_TYPE, body()))
    assert caught.value.code == "EntityTooLarge"
    assert seen <= 1100
    assert shelf.files() == []


def test_an_upload_that_breaks_off_leaves_nothing(shelf: Shelf) -> None:
    with pytest.raises(UploadRefused) as caught:
        shelf.post(shelf.fields(), b"film", cut=12)
    assert caught.value.http_status == 400
    assert shelf.files() == []
    # And the same policy still serves a second try.
    assert shelf.post(shelf.fields(), b"film")


def test_a_field_that_is_too_long_is_refused(shelf: Shelf) -> None:
    assert refusal(shelf, {"x": "y" * 20_000, **shelf.fields()}).code == "FieldItemTooLong"


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/form-data"])
def test_what_is_no_form_is_refused(shelf: Shelf, content_type: str) -> None:
    with pytest.raises(UploadRefused) as caught:
        asyncio.run(shelf.store.receive(content_type, chunks(b"film")))
    assert caught.value.http_status == 400


@pytest.mark.parametrize(
    "url", ["oss://", "oss://dashscope-instant/../x", f"oss://dashscope-instant/{ACCOUNT}/x/y"]
)
def test_a_made_up_url_leads_nowhere(shelf: Shelf, url: str) -> None:
    assert shelf.store.resolve(url, ACCOUNT) is None


def test_uploads_are_removed_after_48_hours(shelf: Shelf) -> None:
    key = shelf.post(shelf.fields())
    shelf.extra_s = KEEP_S - 60
    shelf.store.purge()
    assert shelf.store.resolve(f"oss://{key}", ACCOUNT)
    shelf.extra_s = KEEP_S + 60
    assert shelf.store.resolve(f"oss://{key}", ACCOUNT) is None
    shelf.store.purge()
    assert shelf.files() == []


def test_keys_become_accounts_that_differ_between_installations(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = Installation.of(tmp_path / "one"), Installation.of(tmp_path / "two")
    assert one.account("sk-1") == Installation.of(tmp_path / "one").account("sk-1")
    assert len({one.account("sk-1"), one.account("sk-2"), two.account("sk-1")}) == 3
    assert "sk-1" not in one.account("sk-1")
    assert str(one.secret) not in repr(one)
    assert (tmp_path / "one" / "installation.key").stat().st_mode & 0o077 == 0

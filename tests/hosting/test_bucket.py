"""A bucket that signs: a storage of fsspec whose links a real server answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import fsspec
import pytest
import requests
from bucket import BucketServer
from fsspec.implementations.local import LocalFileSystem
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from restyle.errors import HostingError
from restyle.hosting import Bucket, verify


class SigningStorage(LocalFileSystem):
    """A folder that signs links to its files, as s3fs does for a bucket."""

    protocol = "signing"
    address: ClassVar[str] = ""
    root: ClassVar[str] = ""
    signed_s: ClassVar[list[int]] = []

    def sign(self, path: str, expiration: int = 100, **_: Any) -> str:
        self.signed_s.append(expiration)
        return f"{self.address}{path.removeprefix(self.root)}?signature=%2Fab%3D"


@pytest.fixture
def storage(tmp_path: Path, serve: Callable[[Starlette], str]) -> Path:
    folder = tmp_path / "bucket"
    folder.mkdir()
    fsspec.register_implementation("signing", SigningStorage, clobber=True)
    SigningStorage.root = str(folder)
    SigningStorage.address = serve(Starlette(routes=[Mount("/", StaticFiles(directory=folder))]))
    SigningStorage.signed_s.clear()
    return folder


def test_a_clip_in_a_bucket_is_fetched_by_its_signed_link(storage: Path, clip: Path) -> None:
    bucket = Bucket(f"signing://{storage}", ttl_s=3600)
    hosted = bucket.host(clip)
    verify(hosted)
    assert hosted.url.isascii()
    assert hosted.host == "bucket"
    assert SigningStorage.signed_s == [3600]
    assert abs(hosted.expires_at - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)
    kept = storage / "jobs" / clip.parent.name
    assert [path.read_bytes() for path in kept.iterdir()] == [clip.read_bytes()]


def test_a_clip_in_s3_is_fetched_by_its_signed_link(
    s3: BucketServer, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.environ.items():
        monkeypatch.setenv(name, value)
    hosted = Bucket(s3.storage(), ttl_s=3600).host(clip)
    verify(hosted)
    assert requests.get(hosted.url, timeout=10).content == clip.read_bytes()
    (expires,) = parse_qs(urlsplit(hosted.url).query)["Expires"]
    assert int(expires) == pytest.approx(hosted.expires_at.timestamp(), abs=60)


def test_two_clips_in_a_bucket_never_meet(storage: Path, clip: Path) -> None:
    bucket = Bucket(f"signing://{storage}")
    assert bucket.host(clip).url != bucket.host(clip).url


def test_a_storage_that_fails_is_said_in_words(
    storage: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(SigningStorage, "put_file", full)
    with pytest.raises(HostingError, match="no space left"):
        Bucket(f"signing://{storage}").host(clip)


def test_a_link_that_is_not_of_the_web_is_refused(storage: Path, clip: Path) -> None:
    SigningStorage.address = "file://"
    with pytest.raises(HostingError, match="no web address"):
        Bucket(f"signing://{storage}").host(clip)

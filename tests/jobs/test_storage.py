"""The storage: one folder for all, or one that each machine works on copies of."""

from pathlib import Path
from uuid import uuid4

import pytest
from jobs.studio import settings_for

from restyle.errors import OptionError
from restyle.jobs.storage import Storage


def _two(tmp_path: Path, url: str) -> tuple[Storage, Storage]:
    """Two machines with one storage."""
    first, second = (
        Storage(settings_for(tmp_path / name, "http://127.0.0.1:9/api/v1", RESTYLE_STORAGE_URL=url))
        for name in ("one", "two")
    )
    return first, second


@pytest.fixture(params=["folder", "file://", "memory://", "s3://"])
def storages(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Storage, Storage]:
    shared = str(tmp_path / "shared")
    urls = {"folder": shared, "file://": f"file://{shared}", "memory://": f"memory://{uuid4().hex}"}
    if request.param == "s3://":
        server = request.getfixturevalue("s3")
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        return _two(tmp_path, server.storage())
    return _two(tmp_path, urls[request.param])


def _keep(storage: Storage, name: str) -> None:
    path = storage.folder("a") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"film")
    storage.keep(path)


def test_what_one_machine_keeps_another_has(storages: tuple[Storage, Storage]) -> None:
    first, second = storages
    _keep(first, "result.mp4")
    assert second.bring(second.folder("a") / "result.mp4").read_bytes() == b"film"
    assert not second.bring(second.folder("a") / "never-was.mp4").exists()
    _keep(first, "never-was.mp4")
    assert second.bring(second.folder("a") / "never-was.mp4").exists(), "it had not been, till now"
    second.drop("a")
    assert not second.folder("a").exists()
    second.drop("a")
    assert not second.bring(second.folder("a") / "result.mp4").exists()


def test_a_copy_may_go_and_come_back(storages: tuple[Storage, Storage]) -> None:
    first, second = storages
    _keep(first, "result.mp4")
    assert second.holds_copies == (first.folder("a") != second.folder("a"))
    if second.holds_copies:
        second.bring(second.folder("a") / "result.mp4")
        second.drop_copies("a")
        assert not second.folder("a").exists()
    assert second.bring(second.folder("a") / "result.mp4").read_bytes() == b"film"


def test_the_secret_is_of_all_machines(storages: tuple[Storage, Storage]) -> None:
    first, second = storages
    assert first.secret() == second.secret() == first.secret()


def test_without_a_storage_the_data_folder_is_it(tmp_path: Path) -> None:
    storage = Storage(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))
    assert storage.folder("a") == tmp_path / "jobs" / "a"
    storage.secret()
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_storage_that_nobody_can_open_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="RESTYLE_STORAGE_URL"):
        _two(tmp_path, "nonsense://x")

"""The visitors' keys: sealed at rest, only for their job, and gone with it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from faults.scripted_cloud import LOST_AFTER_ACCEPTANCE, RUNS_ON
from jobs.studio import HOST_KEY, Studio, new_key, settings_for

from restyle.errors import KeyRefused
from restyle.jobs import Stage
from restyle.jobs.keys import KeyBox, installation_secret
from restyle.jobs.tables import KEYS, open_database
from restyle.settings import Secret


def test_the_secret_of_an_installation_is_made_once_and_only_its_owner_reads_it(
    tmp_path: Path,
) -> None:
    secret = installation_secret(tmp_path / "data")
    assert installation_secret(tmp_path / "data") == secret
    files = list((tmp_path / "data").iterdir())
    assert [(file.name, file.stat().st_mode & 0o777) for file in files] == [("secret.key", 0o600)]


def test_a_key_can_be_fetched_until_it_is_erased(tmp_path: Path) -> None:
    engine = open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))
    box = KeyBox(engine, installation_secret(tmp_path))
    key = Secret(new_key())
    with engine.begin() as book:
        box.keep(book, "a", key)
    assert box.fetch("a") == key
    with engine.begin() as book:
        box.erase(book, "a")
    with pytest.raises(KeyRefused, match="erased"):
        box.fetch("a")


def test_a_key_of_another_installation_cannot_be_opened(tmp_path: Path) -> None:
    engine = open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))
    with engine.begin() as book:
        KeyBox(engine, installation_secret(tmp_path)).keep(book, "a", Secret(new_key()))
    with pytest.raises(KeyRefused, match="secret changed"):
        KeyBox(engine, installation_secret(tmp_path / "other")).fetch("a")


def _kept(studio: Studio) -> list[str]:
    with studio.jobs._engine.connect() as book:
        return list(book.execute(sa.select(KEYS.c.job_id)).scalars())


def test_no_file_holds_a_key_while_its_job_runs_and_none_is_kept_after_it(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    studio.cloud.plan = RUNS_ON
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    job_id = studio.submit()
    studio.stage(job_id, Stage.RUNNING)
    assert job_id in _kept(studio)
    for path in studio.jobs._settings.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert studio.key.encode() not in content
            assert HOST_KEY.encode() not in content
    assert studio.key not in caplog.text
    studio.cloud.finish(studio.cloud.made[0].task_id)
    studio.end(job_id)
    assert job_id not in _kept(studio)
    assert studio.key not in repr(studio.jobs.status(job_id)) + repr(studio.jobs.answers(job_id))

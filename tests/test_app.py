"""The app as a whole: it starts everything, keeps its local service alive, and stops cleanly."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest
from app_process import running_app
from postgres import PostgresServer

from app import free_port, main
from restyle.errors import RestyleError

WAIT_S = 60.0


def test_it_begins_its_service_again_when_that_dies_and_stops_everything_at_the_end(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    database_url = postgres.database()
    with running_app(tmp_path / "data", DATABASE_URL=database_url) as app:
        with urllib.request.urlopen(app.url) as answer:
            assert answer.status == 200
        first = app.engine_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        end = time.monotonic() + WAIT_S
        while app.engine_pid in (None, first):
            assert time.monotonic() < end, "the service was not begun again"
            time.sleep(0.1)
    assert app.process.returncode == 0, "".join(app.said)
    assert app.engine_pid is None
    with psycopg.connect(database_url) as connection:
        for table in ("restyle_jobs", "render_tasks"):  # the app's and its service's
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)
    assert not list((tmp_path / "data").rglob("*.sqlite")), "nothing lies in a file as well"


def test_a_wrong_setting_is_named_and_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RESTYLE_HOSTING", "carrier pigeon")
    monkeypatch.setenv("RESTYLE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main() == 1
    assert "RESTYLE_HOSTING" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_first_free_port_is_taken() -> None:
    taken = free_port("127.0.0.1", range(1))
    assert 0 < taken < 65536
    with pytest.raises(RestyleError, match="GRADIO_SERVER_PORT"):
        free_port("127.0.0.1", range(0))

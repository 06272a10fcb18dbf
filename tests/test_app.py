"""The app as a whole: it starts everything, keeps its local service alive, and stops cleanly."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from app_process import running_app

from app import free_port, main
from restyle.errors import RestyleError

WAIT_S = 60.0


def test_it_begins_its_service_again_when_that_dies_and_stops_everything_at_the_end(
    tmp_path: Path,
) -> None:
    with running_app(tmp_path / "data") as app:
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

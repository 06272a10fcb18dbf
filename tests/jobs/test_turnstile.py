"""At most 20 questions and 2 submits a second for an account, by however many processes."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from jobs.studio import settings_for

from restyle.jobs import turnstile
from restyle.jobs.pace import Pace
from restyle.jobs.tables import open_database
from restyle.jobs.turnstile import Turnstile

BOTH = pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])


def _open(
    folder: Path, database: str, request: pytest.FixtureRequest, count: int
) -> list[sa.Engine]:
    url = request.getfixturevalue("postgres").database() if database == "PostgreSQL" else ""
    settings = settings_for(folder, "http://127.0.0.1:9/api/v1", DATABASE_URL=url)
    return [open_database(settings) for _ in range(count)]


@BOTH
def test_questions_of_many_threads_and_processes_are_spread(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    engines = _open(tmp_path, database, request, 2)
    gates = [Turnstile(engine) for engine in engines]
    moments: list[float] = []

    def ask(gate: Turnstile) -> None:
        for _ in range(5):
            began = time.time()
            moments.append(began + gate.take("a"))

    threads = [threading.Thread(target=ask, args=(gates[number % 2],)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gates[0].take("another") == 0
    for engine in engines:
        engine.dispose()
    moments.sort()
    assert len(moments) == 60
    # What a take itself lasts blurs each moment: the row as a whole does not lie.
    assert moments[-1] - moments[0] >= 59 / 20


def test_of_any_three_submits_the_last_comes_a_second_after_the_first_whatever_was_asked_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))
    monkeypatch.setattr(turnstile, "now", lambda book: 1000.0)
    questions = Turnstile(engine)
    submits = Turnstile(engine, Pace().submits_a_second, name=" submits")
    moments = []
    for _ in range(6):
        moments.append(submits.take("a"))
        questions.take("a")
    assert all(late - early > 1 for early, late in zip(moments, moments[2:], strict=False))
    assert submits.take("b") == 0
    engine.dispose()


def test_a_clock_that_was_set_back_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))
    clock = [1000.0 + 3600]
    monkeypatch.setattr(turnstile, "now", lambda book: clock[0])
    gate = Turnstile(engine, a_second=10)
    assert [gate.take("a"), round(gate.take("a"), 3)] == [0, 0.1]
    clock[0] = 1000.0
    assert gate.take("a") == 0
    assert round(gate.take("a"), 3) == 0.1
    engine.dispose()

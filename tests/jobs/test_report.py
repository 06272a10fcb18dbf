"""What a host sees: health for machines, and one command for people."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from faults.scripted_cloud import LOST_AFTER_ACCEPTANCE, WAITS
from jobs.studio import HOST_KEY, Studio, settings_for

from restyle.jobs import Stage
from restyle.jobs.__main__ import main
from restyle.jobs.report import report, spend_by_day, stuck
from restyle.jobs.tables import JOBS, open_database

ROOT = Path(__file__).parents[2]


def test_health_is_told_to_whatever_watches(studio: Studio) -> None:
    answer = requests.get(f"{studio.origin}/healthz", timeout=10)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["ok"], told["working"], told["database"]) == (True, True, True)
    assert told["workers"] >= 1
    membership = studio.jobs._membership
    with membership._renewing:  # No heartbeat comes between.
        membership._held_until, kept = 0.0, membership._held_until
        answer = requests.get(f"{studio.origin}/healthz", timeout=10)
        membership._held_until = kept
    assert (answer.status_code, answer.json()["ok"]) == (503, False)


def test_the_report_lists_jobs_spending_and_what_is_stuck(studio: Studio) -> None:
    engine = studio.jobs._engine
    before = {day.day: day for day in spend_by_day(engine)}
    job = studio.end(studio.submit(api_key=None, visitor="kim"))
    own = studio.end(studio.submit())
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    studio.cloud.strangers = 1
    unclear = studio.submit()
    studio.end(unclear)
    studio.cloud.plan = WAITS
    waiting = studio.submit(api_key=None, visitor="kim")
    studio.stage(waiting, Stage.PENDING)
    with engine.begin() as book:
        book.execute(sa.update(JOBS).where(JOBS.c.job_id == waiting).values(since=0.0))
    today = spend_by_day(engine)[0]
    earlier = before.get(today.day)
    assert job.charge is not None
    assert today.hosts - (earlier.hosts if earlier else 0) == job.charge
    assert today.visitors - (earlier.visitors if earlier else 0) == own.charge
    taken = today.taken - (earlier.taken if earlier else 0)
    assert taken == job.charge + studio.jobs.status(waiting).quote.total_usd
    why = {one.record.job_id: one.why for one in stuck(engine)}
    assert why[unclear] == "SubmitUnclear: may look again or submit anyway"
    assert why[waiting].startswith("pending for")
    text = report(engine)
    for words in (
        job.job_id,
        str(job.task_id),
        f"{today.hosts:.4f}",
        why[unclear],
        "living worker",
    ):
        assert words in text
    assert HOST_KEY not in text
    studio.jobs.cancel(waiting)
    studio.end(waiting)


def test_the_command_prints_it(tmp_path: Path) -> None:
    open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1")).dispose()
    done = subprocess.run(
        [sys.executable, "-m", "restyle.jobs"],
        cwd=ROOT,
        env={**os.environ, "RESTYLE_DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Spend by day" in done.stdout


def test_the_command_says_where_it_found_no_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RESTYLE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main([]) == 1
    assert "Set RESTYLE_DATA_DIR" in capsys.readouterr().out

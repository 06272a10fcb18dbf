"""The host's purse: exact under any race, and given back to the last nano-dollar."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from jobs.purse import CENT, DAILY_CAP, VISITOR_CAP, VISITORS
from jobs.studio import settings_for

from restyle.errors import BudgetExceeded
from restyle.jobs.budgets import Budgets
from restyle.jobs.tables import open_database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    return open_database(settings_for(tmp_path, "http://127.0.0.1:9/api/v1"))


def _hold(engine: sa.Engine, budgets: Budgets, job_id: str, visitor: str, amount: Decimal) -> bool:
    try:
        with engine.begin() as book:
            budgets.hold(book, job_id, visitor, amount)
    except BudgetExceeded:
        return False
    return True


def _settle(engine: sa.Engine, budgets: Budgets, job_id: str, charge: Decimal) -> None:
    with engine.begin() as book:
        budgets.settle(book, job_id, charge)


def test_a_hold_is_taken_settled_corrected_and_given_back(engine: sa.Engine) -> None:
    budgets = Budgets(engine, Decimal(1), Decimal(10))
    assert _hold(engine, budgets, "a", "ann", Decimal("0.71677"))
    assert budgets.left("ann") == Decimal("0.28323")
    assert budgets.left("bob") == Decimal(1)
    _settle(engine, budgets, "a", Decimal("0.7"))
    assert budgets.left("ann") == Decimal("0.3")
    _settle(engine, budgets, "a", Decimal("0.7"))
    assert budgets.left("ann") == Decimal("0.3")
    _settle(engine, budgets, "a", Decimal(0))
    assert budgets.left("ann") == Decimal(1)


def test_a_job_without_a_hold_is_left_alone(engine: sa.Engine) -> None:
    budgets = Budgets(engine, Decimal(1), Decimal(10))
    _settle(engine, budgets, "nobody", Decimal(5))
    assert budgets.left("ann") == Decimal(1)


@pytest.mark.parametrize(
    ("visitor_cap", "daily_cap", "words"),
    [("0.05", "10", "your"), ("1", "0.05", "host")],
    ids=["the visitor's", "everybody's"],
)
def test_a_refusal_names_the_cap_and_takes_nothing(
    engine: sa.Engine, visitor_cap: str, daily_cap: str, words: str
) -> None:
    budgets = Budgets(engine, Decimal(visitor_cap), Decimal(daily_cap))
    with pytest.raises(BudgetExceeded, match=words), engine.begin() as book:
        budgets.hold(book, "a", "ann", Decimal("0.06"))
    assert budgets.left("ann") == Decimal("0.05")


def test_the_cap_itself_may_be_spent_to_the_end(engine: sa.Engine) -> None:
    budgets = Budgets(engine, Decimal("0.071677"), Decimal(10))
    assert _hold(engine, budgets, "a", "ann", Decimal("0.071677"))
    assert budgets.left("ann") == 0


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_two_processes_with_a_hundred_threads_never_pass_a_cap(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres").database() if database == "PostgreSQL" else ""
    command = [sys.executable, str(ROOT / "tests/jobs/purse.py"), str(tmp_path), url]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    with ExitStack() as stack:
        takers = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "PYTHONPATH": paths},
                )
            )
            for _ in range(2)
        ]
        for taker in takers:
            assert taker.stdout
            assert taker.stdout.readline() == "ready\n"
        numbers = [json.dumps(list(range(first, 200, 2))) for first in range(2)]
        for taker, its in zip(takers, numbers, strict=True):
            assert taker.stdin
            taker.stdin.write(f"{its}\n")
            taker.stdin.flush()
        got = [number for taker in takers for number in json.loads(taker.communicate()[0])]
    visitors = [f"visitor {number % VISITORS}" for number in got]
    assert len(got) == DAILY_CAP / CENT
    assert max(visitors.count(visitor) for visitor in visitors) <= VISITOR_CAP / CENT
    settings = settings_for(tmp_path, "http://127.0.0.1:9/api/v1", DATABASE_URL=url)
    engine = open_database(settings)
    budgets = Budgets(engine, VISITOR_CAP, DAILY_CAP)
    assert budgets.left(visitors[0]) == 0
    for number in got:
        _settle(engine, budgets, str(number), Decimal(0))
    assert {budgets.left(visitor) for visitor in visitors} == {VISITOR_CAP}
    engine.dispose()

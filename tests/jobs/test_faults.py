"""The fault table in short: one row for each kind of trouble (all rows: tests/faults/table.py)."""

import pytest
from faults.rows import ROWS, Row
from faults.trial import Outcome, Trial
from jobs.studio import Studio

SHORT = [row for row in ROWS if row.short]


def test_no_row_loses_a_result_or_makes_a_second_task(studio: Studio) -> None:
    outcomes = list(Trial(studio.cloud, studio.jobs, studio.clip).run(SHORT))
    assert len(outcomes) == len(SHORT)
    assert {_name(outcome): outcome.faults for outcome in outcomes if outcome.faults} == {}


@pytest.mark.parametrize("request_name", sorted({row.request.partition(",")[0] for row in ROWS}))
def test_every_request_has_rows_of_its_own_names(request_name: str) -> None:
    names = [_key(row) for row in ROWS if row.request.startswith(request_name)]
    assert len(names) == len(set(names))


def _name(outcome: Outcome) -> str:
    return " / ".join(_key(outcome.row))


def _key(row: Row) -> tuple[str, str]:
    return row.request, row.name

"""The account's list of tasks over pages and days: whole, or an error.

It must prove what it leaves out: whether a lost submit made a task is read from it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from restyle.cloud.answers import BEIJING, TaskRow, listed_tasks
from restyle.errors import BadAnswer

_PAGE_SIZE = 50
_MOST_PAGES = 200
_MOST_PASSES = 3
# The service's longest span is 24 hours; times go in whole seconds, which need room.
_SPAN = timedelta(hours=24) - timedelta(seconds=2)

Ask = Callable[[Mapping[str, str]], Mapping[str, Any]]


def all_tasks(ask: Ask, start: datetime, end: datetime) -> list[TaskRow]:
    """The tasks made from `start` to `end` (aware, rounded outward to seconds), newest first.

    `ask` gets one page for a query. Raises BadAnswer when the pages do not add up.
    """
    rows: dict[str, TaskRow] = {}
    moment = start
    while moment < end:
        upto = min(end, moment + _SPAN)
        rows |= _between(ask, moment, upto)
        moment = upto
    return sorted(rows.values(), key=lambda row: row.created, reverse=True)


def _between(ask: Ask, start: datetime, end: datetime) -> dict[str, TaskRow]:
    query = {
        "start_time": _list_time(start),
        "end_time": _list_time(end + timedelta(seconds=1)),
        "page_size": str(_PAGE_SIZE),
    }
    for _ in range(_MOST_PASSES):
        found: dict[str, TaskRow] = {}
        totals: set[int] = set()
        for number in range(1, _MOST_PAGES + 1):
            rows, total = listed_tasks(ask({**query, "page_no": str(number)}))
            totals.add(total)
            found |= {row.task_id: row for row in rows}
            if not rows or len(found) >= total:
                break
        # A task made between two pages shifts the rows: then it is read again.
        if len(totals) == 1 and len(found) == total:
            return found
    raise BadAnswer(
        "The service's list of tasks does not add up to the number that it gives.",
        what_next="Look at the tasks in the Model Studio console.",
    )


def _list_time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")

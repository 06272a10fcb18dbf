"""A process that takes cents from the host's purse with many threads at once: `purse.py FOLDER`.

It says `ready`, reads a line with the numbers of its takings, and tells which of them it got.
"""

import json
import sys
import threading
from decimal import Decimal
from pathlib import Path

from jobs.studio import settings_for

from restyle.errors import BudgetExceeded
from restyle.jobs.budgets import Budgets
from restyle.jobs.tables import open_database

CENT = Decimal("0.01")
VISITOR_CAP, DAILY_CAP = 5 * CENT, 23 * CENT
VISITORS = 8


def main(folder: str, database_url: str) -> None:
    """Take as many cents at once as there are numbers."""
    settings = settings_for(Path(folder), "http://127.0.0.1:9", DATABASE_URL=database_url)
    engine = open_database(settings)
    budgets = Budgets(engine, VISITOR_CAP, DAILY_CAP)
    print("ready", flush=True)
    numbers: list[int] = json.loads(sys.stdin.readline())
    begin = threading.Barrier(len(numbers))
    got: list[int] = []

    def take(number: int) -> None:
        begin.wait()
        try:
            with engine.begin() as book:
                budgets.hold(book, str(number), f"visitor {number % VISITORS}", CENT)
        except BudgetExceeded:
            return
        got.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    print(json.dumps(got))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Turnstiles: at most so many questions, and submits, a second for an account, by all processes.

The service takes 20 questions and 2 submits a second for each account, however many jobs there
are on however many machines. Each takes the next free moment out of the book, and waits for it.
"""

import time
from collections.abc import Callable

import sqlalchemy as sa

from restyle.jobs.tables import GATES, now

# A little under the service's 20: what was apart when sent may come closer on the way.
QUESTIONS_A_SECOND = 16
# A longer queue of questions cannot be true: the clock was set back.
LONGEST_WAIT_S = 60.0


class Turnstile:
    """Lets what has this `name` through one by one, `a_second` for each account."""

    def __init__(
        self,
        engine: sa.Engine,
        a_second: float = QUESTIONS_A_SECOND,
        *,
        name: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._apart_s = 1 / a_second
        self.name = name
        self._sleep = sleep

    def pass_through(self, account: str) -> None:
        """Wait for the account's next free moment."""
        self._sleep(self.take(account))

    def take(self, account: str) -> float:
        """Take the next free moment: seconds until it comes."""
        account += self.name
        with self._engine.begin() as book:
            book.execute(
                sa.text(
                    "INSERT INTO restyle_gates (account, free_at) VALUES (:account, 0) "
                    "ON CONFLICT DO NOTHING"
                ),
                {"account": account},
            )
            mine = GATES.c.account == account
            free_at = book.execute(sa.select(GATES.c.free_at).where(mine).with_for_update())
            present = now(book)
            moment = max(free_at.scalar_one(), present)
            if moment > present + LONGEST_WAIT_S:
                moment = present
            book.execute(sa.update(GATES).where(mine).values(free_at=moment + self._apart_s))
        return float(moment - present)

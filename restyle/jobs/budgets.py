"""Caps on what the host's key spends: for each visitor and for everybody, each day (UTC).

A job's quote is held when it is queued and turned into the charge, or given back, when it
ends; both in one transaction, so that no race of threads or processes passes a cap.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

import sqlalchemy as sa

from restyle.errors import BudgetExceeded
from restyle.jobs.tables import CAPS, HOLDS, reading
from restyle.pricing import dollars

EVERYBODY = "everybody"
_NANO = Decimal(1_000_000_000)


class Budgets:
    """The host's purse: `visitor_cap` and `daily_cap` in US dollars a day."""

    def __init__(self, engine: sa.Engine, visitor_cap: Decimal, daily_cap: Decimal) -> None:
        self._engine = engine
        self._visitor_cap = _nano(visitor_cap)
        self._daily_cap = _nano(daily_cap)

    def hold(self, book: sa.Connection, job_id: str, visitor: str, amount: Decimal) -> None:
        """Take `amount` (US dollars) from today's caps, within the caller's transaction.

        Raises BudgetExceeded, after which the caller's transaction must be rolled back.
        """
        self.hold_all(book, {job_id: amount}, visitor)

    def hold_all(self, book: sa.Connection, prices: Mapping[str, Decimal], visitor: str) -> None:
        """Take what several jobs cost (US dollars by job id) from today's caps, all or none.

        Raises as `hold`, in words about the sum.
        """
        amount = sum(prices.values(), Decimal(0))
        held = {job_id: _nano(price) for job_id, price in prices.items()}
        day, nano = _today(), sum(held.values())
        # Everybody's row first, always: two transactions then wait for each other in one order.
        if not _take(book, EVERYBODY, day, nano, self._daily_cap):
            raise BudgetExceeded(
                f"This costs {dollars(amount)}, and that is more than what is left of the "
                f"{dollars(_usd(self._daily_cap))} a day that the host of this page pays.",
                what_next="Come back after midnight UTC, use your own API key, "
                "or choose this machine, which is free.",
            )
        if not _take(book, _scope(visitor), day, nano, self._visitor_cap):
            raise BudgetExceeded(
                f"This costs {dollars(amount)}, and that is more than what is left of your "
                f"{dollars(_usd(self._visitor_cap))} a day on the host's key.",
                what_next="Choose fewer seconds or 540p, use your own API key, "
                "or choose this machine, which is free.",
            )
        for job_id, price in held.items():
            row = sa.insert(HOLDS).values(job_id=job_id, visitor=visitor, day=day, held=price)
            book.execute(row)

    def settle(self, book: sa.Connection, job_id: str, charge: Decimal) -> None:
        """Turn a hold into what was truly charged (0 gives it back).

        Safe to repeat: a later call corrects an earlier one. A job without a hold is left alone.
        """
        held = book.execute(
            sa.select(HOLDS).where(HOLDS.c.job_id == job_id).with_for_update()
        ).one_or_none()
        if held is None:
            return
        nano = _nano(charge)
        before = held.held if held.settled is None else held.settled
        book.execute(sa.update(HOLDS).where(HOLDS.c.job_id == job_id).values(settled=nano))
        for scope in (EVERYBODY, _scope(held.visitor)):
            book.execute(
                sa.update(CAPS)
                .where(CAPS.c.scope == scope, CAPS.c.day == held.day)
                .values(taken=CAPS.c.taken + (nano - before))
            )

    def left(self, visitor: str) -> Decimal:
        """What the host's key still pays for this visitor today, in US dollars."""
        query = sa.select(CAPS.c.scope, CAPS.c.taken).where(
            CAPS.c.day == _today(), CAPS.c.scope.in_([EVERYBODY, _scope(visitor)])
        )
        with reading(self._engine) as book:
            taken: dict[str, int] = dict(list(book.execute(query)))
        everybodys = self._daily_cap - taken.get(EVERYBODY, 0)
        own = self._visitor_cap - taken.get(_scope(visitor), 0)
        return _usd(max(0, min(everybodys, own)))


def _take(book: sa.Connection, scope: str, day: str, nano: int, cap: int) -> bool:
    book.execute(
        sa.text(
            "INSERT INTO restyle_caps (scope, day, taken) VALUES (:scope, :day, 0) "
            "ON CONFLICT DO NOTHING"
        ),
        {"scope": scope, "day": day},
    )
    taken = book.execute(
        sa.update(CAPS)
        .where(CAPS.c.scope == scope, CAPS.c.day == day, CAPS.c.taken + nano <= cap)
        .values(taken=CAPS.c.taken + nano)
    )
    return taken.rowcount == 1


def _scope(visitor: str) -> str:
    return f"visitor:{visitor}"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _nano(amount: Decimal) -> int:
    return int((amount * _NANO).to_integral_value(ROUND_CEILING))


def _usd(nano: int) -> Decimal:
    return (Decimal(nano) / _NANO).normalize()

"""Who renders what: a task is claimed by one engine, held by a lease, and ended by its holder.

A lease lasts LEASE_MS and is renewed while its holder lives; after that the task is any
engine's again. What a holder says after it has lost a task changes nothing.
"""

import uuid
from typing import Any

import sqlalchemy as sa

from restyle.engine.database import TASKS, Database
from restyle.engine.task import Status, Task, task_of

# Long enough for a holder that is only slow (renewals come every two seconds), short enough that
# the work of one that died is taken up within 15 seconds.
LEASE_MS = 10_000
# A clip that takes the renderer down each time must not be tried for ever.
MAX_ATTEMPTS = 3
_RUNNING = TASKS.c.status == Status.RUNNING.value


class Leases:
    """The tasks as one engine process takes and ends them; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.owner = uuid.uuid4().hex

    def claim(self) -> Task | None:
        """Take the next PENDING task into RUNNING, or None.

        Fair: an account's tasks run in order and one at a time, and of several accounts the one
        whose last start is longest ago comes first. Tasks whose lease ran out come up again.
        """
        with self._database.begin(alone_in="claim") as connection:
            now = self._database.now()
            lease = TASKS.c.lease_ms
            self._put_back(connection, sa.or_(lease.is_(None), lease <= now))
            chosen = connection.execute(self._following()).scalar()
            claimed = connection.execute(
                TASKS.update()
                # Not where it was canceled between the two statements.
                .where(TASKS.c.seq == chosen, TASKS.c.status == Status.PENDING.value)
                .values(
                    status=Status.RUNNING.value,
                    scheduled_ms=now,
                    attempts=TASKS.c.attempts + 1,
                    owner=self.owner,
                    lease_ms=now + LEASE_MS,
                    frames_done=None,
                    frames_total=None,
                )
            )
            if claimed.rowcount == 0:
                return None
            return task_of(connection.execute(TASKS.select().where(TASKS.c.seq == chosen)).one())

    def renew(self, task_id: str, frames: tuple[int, int] | None) -> bool:
        """Hold on to a task for another LEASE_MS, and note its frames done and in all.

        False where it is this engine's no more: canceled, or the lease ran out and another took it.
        """
        done, total = frames or (None, None)
        return self._change(
            self._is_mine(task_id),
            lease_ms=self._database.now() + LEASE_MS,
            frames_done=done,
            frames_total=total,
        )

    def requeue(self, task_id: str, *, counts: bool) -> None:
        """Put a task back in its place in the queue.

        `counts` is whether this start counts among its attempts: not when the engine stops on
        purpose.
        """
        self._change(
            self._is_mine(task_id),
            status=Status.PENDING.value,
            scheduled_ms=None,
            owner=None,
            attempts=TASKS.c.attempts - (0 if counts else 1),
        )

    def succeed(self, task_id: str, result_name: str, duration_s: float) -> bool:
        """RUNNING → SUCCEEDED; False where it was canceled or lost meanwhile."""
        return self._change(
            self._is_mine(task_id),
            status=Status.SUCCEEDED.value,
            end_ms=self._database.now(),
            result_name=result_name,
            duration_s=duration_s,
        )

    def fail(self, task_id: str, code: str, message: str, detail: str = "") -> bool:
        """RUNNING → FAILED; False where it was canceled or lost meanwhile."""
        return self._change(
            self._is_mine(task_id),
            status=Status.FAILED.value,
            end_ms=self._database.now(),
            code=code,
            message=message,
            detail=detail,
        )

    def recover(self) -> None:
        """After a restart or a stumble: this engine holds nothing; what it held comes up again.

        A SQLite database has one engine at a time, so there all of RUNNING was its.
        """
        with self._database.begin(alone_in="claim") as connection:
            mine = TASKS.c.owner == self.owner if self._database.is_shared else sa.true()
            self._put_back(connection, mine)

    def held(self) -> set[tuple[str, str]]:
        """Task and owner of every task that some engine renders."""
        query = sa.select(TASKS.c.task_id, TASKS.c.owner).where(_RUNNING, self._is_ours())
        with self._database.begin() as connection:
            return {(row[0], row[1]) for row in connection.execute(query)}

    def _following(self) -> sa.Select[int]:
        seq, account = TASKS.c.seq, TASKS.c.account
        busy = sa.select(account).where(_RUNNING, self._is_ours())
        last = (
            sa.select(account, sa.func.max(TASKS.c.scheduled_ms).label("started_ms"))
            .where(self._is_ours())
            .group_by(account)
            .subquery()
        )
        first = sa.func.min(seq)
        return (
            sa.select(first)
            .select_from(TASKS.join(last, last.c.account == account))
            .where(TASKS.c.status == Status.PENDING.value, self._is_ours(), account.not_in(busy))
            .group_by(account, last.c.started_ms)
            .order_by(sa.func.coalesce(last.c.started_ms, 0), first)
            .limit(1)
        )

    def _put_back(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
        """RUNNING → PENDING again, or FAILED where it was tried too often."""
        lost = sa.and_(_RUNNING, self._is_ours(), which)
        connection.execute(
            TASKS.update()
            .where(lost, TASKS.c.attempts >= MAX_ATTEMPTS)
            .values(
                status=Status.FAILED.value,
                end_ms=self._database.now(),
                code="InternalError.Algo",
                message="The style transform failed.",
                detail="The engine stopped each time this clip was rendered.",
            )
        )
        connection.execute(
            TASKS.update()
            .where(lost)
            .values(status=Status.PENDING.value, scheduled_ms=None, owner=None)
        )

    def _is_ours(self) -> sa.ColumnElement[bool]:
        return TASKS.c.pool == self._database.pool

    def _is_mine(self, task_id: str) -> sa.ColumnElement[bool]:
        return sa.and_(TASKS.c.task_id == task_id, _RUNNING, TASKS.c.owner == self.owner)

    def _change(self, which: sa.ColumnElement[bool], **values: Any) -> bool:
        with self._database.begin() as connection:
            return connection.execute(TASKS.update().where(which).values(**values)).rowcount > 0

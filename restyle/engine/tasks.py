"""The engine's durable render tasks: one table, one state machine, safe against a kill.

PENDING → RUNNING → SUCCEEDED | FAILED | CANCELED. SQLite in the data folder by default; only
SQLAlchemy's portable words are used, so that a PostgreSQL URL serves as well.
"""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from restyle.engine.database import TASKS, open_database
from restyle.engine.task import Status, Task
from restyle.errors import RestyleError
from restyle.styles import Options

KEEP_MS = 24 * 3600 * 1000
SUBMITS_PER_WINDOW = 2
WINDOW_MS = 1000
# A clip that takes the renderer down each time must not be tried for ever.
MAX_ATTEMPTS = 3


class TooManySubmits(RestyleError):
    """More than two submits of one account within a second; no task was made."""


class TaskStore:
    """The tasks of one engine; every method is one transaction and may be called by any thread.

    `clock` gives seconds since the epoch and is injected by tests.
    """

    def __init__(self, database_url: str, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._engine = open_database(database_url)

    def now_ms(self) -> int:
        """The store's own clock."""
        return int(self._clock() * 1000)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def submit(
        self, account: str, video_url: str | None, options: Options, request_id: str
    ) -> Task:
        """A new PENDING task; raises TooManySubmits (the reference: 2 submits a second)."""
        task_id, now_ms = str(uuid.uuid4()), self.now_ms()
        recent = sa.select(sa.func.count()).where(
            TASKS.c.account == account,
            # Not beyond now: a clock that was set back must not lock anybody out.
            TASKS.c.submit_ms.between(now_ms - WINDOW_MS + 1, now_ms),
        )
        with self._engine.begin() as connection:
            if connection.execute(recent).scalar_one() >= SUBMITS_PER_WINDOW:
                raise TooManySubmits("Requests rate limit exceeded, please try again later.")
            connection.execute(
                TASKS.insert().values(
                    task_id=task_id,
                    account=account,
                    request_id=request_id,
                    video_url=video_url,
                    options=json.dumps(options.as_parameters()),
                    status=Status.PENDING.value,
                    submit_ms=now_ms,
                )
            )
            return _one(connection, TASKS.c.task_id == task_id)

    def get(self, task_id: str, account: str) -> Task | None:
        """The account's task, or None: unknown, another account's, or older than 24 hours."""
        with self._engine.begin() as connection:
            row = connection.execute(
                TASKS.select().where(
                    TASKS.c.task_id == task_id, TASKS.c.account == account, self._is_kept()
                )
            ).first()
        return _task(row) if row else None

    def page(
        self,
        account: str,
        start_ms: int,
        end_ms: int,
        status: str | None,
        page_no: int,
        page_size: int,
    ) -> tuple[list[Task], int]:
        """One page of the account's tasks, newest first, and how many there are in all."""
        mine = sa.and_(
            TASKS.c.account == account,
            TASKS.c.submit_ms.between(start_ms, end_ms),
            self._is_kept(),
        )
        if status:
            mine = sa.and_(mine, TASKS.c.status == status)
        query = TASKS.select().where(mine).order_by(TASKS.c.seq.desc())
        with self._engine.begin() as connection:
            total = connection.execute(
                sa.select(sa.func.count()).select_from(TASKS).where(mine)
            ).scalar_one()
            rows = connection.execute(query.limit(page_size).offset((page_no - 1) * page_size))
            return [_task(row) for row in rows], total

    def cancel(self, task_id: str, account: str, *, running: bool = False) -> bool:
        """End a PENDING task (with `running`, a RUNNING one too); False where there is none."""
        stages = [Status.PENDING.value, *([Status.RUNNING.value] if running else [])]
        return self._change(
            sa.and_(
                TASKS.c.task_id == task_id,
                TASKS.c.account == account,
                TASKS.c.status.in_(stages),
            ),
            status=Status.CANCELED.value,
            end_ms=self.now_ms(),
        )

    def claim(self) -> Task | None:
        """Take the next PENDING task into RUNNING, or None.

        Fair: an account's tasks run in order and one at a time, and of several accounts the one
        whose last start is longest ago comes first.
        """
        seq, status, account = TASKS.c.seq, TASKS.c.status, TASKS.c.account
        busy = sa.select(account).where(status == Status.RUNNING.value)
        last = (
            sa.select(account, sa.func.max(TASKS.c.scheduled_ms).label("started_ms"))
            .group_by(account)
            .subquery()
        )
        following = (
            sa.select(sa.func.min(seq).label("seq"))
            .select_from(TASKS.join(last, last.c.account == account))
            .where(status == Status.PENDING.value, account.not_in(busy))
            .group_by(account, last.c.started_ms)
            .order_by(sa.func.coalesce(last.c.started_ms, 0), sa.func.min(seq))
            .limit(1)
        )
        with self._engine.begin() as connection:
            chosen = connection.execute(following).scalar()
            if chosen is None:
                return None
            connection.execute(
                TASKS.update()
                .where(seq == chosen)
                .values(
                    status=Status.RUNNING.value,
                    scheduled_ms=self.now_ms(),
                    attempts=TASKS.c.attempts + 1,
                )
            )
            return _one(connection, seq == chosen)

    def requeue(self, task_id: str, *, counts: bool) -> None:
        """Put a RUNNING task back in its place in the queue.

        `counts` is whether this start counts among its attempts: not when the engine stops on
        purpose.
        """
        self._change(
            _is_running(task_id),
            status=Status.PENDING.value,
            scheduled_ms=None,
            attempts=TASKS.c.attempts - (0 if counts else 1),
        )

    def succeed(self, task_id: str, result_name: str, duration_s: float) -> bool:
        """RUNNING → SUCCEEDED; False where it was canceled meanwhile."""
        return self._change(
            _is_running(task_id),
            status=Status.SUCCEEDED.value,
            end_ms=self.now_ms(),
            result_name=result_name,
            duration_s=duration_s,
        )

    def fail(self, task_id: str, code: str, message: str, detail: str = "") -> bool:
        """RUNNING → FAILED; False where it was canceled meanwhile."""
        return self._change(
            _is_running(task_id),
            status=Status.FAILED.value,
            end_ms=self.now_ms(),
            code=code,
            message=message,
            detail=detail,
        )

    def recover(self) -> None:
        """After a restart: what was RUNNING is rendered again, unless it was tried too often."""
        self._change(
            sa.and_(TASKS.c.status == Status.RUNNING.value, TASKS.c.attempts >= MAX_ATTEMPTS),
            status=Status.FAILED.value,
            end_ms=self.now_ms(),
            code="InternalError.Algo",
            message="The style transform failed.",
            detail="The engine stopped each time this clip was rendered.",
        )
        self._change(
            TASKS.c.status == Status.RUNNING.value,
            status=Status.PENDING.value,
            scheduled_ms=None,
        )

    def has_result(self, result_name: str) -> bool:
        """Whether a result of that name is still to be given out."""
        with self._engine.begin() as connection:
            return (
                connection.execute(
                    sa.select(TASKS.c.seq).where(
                        TASKS.c.result_name == result_name, self._is_kept()
                    )
                ).first()
                is not None
            )

    def counts(self) -> tuple[int, int]:
        """How many tasks are RUNNING and PENDING."""
        by_status = sa.select(TASKS.c.status, sa.func.count()).group_by(TASKS.c.status)
        with self._engine.begin() as connection:
            found: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_status)}
        return found.get(Status.RUNNING.value, 0), found.get(Status.PENDING.value, 0)

    def purge(self) -> list[str]:
        """Forget what ended more than 24 hours ago; returns the names of its results."""
        old = sa.not_(self._is_kept())
        with self._engine.begin() as connection:
            names = connection.execute(sa.select(TASKS.c.result_name).where(old)).scalars().all()
            connection.execute(TASKS.delete().where(old))
        return [name for name in names if name]

    def _is_kept(self) -> sa.ColumnElement[bool]:
        return sa.or_(TASKS.c.end_ms.is_(None), TASKS.c.end_ms > self.now_ms() - KEEP_MS)

    def _change(self, which: sa.ColumnElement[bool], **values: Any) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(TASKS.update().where(which).values(**values)).rowcount > 0


def _is_running(task_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(TASKS.c.task_id == task_id, TASKS.c.status == Status.RUNNING.value)


def _one(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Task:
    return _task(connection.execute(TASKS.select().where(which)).one())


def _task(row: sa.Row[Any]) -> Task:
    values = dict(row._mapping)
    del values["seq"]
    values["status"] = Status(values["status"])
    values["options"] = Options(**json.loads(values["options"]))
    return Task(**values)

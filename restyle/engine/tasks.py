"""The engine's durable render tasks as its clients see them: submitted, asked for, canceled.

PENDING → RUNNING → SUCCEEDED | FAILED | CANCELED. What happens from a claim to a result is told
in `leases`.
"""

import json
import uuid

import sqlalchemy as sa

from restyle.engine.database import TASKS, Database
from restyle.engine.task import Status, Task, task_of
from restyle.errors import RestyleError
from restyle.styles import Options

KEEP_MS = 24 * 3600 * 1000
SUBMITS_PER_WINDOW = 2
WINDOW_MS = 1000


class TooManySubmits(RestyleError):
    """More than two submits of one account within a second; no task was made."""


class TaskStore:
    """The tasks of one pool; every method is one transaction and may be called by any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now_ms(self) -> int:
        """The moment by the clock that all times of tasks are of."""
        return self._database.now_ms()

    def submit(
        self, account: str, video_url: str | None, options: Options, request_id: str
    ) -> Task:
        """A new PENDING task; raises TooManySubmits (the reference: 2 submits a second)."""
        task_id, now = str(uuid.uuid4()), self._database.now()
        recent = sa.select(sa.func.count()).where(
            TASKS.c.account == account,
            # Not beyond now: a clock that was set back must not lock anybody out.
            TASKS.c.submit_ms.between(now - WINDOW_MS + 1, now),
        )
        with self._database.begin(alone_in=f"submit {account}") as connection:
            if connection.execute(recent).scalar_one() >= SUBMITS_PER_WINDOW:
                raise TooManySubmits("Requests rate limit exceeded, please try again later.")
            connection.execute(
                TASKS.insert().values(
                    task_id=task_id,
                    pool=self._database.pool,
                    account=account,
                    request_id=request_id,
                    video_url=video_url,
                    options=json.dumps(options.as_parameters()),
                    status=Status.PENDING.value,
                    submit_ms=now,
                )
            )
            return task_of(
                connection.execute(TASKS.select().where(TASKS.c.task_id == task_id)).one()
            )

    def get(self, task_id: str, account: str) -> Task | None:
        """The account's task, or None: unknown, another account's, or older than 24 hours."""
        with self._database.begin() as connection:
            row = connection.execute(
                TASKS.select().where(
                    TASKS.c.task_id == task_id, TASKS.c.account == account, self._is_kept()
                )
            ).first()
        return task_of(row) if row else None

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
        with self._database.begin() as connection:
            total = connection.execute(
                sa.select(sa.func.count()).select_from(TASKS).where(mine)
            ).scalar_one()
            rows = connection.execute(query.limit(page_size).offset((page_no - 1) * page_size))
            return [task_of(row) for row in rows], total

    def cancel(self, task_id: str, account: str, *, running: bool = False) -> bool:
        """End a PENDING task (with `running`, a RUNNING one too); False where there is none."""
        stages = [Status.PENDING.value, *([Status.RUNNING.value] if running else [])]
        ended = TASKS.update().where(
            TASKS.c.task_id == task_id,
            TASKS.c.account == account,
            TASKS.c.status.in_(stages),
        )
        with self._database.begin() as connection:
            return (
                connection.execute(
                    ended.values(status=Status.CANCELED.value, end_ms=self._database.now())
                ).rowcount
                > 0
            )

    def results(self) -> set[str]:
        """The names of all results that are still to be given out."""
        with self._database.begin() as connection:
            return {row[0] for row in connection.execute(self._result_names())}

    def has_result(self, result_name: str) -> bool:
        """Whether a result of that name is still to be given out."""
        this = self._result_names().where(TASKS.c.result_name == result_name)
        with self._database.begin() as connection:
            return connection.execute(this).first() is not None

    def counts(self) -> tuple[int, int]:
        """How many tasks are RUNNING and PENDING."""
        by_status = (
            sa.select(TASKS.c.status, sa.func.count())
            .where(TASKS.c.pool == self._database.pool)
            .group_by(TASKS.c.status)
        )
        with self._database.begin() as connection:
            found: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_status)}
        return found.get(Status.RUNNING.value, 0), found.get(Status.PENDING.value, 0)

    def purge(self) -> None:
        """Forget what ended more than 24 hours ago."""
        with self._database.begin() as connection:
            connection.execute(
                TASKS.delete().where(TASKS.c.pool == self._database.pool, sa.not_(self._is_kept()))
            )

    def _result_names(self) -> sa.Select[str]:
        return sa.select(TASKS.c.result_name).where(
            TASKS.c.result_name.is_not(None), TASKS.c.pool == self._database.pool, self._is_kept()
        )

    def _is_kept(self) -> sa.ColumnElement[bool]:
        return sa.or_(TASKS.c.end_ms.is_(None), TASKS.c.end_ms > self._database.now() - KEEP_MS)

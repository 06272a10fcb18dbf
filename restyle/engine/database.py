"""The engine's database: one table of render tasks, in SQLite or, for several engines, PostgreSQL.

Engines of one data folder share its tasks. Others may use the same PostgreSQL: each folder's
tasks are a pool of their own, for only who has the folder can read its uploads.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()
TASKS = sa.Table(
    "render_tasks",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("task_id", sa.String(36), nullable=False, unique=True),
    sa.Column("pool", sa.String(32), nullable=False, server_default="", index=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("request_id", sa.String(36), nullable=False),
    sa.Column("video_url", sa.Text),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("submit_ms", sa.BigInteger, nullable=False),
    sa.Column("scheduled_ms", sa.BigInteger),
    sa.Column("end_ms", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    # Who renders it, until when that holds without a word, and how far it was at the last word.
    sa.Column("owner", sa.String(32)),
    sa.Column("lease_ms", sa.BigInteger),
    sa.Column("frames_done", sa.Integer),
    sa.Column("frames_total", sa.Integer),
    sa.Column("result_name", sa.String(64)),
    sa.Column("duration_s", sa.Float),
    sa.Column("code", sa.String(64), nullable=False, default=""),
    sa.Column("message", sa.Text, nullable=False, default=""),
    sa.Column("detail", sa.Text, nullable=False, default=""),
)


class Database:
    """The database of a URL, with its table made or completed; for use by any thread.

    `pool` names the tasks that are seen. `clock` gives seconds since the epoch and is injected by
    tests; else PostgreSQL's own clock counts, for those of several machines may differ.
    """

    def __init__(
        self, database_url: str, *, pool: str = "", clock: Callable[[], float] | None = None
    ) -> None:
        self.pool = pool
        self._engine = _open(database_url)
        self._clock = clock if clock or self.is_shared else time.time
        with self.begin() as connection:
            self._lock(connection, "tables")  # which all pools share
            METADATA.create_all(connection)
            _complete(connection)

    @property
    def is_shared(self) -> bool:
        """Whether other engines may be at work on the same tasks."""
        return self._engine.dialect.name != "sqlite"

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def begin(self, alone_in: str = "") -> Iterator[sa.Connection]:
        """One transaction; with `alone_in`, the only one of that name and pool in all processes.

        In SQLite each is the only one anyway.
        """
        with self._engine.begin() as connection:
            if alone_in:
                self._lock(connection, f"{self.pool} {alone_in}")
            yield connection

    def _lock(self, connection: sa.Connection, name: str) -> None:
        if self.is_shared:
            key = sa.func.hashtext(f"restyle {name}")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def now(self) -> sa.ColumnElement[int]:
        """The moment, in epoch milliseconds, as an expression in a statement."""
        if self._clock is not None:
            return sa.literal(int(self._clock() * 1000), sa.BigInteger)
        moment = sa.func.extract("epoch", sa.func.statement_timestamp())
        return sa.cast(moment * 1000, sa.BigInteger)

    def now_ms(self) -> int:
        """The moment, in epoch milliseconds."""
        with self.begin() as connection:
            return connection.execute(sa.select(self.now())).scalar_one()


def _open(database_url: str) -> sa.Engine:
    url = sa.make_url(database_url)
    if url.get_backend_name() != "sqlite":
        url = url.set(drivername="postgresql+psycopg")
        if "options" not in url.query:
            # An engine that falls asleep within a transaction gives its locks back.
            url = url.update_query_dict({"options": "-c idle_in_transaction_session_timeout=5000"})
        # Connections that were lost meanwhile are noticed before they are used.
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = sa.create_engine(url, hide_parameters=True)
    _make_safe_for_threads(engine)
    return engine


def _make_safe_for_threads(engine: sa.Engine) -> None:
    # SQLAlchemy's recipe for SQLite: without it a transaction that begins with a SELECT could
    # not become a writer once another thread has written, and reads would not be repeatable.
    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=30000")

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _complete(connection: sa.Connection) -> None:
    """Add the columns that an earlier version's table lacks."""
    there = {column["name"] for column in sa.inspect(connection).get_columns(TASKS.name)}
    for column in TASKS.columns:
        if column.name not in there:
            words = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {TASKS.name} ADD COLUMN {words}")

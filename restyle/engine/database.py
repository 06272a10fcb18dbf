"""The engine's own database: one table of render tasks, SQLite unless a URL says otherwise."""

from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()
TASKS = sa.Table(
    "render_tasks",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("task_id", sa.String(36), nullable=False, unique=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("request_id", sa.String(36), nullable=False),
    sa.Column("video_url", sa.Text),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("submit_ms", sa.BigInteger, nullable=False),
    sa.Column("scheduled_ms", sa.BigInteger),
    sa.Column("end_ms", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("result_name", sa.String(64)),
    sa.Column("duration_s", sa.Float),
    sa.Column("code", sa.String(64), nullable=False, default=""),
    sa.Column("message", sa.Text, nullable=False, default=""),
    sa.Column("detail", sa.Text, nullable=False, default=""),
)


def open_database(database_url: str) -> sa.Engine:
    """The database of a URL, with its tables made where they are missing."""
    engine = sa.create_engine(database_url)
    if engine.dialect.name == "sqlite":
        _make_safe_for_threads(engine)
    METADATA.create_all(engine)
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

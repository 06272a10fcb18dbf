"""The tables of the book, and the database they lie in.

One SQLite file in the data folder, or PostgreSQL when the settings name one. Times are seconds
since the epoch, money is text of a decimal number or whole nano-dollars.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from restyle.settings import Settings

METADATA = sa.MetaData()

JOBS = sa.Table(
    "restyle_jobs",
    METADATA,
    sa.Column("job_id", sa.String(64), primary_key=True),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("visitor", sa.String(200), nullable=False),
    sa.Column("service", sa.String(16), nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("host_pays", sa.Boolean, nullable=False),
    # The visitor's wishes as plan_fit's parameters; and the names of the files in the job's folder.
    sa.Column("wishes", sa.JSON, nullable=False),
    sa.Column("clip_name", sa.String(300), nullable=False),
    sa.Column("upload", sa.String(300), nullable=False),
    sa.Column("fitted", sa.String(300)),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("duration_s", sa.Float, nullable=False),
    sa.Column("quote", sa.JSON, nullable=False),
    sa.Column("cloud_quote", sa.JSON, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False, index=True),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("times", sa.JSON, nullable=False),
    sa.Column("ended", sa.Float, index=True),
    sa.Column("progress", sa.Float),
    sa.Column("progress_at", sa.Float),
    # Fairness: the visitor's turn among the account's jobs; `attempt` numbers the workflows.
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("host_index", sa.Integer, nullable=False),
    sa.Column("task_id", sa.String(200)),
    sa.Column("task_status", sa.String(32)),
    sa.Column("request_id", sa.String(200)),
    sa.Column("submitted", sa.Float),
    sa.Column("started", sa.Float),
    sa.Column("worked_s", sa.Float),
    sa.Column("usage", sa.JSON),
    sa.Column("charge", sa.String(40)),
    sa.Column("error", sa.JSON),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("cancel_asked", sa.Boolean, nullable=False),
    sa.Column("files_removed", sa.Float),
    # The worker that carries it through a step at the moment.
    sa.Column("owner", sa.String(40)),
    # Of a whole and of its parts: the whole's id. Of a part: its place from 0, and whether another
    # try has taken its place.
    sa.Column("whole", sa.String(64), index=True),
    sa.Column("part", sa.Integer),
    sa.Column("replaced", sa.Boolean),
    sa.Index("restyle_jobs_account", "account", "ended"),
)

# What is a task of its own: all but the wholes, which are made of parts.
IS_TASK = sa.or_(JOBS.c.whole.is_(None), JOBS.c.part.is_not(None))

# One row for each POST: written before it is sent, closed by what became of it.
SUBMITS = sa.Table(
    "restyle_submits",
    METADATA,
    sa.Column("submit_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job_id", sa.String(64), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False, index=True),
    sa.Column("host", sa.String(50), nullable=False),
    sa.Column("intended", sa.Float, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("task_id", sa.String(200), index=True),
    sa.Column("request_id", sa.String(200)),
    sa.Column("closed", sa.Float),
    # The account's tasks just before the POST (None: not known), and how far the service's clock
    # was ahead of ours.
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("ahead_s", sa.Float),
)

ANSWERS = sa.Table(
    "restyle_answers",
    METADATA,
    sa.Column("answer_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job_id", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("about", sa.String(32), nullable=False),
    sa.Column("answer", sa.JSON, nullable=False),
)


def _id(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), primary_key=True)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


_NAME, _LONG_NAME, _SEALED = sa.String(40), sa.String(200), sa.String(1000)
_MOMENT, _NANO_DOLLARS = sa.Float(53), sa.BigInteger()

KEYS = sa.Table(
    "restyle_keys",
    METADATA,
    _id("job_id", 64),
    _needed("kept", _MOMENT),
    _needed("sealed", _SEALED),
)

# What of a day's cap is taken; the scope is a visitor, or everybody.
CAPS = sa.Table(
    "restyle_caps", METADATA, _id("scope", 220), _id("day", 10), _needed("taken", _NANO_DOLLARS)
)

# What of it a job has taken, and what it has truly cost.
HOLDS = sa.Table(
    "restyle_holds",
    METADATA,
    *(_id("job_id", 64), _needed("visitor", _LONG_NAME), _needed("day", sa.String(10))),
    *(_needed("held", _NANO_DOLLARS), sa.Column("settled", _NANO_DOLLARS)),
)

# The living workers; `taken` ones were found dead, or have left.
WORKERS = sa.Table(
    "restyle_workers",
    METADATA,
    *(_id("worker_id", 40), _needed("executor", _NAME), _needed("place", _LONG_NAME)),
    *(_needed("until", _MOMENT), _needed("taken", sa.Boolean())),
)

# When the next question about an account's tasks may be asked.
GATES = sa.Table("restyle_gates", METADATA, _id("account", 100), _needed("free_at", _MOMENT))


# A process that falls asleep within a transaction, or whose network is cut, gives its locks back:
# without this the others would wait for as long as it sleeps.
LET_GO = "idle_in_transaction_session_timeout=5000"


def database_url(settings: Settings) -> str:
    """The database in SQLAlchemy's words, with its password: for connecting only."""
    if settings.database_url is None:
        return f"sqlite:///{settings.data_dir / 'restyle.sqlite'}"
    url = sa.make_url(settings.database_url.reveal()).set(drivername="postgresql+psycopg")
    if "options" not in url.query:
        url = url.update_query_dict({"options": f"-c {LET_GO}"})
    return url.render_as_string(hide_password=False)


def open_database(settings: Settings) -> sa.Engine:
    """Connect, and make the tables that are not there yet."""
    url = sa.make_url(database_url(settings))
    if url.get_backend_name() == "sqlite":
        engine = _open_sqlite(Path(url.database or ""))
    else:
        engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    with alone(engine, "tables") as book:
        METADATA.create_all(book)
        _complete(book)
    return engine


@contextmanager
def alone(engine: sa.Engine, name: str) -> Iterator[sa.Connection]:
    """A transaction that is the only one of its name in all processes."""
    with engine.begin() as book:
        if book.dialect.name != "sqlite":  # where every writer is alone anyway
            key = sa.func.hashtext(f"restyle jobs {name}")
            book.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        yield book


def now(book: sa.Connection) -> float:
    """The moment (epoch seconds) by the one clock that all who share the book go by."""
    if book.dialect.name == "sqlite":
        return time.time()
    moment = sa.func.extract("epoch", sa.func.clock_timestamp())
    return float(book.execute(sa.select(moment)).scalar_one())


def reading(engine: sa.Engine) -> sa.Connection:
    """A connection that only looks: it takes no lock."""
    return engine.connect().execution_options(restyle_reading=True)


def _complete(book: sa.Connection) -> None:
    """Add the columns that the tables of an earlier version lack."""
    found = sa.inspect(book)
    for table in METADATA.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                words = sa.schema.CreateColumn(column).compile(dialect=book.dialect)
                book.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {words}")


def _open_sqlite(path: Path) -> sa.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        f"sqlite:///{path}",
        # The driver's own half-transactions are off, so that BEGIN below is the only one.
        connect_args={"isolation_level": None, "timeout": 30, "check_same_thread": False},
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: object, record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # Read-then-write must not be interleaved with another writer: the lock is taken first.
        if not connection.get_execution_options().get("restyle_reading"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

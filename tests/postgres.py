"""A throw-away PostgreSQL: Debian's server in a folder of its own, ended with the tests.

`with postgres_server() as server:` starts it on a free loopback port; each `server.database()`
is a new, empty database and gives its URL. Most tests take the session's fixture `postgres`.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_S = 60.0
# For data that is thrown away: nothing waits for a disk.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_BINARIES = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its user may do everything."""

    port: int
    user: str
    password: str

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"restyle_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    @contextlib.contextmanager
    def outage(self, database_url: str) -> Iterator[None]:
        """While it lasts, nobody can connect, and who was connected is not."""
        name = database_url.rpartition("/")[2]
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server of its own, from its first file to its end."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        owner = _owner(folder)
        server = PostgresServer(_free_port(), "restyle", secrets.token_hex(8))
        _make_cluster(folder, server, owner)
        process = _start(folder, server.port, owner)
        try:
            _await_ready(server, process, folder)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # Ends it without waiting for its clients.
            process.wait(START_S)
    finally:
        shutil.rmtree(folder)


def _binary(name: str) -> Path:
    """The newest installed one; Debian keeps servers out of the PATH."""
    found = sorted(_BINARIES.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    assert found, "PostgreSQL's server is missing: apt-get install postgresql"
    return found[-1]


def _owner(folder: Path) -> str | None:
    """Whom the server runs as where we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    owner = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, owner)
    return owner


def _make_cluster(folder: Path, server: PostgresServer, owner: str | None) -> None:
    secret = folder / "password"
    secret.write_text(server.password)
    if owner:
        shutil.chown(secret, owner)
    command: list[str | Path] = [_binary("initdb"), "--pgdata", folder / "data"]
    command += ["--username", server.user, "--pwfile", secret, "--auth", "scram-sha-256"]
    command += ["--encoding", "UTF8", "--no-locale", "--no-sync"]
    with _as(owner, command, folder, "initdb.log") as initdb:
        assert initdb.wait(START_S) == 0, (folder / "initdb.log").read_text()


def _start(folder: Path, port: int, owner: str | None) -> subprocess.Popen[bytes]:
    options = [word for name, value in HASTE.items() for word in ("-c", f"{name}={value}")]
    command: list[str | Path] = [_binary("postgres"), "-D", folder / "data", "-h", "127.0.0.1"]
    return _as(owner, [*command, "-p", str(port), "-k", folder, *options], folder, "server.log")


def _as(
    owner: str | None, command: Sequence[str | Path], folder: Path, log_name: str
) -> subprocess.Popen[bytes]:
    with (folder / log_name).open("ab") as log:
        if owner is None:
            return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        group = pwd.getpwnam(owner).pw_gid
        return subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=log,
            user=owner,
            group=group,
            extra_groups=[],
        )


def _await_ready(server: PostgresServer, process: subprocess.Popen[bytes], folder: Path) -> None:
    ends_at = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < ends_at, (folder / "server.log").read_text()
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port

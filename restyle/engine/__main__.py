"""`python -m restyle.engine`: start the local service and say when it serves.

With a PostgreSQL database (--database-url, or better DATABASE_URL: a command line can be read by
others) several engines, on several machines, share the tasks of one data folder that they all
reach. Otherwise the tasks lie in the data folder, and it has one engine at a time.

One line "ready http://127.0.0.1:PORT" goes to the standard output; everything else to the log.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError

from restyle.engine.database import Database
from restyle.engine.dispatch import Dispatcher
from restyle.engine.installation import Installation
from restyle.engine.kernel_cache import kernel_cache
from restyle.engine.leases import Leases
from restyle.engine.previews import Previews
from restyle.engine.server import Engine, create_app
from restyle.engine.tasks import TaskStore
from restyle.engine.uploads import Uploads
from restyle.errors import RestyleError
from restyle.fetching import origin

LOCK_WAIT_S = 30.0
PARENT_POLL_S = 0.5
SHUTDOWN_LIMIT_S = 5.0


class _Server(uvicorn.Server):
    """uvicorn, with a word when it truly serves, and one to those who wait when it ends."""

    def __init__(self, config: uvicorn.Config, address: str, previews: Previews) -> None:
        super().__init__(config)
        self._address = address
        self._previews = previews

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"ready {self._address}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A stream of previews has no end of its own in sight, and would be cut off noisily.
        await asyncio.to_thread(self._previews.stop)
        await super().shutdown(sockets)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="engine: %(message)s")
    data_dir: Path = options.data_dir.expanduser().absolute()
    # Its owner's alone: tasks name the addresses of private clips.
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Before numba is imported (in the renderer): compiled kernels are kept across starts.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_cache(data_dir.parent / "kernels")))
    # An engine whose app was killed may take a moment to go: without a database that holds them
    # apart, two must not share a folder.
    lock = FileLock(data_dir / "engine.lock", timeout=LOCK_WAIT_S)
    alone = contextlib.nullcontext() if options.database_url else lock
    try:
        listener = _listen(options.host, options.port)
        with listener, alone:
            _serve(options, data_dir, listener)
    except Timeout:
        return _complain(
            f"Another engine uses {data_dir}. Stop it, choose another --data-dir, or let them "
            "share a PostgreSQL (DATABASE_URL)."
        )
    except SQLAlchemyError as error:
        return _complain(f"The engine's database cannot be used: {_cause(error)}")
    except OSError as error:
        return _complain(
            f"Port {options.port} of {options.host} cannot be used ({error.strerror}). "
            "Choose another --port."
        )
    return 0


def _serve(options: argparse.Namespace, data_dir: Path, listener: socket.socket) -> None:
    installation = Installation.of(data_dir)
    if options.database_url:
        database = Database(options.database_url, pool=installation.name)
    else:
        database = Database(f"sqlite:///{data_dir / 'engine.sqlite'}")
    store = TaskStore(database)
    uploads = Uploads(data_dir / "uploads", installation)
    dispatcher = Dispatcher(
        store,
        Leases(database),
        uploads,
        data_dir,
        options.allow_origin,
        warm_up=not options.cold,
    )
    previews = Previews(lambda: dispatcher.compiled_styles, warm_up=not options.cold)
    app = create_app(Engine(installation, store, uploads, dispatcher, previews), options.host)
    host, port = listener.getsockname()[:2]
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        # Behind nothing: forwarding headers of strangers are not believed.
        proxy_headers=False,
        server_header=False,
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server = _Server(config, address, previews)
    if options.exit_with_parent:
        _watch_parent(lambda: _stop(server))
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C: it has been shut down in order.
        server.run(sockets=[listener])
    database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m restyle.engine", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks one")
    parser.add_argument(
        "--data-dir",
        type=Path,
        required=True,
        help="tasks, uploads, results; engines that share a database share this folder as well",
    )
    parser.add_argument(
        "--database-url",
        default=os.environ.get("DATABASE_URL", "").strip() or None,
        type=_postgresql,
        metavar="URL",
        help="PostgreSQL for the tasks, postgresql://…; DATABASE_URL unless it is given",
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=_origin,
        metavar="URL",
        help="scheme://host:port that videos may be fetched from although it is not public",
    )
    parser.add_argument(
        "--cold", action="store_true", help="compile a style only when a task asks for it"
    )
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="stop when the starting process is gone"
    )
    return parser


def _origin(url: str) -> str:
    try:
        return origin(url)
    except RestyleError as error:
        raise argparse.ArgumentTypeError(f"{url!r} is not an http origin") from error


def _postgresql(url: str) -> str:
    if not url.startswith(("postgresql:", "postgresql+psycopg:", "postgres:")):
        # Without the URL: it may hold a password.
        raise argparse.ArgumentTypeError("DATABASE_URL must begin with postgresql://")
    return url


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _watch_parent(stop: Callable[[], None]) -> None:
    """Call `stop` once the process that started this one is gone."""
    parent = os.getppid()

    def watch() -> None:
        if os.name == "nt":
            # Windows goes on giving the id of a parent that is gone: its end of the pipe tells.
            sys.stdin.buffer.read()
        while os.getppid() == parent and os.name != "nt":
            time.sleep(PARENT_POLL_S)
        stop()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True
    time.sleep(SHUTDOWN_LIMIT_S)
    os._exit(1)


def _cause(error: SQLAlchemyError) -> str:
    # The driver's own words: SQLAlchemy's would bring the statement and a link along.
    return str(getattr(error, "orig", None) or error).strip()


def _complain(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

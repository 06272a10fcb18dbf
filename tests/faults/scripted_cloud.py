"""A scripted cloud on loopback: the style service's HTTP API with a switch for every fault.

It is written from the reference alone and shares nothing with `restyle.engine`. Start it as a
context manager; app processes of a test reach it by `base_url`. Faults are queued for a route
(`submit query cancel list policy upload result`) with `once`, or kept with `always`.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any

from faults.script import (
    CUT_ANSWER,
    FINE,
    HEADERS_ONLY,
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    NOT_JSON,
    RESET_AFTER_ACCEPTANCE,
    RUNS_ON,
    URL_REFUSED,
    VENDOR_ERRORS,
    WAITS,
    Clock,
    Fault,
    Plan,
    refusal,
)
from faults.service import BEIJING, MODEL, ScriptedTask, Service, Submit
from faults.wire import Handler

__all__ = [
    "BEIJING",
    "CUT_ANSWER",
    "FINE",
    "HEADERS_ONLY",
    "LOST_AFTER_ACCEPTANCE",
    "LOST_BEFORE_ACCEPTANCE",
    "MODEL",
    "NOT_JSON",
    "RESET_AFTER_ACCEPTANCE",
    "RUNS_ON",
    "URL_REFUSED",
    "VENDOR_ERRORS",
    "WAITS",
    "Clock",
    "Fault",
    "Plan",
    "ScriptedCloud",
    "ScriptedTask",
    "Submit",
    "refusal",
]


class ScriptedCloud(Service):
    """The service on loopback; read `tasks`, `submits`, `requests`, `uploads` after the fact."""

    def __init__(self, plan: Plan | None = None, *, keys: set[str] | None = None) -> None:
        super().__init__(plan, keys=keys)
        self.requests: list[tuple[str, str]] = []
        self.authorized: list[bool] = []
        self.moments: list[float] = []
        self.ranges: list[str] = []
        self.stopping = threading.Event()
        self._once: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._always: dict[tuple[str, str], Fault] = {}
        self._closing = 0
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    # Starting and stopping

    def __enter__(self) -> "ScriptedCloud":
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.down()

    def up(self) -> None:
        """Listen (again, on the same port)."""
        cloud = self

        class Bound(Handler):
            service = cloud

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that hang up are part of the script."""

        self._server = Server(("127.0.0.1", self._port), Bound)
        self._port = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self._port}"
        serve = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        serve.start()

    def down(self) -> None:
        """Stop listening: connections are refused until `up`."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def base_url(self) -> str:
        return f"{self.origin}/api/v1"

    # The script

    def once(self, route: str, *faults: Fault, key: str = "") -> None:
        """Queue faults for the next requests of a route: of any key, or of one."""
        self._once[route, key].extend(faults)

    def always(self, route: str, fault: Fault | None, *, key: str = "") -> None:
        """A fault for every request of a route, or None to end it."""
        if fault is None:
            self._always.pop((route, key), None)
        else:
            self._always[route, key] = fault

    def close_connections(self, count: int) -> None:
        """The next connections are accepted and closed before a byte is read."""
        self._closing = count

    def closes_this_connection(self) -> bool:
        with self._lock:
            self._closing -= 1
            return self._closing >= 0

    def fault(self, route: str, key: str = "") -> Fault | None:
        """The next fault of a request of this route and key."""
        with self._lock:
            for whose in dict.fromkeys([key, ""]):
                if self._once[route, whose]:
                    return self._once[route, whose].popleft()
                if (route, whose) in self._always:
                    return self._always[route, whose]
        return None

    def wait_for(self, what: Callable[["ScriptedCloud"], object], timeout_s: float = 30) -> None:
        """Wait for a condition of the cloud's state."""
        end = time.monotonic() + timeout_s
        while not what(self):
            assert time.monotonic() < end, "the scripted cloud never came into that state"
            time.sleep(0.02)

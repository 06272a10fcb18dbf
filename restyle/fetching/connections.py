"""A connection that goes only where it was checked to go, and ends when its time is over."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from restyle.fetching.addresses import DEFAULT_PORTS, Place

SOCKET_TIMEOUT_S = 20.0
_HEED_EVERY_S = 0.1


class PinnedConnection(http.client.HTTPConnection):
    """A connection to one of the `addresses` that were checked, and to nothing else."""

    def __init__(self, place: Place, addresses: Sequence[str], ends_at: float):
        super().__init__(place.host, place.port)
        self.default_port = DEFAULT_PORTS[place.scheme]
        self._context = ssl.create_default_context() if place.scheme == "https" else None
        self._addresses = addresses
        self._ends_at = ends_at
        # http.client lets go of `sock` once an answer has taken it over.
        self.opened: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers; raises OSError."""
        refused: OSError | None = None
        for address in self._addresses:
            left_s = self._ends_at - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("the time is up")
            try:
                sock = socket.create_connection(
                    (address, self.port), timeout=min(SOCKET_TIMEOUT_S, left_s)
                )
            except OSError as error:
                refused = error
                continue
            self.sock = self.opened = sock
            if self._context:
                self.sock = self.opened = self._context.wrap_socket(sock, server_hostname=self.host)
            return
        raise refused or OSError("no address")


@contextmanager
def cut_off(
    connection: PinnedConnection, ends_at: float, stopped: Callable[[], bool]
) -> Iterator[None]:
    """Shut the connection when its time is over or somebody says so.

    A server that drips bytes would reset the socket's own time limit with each of them.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_HEED_EVERY_S):
            if time.monotonic() >= ends_at or stopped():
                _shut(connection)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _shut(connection: PinnedConnection) -> None:
    if connection.opened is not None:
        # It may end by itself in this very moment. The plain socket's own word, because a TLS
        # socket's would pull the rug from under its reader.
        with suppress(OSError):
            socket.socket.shutdown(connection.opened, socket.SHUT_RDWR)

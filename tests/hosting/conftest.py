"""A folder of clips, and our own address served over a real port by the page's own server."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from cryptography.fernet import Fernet
from starlette.applications import Starlette

from restyle.hosting import OwnAddress

Serve = Callable[[Starlette], str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The app's folder of files, with one clip in it."""
    folder = tmp_path / "jobs"
    (folder / "one").mkdir(parents=True)
    (folder / "one" / "我的 clip.MP4").write_bytes(bytes(range(256)) * 40)
    return folder


@pytest.fixture
def clip(root: Path) -> Path:
    return root / "one" / "我的 clip.MP4"


@pytest.fixture(scope="session")
def secret() -> bytes:
    return Fernet.generate_key()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an app on loopback: its address."""
    with contextlib.ExitStack() as stack:

        def start(app: Starlette) -> str:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()

            def stop() -> None:
                server.should_exit = True
                thread.join()

            stack.callback(stop)
            return f"http://127.0.0.1:{listening.getsockname()[1]}"

        yield start


@pytest.fixture
def own(root: Path, secret: bytes, serve: Serve) -> OwnAddress:
    """Our own address, being served."""
    address: list[str] = []
    host = OwnAddress(lambda: address[0], root, secret)
    address.append(serve(Starlette(routes=host.routes)))
    return host

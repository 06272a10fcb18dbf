"""A throw-away S3: moto's server on loopback in a process of its own, ended with the tests.

Most tests take the session's fixture `s3`; `s3.storage()` is a new, empty place in its bucket, and
`s3.environ` what a process needs to reach it.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import requests

BUCKET = "restyle"
START_S = 60.0


@dataclass(frozen=True)
class BucketServer:
    """A running server with one bucket; it takes every signature."""

    origin: str

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment in which `s3://` means this server."""
        return {
            "AWS_ENDPOINT_URL": self.origin,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    def storage(self) -> str:
        """The URL of a new, empty place."""
        return f"s3://{BUCKET}/{uuid4().hex}"

    def read(self, url: str) -> bytes | None:
        """What lies at an s3:// URL, asked for without any library of S3; None where nothing is."""
        # The server looks whether somebody asks, not who.
        address, who = f"{self.origin}/{url.removeprefix('s3://')}", ("somebody", "secret")
        answer = requests.get(address, auth=who, timeout=10)
        return answer.content if answer.status_code == requests.codes.ok else None


@contextlib.contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """A server of its own, from its first object to its end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    server = BucketServer(f"http://127.0.0.1:{port}")
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env={**os.environ, **server.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _await_ready(process, port, Path(log.name))
            requests.put(f"{server.origin}/{BUCKET}", timeout=10).raise_for_status()
            yield server
        finally:
            process.kill()
            process.wait()


def _await_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends_at = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends_at, log.read_text()
            time.sleep(0.05)
        else:
            return

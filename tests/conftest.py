"""What tests of several rooms share: a throw-away PostgreSQL and S3, and a web to fetch from."""

import os
from collections.abc import Iterator

import pytest
from app_process import kernels_dir
from bucket import BucketServer, bucket_server
from postgres import PostgresServer, postgres_server
from web import Web

# Before numba is imported: every process of the run shares what one of them has compiled.
os.environ.setdefault("NUMBA_CACHE_DIR", str(kernels_dir()))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that starts with the first test that wants it; a test takes `.database()`."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[BucketServer]:
    """A server that starts with the first test that wants it; a test takes `.storage()`."""
    with bucket_server() as server:
        yield server


@pytest.fixture(scope="session")
def web() -> Iterator[Web]:
    """A web server on loopback."""
    server = Web()
    yield server
    server.close()

"""What tests of several rooms share: a throw-away PostgreSQL and S3, and a web to fetch from."""

from collections.abc import Iterator

import pytest
from bucket import BucketServer, bucket_server
from postgres import PostgresServer, postgres_server
from web import Web


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

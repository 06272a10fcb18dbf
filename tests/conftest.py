"""What tests of several rooms share: one throw-away PostgreSQL for the whole run."""

from collections.abc import Iterator

import pytest
from postgres import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that starts with the first test that wants it; a test takes `.database()`."""
    with postgres_server() as server:
        yield server

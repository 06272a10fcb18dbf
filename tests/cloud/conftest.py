"""A scripted cloud for each test, a client of it, and a key whose every appearance is a fault."""

from collections.abc import Iterator

import pytest
from faults.scripted_cloud import ScriptedCloud

from restyle.cloud import CloudClient, Timeouts
from restyle.settings import Secret

KEY = "sk-0123456789abcdef0123456789abcdef"


@pytest.fixture
def api_key() -> str:
    return KEY


@pytest.fixture
def cloud() -> Iterator[ScriptedCloud]:
    with ScriptedCloud(keys={KEY}) as scripted:
        yield scripted


@pytest.fixture
def client(cloud: ScriptedCloud) -> CloudClient:
    return CloudClient(cloud.base_url, Secret(KEY))


@pytest.fixture
def hasty_client(cloud: ScriptedCloud) -> CloudClient:
    """A client that soon takes silence for a lost answer."""
    return CloudClient(cloud.base_url, Secret(KEY), timeouts=Timeouts(read_s=0.3))

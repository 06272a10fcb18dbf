"""What is left behind is looked for in the process table."""

from collections.abc import Iterator

import pytest
from processes import children


@pytest.fixture
def no_process_left() -> Iterator[None]:
    """Fails the test when one of its child processes lives on."""
    before = children()
    yield
    assert children() <= before

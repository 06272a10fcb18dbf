"""What is left behind is looked for in the process table."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def no_process_left() -> Iterator[None]:
    """Fails the test when one of its child processes lives on."""
    before = _children()
    yield
    assert _children() <= before


def _children() -> set[str]:
    if sys.platform != "linux":
        return set()
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {child for task in tasks for child in task.read_text(encoding="ascii").split()}

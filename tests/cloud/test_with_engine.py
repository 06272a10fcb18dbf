"""The client against this machine's engine, over real HTTP: two readings of one reference agree."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from restyle.cloud import CloudClient, Task, TaskStatus
from restyle.errors import NotCancelable, SourceRefused
from restyle.settings import Secret
from restyle.styles import Options

from media import make_clip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("engine")
    command = [sys.executable, "-m", "restyle.engine", "--cold", "--exit-with-parent"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--data-dir", str(folder / "data")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        assert process.stdout is not None
        word, address = process.stdout.readline().split()
        assert word == "ready"
        yield f"{address}/api/v1"
        process.terminate()


@pytest.fixture
def engine(address: str, request: pytest.FixtureRequest) -> CloudClient:
    """A client with an account of its own: two submits a second are each account's limit."""
    return CloudClient(address, Secret(f"key-{abs(hash(request.node.name))}"))


@pytest.fixture
def clip_url(engine: CloudClient, tmp_path: Path) -> str:
    return engine.upload(make_clip(tmp_path / "clip.mp4", size=(256, 256)))


def until(engine: CloudClient, task_id: str, *wanted: TaskStatus) -> Task:
    end = time.monotonic() + 60
    while (task := engine.query(task_id)).status not in wanted:
        assert time.monotonic() < end, task
        time.sleep(0.1)
    return task


def test_a_task_is_submitted_listed_and_stopped_while_it_waits_or_runs(
    engine: CloudClient, clip_url: str
) -> None:
    running = engine.submit(clip_url, Options())
    waiting = engine.submit(clip_url, Options())
    assert until(engine, running.task_id, TaskStatus.RUNNING).submit_time is not None
    now = datetime.now(UTC)
    rows = engine.list_tasks(now - timedelta(hours=30), now + timedelta(seconds=5))
    assert [row.task_id for row in rows] == [waiting.task_id, running.task_id]
    assert [row.request_id for row in rows] == [waiting.request_id, running.request_id]
    assert abs(rows[0].created - now) < timedelta(minutes=2)
    engine.cancel(waiting.task_id)
    assert engine.query(waiting.task_id).status is TaskStatus.CANCELED
    with pytest.raises(NotCancelable):
        engine.cancel(running.task_id)
    engine.cancel(running.task_id, running=True)
    until(engine, running.task_id, TaskStatus.CANCELED)


@pytest.mark.parametrize("url", ["nonsense", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused_at_once(engine: CloudClient, url: str) -> None:
    with pytest.raises(SourceRefused):
        engine.submit(url, Options())


def test_a_clip_that_cannot_be_fetched_fails_as_one(engine: CloudClient) -> None:
    task = engine.submit("http://127.0.0.1:9/private.mp4", Options())
    ended = until(engine, task.task_id, TaskStatus.FAILED)
    assert ended.source_was_refused
    assert ended.end_time is not None


def test_a_task_that_never_was_is_unknown(engine: CloudClient) -> None:
    assert engine.query("never-was").status is TaskStatus.UNKNOWN

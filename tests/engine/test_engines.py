"""Two engines on one PostgreSQL and one data folder: one dies, the other goes on with its work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres import PostgresServer

from restyle.cloud import CloudClient
from restyle.engine.installation import Installation
from restyle.settings import Secret

from media import make_clip, stream

FAST = {"style": 2, "min_len": 540, "video_fps": 15}
RESOLVE = {"X-DashScope-OssResourceResolve": "enable"}


@pytest.fixture(scope="module")
def database_url(postgres: PostgresServer) -> str:
    return postgres.database()


@pytest.fixture(scope="module")
def two_engines(
    make_engine: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> tuple[Any, Any]:
    """Two for the whole module; the last test with them kills the first."""
    data_dir, shared = tmp_path_factory.mktemp("two") / "data", {"DATABASE_URL": database_url}
    first, second = (make_engine(data_dir=data_dir, environment=shared) for _ in range(2))
    return first, second


def wait_until(true: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def has_begun(output: dict[str, Any]) -> bool:
    return bool(output.get("frames_done", 0) > 0)


def test_one_shows_and_stops_what_the_other_renders(
    two_engines: tuple[Any, Any], long_url: str
) -> None:
    first, second = two_engines
    os.kill(second.process.pid, signal.SIGSTOP)  # So that the first one takes it.
    task_id = first.submit(long_url, **FAST)
    first.wait(task_id, has_begun)
    os.kill(second.process.pid, signal.SIGCONT)
    assert second.wait(task_id, has_begun)["output"]["progress"] > 0
    assert second.call("POST", f"/api/v1/tasks/{task_id}/cancel?running=true", b"").status == 200
    assert first.query(task_id)["output"]["task_status"] == "CANCELED"
    wait_until(lambda: not list((first.data_dir / "work").iterdir()))


def test_a_killed_engines_task_is_finished_by_the_other_and_succeeds_once(
    two_engines: tuple[Any, Any], postgres: PostgresServer, database_url: str, tmp_path: Path
) -> None:
    first, second = two_engines
    clip = make_clip(tmp_path / "clip.mp4", size=(320, 256), duration_s=2, fps=15)
    client = CloudClient(f"{first.url}/api/v1", Secret("sk-test"))
    url = client.upload(clip)
    os.kill(second.process.pid, signal.SIGSTOP)
    task_id, waiting = (first.submit(url, headers=RESOLVE, **FAST) for _ in range(2))
    first.wait(task_id, has_begun)
    os.kill(second.process.pid, signal.SIGCONT)
    # It knows of the task, and leaves it and the account's next one alone.
    assert second.query(task_id)["output"]["task_status"] == "RUNNING"
    assert second.query(waiting)["output"]["task_status"] == "PENDING"
    first.end(signal.SIGKILL)
    with postgres.outage(database_url):
        wait_until(lambda: "The database cannot be used" in second.log())

    done = second.wait(task_id)
    assert done["output"]["task_status"] == "SUCCEEDED", done
    assert done["usage"] == {"duration": 2.0, "SR": 540}
    path = done["output"]["output_video_url"].removeprefix(second.url)
    (tmp_path / "result.mp4").write_bytes(second.call("GET", path, key=None).body)
    assert stream(tmp_path / "result.mp4", "video")["nb_read_frames"] == "30"
    assert second.wait(waiting)["output"]["task_status"] == "SUCCEEDED"
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT task_id, attempts FROM render_tasks WHERE status = 'SUCCEEDED' ORDER BY seq"
        ).fetchall()
    assert rows == [(task_id, 2), (waiting, 1)]
    assert len(list((second.data_dir / "results").iterdir())) == 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://someone:s3cret@127.0.0.1:1/x", "database cannot be used"),
        ("mysql://someone:s3cret@127.0.0.1/x", "must begin with postgresql://"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_words_without_its_password(
    url: str, words: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "restyle.engine", "--cold", "--data-dir", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_engines_that_start_together_in_a_new_folder_agree_on_its_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(Installation.of, [tmp_path] * 8))
    assert len({installation.secret for installation in found}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["installation.key"]
    assert (tmp_path / "installation.key").stat().st_mode & 0o777 == 0o600

"""`kill -9` of a process in the middle of a whole: its parts stay paid for once, and are joined."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faults.scripted_cloud import ScriptedCloud
from jobs.process import Process
from jobs.studio import new_key

from restyle.clips import inspect

from media import make_clip

LENGTH_S = 3.2
PLACES = {
    # First: another whole before it may have succeeded a moment before its joining returns.
    "after joining": ("restyle.jobs.workflow:join_parts", "after"),
    "before the parts are queued": ("restyle.jobs.workflow:begin", "before"),
    "after the last part has ended": ("restyle.jobs.wholes:settle", "before", 3),
    "in the middle of joining": ("restyle.footage.joining:_alike", "before"),
}


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(
        tmp_path_factory.mktemp("long") / "long.mp4", size=(256, 256), fps=25, duration_s=LENGTH_S
    )


@pytest.fixture(scope="module")
def story(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ScriptedCloud, Process, Path]]:
    """A cloud, and one process after another on the same data."""
    folder = tmp_path_factory.mktemp("killed")
    with ScriptedCloud() as cloud:
        process = Process(folder, cloud)
        process.start()
        yield cloud, process, folder
        process.end()
        process.abandon()


def _newest_whole(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "restyle.sqlite")) as book:
        wholes = "SELECT job_id FROM restyle_jobs WHERE job_id = whole ORDER BY created DESC"
        return str(book.execute(wholes).fetchone()[0])


@pytest.mark.parametrize("moment", PLACES)
def test_a_whole_killed(
    story: tuple[ScriptedCloud, Process, Path], long_clip: Path, moment: str
) -> None:
    cloud, process, folder = story
    cloud.tasks.clear()
    place, when, *nth = PLACES[moment]
    process.say("parts", 1.3)
    process.say("arm", place, when, *(nth or [1]))
    process.say("submit whole", long_clip, "cloud", new_key())
    process.await_death()
    job_id = _newest_whole(folder)
    process.start()
    process.say("watch", job_id)
    end = process.hear_stage("succeeded", "failed", "canceled")
    assert (end["stage"], end["error"]) == ("succeeded", None)
    assert [part["stage"] for part in end["parts"]] == ["succeeded"] * 3
    assert sorted(task.task_id for task in cloud.made) == sorted(p["task_id"] for p in end["parts"])
    found = inspect(folder / "jobs" / job_id / "result.mp4")
    assert found.duration_s == pytest.approx(LENGTH_S, abs=0.1)
    assert not list((folder / "jobs" / job_id).glob(".*")), "nothing half-made stays"

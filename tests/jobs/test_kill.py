"""`kill -9` at the worst moments: after a restart the job ends well, with one billed task."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faults.scripted_cloud import RUNS_ON, Fault, Plan, ScriptedCloud, ScriptedTask
from jobs.process import Process
from jobs.studio import HOST_KEY, new_key


class Story:
    """Jobs that were at their worst moments when their process was killed, and how they ended."""

    def __init__(self, cloud: ScriptedCloud, folder: Path) -> None:
        self.cloud = cloud
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir()
        self.keys = {moment: new_key() for moment in MOMENTS}
        self.jobs: dict[str, str] = {}
        self.submits_before: dict[str, int] = {}
        self.ends: dict[str, dict[str, Any]] = {}
        self.heard: list[dict[str, Any]] = []

    def tasks(self, moment: str) -> list[ScriptedTask]:
        """The tasks that were made with the key of one job."""
        return [task for task in self.cloud.made if task.key == self.keys[moment]]

    def bring_to(self, moment: str, process: Process, clip: Path) -> None:
        """Submit a job, and wait until it is where it is to be killed."""
        if moment in SCRIPT:
            plan, route, fault = SCRIPT[moment]
            self.cloud.plans.append(plan)
            if fault:
                self.cloud.once(route, fault)
        seen = len(self.cloud.requests)
        process.say("submit", clip, "cloud", self.keys[moment])
        stage, route = MOMENTS[moment]
        self.jobs[moment] = process.hear_stage(stage)["job_id"]
        if route:
            self.cloud.wait_for(lambda cloud: route in [name for name, _ in cloud.requests[seen:]])
        if moment == "after acceptance":
            self.cloud.wait_for(lambda cloud: self.tasks(moment))


# At each moment: the stage that the job is in, and the request that is under way.
MOMENTS = {
    "polling": ("running", ""),
    "after acceptance": ("submitting", "submit"),
    "before acceptance": ("submitting", "submit"),
    "saving": ("saving", "result"),
    "fitting": ("fitting", ""),
}
SCRIPT: dict[str, tuple[Plan, str, Fault | None]] = {
    "polling": (RUNS_ON, "", None),
    "after acceptance": (Plan(), "submit", Fault("stall", seconds=60)),
    "saving": (Plan(), "result", Fault("stall", seconds=60)),
}


@pytest.fixture(scope="module")
def story(
    jobs_clip: Path, wide_clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """Five jobs, one kill -9, one restart, five ends."""
    with ScriptedCloud() as cloud:
        told = Story(cloud, tmp_path_factory.mktemp("killed"))
        process = Process(told.data, cloud)
        try:
            process.start()
            for moment in MOMENTS:
                if moment == "before acceptance":
                    cloud.once("submit", Fault("stall", works=False, seconds=60))
                told.bring_to(moment, process, wide_clip if moment == "fitting" else jobs_clip)
            told.submits_before = {moment: len(told.tasks(moment)) for moment in MOMENTS}
            process.kill()
            for task in told.tasks("polling"):
                cloud.finish(task.task_id)
            process.start()
            for job_id in told.jobs.values():
                process.say("watch", job_id)
            while len(told.ends) < len(MOMENTS):
                end = process.hear_stage("succeeded", "failed", "canceled")
                told.ends[end["job_id"]] = end
            process.end()
            told.heard = process.heard
            yield told
        finally:
            process.abandon()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_job_killed_while(story: Story, moment: str) -> None:
    """It ends well after the restart, with exactly one task, and its result is there, whole."""
    end = story.ends[story.jobs[moment]]
    assert (end["stage"], end["error"]) == ("succeeded", None)
    assert [task.task_id for task in story.tasks(moment)] == [end["task_id"]]
    result = story.data / "jobs" / end["job_id"] / "result.mp4"
    assert result.read_bytes() == story.cloud.result()
    made_before = 0 if moment in ("fitting", "before acceptance") else 1
    assert story.submits_before[moment] == made_before
    assert end["charge"] is not None


def test_nothing_that_was_written_holds_a_key(story: Story) -> None:
    """Database, log, files and what the page was told, of a process that was killed."""
    assert (story.data / "secret.key").stat().st_mode & 0o777 == 0o600
    told = json.dumps(story.heard).encode()
    contents = [path.read_bytes() for path in story.data.rglob("*") if path.is_file()]
    assert any(b"stage=succeeded" in content for content in contents), "the log is among them"
    for key in (HOST_KEY, *story.keys.values()):
        assert all(key.encode() not in content for content in (told, *contents))


def test_another_process_finishes_the_jobs_of_one_that_died(
    jobs_clip: Path, tmp_path: Path
) -> None:
    """On SQLite in one folder; on PostgreSQL: `test_machines`."""
    with ScriptedCloud(RUNS_ON) as cloud:
        first, second = Process(tmp_path, cloud), Process(tmp_path, cloud)
        try:
            first.start()
            first.say("submit", jobs_clip, "cloud", "")
            job_id = first.hear_stage("running")["job_id"]
            second.start()
            first.kill()
            cloud.finish(cloud.made[0].task_id)
            second.say("watch", job_id)
            end = second.hear_stage("succeeded", "failed", "canceled")
            assert (end["stage"], end["charge"]) == ("succeeded", "0.071677")
            assert [task.task_id for task in cloud.made] == [end["task_id"]]
            second.end()
        finally:
            first.abandon()
            second.abandon()

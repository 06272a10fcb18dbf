"""`kill -9` at the worst moments: after a restart the job ends well, with one billed task."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from faults.scripted_cloud import RUNS_ON, Fault, ScriptedCloud
from jobs.studio import HOST_KEY, new_key

from media import make_clip

ROOT = Path(__file__).parents[2]


class Process:
    """An app process under test."""

    def __init__(self, folder: Path, cloud: ScriptedCloud) -> None:
        self._folder = folder
        self._cloud = cloud
        self._started: list[subprocess.Popen[str]] = []
        self.heard: list[dict[str, Any]] = []

    def start(self) -> None:
        """Start, and wait until it is ready."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(ROOT / "tests/jobs/runner.py"),
                self._folder,
                self._cloud.base_url,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            },
        )
        self._started.append(self._process)
        self.hear(lambda told: "ready" in told)

    def say(self, *words: object) -> None:
        """Send a command."""
        assert self._process.stdin
        self._process.stdin.write("\t".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def hear(self, until: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Read what it says up to a line that fits."""
        assert self._process.stdout
        for line in self._process.stdout:
            told: dict[str, Any] = json.loads(line)
            self.heard.append(told)
            if until(told):
                return told
        raise AssertionError(f"it ended after {self.heard[-1:]}")

    def hear_stage(self, *stages: str) -> dict[str, Any]:
        """Read up to one of these stages of the job."""
        return self.hear(lambda told: told.get("stage") in stages)

    def kill(self) -> None:
        """kill -9, and everything it had open is closed by the system."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=20)
        self._close()

    def end(self) -> None:
        """Let it end by itself."""
        if self._process.poll() is None:
            assert self._process.stdin
            self._process.stdin.close()
            assert self._process.wait(timeout=30) == 0
        self._close()

    def abandon(self) -> None:
        """Whatever happened in the test, nothing stays behind."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.wait(timeout=20)
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@pytest.fixture
def killed_cloud() -> Iterator[ScriptedCloud]:
    with ScriptedCloud() as cloud:
        yield cloud


@pytest.fixture
def process(killed_cloud: ScriptedCloud, tmp_path: Path) -> Iterator[Process]:
    started = Process(tmp_path / "data", killed_cloud)
    (tmp_path / "data").mkdir()
    started.start()
    yield started
    started.abandon()


def _ends_well(process: Process, cloud: ScriptedCloud, job_id: str) -> dict[str, Any]:
    """Watch the job to its end in the restarted process."""
    process.say("watch", job_id)
    told = process.hear_stage("succeeded", "failed", "canceled")
    assert (told["stage"], told["error"]) == ("succeeded", None)
    assert [task.task_id for task in cloud.made] == [told["task_id"]]
    process.end()
    return told


def test_killed_while_polling(
    process: Process, killed_cloud: ScriptedCloud, jobs_clip: Path, tmp_path: Path
) -> None:
    killed_cloud.plan = RUNS_ON
    key = new_key()
    process.say("submit", jobs_clip, "cloud", key)
    job_id = process.hear_stage("running")["job_id"]
    process.kill()
    killed_cloud.finish(killed_cloud.made[0].task_id)
    process.start()
    _ends_well(process, killed_cloud, job_id)
    assert len(killed_cloud.submits) == 1
    data = tmp_path / "data"
    assert (data / "jobs" / job_id / "result.mp4").read_bytes() == killed_cloud.result()
    assert (data / "secret.key").stat().st_mode & 0o777 == 0o600
    # Nothing that was ever written holds the key: database, log, files.
    for path in (p for p in data.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert key.encode() not in content, path
        assert HOST_KEY.encode() not in content, path
    assert key not in json.dumps(process.heard)


def test_killed_while_fitting(
    process: Process, killed_cloud: ScriptedCloud, tmp_path: Path
) -> None:
    wide = make_clip(tmp_path / "wide.mp4", size=(1280, 640), duration_s=6)
    process.say("submit", wide, "cloud", new_key())
    job_id = process.hear_stage("fitting")["job_id"]
    process.kill()
    assert killed_cloud.submits == []
    process.start()
    told = _ends_well(process, killed_cloud, job_id)
    assert told["fitted"]
    assert len(killed_cloud.submits) == 1


@pytest.mark.parametrize("accepted", [True, False], ids=["after acceptance", "before acceptance"])
def test_killed_in_the_middle_of_the_submit(
    process: Process, killed_cloud: ScriptedCloud, jobs_clip: Path, accepted: bool
) -> None:
    killed_cloud.once("submit", Fault("stall", works=accepted, seconds=30))
    process.say("submit", jobs_clip, "cloud", new_key())
    job_id = process.hear_stage("submitting")["job_id"]
    killed_cloud.wait_for(lambda cloud: any(route == "submit" for route, _ in cloud.requests))
    killed_cloud.wait_for(lambda cloud: len(cloud.made) == accepted)
    process.kill()
    process.start()
    _ends_well(process, killed_cloud, job_id)
    assert len(killed_cloud.submits) == 1


def test_killed_while_a_result_is_fetched(
    process: Process, killed_cloud: ScriptedCloud, jobs_clip: Path
) -> None:
    killed_cloud.once("result", Fault("stall", seconds=30))
    process.say("submit", jobs_clip, "cloud", "")
    job_id = process.hear_stage("saving")["job_id"]
    killed_cloud.wait_for(lambda cloud: any(route == "result" for route, _ in cloud.requests))
    process.kill()
    process.start()
    assert _ends_well(process, killed_cloud, job_id)["charge"] == "0.071677"


def test_another_process_finishes_the_jobs_of_one_that_died(
    process: Process, killed_cloud: ScriptedCloud, jobs_clip: Path, tmp_path: Path
) -> None:
    killed_cloud.plan = RUNS_ON
    process.say("submit", jobs_clip, "cloud", new_key())
    job_id = process.hear_stage("running")["job_id"]
    second = Process(tmp_path / "data", killed_cloud)
    try:
        second.start()
        polls = killed_cloud.made[0].polls
        process.kill()
        killed_cloud.finish(killed_cloud.made[0].task_id)
        _ends_well(second, killed_cloud, job_id)
        assert killed_cloud.made[0].polls > polls
    finally:
        second.abandon()

"""The same jobs on this machine's real engine: rendered, canceled, and found after its restart."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs.studio import Studio

from restyle.jobs import Stage
from restyle.styles import Options, Style

from media import make_clip, stream

ROOT = Path(__file__).parents[2]
QUICK = Options(style=Style.AMERICAN_COMIC, min_len=540)


class Engine:
    """An engine process that the running jobs submit to."""

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder = folder
        self._origin = origin
        self.url = ""
        self._port = "0"

    def start(self) -> None:
        """Start (again, on the same port), and wait until it serves."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "restyle.engine", "--cold", "--port", self._port),
                *("--data-dir", str(self._folder), "--allow-origin", self._origin),
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        word, _, self.url = self._process.stdout.readline().strip().partition(" ")
        assert word == "ready"
        self._port = self.url.rpartition(":")[2]

    def end(self) -> None:
        """End it as the app does."""
        self._process.terminate()
        self._process.wait(timeout=30)
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture(scope="module")
def real_engine(
    running_jobs: tuple[object, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("engine") / "data", running_jobs[1])
    engine.start()
    yield engine
    engine.end()


@pytest.fixture
def machine(studio: Studio, real_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """The running installation with a real engine behind "this machine"."""
    monkeypatch.setattr(studio.jobs._desk, "local_url", f"{real_engine.url}/api/v1")
    return studio


def test_a_clip_is_rendered_with_its_sound_for_nothing(machine: Studio) -> None:
    job_id = machine.submit(service="local", api_key=None, options=QUICK)
    job = machine.wait(job_id, lambda job: job.stage.is_final, timeout_s=120)
    assert (job.stage, job.error, job.charge) == (Stage.SUCCEEDED, None, 0)
    assert job.usage == {"duration": pytest.approx(1.0, abs=0.07), "SR": 540}
    result = machine.jobs.result(job_id)
    picture = stream(result, "video")
    assert min(picture["width"], picture["height"]) == 540
    assert picture["r_frame_rate"] == "15/1"
    assert stream(result, "audio")["codec_name"] == "aac"
    assert machine.cloud.requests == [], "the cloud was asked nothing"


def test_a_render_is_canceled_and_the_next_job_gets_its_slot(
    machine: Studio, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "long.mp4", size=(640, 360), duration_s=20)
    first = machine.submit(service="local", api_key=None, options=QUICK, clip_path=clip)
    machine.wait(first, lambda job: job.progress, timeout_s=120)
    machine.jobs.cancel(first)
    assert machine.end(first).stage is Stage.CANCELED
    second = machine.submit(service="local", api_key=None, options=QUICK)
    job = machine.wait(second, lambda job: job.stage.is_final, timeout_s=120)
    assert (job.stage, job.error) == (Stage.SUCCEEDED, None)


def test_an_engine_that_restarts_in_the_middle_finishes_the_job(
    machine: Studio, real_engine: Engine, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", size=(320, 256), duration_s=4)
    job_id = machine.submit(service="local", api_key=None, options=QUICK, clip_path=clip)
    machine.stage(job_id, Stage.RUNNING)
    real_engine.end()
    real_engine.start()
    job = machine.wait(job_id, lambda job: job.stage.is_final, timeout_s=120)
    assert (job.stage, job.error) == (Stage.SUCCEEDED, None)

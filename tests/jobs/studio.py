"""An installation under test: its scripted cloud, its jobs, and ways to wait for them."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path

from faults.scripted_cloud import ScriptedCloud

from restyle.jobs import Job, JobRequest, Jobs, Stage
from restyle.jobs.pace import Pace
from restyle.settings import Secret, Settings
from restyle.styles import Options

HASTE = Pace(
    first_polls_s=(0.02,),
    poll_s=0.05,
    local_poll_s=0.05,
    back_off_s=(0.02, 0.1),
    submit_patience_s=4.0,
    submits_a_second=50.0,
    own_address_patience_s=0.5,
    refusal_patience_s=6.0,
    save_patience_s=2.0,
    settle_s=0.4,
    first_looks_s=(0.05, 0.1),
    list_patience_s=2.5,
    look_around_s=0.1,
    queue_poll_s=0.1,
    housekeeping_s=0.5,
    lease_s=4.0,
    lost_after_s=1.0,
)
HOST_KEY = "sk-host-key-of-the-installation-0123456789"


class Studio:
    """An installation under test: its cloud, its jobs, and ways to wait for them."""

    def __init__(self, cloud: ScriptedCloud, jobs: Jobs, clip: Path, origin: str) -> None:
        self.cloud = cloud
        self.jobs = jobs
        self.clip = clip
        self.origin = origin
        self.key = new_key()

    def submit(self, **wishes: object) -> str:
        """Begin a job on the cloud with this test's own key; its id."""
        request = {
            "clip_path": self.clip,
            "options": Options(),
            "service": "cloud",
            "api_key": Secret(self.key),
            **wishes,
        }
        return self.jobs.submit(JobRequest(**request)).job_id  # type: ignore[arg-type]

    def wait(self, job_id: str, until: Callable[[Job], object], timeout_s: float = 30) -> Job:
        """Wait for a condition of a job."""
        end = time.monotonic() + timeout_s
        while not until(job := self.jobs.status(job_id)):
            assert time.monotonic() < end, f"still {job}"
            time.sleep(0.02)
        return job

    def end(self, job_id: str) -> Job:
        """Wait for a job's end."""
        return self.wait(job_id, lambda job: job.stage.is_final)

    def stage(self, job_id: str, *stages: Stage) -> Job:
        """Wait until a job is in one of these stages."""
        return self.wait(job_id, lambda job: job.stage in stages)


def new_key() -> str:
    """A key that no other test has: an account of its own."""
    return f"sk-{uuid.uuid4().hex}{uuid.uuid4().hex}"


def settings_for(folder: Path, cloud_url: str, **more: str) -> Settings:
    """The settings of an installation in a folder."""
    return Settings.from_env(
        {
            "RESTYLE_DATA_DIR": str(folder),
            "DASHSCOPE_HTTP_BASE_URL": cloud_url,
            "DASHSCOPE_API_KEY": HOST_KEY,
            **more,
        }
    )

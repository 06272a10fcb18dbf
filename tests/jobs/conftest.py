"""Running jobs against a scripted cloud: real HTTP, real files, a real database and queue."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from faults.scripted_cloud import Clock, Plan, ScriptedCloud
from jobs.studio import HASTE, Studio, settings_for
from starlette.applications import Starlette

from restyle.jobs import Jobs

from media import make_clip


@pytest.fixture(scope="session")
def jobs_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "A clip, Ü.mp4", size=(320, 256))


@pytest.fixture(scope="session")
def wide_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that takes a while to fit."""
    path = tmp_path_factory.mktemp("clip") / "wide.mp4"
    return make_clip(path, size=(1280, 640), duration_s=6)


@pytest.fixture(scope="session")
def jobs_cloud() -> Iterator[ScriptedCloud]:
    with ScriptedCloud() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def running_jobs(
    jobs_cloud: ScriptedCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Jobs, str]]:
    """One installation for all tests that do not kill it, its routes served on a port."""
    config = uvicorn.Config(
        app := Starlette(), port=0, log_level="error", access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    sock = config.bind_socket()
    origin = f"http://127.0.0.1:{sock.getsockname()[1]}"
    jobs = Jobs(
        settings_for(
            tmp_path_factory.mktemp("data"),
            jobs_cloud.base_url,
            RESTYLE_DAILY_BUDGET_USD="1000",
        ),
        local_url=jobs_cloud.base_url,
        base_url=origin,
        public_url=lambda: None,
        pace=HASTE,
    )
    app.routes.extend(jobs.routes)
    serving = threading.Thread(target=server.run, args=([sock],), daemon=True)
    serving.start()
    jobs.start()
    yield jobs, origin
    jobs.stop()
    server.should_exit = True
    serving.join(timeout=10)
    sock.close()


@pytest.fixture
def studio(jobs_cloud: ScriptedCloud, running_jobs: tuple[Jobs, str], jobs_clip: Path) -> Studio:
    """The running installation with a cloud that has forgotten every earlier test."""
    cloud = jobs_cloud
    cloud.plan = Plan()
    cloud.plans.clear()
    cloud.refuses_oss = cloud.refuses_http = ""
    cloud.clock, cloud.list_lag_s = Clock(), 0.0
    cloud.traces, cloud.strangers = False, 0
    cloud.options_of_strangers = {}
    for kept in (cloud.tasks, cloud.submits, cloud.requests, cloud.uploads):
        kept.clear()
    for route in ("submit", "query", "cancel", "list", "policy", "upload", "result"):
        cloud.always(route, None)
        while cloud.fault(route):
            """Faults that an earlier test queued and did not need."""
    return Studio(cloud, running_jobs[0], jobs_clip, running_jobs[1])

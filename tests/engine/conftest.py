"""A real engine process on loopback, which may fetch clips from the tests' web server."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from web import Web

from media import make_clip

ROOT = Path(__file__).parents[2]
WAIT_S = 120.0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class EngineProcess:
    """An engine that runs as its users run it."""

    data_dir: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "restyle.engine", "--data-dir", str(self.data_dir)]
        with self._log_path.open("a") as log:
            self.process = subprocess.Popen(
                [*command, *self.arguments],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        word, _, self.url = self.process.stdout.readline().strip().partition(" ")
        assert word == "ready", self.log()

    def log(self) -> str:
        return self._log_path.read_text()

    @property
    def _log_path(self) -> Path:
        return self.data_dir.parent / "engine.log"

    def end(self, signal_number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(signal_number)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = "sk-test",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; `body` is sent as JSON unless it is bytes already."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if key is not None:
            request.add_header("Authorization", f"Bearer {key}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def submit(
        self,
        video_url: str | None,
        *,
        key: str = "sk-test",
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> str:
        """Submit a task and return its id; waits where the rate of submits is used up."""
        body = {
            "model": "video-style-transform",
            "input": {} if video_url is None else {"video_url": video_url},
            "parameters": parameters,
        }
        path = "/api/v1/services/aigc/video-generation/video-synthesis"
        asked = {"X-DashScope-Async": "enable", **(headers or {})}
        answer = self.call("POST", path, body, key=key, headers=asked)
        while answer.status == 429:
            time.sleep(0.2)
            answer = self.call("POST", path, body, key=key, headers=asked)
        assert answer.status == 200, answer.body
        task_id: str = answer.json["output"]["task_id"]
        return task_id

    def query(self, task_id: str, key: str = "sk-test") -> dict[str, Any]:
        answer = self.call("GET", f"/api/v1/tasks/{task_id}", key=key)
        assert answer.status == 200
        return answer.json

    def wait(
        self,
        task_id: str,
        reached: Callable[[dict[str, Any]], bool] | None = None,
        key: str = "sk-test",
    ) -> dict[str, Any]:
        """Poll until `reached(output)` (by default: the task has ended); returns the answer."""
        ends_at = time.monotonic() + WAIT_S
        while time.monotonic() < ends_at:
            answer = self.query(task_id, key)
            output = answer["output"]
            if (reached or _has_ended)(output):
                return answer
            assert reached is None or not _has_ended(output), output
            time.sleep(0.05)
        raise AssertionError(f"{output} after {WAIT_S} s\n{self.log()}")


def _has_ended(output: Mapping[str, Any]) -> bool:
    return output["task_status"] in {"SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"}


@pytest.fixture(scope="session")
def make_engine(
    tmp_path_factory: pytest.TempPathFactory, web: Web
) -> Iterator[Callable[..., EngineProcess]]:
    """Starts engines that may fetch from `web`; all are ended with the run."""
    made: list[EngineProcess] = []

    def make(
        *arguments: str,
        data_dir: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> EngineProcess:
        engine = EngineProcess(
            data_dir or tmp_path_factory.mktemp("engine") / "data",
            # Cold: only the styles that the tests use are compiled.
            ("--cold", "--allow-origin", web.origin, *arguments),
            {"DATABASE_URL": "", **(environment or {})},
        )
        made.append(engine)
        engine.start()
        return engine

    yield make
    for engine in made:
        if engine.process is not None and engine.process.poll() is None:
            engine.end()


@pytest.fixture(scope="session")
def engine(make_engine: Callable[..., EngineProcess]) -> EngineProcess:
    """One engine for all tests that need no engine of their own."""
    return make_engine()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-second clip inside every limit, with sound."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", size=(320, 256), fps=15)


@pytest.fixture(scope="session")
def clip_url(web: Web, clip: Path) -> str:
    """Where `web` serves the clip; a name that is not ASCII, as phones and people give."""
    web.files["/原 clip.mp4"] = clip.read_bytes()
    return f"{web.origin}/原 clip.mp4"


@pytest.fixture(scope="session")
def long_url(web: Web, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A clip that takes a while to render."""
    path = make_clip(tmp_path_factory.mktemp("clips") / "long.mp4", size=(640, 360), duration_s=25)
    web.files["/long.mp4"] = path.read_bytes()
    return f"{web.origin}/long.mp4"

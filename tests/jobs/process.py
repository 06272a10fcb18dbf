"""An app process under test: commands go in, changes of its jobs come out, and it can be killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faults.scripted_cloud import ScriptedCloud

ROOT = Path(__file__).parents[2]
PATIENCE_S = 150.0


class Process:
    """An app process under test."""

    def __init__(
        self, folder: Path, cloud: ScriptedCloud, database_url: str = "", *more: str
    ) -> None:
        self._more = more
        self._folder = folder
        self._database_url = database_url
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
                self._database_url,
                *self._more,
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
        """Read what it says up to a line that fits; one that stays silent is ended."""
        assert self._process.stdout
        silence = threading.Timer(PATIENCE_S, self._process.kill)
        silence.start()
        try:
            for line in self._process.stdout:
                told: dict[str, Any] = json.loads(line)
                self.heard.append(told)
                if until(told):
                    return told
        finally:
            silence.cancel()
        raise AssertionError(f"it ended, or was silent, after {self.heard[-1:]}")

    def hear_stage(self, *stages: str) -> dict[str, Any]:
        """Read up to one of these stages of the job."""
        return self.hear(lambda told: told.get("stage") in stages)

    def kill(self) -> None:
        """kill -9, and everything it had open is closed by the system."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=20)
        self._close()

    def await_death(self) -> None:
        """Wait until it has killed itself."""
        assert self._process.wait(timeout=60) == -signal.SIGKILL
        self._close()

    def await_sleep(self) -> None:
        """Wait until it has stopped itself."""
        state = Path(f"/proc/{self._process.pid}/stat")
        end = time.monotonic() + 60
        while state.read_text().rpartition(")")[2].split()[0] != "T":
            assert time.monotonic() < end
            time.sleep(0.02)

    def freeze(self) -> None:
        """SIGSTOP: it is only slow."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self._process.send_signal(signal.SIGCONT)

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
            self._close(process)

    def _close(self, process: subprocess.Popen[str] | None = None) -> None:
        process = process or self._process
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

"""An app process under test: commands go in, changes of its jobs come out, and it can be killed."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from faults.scripted_cloud import ScriptedCloud

ROOT = Path(__file__).parents[2]
PATIENCE_S = 150.0
FINAL = ("succeeded", "failed", "canceled")


class Process:
    """An app process under test."""

    def __init__(self, folder: Path, cloud: ScriptedCloud, *options: str, **environ: str) -> None:
        self._folder = folder
        self._cloud = cloud
        self._options = options
        self._environ = {"DATABASE_URL": "", "RESTYLE_STORAGE_URL": "", **environ}
        self._started: list[subprocess.Popen[str]] = []
        self.heard: list[dict[str, Any]] = []

    def start(self) -> None:
        """Start, and wait until it is ready."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(ROOT / "tests/jobs/runner.py"),
                self._folder,
                self._cloud.base_url,
                *self._options,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
                **self._environ,
            },
        )
        self._started.append(self._process)

    def await_ready(self) -> None:
        """Wait until it can be told something."""
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

    def submit(self, clip: Path, service: str, key: str) -> str:
        """Have it begin a job; its id."""
        self.say("submit", clip, service, key)
        return str(self.hear(lambda told: "submitted" in told)["submitted"])

    def hear_stage(self, *stages: str, of: str = "") -> dict[str, Any]:
        """Read up to one of these stages of a job: of this one, or of any."""
        return self.hear(lambda told: told.get("stage") in stages and of in ("", told["job_id"]))

    def hear_ends(self, job_ids: Collection[str], since: int) -> dict[str, dict[str, Any]]:
        """Read up to the end of the last of these jobs; how each ended.

        What was heard `since` the so-manieth line counts, though it was read on the way.
        """
        ends: dict[str, dict[str, Any]] = {}
        for number in itertools.count(since):
            if len(ends) == len(job_ids):
                break
            told = self.heard[number] if number < len(self.heard) else self.hear(lambda _: True)
            if told.get("stage") in FINAL and told["job_id"] in job_ids:
                ends[told["job_id"]] = told
        return ends

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

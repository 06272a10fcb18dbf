"""A rendering process as the engine holds it: start, lines to and fro, kill.

`worker` (tasks) or `previewer` is what runs inside it. A process of its own, because a crash in
native code, or a kill to stop it, must not take the server along.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

# Pictures of strangers: about what a 33-megapixel camera makes, and no more memory than that.
_LIMITS = {"OPENCV_IO_MAX_IMAGE_PIXELS": str(1 << 25)}


class RendererGone(Exception):
    """The renderer's process ended: killed, crashed, or stopped on purpose."""


class Renderer:
    """One process that runs `module`, and the lines that go to and fro.

    With `warm_up` it compiles the kernels of all styles while it has nothing else to do;
    `warm_styles` are those whose compiled kernels it has, and has left on disk.
    """

    def __init__(self, module: str = "restyle.engine.worker", *, warm_up: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *(["--warm-up"] if warm_up else [])],
            env={**os.environ, **_LIMITS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # A group of its own: a kill takes its ffmpeg processes along.
            start_new_session=True,
        )
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.warm_styles: frozenset[int] = frozenset()
        self.is_warm = False
        threading.Thread(target=self._read, name="renderer", daemon=True).start()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one line; raises RendererGone."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise RendererGone from None

    def receive(self, timeout_s: float) -> dict[str, Any] | None:
        """The next message, or None when none came in time; raises RendererGone."""
        try:
            message = self._messages.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if message is None:
            raise RendererGone
        return message

    def kill(self) -> None:
        """End the process and everything it started, and wait until it is gone."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):  # Gone already, with all its group.
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):  # What was still in the buffer has no reader any more.
            assert self._process.stdin is not None
            self._process.stdin.close()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                message = json.loads(line)
                if "warm" in message:
                    self.warm_styles |= {message["warm"]}
                    self.is_warm = message["all"]
                else:
                    self._messages.put(message)
        self._messages.put(None)

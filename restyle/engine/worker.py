"""The renderer's process: `python -m restyle.engine.worker`, one task after another.

It reads one JSON line a task ({"stop": task_id} stops the task at hand) on its standard input and
writes JSON lines about it on its standard output. It ends when its input ends, which is when the
engine is gone, whatever became of it.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TextIO

from restyle.engine.faults import Fault, missing_input_fault, render_fault
from restyle.engine.fetching import Guard, fetch
from restyle.engine.render import render
from restyle.engine.stylize import warm_up
from restyle.errors import Canceled
from restyle.styles import Options, Style

_PROGRESS_STEPS = 200


def main() -> None:
    """Carry out tasks until the input ends; with `--warm-up`, compile styles between them."""
    answers = _own_output()
    tasks: SimpleQueue[dict[str, Any]] = SimpleQueue()
    stopped: set[str] = set()
    threading.Thread(target=_read, args=(tasks, stopped), name="input", daemon=True).start()
    cold = list(Style) if "--warm-up" in sys.argv[1:] else []
    _say(answers, {"ready": True})
    while True:
        try:
            # A task that comes while styles are still cold does not wait for all of them.
            task = tasks.get(block=not cold)
        except Empty:
            _warm_up(cold.pop(0))
            if not cold:
                _say(answers, {"warm": True})
            continue
        try:
            _say(answers, {"done": {"duration_s": _carry_out(task, answers, stopped)}})
        except Canceled:
            _say(answers, {"stopped": True})
        except Fault as fault:
            _say(
                answers,
                {"failed": {"code": fault.code, "message": fault.message, "detail": fault.detail}},
            )


def _warm_up(style: Style) -> None:
    try:
        warm_up([style])
    except Exception as error:
        # The other styles still work; a task in this one will say what is wrong.
        sys.excepthook(type(error), error, error.__traceback__)


def _carry_out(task: Mapping[str, Any], answers: TextIO, stopped: set[str]) -> float:
    told = -1

    def on_progress(done: int, total: int) -> None:
        nonlocal told
        step = done * _PROGRESS_STEPS // total
        if step != told:
            told = step
            _say(answers, {"progress": [done, total]})

    try:
        rendered = render(
            _source(task),
            Options(**task["options"]),
            Path(task["target"]),
            on_progress=on_progress,
            should_stop=lambda: task["task_id"] in stopped,
        )
    except (Fault, Canceled):
        raise
    except Exception as error:
        # Whatever goes wrong inside belongs to this one task; its trace to the engine's log.
        sys.excepthook(type(error), error, error.__traceback__)
        raise render_fault(f"{type(error).__name__}: {error}") from error
    return rendered.duration_s


def _source(task: Mapping[str, Any]) -> Path:
    """The input's file: an upload that is here already, or fetched now; raises Fault."""
    if task["file"] is not None:
        return Path(task["file"])
    if task["video_url"] is None:
        raise missing_input_fault()
    path = Path(task["folder"]) / "input"
    fetch(task["video_url"], path, Guard(frozenset(task["allow_origins"])))
    return path


def _own_output() -> TextIO:
    """The real standard output, for the protocol alone: whatever prints goes to the log."""
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return protocol


def _say(answers: TextIO, line: Mapping[str, Any]) -> None:
    answers.write(json.dumps(line) + "\n")
    answers.flush()


def _read(tasks: "SimpleQueue[dict[str, Any]]", stopped: set[str]) -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "stop" in message:
            stopped.add(message["stop"])
        else:
            tasks.put(message)
    # The engine is gone. Take the ffmpeg processes along: this process leads their group.
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()

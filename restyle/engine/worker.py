"""The renderer's process: `python -m restyle.engine.worker`, one task after another.

An order is a task; {"stop": task_id} stops the one at hand. Answers: progress, then how it ended.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from restyle.engine.faults import Fault, fetch_fault, missing_input_fault, render_fault
from restyle.engine.lines import Line, Lines
from restyle.engine.niceness import step_back
from restyle.engine.render import render
from restyle.errors import Canceled, FetchFailed
from restyle.fetching import Guard, fetch
from restyle.styles import Options

_PROGRESS_STEPS = 200


def main() -> None:
    """Carry out tasks until the engine is gone."""
    step_back()
    stopped: set[str] = set()

    def stop(line: Line) -> bool:
        if "stop" in line:
            stopped.add(line["stop"])
        return "stop" in line

    lines = Lines(stop)
    lines.serve(lambda task: lines.say(_ended(task, lines, stopped)))


def _ended(task: Line, lines: Lines, stopped: set[str]) -> dict[str, Any]:
    try:
        return {"done": {"duration_s": _carry_out(task, lines, stopped)}}
    except Canceled:
        return {"stopped": True}
    except Fault as fault:
        return {"failed": {"code": fault.code, "message": fault.message, "detail": fault.detail}}


def _carry_out(task: Line, lines: Lines, stopped: set[str]) -> float:
    told = -1

    def on_progress(done: int, total: int) -> None:
        nonlocal told
        step = done * _PROGRESS_STEPS // total
        if step != told:
            told = step
            lines.say({"progress": [done, total]})

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
    try:
        fetch(task["video_url"], path, Guard(frozenset(task["allow_origins"])))
    except FetchFailed as problem:
        raise fetch_fault(problem) from None
    return path


if __name__ == "__main__":
    main()

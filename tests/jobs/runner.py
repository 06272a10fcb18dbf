"""Jobs in a process of their own, to be killed: `runner.py FOLDER CLOUD [DATABASE [STORAGE]]`.

Commands come on stdin with tabs between (`submit CLIP SERVICE KEY`, the same with `submit whole`,
`parts SECONDS` for the longest part, `watch JOB`, `look again JOB`,
`arm PLACE before|after NTH`, `sleep PLACE`); each change of a job goes to stdout as a line of
JSON.
"""

import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from jobs.studio import HASTE, settings_for

from restyle.fitting import parts
from restyle.jobs import JobRequest, Jobs
from restyle.settings import Secret
from restyle.styles import Options

SAYING = threading.Lock()


def main(folder: str, cloud_url: str, database_url: str = "", storage_url: str = "") -> None:
    """Serve until stdin ends."""
    logging.basicConfig(filename=Path(folder) / "log.txt", level=logging.DEBUG)
    jobs = Jobs(
        settings_for(
            Path(folder),
            cloud_url,
            DATABASE_URL=database_url,
            RESTYLE_STORAGE_URL=storage_url,
        ),
        local_url=cloud_url,
        base_url="http://127.0.0.1:9",
        pace=HASTE,
    )
    jobs.start()
    _say({"ready": True})
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        if command == "parts":
            parts.PART_S = float(words[0])
        elif command.startswith("submit"):
            clip, service, key = words
            request = JobRequest(
                Path(clip),
                Options(),
                service=service,  # type: ignore[arg-type]  # one of its words
                api_key=Secret(key) if key else None,
                whole="whole" in command,
            )
            _watch(jobs, jobs.submit(request).job_id)
        elif command == "watch":
            _watch(jobs, words[0])
        elif command == "look again":
            _watch(jobs, jobs.look_again(words[0]).job_id)
        elif command == "arm":
            place, when, nth = words
            _arm(place, signal.SIGKILL, after=when == "after", nth=int(nth))
        elif command == "sleep":
            _arm(words[0], signal.SIGSTOP)
    jobs.stop()


def _arm(place: str, blow: signal.Signals, *, after: bool = False, nth: int = 1) -> None:
    """Die, or fall asleep, before or after the nth call of `module:name`."""
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = importlib.import_module(module)
    for word in owners:
        owner = getattr(owner, word)
    real = getattr(owner, name)
    calls = 0

    def deadly(*args: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth and not after:
            os.kill(os.getpid(), blow)
        answer = real(*args, **more)
        if calls == nth and after:
            os.kill(os.getpid(), blow)
        return answer

    setattr(owner, name, deadly)


def _watch(jobs: Jobs, job_id: str) -> None:
    threading.Thread(target=_tell_changes, args=(jobs, job_id), daemon=True).start()


def _tell_changes(jobs: Jobs, job_id: str) -> None:
    last = None
    while True:
        told = jobs.status(job_id).as_dict()
        if (told["stage"], told["task_id"]) != last:
            last = (told["stage"], told["task_id"])
            _say(told)
        if told["stage"] in ("succeeded", "failed", "canceled"):
            return
        time.sleep(0.01)


def _say(what: dict[str, object]) -> None:
    with SAYING:
        print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

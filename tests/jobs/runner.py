"""Jobs in a process of their own, to be killed: `runner.py FOLDER CLOUD [--engine]`.

Database and storage come as for the app, from the environment. With `--engine` they have their own
local service beside them, as the app's; else the scripted cloud is that as well.

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
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import uvicorn
from jobs.studio import HASTE, settings_for
from starlette.applications import Starlette

from restyle.fitting import parts
from restyle.jobs import JobRequest, Jobs
from restyle.settings import Secret
from restyle.styles import Options, Style

# What the engine does in no time.
QUICK = Options(style=Style.FRESH_COMIC, min_len=540)
SAYING = threading.Lock()


def main(folder: str, cloud_url: str, *options: str) -> None:
    """Serve until stdin ends."""
    logging.basicConfig(filename=Path(folder) / "log.txt", level=logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.INFO)
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    named = ("DATABASE_URL", "RESTYLE_STORAGE_URL", "RESTYLE_DAILY_BUDGET_USD")
    jobs = Jobs(
        settings_for(Path(folder), cloud_url, **{name: os.environ.get(name, "") for name in named}),
        local_url=_own_engine(Path(folder), origin) if "--engine" in options else cloud_url,
        base_url=origin,
        pace=HASTE,
    )
    _serve(Starlette(routes=jobs.routes), listener)
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
                QUICK if service == "local" else Options(),
                service=service,  # type: ignore[arg-type]  # one of its words
                api_key=Secret(key) if key else None,
                whole="whole" in command,
            )
            job_id = jobs.submit(request).job_id
            _say({"submitted": job_id})
            _watch(jobs, job_id)
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


def _own_engine(folder: Path, origin: str) -> str:
    """Start an engine as the app starts its own, only cold; it ends with this process."""
    command = [sys.executable, "-m", "restyle.engine", "--cold", "--exit-with-parent"]
    command += ["--data-dir", str(folder / "engine"), "--allow-origin", origin]
    engine = subprocess.Popen(
        command,
        env={**os.environ, "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", "")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert engine.stdout
    word, _, url = engine.stdout.readline().strip().partition(" ")
    assert word == "ready"
    return url


def _serve(app: Starlette, listener: socket.socket) -> None:
    config = uvicorn.Config(app, log_level="error", access_log=False, ws="none")
    serve = uvicorn.Server(config).run
    threading.Thread(target=serve, args=([listener],), daemon=True).start()


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
        time.sleep(0.04)


def _say(what: dict[str, object]) -> None:
    with SAYING:
        print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

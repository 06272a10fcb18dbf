"""Restyle: settings → the local style service → the durable jobs → the page → serve.

`python app.py`; every setting is an environment variable, listed in the README.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before Gradio is imported; it asks nobody

from restyle.errors import RestyleError
from restyle.jobs import Jobs
from restyle.page import build_page, launch_arguments
from restyle.settings import Settings

PORTS = range(7860, 7960)
SERVICE_START_S = 180.0


@contextlib.contextmanager
def local_service(settings: Settings, allowed_origin: str) -> Iterator[str]:
    """The style service as a child process, begun again when it dies; gives its base URL."""
    port = free_port("127.0.0.1", range(1))
    command = [sys.executable, "-m", "restyle.engine", "--port", str(port), "--exit-with-parent"]
    command += ["--data-dir", str(settings.data_dir / "engine"), "--allow-origin", allowed_origin]
    ready, stopping, folder = threading.Event(), threading.Event(), Path(__file__).parent
    children: list[subprocess.Popen[str]] = []

    def keep() -> None:
        while not stopping.wait(1.0 if children else 0.0):
            with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as child:
                children.append(child)
                for line in child.stdout or ():
                    if line.startswith("ready"):
                        ready.set()

    (keeper := threading.Thread(target=keep, daemon=True)).start()
    try:
        if not ready.wait(SERVICE_START_S):
            raise RestyleError("The local style service did not start; its own words are above.")
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        stopping.set()
        while keeper.is_alive():
            for child in children:
                child.terminate()
            keeper.join(0.5)


def free_port(host: str, ports: range) -> int:
    """The first of these ports that is free at this host; 0 stands for any."""
    for port in ports:
        with contextlib.suppress(OSError), socket.create_server((host, port)) as listener:
            return int(listener.getsockname()[1])
    raise RestyleError(f"No port of {host} is free.", what_next="Set GRADIO_SERVER_PORT.")


def serve(settings: Settings, stop: threading.Event) -> None:
    """Run everything until `stop` is set."""
    host = settings.server_name or "127.0.0.1"
    port = settings.server_port or free_port(host, PORTS)
    own_url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    given, known = settings.engine_url, [settings.public_url]
    with contextlib.nullcontext(given) if given else local_service(settings, own_url) as local_url:
        jobs = Jobs(settings, local_url=local_url, base_url=own_url, public_url=lambda: known[0])
        page = build_page(jobs, settings)
        arguments = launch_arguments(settings, jobs, local_url)
        page.launch(server_port=port, prevent_thread_lock=True, **arguments)
        known[0] = settings.public_url or page.share_url or None
        jobs.start()
        print(f"Restyle is at {page.share_url or own_url} (Ctrl+C stops it)", flush=True)
        stop.wait()
        page.close(verbose=False)
        jobs.stop()


def main() -> int:
    """Serve until told to stop; returns the exit code."""
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        serve(Settings.from_env(), stop)
    except (RestyleError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A real Restyle for tests: `python app.py` as a process of its own, on a free port."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_S = 180.0


@dataclass
class AppProcess:
    """The running app: its address, its data folder, and what it said."""

    url: str
    data_dir: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def engine_pid(self) -> int | None:
        """The process of its local style service, by the data folder in its command."""
        wanted = f"--data-dir\0{self.data_dir / 'engine'}\0".encode()
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and wanted in (entry / "cmdline").read_bytes():
                    return int(entry.name)
        return None


@contextlib.contextmanager
def running_app(data_dir: Path, **environ: str) -> Iterator[AppProcess]:
    """Start the app, wait until it says where it is, and stop it at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RESTYLE_", "GRADIO_", "DASHSCOPE_"))
    }
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={
            **clean,
            "RESTYLE_DATA_DIR": str(data_dir),
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_TEMP_DIR": str(data_dir / "gradio"),
            **environ,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    app = AppProcess(f"http://127.0.0.1:{port}", data_dir, process)
    ready = threading.Event()

    def listen() -> None:
        for line in process.stdout or ():
            app.said.append(line)
            if line.startswith("Restyle is at"):
                ready.set()
        ready.set()

    listener_thread = threading.Thread(target=listen, daemon=True)
    listener_thread.start()
    try:
        assert ready.wait(START_S), "".join(app.said)
        assert process.poll() is None, "".join(app.said)
        yield app
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        listener_thread.join()
        if process.stdout:
            process.stdout.close()

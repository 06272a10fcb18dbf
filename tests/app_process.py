"""A real Restyle for tests: `python app.py` as a process of its own, on a free port."""

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
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


def kernels_dir() -> Path:
    """Where compiled kernels are kept from one test run to the next, for these very sources."""
    sources = sorted((ROOT / "restyle" / "engine").rglob("*.py"))
    content = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    return Path(tempfile.gettempdir()) / f"restyle-test-kernels-{content.hexdigest()[:16]}"


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
            "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR") or str(kernels_dir()),
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

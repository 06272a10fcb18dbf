"""Where compiled kernels are kept: one folder for each state of the engine's sources.

numba notices a changed kernel, but not a changed brush of another file that was compiled into it;
so what older sources left is never read again, and is removed when nobody has used it for long.
All processes of an engine share the folder, by NUMBA_CACHE_DIR.
"""

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

KEPT_S = 7 * 24 * 3600.0
_WHOLE = "whole"


class Claimed(Exception):
    """Another process is compiling this kernel."""


def kernel_cache(folder: Path) -> Path:
    """The place within `folder` for the kernels of these very sources; made if need be."""
    here = folder / _fingerprint()
    here.mkdir(parents=True, exist_ok=True)
    here.touch()
    for other in folder.iterdir():
        # Another version may run beside this one: only what nobody has started with for long.
        if other.is_dir() and other != here and time.time() - other.stat().st_mtime > KEPT_S:
            shutil.rmtree(other, ignore_errors=True)
    return here


@contextlib.contextmanager
def claim(kernel: str, *, wait: bool) -> Iterator[None]:
    """Within it no other process, or thread, compiles the kernel of this name.

    Who comes second waits, and then finds it on disk; or raises Claimed at once.
    """
    if (folder := _shared()) is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{kernel}.lock", timeout=-1 if wait else 0)
    try:
        lock.acquire()
    except Timeout:
        raise Claimed from None
    try:
        yield
    finally:
        lock.release()


def is_whole() -> bool:
    """Whether the kernels of all styles have been compiled before."""
    folder = _shared()
    return folder is not None and (folder / _WHOLE).exists()


def note_whole() -> None:
    """The kernels of all styles are there: for later starts to know."""
    if (folder := _shared()) is not None:
        (folder / _WHOLE).touch()


def _shared() -> Path | None:
    folder = os.environ.get("NUMBA_CACHE_DIR")
    return Path(folder) if folder else None


def _fingerprint() -> str:
    root = Path(__file__).parent
    content = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        content.update(path.relative_to(root).as_posix().encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]

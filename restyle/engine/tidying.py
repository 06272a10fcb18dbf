"""What an engine removes from its data folder, which other engines may be at work in as well."""

import contextlib
import shutil
import time
from pathlib import Path

from restyle.engine.leases import Leases
from restyle.engine.tasks import TaskStore

# A result of another engine may lie there a moment before its entry is made.
ORPHAN_AGE_S = 3600.0


def tidy(work: Path, results: Path, store: TaskStore, leases: Leases) -> None:
    """Forget tasks that ended 24 hours ago, and remove their results and what kills have left:
    work that nobody is at, results that nobody knows."""
    folders = list(work.iterdir())  # Before asking who is at work: a claim comes before its folder.
    held = {work_name(task_id, owner) for task_id, owner in leases.held()}
    for folder in folders:
        if folder.name not in held:
            shutil.rmtree(folder, ignore_errors=True)
    store.purge()
    old = time.time() - ORPHAN_AGE_S
    known = store.results()
    for path in results.iterdir():
        with contextlib.suppress(FileNotFoundError):  # Another engine was quicker.
            if path.name not in known and path.stat().st_mtime < old:
                path.unlink()


def work_name(task_id: str, owner: str) -> str:
    """The folder of a task at work: another one for each engine, should two be at it."""
    return f"{task_id}-{owner}"

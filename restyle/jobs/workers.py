"""Which process is which: each holds one numbered slot while it lives, and drops it when it dies.

The hold is a lock on a tiny SQLite file, which the system itself lets go at the very moment a
process ends, `kill -9` included; so a free slot with unfinished work means a dead worker.
"""

import sqlite3
import uuid
from pathlib import Path

from restyle.jobs.once import written_once


class Slot:
    """One held slot; `name` is its worker's name in the queue's database.

    The name is the same after a restart, so that the worker finds its work. It comes from the
    data folder, not from the machine: a container has another host name each time.
    """

    def __init__(self, number: int, name: str, hold: sqlite3.Connection) -> None:
        self.number = number
        self.name = name
        self._hold = hold

    def release(self) -> None:
        """Let the slot go."""
        self._hold.close()


def take_slot(folder: Path) -> Slot:
    """Hold the first free slot."""
    number = 0
    while True:
        slot = try_slot(folder, number)
        if slot is not None:
            return slot
        number += 1


def free_slots(folder: Path) -> list[Slot]:
    """Hold every slot that was used once and has no living worker; release each after use."""
    numbers = sorted(int(path.stem) for path in folder.glob("*.lock") if path.stem.isdigit())
    return [slot for slot in (try_slot(folder, number) for number in numbers) if slot]


def try_slot(folder: Path, number: int) -> Slot | None:
    """Hold a slot, or None when a living worker has it."""
    folder.mkdir(parents=True, exist_ok=True)
    # Not in a transaction of its own making, and used from whichever thread stops the worker.
    hold = sqlite3.connect(
        folder / f"{number}.lock", timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        hold.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        hold.close()
        return None
    return Slot(number, f"{_family(folder)}-{number}", hold)


def _family(folder: Path) -> str:
    """The name that the workers of one data folder have in common."""
    return written_once(folder / "name", lambda: uuid.uuid4().hex[:12].encode()).decode()

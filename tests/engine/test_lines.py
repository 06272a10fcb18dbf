"""A worker's side of the pipe: what an order breaks off, what needs no turn, when all ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WAIT_S = 120.0

# Its first warming up goes on for ever, kernel after kernel; the later ones take one kernel each.
WARMING = """
import numpy as np
from restyle.engine import lines
from restyle.engine.kernels import kernel, rows_in

@kernel
def count(band, rows):
    for y in rows_in(band, rows.shape[0]):
        rows[y] += 1

tried = []

def warm_up(styles):
    tried.extend(styles)
    pipe.say({"trying": int(styles[0])})
    rows = np.zeros(8, np.float32)
    count(rows)
    while len(tried) == 1:
        count(rows)

lines.warm_up = warm_up
pipe = lines.Lines()
pipe.serve(lambda order: pipe.say({"carried out": order["order"]}))
"""

# An order is finished by a line that needs no turn.
STOPPING = """
import threading
from restyle.engine.lines import Lines

stop = threading.Event()

def intercept(line):
    if line.get("stop"):
        stop.set()
    return "stop" in line

def carry_out(order):
    print("a word that somebody prints")
    pipe.say({"began": order["order"]})
    stop.wait()
    pipe.say({"ended": order["order"]})

pipe = Lines(intercept)
pipe.serve(carry_out)
"""

# An order that never ends, and a process of its own that waits as long.
ENDLESS = """
import subprocess, sys, threading
from restyle.engine.lines import Lines

def carry_out(order):
    program = "import sys, threading; print('here', flush=True); threading.Event().wait()"
    subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.DEVNULL)
    threading.Event().wait()

Lines().serve(carry_out)
"""


class Worker:
    """A program on a pair of real pipes."""

    def __init__(self, program: str, folder: Path, *arguments: str) -> None:
        script = folder / "worker.py"
        script.write_text(program)
        self.process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.hear() == {"ready": True}

    def hear(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def say(self, **line: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """Close its input; gives its log, which ends when nobody holds it any more."""
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.stdin = None  # Else it would be flushed once more.
        _, log = self.process.communicate(timeout=WAIT_S)
        return log


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def make(program: str, *arguments: str) -> Worker:
        started.append(Worker(program, tmp_path, *arguments))
        return started[-1]

    yield make
    for worker in started:
        with contextlib.suppress(ProcessLookupError):  # Gone, and all that it started.
            os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.communicate()


def test_an_order_breaks_off_warming_up_between_two_kernels_and_it_goes_on_after(
    start: Callable[..., Worker],
) -> None:
    worker = start(WARMING, "--warm-up")
    assert worker.hear() == {"trying": 0}
    worker.say(order=7)
    assert worker.hear() == {"carried out": 7}
    for style in range(8):
        assert worker.hear() == {"trying": style}
        assert worker.hear() == {"warm": style, "all": style == 7}
    worker.say(order=8)
    assert worker.hear() == {"carried out": 8}


def test_without_warming_up_orders_are_carried_out_in_turn(start: Callable[..., Worker]) -> None:
    worker = start(WARMING)
    for number in (1, 2):
        worker.say(order=number)
    assert [worker.hear() for _ in range(2)] == [{"carried out": 1}, {"carried out": 2}]


def test_what_is_intercepted_does_not_wait_in_the_queue_nor_is_it_an_order(
    start: Callable[..., Worker],
) -> None:
    worker = start(STOPPING)
    for line in ({"order": 1}, {"stop": False}, {"order": 2}):
        worker.say(**line)
    assert worker.hear() == {"began": 1}
    worker.say(stop=True)
    assert [worker.hear() for _ in range(3)] == [{"ended": 1}, {"began": 2}, {"ended": 2}]
    assert "a word that somebody prints" in worker.end()


@pytest.mark.parametrize("busy", [False, True])
def test_a_worker_whose_input_ends_is_gone_with_all_that_it_started(
    start: Callable[..., Worker], busy: bool
) -> None:
    worker = start(ENDLESS)
    if busy:
        worker.say(order=1)
        assert worker.process.stderr is not None
        assert worker.process.stderr.readline() == "here\n"
    worker.end()
    assert worker.process.returncode is not None

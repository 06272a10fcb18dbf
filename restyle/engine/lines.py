"""JSON lines between the engine and its worker processes, the worker's side.

Orders come on the standard input; it ends when the engine is gone, whatever became of it, and the
worker ends with it. Answers go to the standard output, which nothing else may write to.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from queue import Empty, SimpleQueue
from typing import Any

from restyle.engine.kernel_cache import note_whole
from restyle.engine.kernels import Interrupted, interruptible
from restyle.engine.stylize import warm_up
from restyle.styles import Style

Line = Mapping[str, Any]


class Lines:
    """The two ends of the pipe; made once, by the worker's main thread.

    `intercept` sees each line as soon as it comes, in a thread of its own, and takes those for
    which it returns True; the others wait in the queue.
    """

    def __init__(self, intercept: Callable[[Line], bool] = lambda line: False) -> None:
        self._answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        # The real output is for the protocol alone: whatever prints goes to the log.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self._orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._intercept = intercept
        threading.Thread(target=self._read, name="input", daemon=True).start()

    def say(self, line: Line) -> None:
        """Write one answer."""
        self._answers.write(json.dumps(line) + "\n")
        self._answers.flush()

    def serve(self, carry_out: Callable[[Line], None]) -> None:
        """Say that it is ready, then carry out one order after another, for ever.

        With `--warm-up` among the program's arguments, styles are compiled between the orders.
        """
        self.say({"ready": True})
        if "--warm-up" in sys.argv[1:]:
            self.warm_up(Style, lambda style: warm_up([style]), carry_out)
            note_whole()
        while True:
            carry_out(self._orders.get())

    def warm_up(
        self,
        styles: Iterable[Style],
        make_warm: Callable[[Style], None],
        carry_out: Callable[[Line], None],
    ) -> None:
        """Make one style after another warm, and say so; orders that come meanwhile go first."""
        cold = list(styles)
        while cold:
            try:
                order = self._orders.get(block=False)
            except Empty:
                # An order that comes meanwhile waits for the kernel at hand, and for no other.
                with contextlib.suppress(Interrupted), interruptible(self._has_order):
                    _try(make_warm, cold[0])
                    self.say({"warm": int(cold.pop(0)), "all": not cold})
            else:
                carry_out(order)

    def _has_order(self) -> bool:
        return not self._orders.empty()

    def _read(self) -> None:
        for text in sys.stdin:
            line = json.loads(text)
            if not self._intercept(line):
                self._orders.put(line)
        # The engine is gone. Take the ffmpeg processes along: this process leads their group.
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(0)


def _try(make_warm: Callable[[Style], None], style: Style) -> None:
    try:
        make_warm(style)
    except Interrupted:
        raise
    except Exception as error:
        # The other styles still work; an order in this one will say what is wrong.
        sys.excepthook(type(error), error, error.__traceback__)

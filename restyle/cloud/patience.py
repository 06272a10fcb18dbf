"""Repeating what is safe to repeat: how often, how long between, and after which errors.

The waits are a fixed schedule without chance in it, and waiting is handed in, so tests never sleep.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from restyle.errors import AnswerLost, BadAnswer, CloudError, ServiceFault, Throttled, Unreachable

T = TypeVar("T")

# For queries, lists, uploads: nothing happens twice by asking twice.
READING: tuple[type[CloudError], ...] = (
    Unreachable,
    AnswerLost,
    Throttled,
    ServiceFault,
    BadAnswer,
)
# For a submit: only after what certainly made no task.
SUBMITTING: tuple[type[CloudError], ...] = (Unreachable, Throttled)


@dataclass(frozen=True)
class Patience:
    """Waits of `first_s`, then `factor` times longer each, up to `longest_s`; `tries` in all."""

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 15.0
    tries: int = 6

    def waits(self) -> Iterator[float]:
        """The waits in seconds between the tries: one fewer than there are tries."""
        wait_s = self.first_s
        for _ in range(self.tries - 1):
            yield min(wait_s, self.longest_s)
            wait_s *= self.factor


def patiently(
    work: Callable[[], T],
    *,
    after: tuple[type[CloudError], ...] = READING,
    patience: Patience | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> T:
    """Do `work` until it succeeds or fails for good; the last error is raised as it is.

    Waits longer where the service says how long (Retry-After). `wait` may raise to stop it.
    """
    for wait_s in (patience or Patience()).waits():
        try:
            return work()
        except after as error:
            asked_s = float(error.facts.get("retry_after_s", 0.0))
        wait(max(wait_s, asked_s))
    return work()

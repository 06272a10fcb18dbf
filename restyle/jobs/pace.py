"""How patient a job is: every wait and every bound in one place, so that tests can hurry."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds throughout.

    The cloud's advice for this model is a poll every 15 s; it gives a task up after 3 h. The
    polls of the local service cost nothing.
    """

    first_polls_s: tuple[float, ...] = (2.0, 2.0, 3.0, 5.0, 8.0)
    poll_s: float = 15.0
    local_poll_s: float = 1.0
    # Trouble on the way (429, 5xx, no connection): from the first wait, doubled, to the last.
    back_off_s: tuple[float, float] = (1.0, 30.0)
    submit_patience_s: float = 600.0
    # A little under the service's 2 for an account: what was apart when sent may come closer.
    submits_a_second: float = 1.8
    # After a start the workflows are up before the page is, and with it our own address.
    own_address_patience_s: float = 15.0
    task_patience_s: float = 3.25 * 3600
    # A key refused while polling may be a hiccup of the service; a refusal is no verdict.
    refusal_patience_s: float = 120.0
    save_patience_s: float = 3600.0
    # UNKNOWN is believed after so many polls: a task may be younger than its index.
    unknown_polls: int = 3
    # A POST whose answer was lost may still be on its way in: the list proves nothing before it
    # was read for so long, counted from the moment the loss was noticed.
    settle_s: float = 20.0
    first_looks_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    list_patience_s: float = 60.0
    # How far the cloud's clock and ours may lie apart, and how long a POST may be under way.
    clock_skew_s: float = 120.0
    # The same where the service does not tell its time: any clock may be set to a wrong zone.
    unknown_skew_s: float = 11.5 * 3600
    post_s: float = 90.0
    # Tasks are purged after 24 h, and then no list can tell any more.
    list_memory_s: float = 24 * 3600 - 300
    look_around_s: float = 1.0
    # How often to look for dead workers and lost jobs; younger jobs are on their way to the queue.
    housekeeping_s: float = 5.0
    # A worker that said nothing for so long is taken for dead.
    lease_s: float = 15.0
    lost_after_s: float = 5.0
    # How often the queues are looked at: what costs 4–5 % of a core when idle.
    queue_poll_s: float = 0.25

    def polls(self, service: str) -> Iterator[float]:
        """The waits between polls, for ever."""
        if service != "local":
            yield from self.first_polls_s
        while True:
            yield self.local_poll_s if service == "local" else self.poll_s

    def troubles(self) -> Iterator[float]:
        """The waits after one failed try after another, for ever."""
        wait, longest = self.back_off_s
        while True:
            yield wait
            wait = min(longest, wait * 2)

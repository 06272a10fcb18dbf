"""What only a person decides about a job that has stopped: to go on, to submit again, to retry.

Nothing here submits: a job is taken up again from the book, and its workflow looks for what may
have been made before it makes anything.
"""

from contextlib import ExitStack

from restyle.errors import OptionError
from restyle.jobs import wholes, workflow
from restyle.jobs.desk import Desk
from restyle.jobs.submits import Outcome
from restyle.settings import Secret


def reopen(desk: Desk, job_id: str, way: str) -> None:
    """Go on with a job in one of the ways on that it stopped with; raises OptionError."""
    record = desk.ledger.read(job_id)
    with ExitStack() as changes:
        whole = None
        if record.part is not None:
            whole = changes.enter_context(desk.ledger.change(record.home))
        book = whole.book if whole else None
        change = changes.enter_context(desk.ledger.change(job_id, book))
        if way not in change.record.ways_on:
            raise OptionError(
                "This job did not stop in a way that it could go on from like that.",
                what_next="Start it again as a new job.",
            )
        if whole:
            wholes.reopen_with(whole, change.record)
        change.reopen()
    if record.is_whole:
        workflow.begin_join(job_id, change.record.attempt + 1)
        return
    intent = desk.submits.open_intent(job_id)
    if way == "submit_anyway" and intent is not None:
        desk.submits.close(intent, Outcome.WAIVED)
    workflow.begin(job_id, change.record.attempt + 1)


def retry_part(desk: Desk, part_id: str, api_key: Secret | None) -> str:
    """Try a part again; gives its whole's id. Raises OptionError, KeyRefused or BudgetExceeded."""
    part = desk.ledger.read(part_id)
    if "look_again" in part.ways_on:
        # Its task may be there, and paid for: it is looked for, not made anew.
        reopen(desk, part_id, "look_again")
    else:
        workflow.begin(wholes.try_part_again(desk, part_id, api_key), 1)
    return part.home

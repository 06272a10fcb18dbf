"""The money rules under random rows of faults: never a second bill, never a lost result.

Rows come from numbered seeds, not from hypothesis: it takes the random numbers of the queue's own
threads for a strategy's.
"""

import os
import random

import pytest
from faults.scripted_cloud import (
    CUT_ANSWER,
    HEADERS_ONLY,
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    NOT_JSON,
    RESET_AFTER_ACCEPTANCE,
    Fault,
    refusal,
)
from jobs.studio import Studio

from restyle.jobs import Job, Stage

ROWS = int(os.environ.get("RESTYLE_FAULT_ROWS", "6"))

BROKEN = {
    "lost": LOST_AFTER_ACCEPTANCE,
    "lost before": LOST_BEFORE_ACCEPTANCE,
    "reset": RESET_AFTER_ACCEPTANCE,
    "cut": CUT_ANSWER,
    "headers only": HEADERS_ONLY,
    "not JSON": NOT_JSON,
    "429": refusal("Throttling.RateQuota"),
    "500": refusal("InternalError"),
    "503": refusal("ModelUnavailable"),
}
AT_SUBMIT = {
    **BROKEN,
    "500 after acceptance": refusal("InternalError", works=True),
    "no id": Fault("answer", body={"output": {}}),
}
ROUTES = {
    "policy": BROKEN,
    "submit": AT_SUBMIT,
    "list": BROKEN,
    "query": BROKEN,
    "result": {name: BROKEN[name] for name in ("lost", "reset", "cut", "500")},
}


def row_of_faults(seed: int) -> dict[str, list[str]]:
    """For some routes, the faults of their next requests, by name."""
    chance = random.Random(seed)
    routes = chance.sample(sorted(ROUTES), chance.randint(1, len(ROUTES)))
    return {
        route: [chance.choice(sorted(ROUTES[route])) for _ in range(chance.randint(1, 3))]
        for route in routes
    }


@pytest.mark.parametrize("seed", range(ROWS))
def test_a_job_never_has_two_tasks_and_ends_with_its_result(studio: Studio, seed: int) -> None:
    faults = row_of_faults(seed)
    for route, names in faults.items():
        studio.cloud.once(route, *(ROUTES[route][name] for name in names))
    job = studio.end(studio.submit())
    _is_honest(studio, job)
    for route in ROUTES:
        while studio.cloud.fault(route):
            """What was not needed."""
    if job.error is not None and "look_again" in job.error["ways_on"]:
        studio.jobs.look_again(job.job_id)
        job = studio.end(job.job_id)
        _is_honest(studio, job)
        assert job.stage is Stage.SUCCEEDED, "without faults, looking again gets to the end"


def _is_honest(studio: Studio, job: Job) -> None:
    tasks = [task.task_id for task in studio.cloud.made if task.key == studio.key]
    assert len(tasks) <= 1
    if job.stage is Stage.SUCCEEDED:
        assert tasks == [job.task_id]
        assert job.charge == job.quote.total_usd
        assert studio.jobs.result(job.job_id).read_bytes() == studio.cloud.result()
    else:
        assert job.stage is Stage.FAILED
        assert job.error is not None
        assert job.error["what_next"]
        # Where a task may be, there is a way on; where there is none, nothing was made.
        assert bool(job.error["ways_on"]) or not tasks

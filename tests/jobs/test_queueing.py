"""Whose turn it is, which place a job has, and how long it takes."""

import time
from typing import Any

import pytest
from dbos import DBOS
from faults.scripted_cloud import WAITS, refusal
from jobs.studio import Studio

from restyle.jobs import Stage, workflow
from restyle.jobs.queueing import Rates, Waiting, eta_s, position
from restyle.jobs.turnstile import Turnstile


class Known(Rates):
    """Rates that were learnt: jobs with these options took so many seconds a second."""

    def __init__(self, service: str, *known: tuple[dict[str, Any], float]) -> None:
        self._service = service  # type: ignore[assignment]  # one of its words
        self._known = list(known)


def _waiting(job_id: str, stage: Stage = Stage.QUEUED, **more: Any) -> Waiting:
    values = {
        "service": "cloud",
        "options": {"style": 0, "min_len": 720},
        "duration_s": 10.0,
        "progress": None,
        "started": None,
        "submitted": None,
        **more,
    }
    return Waiting(job_id=job_id, stage=stage, **values)


def test_places_count_those_that_wait() -> None:
    queue = [_waiting("a", Stage.RUNNING), _waiting("b"), _waiting("c", Stage.FITTING)]
    assert [position(queue, job_id) for job_id in "abcx"] == [None, 1, 2, None]


def test_an_eta_is_the_work_of_all_before_and_ones_own() -> None:
    rates = Known("cloud", ({"style": 0, "min_len": 720}, 5.0))
    queue = [_waiting("a", Stage.RUNNING, started=1000.0), _waiting("b"), _waiting("c")]
    found = [eta_s(queue, job_id, rates, now=1020.0) for job_id in "abc"]
    assert found == [30.0, 80.0, 130.0]


def test_progress_says_more_than_what_was_learnt() -> None:
    queue = [_waiting("a", Stage.RUNNING, started=1000.0, progress=0.25)]
    assert eta_s(queue, "a", Known("cloud"), now=1010.0) == 30.0


def test_a_slow_task_is_never_done_in_no_time() -> None:
    queue = [_waiting("a", Stage.RUNNING, started=1000.0)]
    rates = Known("cloud", ({}, 1.0))
    assert eta_s(queue, "a", rates, now=9999.0) == 1.0


def test_the_most_alike_jobs_are_asked_first() -> None:
    rates = Known(
        "local",
        ({"style": 0, "min_len": 540}, 1.0),
        ({"style": 0, "min_len": 720}, 2.0),
        ({"style": 7, "min_len": 720}, 9.0),
    )
    assert rates.of({"style": 0, "min_len": 720}) == 2.0
    assert rates.of({"style": 7, "min_len": 720}) == 9.0
    assert rates.of({"style": 3, "min_len": 720}) == 2.0


def test_nothing_known_is_said_to_be_nothing() -> None:
    assert Known("local").of({}) is None
    assert eta_s([_waiting("a", service="local")], "a", Known("local"), now=0.0) is None
    assert Known("cloud").of({}) == pytest.approx(26.5 / 3)


def test_the_services_limits_for_an_account_stand_in_the_queue_of_all_processes(
    studio: Studio,
) -> None:
    queue = DBOS.retrieve_queue(workflow.RUN_QUEUE)
    assert queue is not None
    assert queue.partition_concurrency == 1
    assert queue.partition_limiter == {"limit": 2, "period": 1.0}


def test_each_submit_takes_its_turn_one_that_is_made_again_like_any_other(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    take, begin = Turnstile.take, len(studio.cloud.requests)

    def watched(self: Turnstile, account: str) -> float:
        if self.name == " submits":
            routes = [route for route, _ in studio.cloud.requests[begin:]]
            turns.append(f"after {routes.count('submit')} submits")
        return take(self, account)

    monkeypatch.setattr(Turnstile, "take", watched)
    studio.cloud.once("submit", refusal("Throttling.RateQuota"), refusal("Throttling.RateQuota"))
    assert studio.end(studio.submit()).stage is Stage.SUCCEEDED
    assert turns == ["after 0 submits", "after 1 submits", "after 2 submits"]
    assert [route for route, _ in studio.cloud.requests[begin:]].count("submit") == 3


def test_a_visitor_with_many_jobs_does_not_keep_the_next_waiting_for_all(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    many = [studio.submit(visitor="greta") for _ in range(4)]
    studio.stage(many[0], Stage.PENDING)
    one = studio.submit(visitor="hugo")
    for job_id in (*many, one):
        studio.wait(job_id, lambda job: job.fitted)
    assert studio.jobs.status(one).position == 1
    assert [studio.jobs.status(job_id).position for job_id in many] == [None, 2, 3, 4]
    studio.cloud.finish(studio.cloud.made[0].task_id)
    studio.stage(one, Stage.PENDING)
    for job_id in (one, *many[1:]):
        studio.jobs.cancel(job_id)
        studio.end(job_id)


def test_finished_jobs_teach_the_next_eta(studio: Studio) -> None:
    studio.end(studio.submit(service="local", api_key=None))
    studio.cloud.plan = WAITS
    job_id = studio.submit(service="local", api_key=None)
    assert studio.jobs.status(job_id).eta_s is not None
    studio.stage(job_id, Stage.PENDING)
    studio.jobs.cancel(job_id)
    studio.end(job_id)


def test_a_look_and_a_submit_are_quick_enough_for_a_page(studio: Studio) -> None:
    # No assertion on the clock's value, only that a hundred looks are no work.
    job_id = studio.submit()
    began = time.process_time()
    for _ in range(100):
        studio.jobs.status(job_id)
    studio.end(job_id)
    assert time.process_time() - began < 10

"""Cancel at every stage: at once where nothing was spent, and honest where it cannot be."""

from pathlib import Path

import pytest
from faults.scripted_cloud import RUNS_ON, WAITS, Fault, refusal
from jobs.studio import Studio

from restyle.jobs import Stage


def test_a_job_that_waits_for_its_slot_is_canceled_in_the_same_call(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    first, second = studio.submit(), studio.submit()
    studio.stage(first, Stage.PENDING)
    studio.wait(second, lambda job: job.fitted and job.stage is Stage.QUEUED)
    assert studio.jobs.cancel(second).stage is Stage.CANCELED
    studio.cloud.finish(studio.cloud.made[0].task_id)
    assert studio.end(first).stage is Stage.SUCCEEDED
    third = studio.submit()
    studio.cloud.wait_for(lambda cloud: len(cloud.made) == 2)
    studio.cloud.finish(studio.cloud.made[1].task_id)
    assert studio.end(third).task_id == studio.cloud.made[1].task_id, "the second took no slot"


def test_fitting_is_canceled_in_the_same_call_and_stops(studio: Studio, wide_clip: Path) -> None:
    job_id = studio.submit(clip_path=wide_clip)
    studio.stage(job_id, Stage.FITTING)
    job = studio.jobs.cancel(job_id)
    assert (job.stage, job.charge, job.fitted) == (Stage.CANCELED, None, False)
    studio.end(studio.submit())
    assert not list(studio.jobs._desk.folder(job_id).glob("fitted*")), "its fitting did not go on"
    assert len(studio.cloud.submits) == 1


@pytest.mark.parametrize("request_name", ["policy", "upload"])
def test_hosting_is_canceled_in_the_same_call_whatever_stands_still(
    studio: Studio, request_name: str
) -> None:
    studio.cloud.once(request_name, Fault("stall", seconds=0.5), key=studio.key)
    job_id = studio.submit()
    studio.cloud.wait_for(lambda cloud: any(name == request_name for name, _ in cloud.requests))
    assert studio.jobs.cancel(job_id).stage is Stage.CANCELED
    assert studio.end(studio.submit()).stage is Stage.SUCCEEDED, "the slot is free again"
    assert len(studio.cloud.submits) == 1
    assert studio.jobs.status(job_id).stage is Stage.CANCELED


def test_a_result_that_is_being_saved_is_kept_and_said_so(studio: Studio) -> None:
    studio.cloud.once("result", Fault("stall", seconds=0.5))
    job_id = studio.submit()
    studio.stage(job_id, Stage.SAVING)
    job = studio.jobs.cancel(job_id)
    assert "its result is kept" in job.notes[0]
    assert not job.canceling
    assert studio.end(job_id).stage is Stage.SUCCEEDED
    assert studio.jobs.result(job_id).exists()


def test_a_pending_task_is_canceled_at_the_service(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    job_id = studio.submit()
    studio.stage(job_id, Stage.PENDING)
    assert studio.jobs.cancel(job_id).canceling
    job = studio.end(job_id)
    assert (job.stage, job.charge, job.canceling) == (Stage.CANCELED, None, False)
    assert studio.cloud.made[0].status == "CANCELED"


def test_a_task_that_this_machine_runs_is_canceled(studio: Studio) -> None:
    studio.cloud.plan = RUNS_ON
    job_id = studio.submit(service="local", api_key=None)
    studio.stage(job_id, Stage.RUNNING)
    studio.jobs.cancel(job_id)
    assert studio.end(job_id).stage is Stage.CANCELED
    assert studio.cloud.made[0].status == "CANCELED"


def test_a_task_that_the_cloud_runs_goes_on_and_its_result_is_kept(studio: Studio) -> None:
    studio.cloud.plan = RUNS_ON
    job_id = studio.submit()
    studio.stage(job_id, Stage.RUNNING)
    studio.jobs.cancel(job_id)
    job = studio.wait(job_id, lambda job: job.notes)
    assert "will be billed" in job.notes[0]
    assert (job.stage, job.canceling) == (Stage.RUNNING, False)
    studio.cloud.finish(studio.cloud.made[0].task_id)
    assert studio.end(job_id).charge is not None
    assert studio.jobs.result(job_id).exists()


def test_a_cancel_whose_answer_was_lost_is_asked_again(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    studio.cloud.once("cancel", Fault("lost"), refusal("Throttling.RateQuota"))
    job_id = studio.submit()
    studio.stage(job_id, Stage.PENDING)
    studio.jobs.cancel(job_id)
    job = studio.end(job_id)
    assert (job.stage, job.notes) == (Stage.CANCELED, ())


def test_a_submit_under_way_is_canceled_once_its_task_is_known(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    studio.cloud.once("submit", Fault("stall", seconds=0.5))
    job_id = studio.submit()
    studio.cloud.wait_for(lambda cloud: cloud.made)
    studio.jobs.cancel(job_id)
    assert studio.end(job_id).stage is Stage.CANCELED
    assert [task.status for task in studio.cloud.made] == ["CANCELED"]


@pytest.mark.parametrize("fault", ["submit", "policy"])
def test_waiting_for_a_service_that_throttles_ends_at_once(studio: Studio, fault: str) -> None:
    studio.cloud.always(fault, refusal("Throttling.RateQuota"))
    job_id = studio.submit()
    studio.cloud.wait_for(lambda cloud: any(route == fault for route, _ in cloud.requests))
    studio.jobs.cancel(job_id)
    assert studio.end(job_id).stage is Stage.CANCELED
    assert studio.cloud.made == []


def test_the_budget_comes_back(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    before = studio.jobs.budget_left("bob")
    job_id = studio.submit(api_key=None, visitor="bob")
    assert studio.jobs.budget_left("bob") < before
    studio.stage(job_id, Stage.PENDING)
    studio.jobs.cancel(job_id)
    studio.end(job_id)
    assert studio.jobs.budget_left("bob") == before


def test_an_ended_job_stays_as_it_is(studio: Studio) -> None:
    job = studio.end(studio.submit())
    assert studio.jobs.cancel(job.job_id) == job

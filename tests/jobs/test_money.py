"""The money rules in words and numbers; `test_faults` tries them under every kind of fault."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from faults.scripted_cloud import (
    FINE,
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    WAITS,
    Clock,
    Fault,
    Plan,
    refusal,
)
from jobs.studio import Studio

from restyle.cloud import CloudClient
from restyle.errors import BudgetExceeded, OptionError
from restyle.jobs import Job, Stage


def _succeeds_with_one_task(studio: Studio, job: Job) -> None:
    assert (job.stage, job.error) == (Stage.SUCCEEDED, None)
    assert [task.task_id for task in studio.cloud.made] == [job.task_id]
    assert studio.jobs.result(job.job_id).read_bytes() == studio.cloud.result()


def test_a_task_whose_answer_was_lost_is_found_in_the_list_and_said_so(studio: Studio) -> None:
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    job = studio.end(studio.submit())
    _succeeds_with_one_task(studio, job)
    assert "nothing was submitted twice" in job.notes[0]


def test_a_service_that_stays_down_ends_the_job_in_words_and_gives_the_budget_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = studio.jobs.budget_left("carl")
    studio.cloud.always("submit", refusal("Throttling.RateQuota"))
    desk = studio.jobs._desk
    monkeypatch.setattr(desk, "pace", replace(desk.pace, submit_patience_s=1.0))
    job = studio.end(studio.submit(api_key=None, visitor="carl"))
    assert job.stage is Stage.FAILED
    assert job.error is not None
    assert job.error["code"] == "Throttling.RateQuota"
    assert job.error["what_next"]
    assert job.error["ways_on"] == []
    assert studio.jobs.budget_left("carl") == before


def test_a_key_that_is_refused_ends_the_job_in_words(studio: Studio) -> None:
    studio.cloud.once("submit", refusal("InvalidApiKey"))
    job = studio.end(studio.submit())
    assert job.error is not None
    assert (job.stage, job.error["code"]) == (Stage.FAILED, "InvalidApiKey")
    assert "Beijing" in job.error["what_next"]
    assert job.request_id, "the service's support can trace it"
    assert (job.error["ways_on"], studio.cloud.made) == ([], [])


def test_a_budget_that_is_used_up_refuses_the_job_and_keeps_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = studio.jobs._settings.data_dir / "jobs"
    before = set(folder.iterdir())
    monkeypatch.setattr(studio.jobs._budgets, "_visitor_cap", 71_676_999)
    with pytest.raises(BudgetExceeded, match=r"\$0.072"):
        studio.submit(api_key=None, visitor="jack")
    assert set(folder.iterdir()) == before
    assert studio.end(studio.submit(visitor="jack")).stage is Stage.SUCCEEDED, "an own key may"


def test_a_fault_of_our_own_with_money_in_flight_can_be_looked_for_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.cloud.plan = WAITS
    job_id = studio.submit()
    studio.stage(job_id, Stage.PENDING)
    with monkeypatch.context() as patch:
        patch.setattr(CloudClient, "query", lambda client, task_id: 1 / 0)
        job = studio.end(job_id)
    assert job.error is not None
    assert (job.error["code"], job.error["ways_on"]) == ("Unexpected", ["look_again"])
    studio.cloud.finish(studio.cloud.made[0].task_id)
    studio.jobs.look_again(job_id)
    _succeeds_with_one_task(studio, studio.end(job_id))


@pytest.mark.parametrize("fault", [LOST_AFTER_ACCEPTANCE, LOST_BEFORE_ACCEPTANCE])
def test_foreign_tasks_before_the_submit_are_not_ours(studio: Studio, fault: Fault) -> None:
    studio.cloud.add_task(key=studio.key, created=datetime.now(UTC) - timedelta(minutes=10))
    studio.cloud.add_task(key=studio.key, model="another-model")
    studio.cloud.add_task(key=studio.key)
    studio.cloud.once("submit", fault)
    _succeeds_with_one_task(studio, studio.end(studio.submit()))


def test_a_foreign_task_with_other_options_is_told_from_ours(studio: Studio) -> None:
    studio.cloud.strangers, studio.cloud.options_of_strangers = 1, {"min_len": 540}
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    _succeeds_with_one_task(studio, studio.end(studio.submit()))


def test_the_request_id_of_a_failed_answer_names_our_task_among_many(studio: Studio) -> None:
    studio.cloud.strangers, studio.cloud.traces = 1, True
    studio.cloud.once("submit", refusal("InternalError", works=True))
    _succeeds_with_one_task(studio, studio.end(studio.submit()))


def test_a_task_that_the_list_tells_of_late_is_still_found(studio: Studio) -> None:
    """The loss is noticed long after the intent, and only then does the list get to know."""
    studio.cloud.list_lag_s = 0.9
    studio.cloud.once("submit", Fault("late", seconds=0.7))
    _succeeds_with_one_task(studio, studio.end(studio.submit()))
    assert len(studio.cloud.submits) == 1


def test_a_clock_set_back_since_the_submit_proves_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.cloud.once("submit", LOST_BEFORE_ACCEPTANCE)
    studio.cloud.once("list", FINE, FINE)
    studio.cloud.always("list", refusal("InternalError"))
    job_id = studio.submit()
    assert studio.end(job_id).stage is Stage.FAILED
    studio.cloud.always("list", None)
    studio.cloud.clock = Clock(ahead_s=-3 * 3600.0)
    studio.jobs.look_again(job_id)
    job = studio.end(job_id)
    assert job.error is not None
    assert "set back" in job.error["message"]
    assert studio.cloud.made == []


def test_two_jobs_with_the_same_clip_at_once_make_one_task_each(studio: Studio) -> None:
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE, LOST_BEFORE_ACCEPTANCE)
    jobs = [studio.end(job_id) for job_id in [studio.submit(), studio.submit()]]
    assert [job.error for job in jobs] == [None, None]
    assert {task.task_id for task in studio.cloud.made} == {job.task_id for job in jobs}
    assert len(studio.cloud.made) == 2


def test_tasks_of_our_other_jobs_are_not_adopted(studio: Studio) -> None:
    first = studio.end(studio.submit())
    studio.cloud.once("submit", LOST_BEFORE_ACCEPTANCE)
    second = studio.end(studio.submit())
    assert second.task_id != first.task_id
    assert [task.task_id for task in studio.cloud.made] == [first.task_id, second.task_id]


def _unclear(studio: Studio, **wishes: object) -> str:
    """A job that stopped because two tasks could be its own; its id."""
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    studio.cloud.strangers = 1
    job_id = studio.submit(**wishes)
    job = studio.end(job_id)
    assert job.stage is Stage.FAILED
    assert job.error is not None
    assert job.error["code"] == "SubmitUnclear"
    assert "billed twice" in job.error["what_next"]
    assert job.error["ways_on"] == ["look_again", "submit_anyway"]
    assert len(studio.cloud.submits) == 1
    return job_id


def test_several_candidates_stop_the_job_and_looking_again_finds_the_one(studio: Studio) -> None:
    job_id = _unclear(studio)
    foreign = next(task for task in studio.cloud.tasks.values() if task.foreign)
    assert studio.end(studio.jobs.look_again(job_id).job_id).stage is Stage.FAILED
    del studio.cloud.tasks[foreign.task_id]
    studio.jobs.look_again(job_id)
    _succeeds_with_one_task(studio, studio.end(job_id))


def test_submit_anyway_submits_once_more(studio: Studio) -> None:
    job_id = _unclear(studio)
    studio.jobs.submit_anyway(job_id)
    job = studio.end(job_id)
    assert job.stage is Stage.SUCCEEDED
    assert [task.task_id for task in studio.cloud.made][1:] == [job.task_id]
    with pytest.raises(OptionError):
        studio.jobs.submit_anyway(job_id)


def test_an_unclear_job_can_be_closed_and_counts_as_billed(studio: Studio) -> None:
    before = studio.jobs.budget_left("dora")
    job_id = _unclear(studio, api_key=None, visitor="dora")
    job = studio.jobs.cancel(job_id)
    assert job.error is not None
    assert job.error["ways_on"] == []
    assert studio.jobs.budget_left("dora") == before - job.quote.total_usd
    with pytest.raises(OptionError):
        studio.jobs.look_again(job_id)


def test_without_the_list_before_the_submit_the_services_clock_tells_what_is_new(
    studio: Studio,
) -> None:
    studio.cloud.add_task(key=studio.key, created=datetime.now(UTC) - timedelta(minutes=10))
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    studio.cloud.always("list", refusal("AccessDenied"))
    job_id = studio.submit()
    job = studio.end(job_id)
    assert job.error is not None
    assert (job.error["code"], job.error["ways_on"][0]) == ("SubmitUnclear", "look_again")
    studio.cloud.always("list", None)
    studio.jobs.look_again(job_id)
    _succeeds_with_one_task(studio, studio.end(job_id))


@pytest.mark.parametrize("refuses", ["submit", "task"])
def test_a_refused_kind_of_address_is_replaced_by_the_next_host(
    studio: Studio, refuses: str
) -> None:
    studio.cloud.refuses_http = refuses  # type: ignore[assignment]  # one of its words
    job = studio.end(studio.submit(service="local", api_key=None))
    assert job.stage is Stage.SUCCEEDED
    assert studio.cloud.made[-1].video_url.startswith("oss://")
    assert "temporary store" in job.notes[0]
    assert "nothing is billed" in job.notes[0]


def test_without_another_host_the_refusal_is_told_and_nothing_is_billed(studio: Studio) -> None:
    studio.cloud.refuses_oss = "submit"
    before = studio.jobs.budget_left("eve")
    job = studio.end(studio.submit(api_key=None, visitor="eve"))
    assert job.stage is Stage.FAILED
    assert job.error is not None
    assert "RESTYLE_PUBLIC_URL" in job.error["what_next"]
    assert studio.jobs.budget_left("eve") == before


@pytest.mark.parametrize("code", ["InternalError", "DataInspectionFailed", None])
def test_a_failed_task_ends_in_words_and_costs_nothing(studio: Studio, code: str | None) -> None:
    before = studio.jobs.budget_left("finn")
    studio.cloud.plan = Plan(ends="FAILED", code=code)
    job = studio.end(studio.submit(api_key=None, visitor="finn"))
    assert (job.stage, job.charge, job.task_status) == (Stage.FAILED, None, "FAILED")
    assert job.error is not None
    assert "not billed" in job.error["message"]
    assert job.error["what_next"]
    assert studio.jobs.budget_left("finn") == before


def test_a_result_that_cannot_be_fetched_is_charged_and_can_be_looked_for_again(
    studio: Studio,
) -> None:
    studio.cloud.always("result", Fault("answer", status=403))
    job_id = studio.submit()
    job = studio.end(job_id)
    assert (job.stage, job.charge) == (Stage.FAILED, Decimal("0.071677"))
    assert job.error is not None
    assert job.error["ways_on"] == ["look_again"]
    studio.cloud.always("result", None)
    studio.jobs.look_again(job_id)
    _succeeds_with_one_task(studio, studio.end(job_id))


@pytest.mark.parametrize("usage", [{"duration": "?"}, {"duration": 1, "SR": 480}])
def test_a_bill_that_cannot_be_read_counts_as_the_quote(
    studio: Studio, usage: dict[str, object]
) -> None:
    studio.cloud.plan = Plan(usage=usage)
    job = studio.end(studio.submit())
    assert (job.stage, job.charge) == (Stage.SUCCEEDED, job.quote.total_usd)
    assert "the quote" in job.notes[0]


def test_a_task_of_one_job_may_be_canceled_in_the_console(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    job_id = studio.submit()
    studio.stage(job_id, Stage.PENDING)
    studio.cloud.finish(studio.cloud.made[0].task_id, "CANCELED")
    job = studio.end(job_id)
    assert job.stage is Stage.CANCELED
    assert "at the service" in job.notes[0]


def test_a_task_without_end_is_given_up_in_words_and_can_be_looked_for_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.cloud.plan = WAITS
    desk = studio.jobs._desk
    monkeypatch.setattr(desk, "pace", replace(desk.pace, task_patience_s=0.2))
    before = studio.jobs.budget_left("ida")
    job_id = studio.submit(api_key=None, visitor="ida")
    job = studio.end(job_id)
    assert job.error is not None
    assert (job.stage, job.error["code"]) == (Stage.FAILED, "GaveUp")
    assert job.error["ways_on"] == ["look_again"]
    assert studio.jobs.budget_left("ida") < before, "it may yet be billed"
    studio.cloud.finish(studio.cloud.made[0].task_id)
    studio.jobs.look_again(job_id)
    _succeeds_with_one_task(studio, studio.end(job_id))

"""A clip that is too long, as one job made of parts: one task a part, nothing paid is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from faults.scripted_cloud import (
    LOST_AFTER_ACCEPTANCE,
    LOST_BEFORE_ACCEPTANCE,
    RUNS_ON,
    WAITS,
    Plan,
)
from jobs.studio import Studio

from restyle.clips import inspect
from restyle.errors import BudgetExceeded, FitError, KeyRefused, OptionError
from restyle.fitting import parts
from restyle.jobs import Job, Stage, joining, retention
from restyle.jobs.budgets import _nano
from restyle.jobs.tables import HOLDS, JOBS, KEYS, reading
from restyle.settings import Secret

from media import make_clip

FAILS = Plan(ends="FAILED", code="InternalError")
LENGTH_S = 3.2


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(
        tmp_path_factory.mktemp("long") / "long.mp4", size=(256, 256), fps=25, duration_s=LENGTH_S
    )


@pytest.fixture
def whole(studio: Studio, long_clip: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Begins a whole of three parts on the cloud; its id."""
    monkeypatch.setattr(parts, "PART_S", 1.3)

    def begin(**wishes: object) -> str:
        return studio.submit(**{"clip_path": long_clip, "whole": True, **wishes})

    return begin


def _succeeds(studio: Studio, job: Job) -> None:
    """It has the picture of all parts, one task for each, and the sum of their charges."""
    assert (job.stage, job.error) == (Stage.SUCCEEDED, None)
    assert [part.stage for part in job.parts] == [Stage.SUCCEEDED] * 3
    made = [task for task in studio.cloud.made if task.status == "SUCCEEDED"]
    assert sorted(task.task_id for task in made) == sorted(str(p.task_id) for p in job.parts)
    found = inspect(studio.jobs.result(job.job_id))
    assert found.duration_s == pytest.approx(LENGTH_S, abs=0.1)
    assert found.has_audio
    assert job.charge == len(made) * Decimal("0.071677")


def _rows(studio: Studio, table: sa.Table) -> int:
    with reading(studio.jobs._engine) as book:
        return int(book.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_a_long_clip_becomes_parts_that_are_joined_again(
    studio: Studio, whole: Callable[..., str]
) -> None:
    job_id = whole()
    begun = studio.jobs.status(job_id)
    assert [part.part for part in begun.parts] == [0, 1, 2]
    assert begun.quote.total_usd == sum(part.quote.total_usd for part in begun.parts)
    assert begun.quote.seconds == Decimal("3.2")
    assert next(part["start_s"] for part in begun.plan["parts"]) == 0.0
    uploads = list(studio.jobs._desk.storage.jobs.rglob("upload.mp4"))
    own = [
        path for path in uploads if path.parent.name in {job_id, *(p.job_id for p in begun.parts)}
    ]
    assert [path.parent.name for path in own] == [job_id], "the upload is kept once"
    job = studio.end(job_id)
    _succeeds(studio, job)
    told = job.as_dict()
    assert [part["stage"] for part in told["parts"]] == ["succeeded"] * 3
    assert told["parts"][1]["start_s"] == told["parts"][0]["end_s"]
    for part in job.parts:
        assert studio.jobs.result(part.job_id).read_bytes() == studio.cloud.result()
        assert studio.jobs.status(part.job_id).whole == job_id
    assert inspect(studio.jobs.source(job_id)).duration_s == pytest.approx(LENGTH_S, abs=0.05)
    address = f"{studio.origin}/restyle/jobs/{job_id}"
    assert requests.get(f"{address}/poster.jpg", timeout=10).content[:2] == b"\xff\xd8"
    assert requests.get(f"{address}/result.mp4", timeout=10).status_code == 200
    assert {answer["part"] for answer in studio.jobs.answers(job_id)} == {0, 1, 2}


def test_a_clip_that_fits_is_an_ordinary_job_though_the_whole_was_asked_for(
    studio: Studio,
) -> None:
    job = studio.end(studio.submit(whole=True))
    assert (job.stage, job.parts) == (Stage.SUCCEEDED, ())
    assert len(studio.cloud.made) == 1


def test_the_changes_of_scene_that_were_shown_are_those_that_are_cut_at(
    studio: Studio, whole: Callable[..., str]
) -> None:
    studio.cloud.plan = WAITS
    job = studio.jobs.status(whole(scene_changes_s=(1.04, 2.12)))
    assert [part["start_s"] for part in job.plan["parts"]] == [0.0, 1.04, 2.12]
    assert "where the scene changes" in job.plan["reasons"][1]
    studio.jobs.cancel(job.job_id)


def test_a_whole_stands_where_its_foremost_part_does(
    studio: Studio, whole: Callable[..., str]
) -> None:
    studio.cloud.plan = Plan(pending=0, running=40, progress=True)
    job_id = whole(service="local", api_key=None)
    job = studio.wait(job_id, lambda job: job.stage is Stage.RUNNING and job.progress)
    assert job.progress is not None
    assert 0 < job.progress < 0.5, "a third of it at most"
    assert "running" in job.times
    assert sum(part.stage is Stage.RUNNING for part in job.parts) == 1, "one at a time"
    job = studio.end(job_id)
    assert (job.stage, job.charge) == (Stage.SUCCEEDED, 0)


@pytest.mark.parametrize("fault", [LOST_AFTER_ACCEPTANCE, LOST_BEFORE_ACCEPTANCE])
def test_a_part_whose_answer_was_lost_still_has_one_task(
    studio: Studio, whole: Callable[..., str], fault: object
) -> None:
    studio.cloud.once("submit", fault)  # type: ignore[arg-type]  # a Fault
    job = studio.end(whole())
    _succeeds(studio, job)
    assert len(studio.cloud.made) == 3


def test_a_part_that_failed_is_tried_again_alone_and_nothing_paid_is_lost(
    studio: Studio, whole: Callable[..., str]
) -> None:
    before = studio.jobs.budget_left("gina")
    studio.cloud.plans.extend([Plan(), FAILS, Plan()])
    job_id = whole(api_key=None, visitor="gina")
    job = studio.end(job_id)
    assert (job.stage, job.charge) == (Stage.FAILED, 2 * Decimal("0.071677"))
    assert job.error is not None
    assert job.error["message"] == "Part 2 of 3 has failed; the others are kept."
    assert studio.jobs.budget_left("gina") == before - job.charge
    failed = next(part for part in job.parts if part.stage is Stage.FAILED)
    kept = {part.job_id for part in job.parts} - {failed.job_id}
    for path in retention.make_room(studio.jobs._desk, 1, free=lambda _: 0):
        assert path.job_id not in {job_id, *kept}, "what was paid for is removed"
    with pytest.raises(OptionError):
        studio.jobs.retry_part(next(iter(kept)))
    again = studio.jobs.retry_part(failed.job_id)
    assert (again.job_id, again.stage.is_final) == (job_id, False)
    with pytest.raises(OptionError):
        studio.jobs.retry_part(failed.job_id)
    job = studio.end(job_id)
    _succeeds(studio, job)
    assert len(studio.cloud.made) == 4
    assert kept < {part.job_id for part in job.parts}
    assert studio.jobs.budget_left("gina") == before - (job.charge or 0)


def test_the_own_key_of_a_failed_part_serves_its_next_try_and_is_then_erased(
    studio: Studio, whole: Callable[..., str]
) -> None:
    keys = _rows(studio, KEYS)
    studio.cloud.plans.extend([FAILS, FAILS, Plan()])
    job = studio.end(whole())
    assert job.error is not None
    assert job.error["message"].startswith("2 of 3 parts have failed")
    assert _rows(studio, KEYS) == keys + 2
    for part in job.parts[:2]:
        studio.jobs.retry_part(part.job_id)
    job = studio.end(job.job_id)
    _succeeds(studio, job)
    assert _rows(studio, KEYS) == keys
    assert {task.key for task in studio.cloud.made} == {studio.key}


def test_a_part_that_may_have_been_billed_is_looked_for_and_not_submitted_again(
    studio: Studio, whole: Callable[..., str]
) -> None:
    studio.cloud.strangers = 1
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    job = studio.end(whole())
    unclear = next(part for part in job.parts if part.stage is Stage.FAILED)
    assert unclear.error is not None
    assert unclear.error["code"] == "SubmitUnclear"
    studio.cloud.tasks = {k: task for k, task in studio.cloud.tasks.items() if not task.foreign}
    studio.jobs.retry_part(unclear.job_id)
    job = studio.end(job.job_id)
    _succeeds(studio, job)
    assert len(studio.cloud.made) == 3


def test_a_budget_that_does_not_reach_for_the_whole_begins_no_part(
    studio: Studio, whole: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, holds = _rows(studio, JOBS), _rows(studio, HOLDS)
    # Enough for two parts of three.
    monkeypatch.setattr(studio.jobs._budgets, "_visitor_cap", _nano(Decimal("0.2")))
    with pytest.raises(BudgetExceeded, match=r"This costs \$0.23"):
        whole(api_key=None, visitor="hugo")
    assert (_rows(studio, JOBS), _rows(studio, HOLDS)) == (jobs, holds)
    assert studio.jobs.budget_left("hugo") == Decimal("0.2")


def test_cancel_stops_every_part_and_what_succeeded_is_kept_and_can_be_gone_on_with(
    studio: Studio, whole: Callable[..., str]
) -> None:
    studio.cloud.plans.append(Plan())
    studio.cloud.plan = WAITS
    job_id = whole()
    studio.wait(job_id, lambda job: job.parts[0].stage is Stage.SUCCEEDED)
    studio.wait(job_id, lambda job: job.parts[1].stage is Stage.PENDING)
    studio.jobs.cancel(job_id)
    job = studio.end(job_id)
    assert job.stage is Stage.CANCELED
    assert [part.stage for part in job.parts] == [Stage.SUCCEEDED] + [Stage.CANCELED] * 2
    assert studio.jobs.result(job.parts[0].job_id).exists()
    assert sorted(task.status for task in studio.cloud.made) == ["CANCELED", "SUCCEEDED"]
    studio.cloud.plan = Plan()
    with pytest.raises(KeyRefused):
        studio.jobs.retry_part(job.parts[1].job_id)
    for part in job.parts[1:]:
        studio.jobs.retry_part(part.job_id, Secret(studio.key))
    _succeeds(studio, studio.end(job_id))


def test_a_part_that_the_cloud_cannot_stop_is_kept_and_the_rest_is_canceled(
    studio: Studio, whole: Callable[..., str]
) -> None:
    studio.cloud.plan = RUNS_ON
    job_id = whole()
    job = studio.wait(job_id, lambda job: job.parts[0].stage is Stage.RUNNING)
    studio.jobs.cancel(job_id)
    studio.wait(job_id, lambda job: job.parts[0].notes)
    studio.cloud.finish(studio.cloud.made[0].task_id)
    job = studio.end(job_id)
    assert job.stage is Stage.CANCELED
    assert job.parts[0].stage is Stage.SUCCEEDED
    assert job.charge == Decimal("0.071677")


def test_a_join_that_fails_keeps_the_parts_and_can_be_looked_at_again(
    studio: Studio, whole: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise FitError("The encoder stopped.", what_next="Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(joining, "join", fails)
        job_id = whole()
        job = studio.end(job_id)
    assert job.error is not None
    assert (job.stage, job.error["ways_on"]) == (Stage.FAILED, ["look_again"])
    studio.jobs.look_again(job_id)
    job = studio.end(job_id)
    _succeeds(studio, job)
    assert len(studio.cloud.made) == 3


def test_a_cancel_that_comes_while_the_parts_are_joined_is_too_late_and_says_so(
    studio: Studio, whole: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = joining.join

    def cancels_first(pieces: object, target: Path, **more: object) -> None:
        with ThreadPoolExecutor() as visitor:
            seen = visitor.submit(studio.jobs.cancel, target.parent.name).result(30)
        assert seen.stage is Stage.SAVING
        real(pieces, target, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(joining, "join", cancels_first)
    job = studio.end(whole())
    _succeeds(studio, job)
    assert job.notes == ("It was finished before it could be stopped: its result is kept.",)
    assert studio.jobs.cancel(job.job_id) == job


def test_without_the_view_beside_it_the_result_is_there_all_the_same(
    studio: Studio, whole: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = joining.join

    def fails_once_there_is_a_result(pieces: object, target: Path, **more: object) -> None:
        if target.name != "result.mp4":
            raise FitError("The encoder stopped.")
        real(pieces, target, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(joining, "join", fails_once_there_is_a_result)
    job = studio.end(whole())
    _succeeds(studio, job)
    assert studio.jobs.source(job.job_id).name == "upload.mp4"


def test_the_parts_files_go_with_the_whole_and_never_before(
    studio: Studio, whole: Callable[..., str]
) -> None:
    desk = studio.jobs._desk
    studio.cloud.plans.append(Plan())
    studio.cloud.plan = WAITS
    job_id = whole()
    job = studio.wait(job_id, lambda job: job.parts[0].stage is Stage.SUCCEEDED)
    ids = {job_id, *(part.job_id for part in job.parts)}
    gone = [*retention.remove_old(desk, 0), *retention.make_room(desk, 1, free=lambda _: 0)]
    assert not ids & {record.job_id for record in gone}
    studio.jobs.cancel(job_id)
    studio.end(job_id)
    assert ids <= {record.job_id for record in retention.remove_old(desk, 0)}
    assert not any((desk.folder(one)).exists() for one in ids)
    with pytest.raises(OptionError, match="removed"):
        studio.jobs.retry_part(job.parts[1].job_id, Secret(studio.key))

"""A job from end to end: what it does, what it says, what it costs, and what it serves."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import requests
from faults.scripted_cloud import RUNS_ON, WAITS, Plan
from jobs.studio import HOST_KEY, Studio

from restyle.errors import (
    ClipError,
    JobNotFound,
    KeyRefused,
    OptionError,
    ResultNotReady,
)
from restyle.footage import open_clip
from restyle.jobs import JobRequest, Stage
from restyle.settings import Secret
from restyle.styles import Options, Style


def test_a_clip_goes_all_the_way_through_the_cloud_with_one_task(studio: Studio) -> None:
    studio.cloud.plan = Plan(usage={"duration": 0.9, "SR": 720})
    job = studio.end(studio.submit(options=Options(style=Style.PAPER_ART)))
    assert (job.stage, job.error, job.notes) == (Stage.SUCCEEDED, None, ())
    assert len(studio.cloud.made) == len(studio.cloud.submits) == 1
    task = studio.cloud.made[0]
    assert task.parameters == Options(style=Style.PAPER_ART).as_parameters()
    assert task.fetched == studio.clip.read_bytes(), "a clip within all limits goes as it is"
    assert task.key == studio.key
    assert job.task_id == task.task_id
    assert job.charge == Decimal("0.9") * Decimal("0.071677")
    assert job.quote == job.cloud_quote
    assert job.usage == {"duration": 0.9, "SR": 720}
    assert studio.jobs.result(job.job_id).read_bytes() == studio.cloud.result()


def test_the_status_is_the_json_of_the_product(studio: Studio) -> None:
    told = studio.end(studio.submit()).as_dict()
    assert json.loads(json.dumps(told)) == told
    wanted = (
        "job_id stage task_id task_status position eta_s progress quote charge usage error times"
    )
    assert set(wanted.split()) <= set(told)
    assert told["charge"] == "0.071677"
    stages = ["queued", "fitting", "hosting", "submitting", "running", "saving", "succeeded"]
    assert [stage for stage in told["times"] if stage != "pending"] == stages
    assert list(told["times"].values()) == sorted(told["times"].values())


def test_this_machine_is_free_and_fetches_from_our_own_address(studio: Studio) -> None:
    job = studio.end(studio.submit(service="local", api_key=None))
    assert (job.stage, job.charge, job.quote.total_usd) == (Stage.SUCCEEDED, 0, 0)
    assert job.cloud_quote.total_usd == Decimal("0.071677")
    task = studio.cloud.made[0]
    assert task.video_url.startswith(f"{studio.origin}/restyle/clips/")
    assert task.fetched == studio.clip.read_bytes()
    assert task.key == "local"


def test_the_hosts_key_pays_where_a_visitor_has_none(studio: Studio) -> None:
    before = studio.jobs.budget_left("ann")
    job = studio.end(studio.submit(api_key=None, visitor="ann"))
    assert studio.cloud.made[0].key == HOST_KEY
    assert job.charge is not None
    assert studio.jobs.budget_left("ann") == before - job.charge


def test_what_the_service_said_can_be_read_whole(studio: Studio) -> None:
    job = studio.end(studio.submit())
    answers = studio.jobs.answers(job.job_id)
    assert answers[0]["about"] == "submit"
    assert answers[-1]["answer"]["output"]["task_status"] == "SUCCEEDED"
    assert answers[-1]["answer"]["usage"] == {"duration": 1.0, "SR": 720}


def test_progress_of_the_task_is_progress_of_the_job(studio: Studio) -> None:
    studio.cloud.plan = Plan(pending=0, running=40, progress=True)
    job_id = studio.submit(service="local", api_key=None)
    seen = studio.wait(job_id, lambda job: job.stage is Stage.RUNNING and job.progress)
    assert seen.progress is not None
    assert 0 < seen.progress <= 1
    assert seen.eta_s is not None
    assert studio.end(job_id).stage is Stage.SUCCEEDED


def test_two_jobs_of_one_account_never_run_at_once_and_know_their_places(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    first, second, third = (studio.submit() for _ in range(3))
    studio.stage(first, Stage.PENDING)
    for job_id in (second, third):
        studio.wait(job_id, lambda job: job.fitted)
    assert [studio.jobs.status(job_id).position for job_id in (first, second, third)] == [
        None,
        1,
        2,
    ]
    waits = [studio.jobs.status(job_id).eta_s or 0 for job_id in (first, second, third)]
    assert waits == sorted(waits)
    for number, job_id in enumerate((first, second, third), start=1):
        studio.cloud.wait_for(lambda cloud, number=number: len(cloud.made) == number)
        studio.stage(job_id, Stage.PENDING)
        assert len(studio.cloud.made) == number
        studio.cloud.finish(studio.cloud.made[-1].task_id)
        assert studio.end(job_id).stage is Stage.SUCCEEDED


def test_another_account_does_not_wait(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    first = studio.submit()
    studio.stage(first, Stage.PENDING)
    second = studio.submit(api_key=Secret("sk-somebody-else"))
    studio.stage(second, Stage.PENDING)
    for task in studio.cloud.made:
        studio.cloud.finish(task.task_id)
    assert studio.end(first).stage is studio.end(second).stage is Stage.SUCCEEDED


def test_the_result_is_served_whole_in_part_and_for_download(studio: Studio) -> None:
    job_id = studio.end(studio.submit(options=Options(min_len=540, use_SR=True))).job_id
    address = f"{studio.origin}/restyle/jobs/{job_id}/result.mp4"
    whole = requests.get(address, timeout=10)
    assert (whole.status_code, whole.content) == (200, studio.cloud.result())
    assert whole.headers["Content-Disposition"].startswith("inline")
    part = requests.get(address, headers={"Range": "bytes=10-19"}, timeout=10)
    assert (part.status_code, part.content) == (206, studio.cloud.result()[10:20])
    head = requests.head(f"{address}?download=1", timeout=10)
    assert head.headers["Content-Length"] == str(len(whole.content))
    disposition = head.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert disposition.endswith("A-clip-%C3%9C-japanese-manga-1080p.mp4")


def test_the_prepared_clip_and_a_still_of_it_are_served(studio: Studio) -> None:
    job_id = studio.end(studio.submit()).job_id
    base = f"{studio.origin}/restyle/jobs/{job_id}"
    assert requests.get(f"{base}/source.mp4", timeout=10).content == studio.clip.read_bytes()
    poster = requests.get(f"{base}/poster.jpg", timeout=10)
    assert poster.headers["Content-Type"] == "image/jpeg"
    assert poster.content[:2] == b"\xff\xd8"


def test_a_job_is_fitted_and_done_again_as_it_was_wished(
    studio: Studio, wide_clip: Path, tmp_path: Path
) -> None:
    canceled = studio.submit(clip_path=wide_clip, crop_at=1.0, start_s=0.5, end_s=5.5)
    studio.jobs.cancel(canceled)
    assert not studio.end(canceled).fitted
    again = studio.jobs.again(canceled)
    assert (again.start_s, again.end_s, again.shape, again.crop_at) == (0.5, 5.5, "crop", 1.0)
    assert again.clip_path.read_bytes() == wide_clip.read_bytes()

    job = studio.end(studio.submit(clip_path=wide_clip, crop_at=1.0, end_s=1.0))
    assert job.plan["crop"]["x"] == 1280 - job.plan["crop"]["width"]
    (tmp_path / "sent.mp4").write_bytes(studio.cloud.made[-1].fetched)
    with open_clip(tmp_path / "sent.mp4") as sent, open_clip(wide_clip) as source:
        right = source.get_frame(0)[:, job.plan["crop"]["x"] :].astype(int)
        assert np.abs(sent.get_frame(0) - right).mean() < 4
    again = studio.jobs.again(job.job_id)  # what was cut off before is not cut off twice
    assert (again.end_s, again.crop_at) == (None, 0.5)
    assert again.clip_path.read_bytes() == studio.cloud.made[-1].fetched


@pytest.mark.parametrize("path", ["nothing/result.mp4", "../secret.key", "x/poster.jpg"])
def test_an_address_of_no_job_gives_404(studio: Studio, path: str) -> None:
    assert requests.get(f"{studio.origin}/restyle/jobs/{path}", timeout=10).status_code == 404


def test_the_clip_may_vanish_after_the_submit(studio: Studio, tmp_path: Path) -> None:
    mine = Path(shutil.copy(studio.clip, tmp_path / "mine.mp4"))
    job_id = studio.submit(clip_path=mine)
    mine.unlink()
    assert studio.end(job_id).stage is Stage.SUCCEEDED


def test_no_result_before_the_end_and_no_job_by_a_guess(studio: Studio) -> None:
    studio.cloud.plan = WAITS
    job_id = studio.submit()
    with pytest.raises(ResultNotReady):
        studio.jobs.result(job_id)
    studio.jobs.cancel(job_id)
    studio.end(job_id)
    with pytest.raises(ResultNotReady):
        studio.jobs.result(job_id)
    for ask in (studio.jobs.status, studio.jobs.cancel, studio.jobs.result, studio.jobs.answers):
        with pytest.raises(JobNotFound):
            ask("0" * 32)


def test_what_cannot_begin_leaves_nothing_behind(studio: Studio, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    request = JobRequest(studio.clip, Options(), service="cloud", api_key=Secret(studio.key))
    folder = studio.jobs._settings.data_dir / "jobs"
    before = set(folder.iterdir())
    for wrong, error in (
        (replace(request, clip_path=text), ClipError),
        (replace(request, clip_path=tmp_path / "gone.mp4"), ClipError),
        (replace(request, api_key=Secret("not a key")), KeyRefused),
        (replace(request, service="moon"), OptionError),  # type: ignore[arg-type]  # the point
        (replace(request, start_s=5.0), OptionError),
    ):
        with pytest.raises(error):
            studio.jobs.submit(wrong)
    assert set(folder.iterdir()) == before


def test_a_task_that_this_machines_service_lost_is_rendered_again(studio: Studio) -> None:
    """As when the machine that rendered it is gone: it cost nothing."""
    studio.cloud.plans.append(RUNS_ON)
    job_id = studio.submit(service="local", api_key=None)
    studio.stage(job_id, Stage.RUNNING)
    lost = studio.cloud.made[0].task_id
    del studio.cloud.tasks[lost]
    job = studio.end(job_id)
    assert (job.stage, job.charge) == (Stage.SUCCEEDED, 0)
    assert job.task_id not in (None, lost)
    assert "rendered again" in job.notes[0]

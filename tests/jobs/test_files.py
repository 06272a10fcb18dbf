"""The files of jobs: kept for their time, then removed, never under a running job."""

import os
import time
from pathlib import Path

import pytest
import requests
from faults.scripted_cloud import WAITS
from jobs.studio import Studio

from restyle.errors import ClipUnfit, JobNotFound, ResultNotReady
from restyle.jobs import Stage, workflow
from restyle.jobs.files import keep_upload
from restyle.jobs.retention import remove_old, remove_strays


def test_files_are_removed_after_their_time_but_not_of_a_job_that_runs(studio: Studio) -> None:
    ended = studio.end(studio.submit()).job_id
    studio.cloud.plan = WAITS
    running = studio.submit()
    studio.stage(running, Stage.PENDING)
    desk = studio.jobs._desk
    assert remove_old(desk, keep_hours=1) == []
    removed = remove_old(desk, keep_hours=0)
    assert ended in [record.job_id for record in removed]
    assert running not in [record.job_id for record in removed]
    assert not desk.folder(ended).exists()
    workflow.forget(ended, 1)
    assert not workflow.is_carried(ended, 1)
    assert (desk.folder(running) / "poster.jpg").exists()
    with pytest.raises(ResultNotReady, match="removed"):
        studio.jobs.result(ended)
    assert studio.jobs.status(ended).charge is not None, "the book is kept"
    address = f"{studio.origin}/restyle/jobs/{ended}/result.mp4"
    assert requests.get(address, timeout=10).status_code == 404
    studio.cloud.finish(studio.cloud.made[-1].task_id)
    assert studio.end(running).stage is Stage.SUCCEEDED


def test_leftovers_of_a_cut_off_upload_are_removed(studio: Studio) -> None:
    folder = studio.jobs._settings.data_dir / "jobs"
    stray, fresh = folder / "stray", folder / "fresh"
    for path in (stray, fresh):
        path.mkdir()
    an_hour_ago = time.time() - 3700
    os.utime(stray, (an_hour_ago, an_hour_ago))
    remove_strays(studio.jobs._desk)
    assert (stray.exists(), fresh.exists()) == (False, True)
    fresh.rmdir()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("a.MOV", "upload.mov"), ("b.m;p4", "upload"), ("c", "upload"), ("d.mp4", "upload.mp4")],
)
def test_an_upload_is_kept_under_a_plain_name(tmp_path: Path, name: str, kept: str) -> None:
    (tmp_path / name).write_bytes(b"film")
    found = keep_upload(tmp_path / name, tmp_path / "job", 4)
    assert (found.name, found.read_bytes()) == (kept, b"film")


def test_an_upload_that_is_too_large_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"film!")
    with pytest.raises(ClipUnfit, match="MB"):
        keep_upload(tmp_path / "a.mp4", tmp_path / "job", 4)
    assert not (tmp_path / "job").exists()


def test_a_job_that_its_workflow_lost_is_found_and_finished(studio: Studio) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # A process that dies between the book and the queue leaves such a job behind.
        patch.setattr(workflow, "begin", lambda job_id, attempt: None)
        job_id = studio.submit()
    assert studio.end(job_id).stage is Stage.SUCCEEDED
    with pytest.raises(JobNotFound):
        studio.jobs.status(job_id + "x")

"""A disk without room: the oldest files of ended jobs go, and nothing that was paid for is lost."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from faults.scripted_cloud import LOST_AFTER_ACCEPTANCE, WAITS
from jobs.studio import Studio

from restyle.cloud import download
from restyle.errors import DiskFull, FitError
from restyle.jobs import Stage, files, preparing, retention
from restyle.jobs.retention import make_room


def _full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_oldest_files_go_first_and_never_those_of_a_job_that_runs(studio: Studio) -> None:
    desk = studio.jobs._desk
    retention.remove_old(desk, keep_hours=0)
    first, second, third = (studio.end(studio.submit()).job_id for _ in range(3))
    studio.cloud.plan = WAITS
    running = studio.submit()
    studio.stage(running, Stage.PENDING)

    def free(folder: Path) -> int:
        """A disk on which each removed job gives back 10 bytes."""
        return 10 * sum(not desk.folder(job_id).exists() for job_id in (first, second, third))

    assert [record.job_id for record in make_room(desk, 20, free=free)] == [first, second]
    assert make_room(desk, 20, free=free) == []
    assert [record.job_id for record in make_room(desk, 99, free=free)] == [third]
    assert (desk.folder(running) / "poster.jpg").exists()
    studio.jobs.cancel(running)
    assert studio.end(running).stage is Stage.CANCELED


def test_copies_of_what_lies_elsewhere_go_and_nothing_else(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = studio.jobs._desk
    ended = studio.end(studio.submit()).job_id
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.storage), "holds_copies", True)
        patch.setattr(desk.storage, "drop", lambda _: pytest.fail("the storage lost it"))
        make_room(desk, 1, free=lambda _: 0)
    assert not desk.folder(ended).exists()
    assert desk.ledger.read(ended).files_removed is None


def test_copies_of_what_another_machine_has_removed_go_too(studio: Studio) -> None:
    desk = studio.jobs._desk
    ended = studio.end(studio.submit()).job_id
    retention.remove_old(desk, keep_hours=0)
    copies = desk.folder(ended)
    copies.mkdir()
    os.utime(copies, (0, 0))
    retention.remove_strays(desk)
    assert not copies.exists()


def test_a_job_that_waits_for_a_decision_keeps_its_clip(studio: Studio) -> None:
    studio.cloud.strangers = 1
    studio.cloud.once("submit", LOST_AFTER_ACCEPTANCE)
    job_id = studio.submit()
    assert studio.end(job_id).error is not None
    assert job_id not in [
        record.job_id for record in make_room(studio.jobs._desk, 1, free=lambda _: 0)
    ]
    studio.jobs.submit_anyway(job_id)
    assert studio.end(job_id).stage is Stage.SUCCEEDED


def test_an_upload_without_room_is_refused_in_words_and_leaves_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = studio.jobs._desk.storage.jobs
    before = set(folder.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(retention, "FLOOR_BYTES", 0)
        patch.setattr(retention.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
        with pytest.raises(DiskFull, match="full"):
            studio.submit()
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "link", _full)
        patch.setattr(files.shutil, "copyfile", _full)
        with pytest.raises(DiskFull, match="full"):
            studio.submit()
    assert set(folder.iterdir()) <= before
    assert studio.end(studio.submit()).stage is Stage.SUCCEEDED


def test_a_disk_that_is_full_while_fitting_ends_the_job_before_anything_is_spent(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise FitError("The encoder stopped.")

    monkeypatch.setattr(preparing, "fit", fails)
    monkeypatch.setattr(preparing, "free_bytes", lambda _: 0)
    job = studio.end(studio.submit())
    assert job.error is not None
    assert (job.error["code"], studio.cloud.submits) == ("DiskFull", [])
    assert job.error["what_next"]


def test_a_paid_result_waits_for_room_on_the_disk(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(download.os, "fsync", _full)
        job_id = studio.submit()
        job = studio.end(job_id)
        assert job.error is not None
        assert (job.error["code"], job.error["ways_on"]) == ("DiskFull", ["look_again"])
        assert "24 hours" in job.error["what_next"]
        left = [path.name for path in studio.jobs._desk.folder(job_id).iterdir()]
        assert sorted(left) == ["fitted.mp4", "poster.jpg"]
    studio.jobs.look_again(job_id)
    assert studio.end(job_id).stage is Stage.SUCCEEDED
    assert studio.jobs.result(job_id).read_bytes() == studio.cloud.result()
    assert len(studio.cloud.made) == 1

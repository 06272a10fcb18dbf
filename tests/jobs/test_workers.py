"""Which process is which: a slot is held by the living only."""

from pathlib import Path

from faults.scripted_cloud import RUNS_ON
from jobs.studio import Studio

from restyle.jobs import Stage
from restyle.jobs.workers import free_slots, take_slot


def test_each_takes_the_first_free_slot(tmp_path: Path) -> None:
    first, second = take_slot(tmp_path), take_slot(tmp_path)
    assert [first.number, second.number] == [0, 1]
    assert first.name != second.name
    assert free_slots(tmp_path) == []
    first.release()
    third = take_slot(tmp_path)
    assert third.name == first.name, "who restarts finds the work of the one before"
    for slot in (second, third):
        slot.release()


def test_a_stop_lays_the_work_down_and_the_next_start_takes_it_up(studio: Studio) -> None:
    studio.cloud.plan = RUNS_ON
    running, waiting = studio.submit(), studio.submit()
    studio.stage(running, Stage.RUNNING)
    studio.jobs.stop()
    assert studio.jobs.status(running).stage is Stage.RUNNING
    studio.cloud.finish(studio.cloud.made[0].task_id)
    studio.jobs.start()
    assert studio.end(running).stage is Stage.SUCCEEDED
    studio.stage(waiting, Stage.RUNNING)
    studio.cloud.finish(studio.cloud.made[1].task_id)
    assert studio.end(waiting).stage is Stage.SUCCEEDED
    assert len(studio.cloud.submits) == 2

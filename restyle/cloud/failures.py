"""A task that ended badly, as an error in words: FAILED and UNKNOWN are answers until then."""

from collections.abc import Mapping

from restyle.cloud.answers import Task, TaskStatus
from restyle.cloud.refusals import words_for_failure
from restyle.errors import TaskFailed, TaskGone


def failure(task: Task) -> TaskFailed | TaskGone:
    """The error, in words, of a task that FAILED (not billed) or is UNKNOWN."""
    if task.status is TaskStatus.UNKNOWN:
        return TaskGone(
            "The service does not know this task: results are removed after 24 hours.",
            what_next="Submit the clip again.",
            request_id=task.request_id,
            task_id=task.task_id,
        )
    happened, what_next = words_for_failure(task.code, task.message, _detail(task))
    return TaskFailed(
        f"{happened} A failed task is not billed.",
        what_next=what_next,
        code=task.code,
        request_id=task.request_id,
        task_id=task.task_id,
    )


def _detail(task: Task) -> str:
    """What the local engine tells beyond the reference, in `output.detail`."""
    output = task.raw.get("output")
    detail = output.get("detail") if isinstance(output, Mapping) else None
    return detail.strip()[:1000] if isinstance(detail, str) else ""

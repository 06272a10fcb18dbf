"""The words for a task that FAILED: the service's, and the local engine's closer ones."""

from typing import Any

import pytest

from restyle.cloud import failure
from restyle.cloud.answers import queried_task

ALGO = {"code": "InternalError.Algo", "message": "The style transform failed."}


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ({}, "The service's model failed on this clip. It says: “The style transform failed.”"),
        (
            {"detail": "The engine's disk: No space left on device."},
            "It says: “The style transform failed. The engine's disk: No space left on device.”",
        ),
        # Only text is read, and not without end.
        ({"detail": {"a": 1}}, "It says: “The style transform failed.”"),
        ({"detail": "a" * 5000}, f"It says: “The style transform failed. {'a' * 1000}”"),
        ({"code": "Odd", "message": "", "detail": "Why."}, "The task failed. It says: “Why.”"),
    ],
)
def test_what_the_engine_says_beyond_the_reference_is_passed_on(
    said: dict[str, Any], quoted: str
) -> None:
    output = {"task_id": "t", "task_status": "FAILED", **ALGO, **said}
    error = failure(queried_task({"request_id": "r", "output": output}, "t"))
    assert quoted in error.message
    assert error.message.endswith("A failed task is not billed.")
    assert error.what_next

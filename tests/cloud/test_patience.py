import pytest

from restyle.cloud import READING, SUBMITTING, Patience, patiently
from restyle.errors import (
    AnswerLost,
    BadAnswer,
    Canceled,
    CloudError,
    KeyRefused,
    Refused,
    ServiceFault,
    TaskFailed,
    Throttled,
    Unreachable,
)


class Work:
    """Fails with the errors it is given, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def test_the_waits_grow_to_a_bound_and_end() -> None:
    assert list(Patience(1, 2, 5, tries=5).waits()) == [1, 2, 4, 5]
    assert list(Patience(tries=1).waits()) == []


def test_what_is_safe_to_repeat_is_repeated_until_it_succeeds() -> None:
    waited: list[float] = []
    work = Work(
        Unreachable("x"), AnswerLost("x"), Throttled("x"), ServiceFault("x"), BadAnswer("x")
    )
    assert patiently(work, wait=waited.append) == "done"
    assert waited == [1, 2, 4, 8, 15]
    assert work.calls == 6


def test_the_last_error_is_raised_as_it_is() -> None:
    waited: list[float] = []
    last = Unreachable("the last one")
    work = Work(Unreachable("x"), Unreachable("x"), last)
    with pytest.raises(Unreachable) as caught:
        patiently(work, patience=Patience(tries=3), wait=waited.append)
    assert caught.value is last
    assert len(waited) == 2


@pytest.mark.parametrize("kind", [AnswerLost, ServiceFault, BadAnswer, Refused, KeyRefused])
def test_a_submit_is_not_repeated_where_a_task_may_exist(kind: type[CloudError]) -> None:
    work = Work(kind("x"))
    with pytest.raises(kind):
        patiently(work, after=SUBMITTING, wait=lambda _: None)
    assert work.calls == 1


@pytest.mark.parametrize("kind", [Unreachable, Throttled])
def test_a_submit_that_made_no_task_is_repeated(kind: type[CloudError]) -> None:
    assert patiently(Work(kind("x")), after=SUBMITTING, wait=lambda _: None) == "done"


@pytest.mark.parametrize("kind", [Refused, KeyRefused, TaskFailed])
def test_a_refusal_is_final(kind: type[CloudError]) -> None:
    work = Work(kind("x"))
    with pytest.raises(kind):
        patiently(work, after=READING, wait=lambda _: None)
    assert work.calls == 1


def test_it_waits_as_long_as_the_service_asks() -> None:
    waited: list[float] = []
    patiently(Work(Throttled("x", retry_after_s=30.0)), wait=waited.append)
    assert waited == [30]


def test_waiting_can_be_stopped() -> None:
    def stop(_: float) -> None:
        raise Canceled("stopped")

    work = Work(Unreachable("x"))
    with pytest.raises(Canceled):
        patiently(work, wait=stop)
    assert work.calls == 1

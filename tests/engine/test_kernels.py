"""Kernels share rows among the cores, each once; they can be listed and compiled beforehand."""

from typing import Any

import numpy as np
import pytest

from restyle.engine.kernel_cache import claim
from restyle.engine.kernels import (
    Band,
    F,
    Floats,
    Interrupted,
    brush,
    interruptible,
    kernel,
    loop,
    rehearsal,
    rows_in,
)
from restyle.engine.sharing import filled


@kernel
def _count(band: Band, rows: Floats) -> None:
    for y in rows_in(band, rows.shape[0]):
        rows[y] += F(1)


@kernel
def _divide(band: Band, whole: int, rows: Floats) -> None:
    for y in rows_in(band, rows.shape[0]):
        if whole < 0:
            raise ValueError("less than nothing")
        rows[y] = F(whole)


@brush
def _twice(value: F) -> F:
    return F(2) * value


@kernel
def _double(band: Band, rows: Floats) -> None:
    for y in rows_in(band, rows.shape[0]):
        rows[y] = _twice(rows[y])


@loop
def _add_up(rows: Floats, sums: Floats) -> None:
    total = F(0)
    for y in range(rows.shape[0]):
        total += rows[y]
        sums[y] = total


@pytest.mark.parametrize("cores", [0, 1000], ids=["shared", "filled"])
@pytest.mark.parametrize("height", [0, 1, 2, 5, 7, 360, 721])
def test_every_row_is_painted_once(height: int, cores: int) -> None:
    rows = np.zeros(height, np.float32)
    with filled(cores):
        _count(rows)
    assert np.array_equal(rows, np.ones(height, np.float32))


def test_what_goes_wrong_on_any_core_reaches_the_caller() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        _divide(-1, np.zeros(100, np.float32))


def test_no_kernel_begins_once_something_else_is_wanted() -> None:
    rows = np.zeros(4, np.float32)
    with interruptible(lambda: bool(rows[0] > 1)):
        _count(rows)
        _count(rows)
        with pytest.raises(Interrupted):
            _count(rows)
    _count(rows)
    assert np.array_equal(rows, np.full(4, 3, np.float32))


def test_a_loop_is_run_once_from_its_first_row_to_its_last() -> None:
    sums = np.zeros(5, np.float32)
    _add_up(np.ones(5, np.float32), sums)
    assert np.array_equal(sums, np.arange(1, 6))


def test_a_rehearsal_lists_what_would_run_in_order_and_runs_nothing() -> None:
    rows, still = np.zeros(5, np.float32), np.zeros(3, np.float32)
    still.flags.writeable = False
    with rehearsal() as listed:
        _divide(-1, rows)
        _double(still)
        _add_up(rows, np.zeros(5, np.float32))
        _double(rows)
    assert [one.compiled.py_func.__name__ for one in listed] == [
        *("_divide", "_double", "_add_up", "_double")
    ]
    assert np.array_equal(rows, np.ones(5, np.float32))
    assert not still.any(), "what cannot be written to stays"
    assert listed[1] != listed[3], "which numba compiles apart"
    _double(rows)
    assert np.array_equal(rows, np.full(5, 2, np.float32))


def _listed(*arguments: Any) -> Any:
    with rehearsal() as listed:
        _halve(*arguments)
    return listed[0]


@kernel
def _halve(band: Band, rows: Floats) -> None:
    for y in rows_in(band, rows.shape[0]):
        rows[y] *= F(0.5)


def test_what_was_listed_is_compiled_as_it_is_called_afterwards() -> None:
    ahead = _listed(np.zeros(1, np.float32))
    assert not ahead.compiled.overloads
    with claim(f"{__name__}._halve", wait=False):
        ahead.carry_out(wait=False)
        assert not ahead.compiled.overloads, "somebody else is at it"
    with interruptible(lambda: True), pytest.raises(Interrupted):
        ahead.carry_out()
    ahead.carry_out()
    assert list(ahead.compiled.overloads) == [ahead.types]
    rows = np.ones(7, np.float32)
    _halve(rows)
    assert np.array_equal(rows, np.full(7, 0.5, np.float32))
    assert list(ahead.compiled.overloads) == [ahead.types]


def test_more_is_compiled_into_a_kernel_than_its_own_words() -> None:
    rows = np.zeros(1, np.float32)
    with rehearsal() as listed:
        _halve(rows)
        _double(rows)
    halve, double = (one.compiled.py_func.__code__.co_code for one in listed)
    assert listed[1].size - listed[0].size == len(double) - len(halve) + len(
        _twice.py_func.__code__.co_code
    )

"""A kernel's rows are shared among the cores: each once, none left out."""

import numpy as np
import pytest

from restyle.engine.kernels import Band, F, Floats, Interrupted, interruptible, kernel, rows_in


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


@pytest.mark.parametrize("height", [0, 1, 2, 5, 7, 360, 721])
def test_every_row_is_painted_once(height: int) -> None:
    rows = np.zeros(height, np.float32)
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

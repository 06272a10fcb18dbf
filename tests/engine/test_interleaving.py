"""Values side by side, and apart."""

import numpy as np
import pytest

from restyle.engine.interleaving import (
    join_row,
    part_row,
    unzip_row,
    unzip_three_row,
    zip_row,
    zip_three_row,
)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_row_is_parted_into_its_layers_and_joined_again(count: int) -> None:
    row = np.arange(37 * count, dtype=np.float32)
    parts = np.empty((count, 37), np.float32)
    part_row(row, parts)
    np.testing.assert_array_equal(parts, row.reshape(37, count).T)
    again = np.empty_like(row)
    join_row(parts, again)
    np.testing.assert_array_equal(again, row)


def test_twos_and_threes_come_apart_and_together() -> None:
    row = np.arange(66, dtype=np.float32)
    one, two, three = np.empty((3, 22), np.float32)
    unzip_three_row(row, one, two, three)
    np.testing.assert_array_equal([one, two, three], row.reshape(22, 3).T)
    again = np.empty_like(row)
    zip_three_row(one, two, three, again)
    np.testing.assert_array_equal(again, row)
    left, right = np.empty((2, 33), np.float32)
    unzip_row(row, left, right)
    np.testing.assert_array_equal([left, right], row.reshape(33, 2).T)
    zip_row(left, right, again)
    np.testing.assert_array_equal(again, row)

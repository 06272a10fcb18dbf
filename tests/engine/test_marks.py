"""Marks on a row, and where they are."""

import numpy as np
import pytest

from restyle.engine.marks import empty_marks, marked, run_starts


@pytest.mark.parametrize("width", [1, 7, 8, 9, 64, 405])
def test_marks_are_found_in_order_wherever_they_are(width: int) -> None:
    assert len(marked(empty_marks(width))) == 0
    for share in (0.02, 0.5, 1):
        marks = empty_marks(width)
        marks[:width] = (np.random.default_rng(width).random(width) < share) * np.uint8(3)
        np.testing.assert_array_equal(marked(marks), np.flatnonzero(marks))


def test_runs_start_at_the_row_s_beginning_and_wherever_its_label_changes() -> None:
    labels = np.array([4, 4, 4, 0, 0, 9, 4, 4, 4, 4, 7], np.uint8)
    np.testing.assert_array_equal(run_starts(labels), [0, 3, 5, 6, 10])
    np.testing.assert_array_equal(run_starts(labels[:1]), [0])

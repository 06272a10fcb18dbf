"""The seal: where it is printed and what it leaves alone."""

import numpy as np
import pytest

from restyle.engine import seals


@pytest.mark.parametrize("corner", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_the_seal_goes_to_the_emptiest_corner(corner: tuple[int, int]) -> None:
    density = np.full((90, 160), 0.5, np.float32)
    rows = slice(60, 90) if corner[1] else slice(0, 30)
    columns = slice(130, 160) if corner[0] else slice(0, 30)
    density[rows, columns] = 0.02
    assert seals.emptiest_corner(density, 0.125) == corner


def test_a_full_picture_gets_no_seal() -> None:
    assert seals.emptiest_corner(np.full((90, 160), 0.6, np.float32), 0.125) is None


def test_the_seal_is_not_printed_over_a_line() -> None:
    density = np.zeros((360, 640), np.float32)
    density[:, 600:603] = 1
    corner = seals.emptiest_corner(density, 0.5)
    assert corner is not None
    assert corner[0] == 0


def test_the_seal_is_vermilion_with_carved_characters() -> None:
    picture = np.full((360, 640, 3), 240, np.uint8)
    seals.stamp(picture, (1, 1), 1.0)
    red = (picture[..., 0] > 150) & (picture[..., 1] < 90)
    y, x = np.nonzero(red)
    assert (y.max() - y.min(), x.max() - x.min()) == pytest.approx((seals.SIDE, seals.SIDE), abs=4)
    inside = red[y.min() : y.max(), x.min() : x.max()]
    assert 0.5 < inside.mean() < 0.95
    assert (picture[:, :500] == 240).all()


def test_a_picture_too_small_for_a_seal_is_left_alone() -> None:
    picture = np.full((40, 40, 3), 200, np.uint8)
    seals.stamp(picture, (0, 0), 1.0)
    assert (picture == 200).all()

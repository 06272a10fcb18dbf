"""Lanes: the numbers of a pixel as one vector do what they would do one by one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.kernels import Bytes, F, Floats, brush
from restyle.engine.lanes import (
    best_two,
    cut_off,
    every,
    largest,
    load,
    place_of,
    rounded,
    store,
    total,
    with_more,
)
from restyle.engine.palette import LANES

DICE = np.random.default_rng(5)


@brush
def _between(one: Floats, two: Floats, part: F, out: Floats) -> None:
    store(out, np.uint32(0), load(one, np.uint32(1)) * (F(1) - part) + part * load(two, 0))


@brush
def _both_ways(bytes_: Bytes, words: NDArray[np.uint16], out: Bytes | NDArray[np.uint16]) -> None:
    store(out, np.uint32(0), rounded(F(0.5) * load(bytes_, 0) + F(0.25) * load(words, 0)))


@brush
def _told(values: Floats) -> tuple[F, F, np.uint32, np.uint32, np.uint32, F, F]:
    lanes = load(values, np.uint32(0))
    top = largest(lanes)
    one, two, first, second = best_two(lanes)
    return total(lanes), top, place_of(lanes, top), one, two, first, second


@brush
def _added(values: Floats, place: np.uint32, more: F, out: Floats) -> None:
    store(out, np.uint32(0), cut_off(with_more(load(values, 0), place, more) + every(F(0.25))))


def test_lanes_are_reckoned_with_each_other_and_with_numbers() -> None:
    one, two = DICE.random(LANES + 1, np.float32), DICE.random(LANES, np.float32)
    out = np.empty(LANES, np.float32)
    _between(one, two, F(0.3), out)
    assert out == pytest.approx(0.7 * one[1:] + 0.3 * two, abs=1e-6)


@pytest.mark.parametrize(("kind", "below"), [(np.uint8, 512), (np.uint16, 65536)])
def test_bytes_and_words_are_read_and_written(kind: type, below: int) -> None:
    bytes_ = DICE.integers(0, 256, LANES).astype(np.uint8)
    words = DICE.integers(below // 2, below, LANES).astype(np.uint16)
    out = np.empty(LANES, kind)
    _both_ways(bytes_, words, out)
    assert (out == np.floor(0.5 * bytes_ + 0.25 * words + 0.5)).all()


@pytest.mark.parametrize("equals", [(3, 9), (9, 9), (0, 15)])
def test_the_best_two_of_equals_are_the_first(equals: tuple[int, int]) -> None:
    values = np.zeros(LANES, np.float32)
    values[list(equals)] = 7
    order = np.argsort(-values, kind="stable")[:2]
    assert _told(values) == (values.sum(), 7, order[0], *order, *values[order])


def test_one_place_gets_more() -> None:
    values, out = np.arange(LANES, dtype=np.float32), np.empty(LANES, np.float32)
    _added(values, np.uint32(5), F(1.9), out)
    values[5] = 7
    assert (out == values).all()

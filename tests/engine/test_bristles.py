"""Noise drawn out along strokes."""

import numpy as np

from restyle.engine.bristles import hairs

SHAPE = (40, 60)


def _noise() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32)


def _level_tangents() -> np.ndarray:
    return np.stack([np.ones(SHAPE), np.zeros(SHAPE)], axis=-1).astype(np.float32)


def test_hairs_run_along_the_stroke_and_not_across_it() -> None:
    inked = np.full(SHAPE, -1, np.float32)
    drawn = hairs(_noise(), (inked, -0.1), (inked, -0.1), _level_tangents(), 6)[:, 8:-8]
    along, across = (np.abs(np.diff(drawn, axis=axis)).mean() for axis in (1, 0))
    assert along < 0.5 * across


def test_there_are_no_hairs_where_nothing_is_drawn() -> None:
    strokes = np.zeros(SHAPE, np.float32)
    strokes[10:20] = -1
    drawn = hairs(_noise(), (strokes, -0.1), (np.zeros_like(strokes), -0.1), _level_tangents(), 6)
    assert (drawn[:10] == 0).all()
    assert (drawn[20:] == 0).all()
    assert (drawn[10:20] != 0).all()

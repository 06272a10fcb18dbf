"""Scissors: long curves where the picture has no edge, its own shapes where it has some."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from restyle.engine.scissors import Scissors

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

HEIGHT, WIDTH = 180, 240


def _ragged() -> Bytes:
    """1 beyond a border about column 120 that runs in and out as strands of fur do."""
    column = 120 + 4 * np.sign(np.sin(np.arange(HEIGHT) / 1.7))
    return (np.arange(WIDTH)[None] >= column[:, None]).astype(np.uint8)


def _picture(label: Bytes, contrast: float) -> Floats:
    tone = np.float32(0.4) + np.float32(contrast) * label.astype(np.float32)
    return np.repeat(tone[..., None], 3, -1)


def _raggedness(label: Bytes) -> float:
    """How far, in pixels, the border runs in and out: its standard deviation."""
    return float((label == 0).sum(1)[10:-10].std())


@dataclass
class Still:
    """A frame as scissors see it, with nothing moving."""

    abstract: Floats
    flow: Floats = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH, 2), np.float32))
    passes: bool = False
    scale: float = 1.0


NO_HEADS = np.zeros((1, 1), np.float32)


def _scissored(
    label: Bytes, colour: Floats, gate: Floats = NO_HEADS, reach: float = 14.0
) -> tuple[Bytes, Bytes, Floats]:
    whole = np.ones(label.shape, np.float32)
    return Scissors(reach).cut(label, 1 - label, whole, Still(colour), gate, restart=True)


def test_a_border_without_an_edge_is_cut_straight() -> None:
    label = _ragged()
    first, second, share = _scissored(label, _picture(label, 0.04))
    assert _raggedness(first) < 0.4 * _raggedness(label)
    assert abs((first == 0).mean() - (label == 0).mean()) < 0.005
    # … and crisp: what is three pixels off is wholly of one side.
    assert (share[20:-20, :115] == 1).all()
    assert (share[20:-20, 126:] == 1).all()
    assert ((first == 0) | (first == 1)).all()
    assert (second[20:-20, 118:122] == 1 - first[20:-20, 118:122]).all()


@pytest.mark.parametrize("contrast", [0.2, -0.3, 0.5])
def test_a_clear_edge_is_left_as_it_is(contrast: float) -> None:
    label = (np.arange(WIDTH)[None] >= 120 + np.arange(HEIGHT)[:, None] // 20 % 2 * 3).astype(
        np.uint8
    )
    first, _, share = _scissored(label, _picture(label, contrast))
    np.testing.assert_array_equal(first, label)
    assert (share == 1).all()


def test_an_edge_of_hue_alone_is_one_too() -> None:
    label = np.zeros((HEIGHT, WIDTH), np.uint8)
    label[80:100, 100:104] = 1  # Would be voted away.
    colour = np.where(label[..., None] == 1, (0.7, 0.33, 0.4), (0.3, 0.5, 0.4)).astype(np.float32)
    first, _, _ = _scissored(label, colour)
    np.testing.assert_array_equal(first, label)


def test_the_longer_the_reach_the_longer_the_curves() -> None:
    column = 120 + 8 * np.sin(np.arange(HEIGHT) / 6)
    label = (np.arange(WIDTH)[None] >= column[:, None]).astype(np.uint8)
    picture = _picture(label, 0.04)
    near, far = (_raggedness(_scissored(label, picture, reach=r)[0]) for r in (14.0, 28.0))
    assert far < 0.7 * near


def test_a_border_is_cut_up_to_the_rim_of_the_picture() -> None:
    label = _ragged()
    first, _, _ = _scissored(label, _picture(label, 0.04))
    edge = (first == 0).sum(1)
    assert edge[:10].std() < 0.4 * (label == 0).sum(1)[:10].std()


def test_among_strands_an_edge_is_none() -> None:
    label = _ragged()
    strands = np.float32(0.12) * (np.arange(WIDTH) // 5 % 2)[None, :, None].astype(np.float32)
    alone = _scissored(label, _picture(label, 0.19))[0]
    among = _scissored(label, _picture(label, 0.19) + strands)[0]
    assert _raggedness(among) < 0.8 * _raggedness(alone)


def test_heads_keep_their_outline() -> None:
    label = _ragged()
    head = np.full(label.shape, -1, np.float32)
    first, _, share = _scissored(label, _picture(label, 0.04), head)
    np.testing.assert_array_equal(first, label)
    assert (share == 1).all()


def test_where_it_may_be_cut_changes_by_degrees() -> None:
    label = _ragged()
    whole, soft = np.ones(label.shape, np.float32), Still(_picture(label, 0.04))
    scissors = Scissors(14.0)
    scissors.cut(label, 1 - label, whole, soft, NO_HEADS, restart=True)
    hard = Still(_picture(label, 0.5))
    after, _, _ = scissors.cut(label, 1 - label, whole, hard, NO_HEADS, restart=False)
    anew, _, _ = scissors.cut(label, 1 - label, whole, hard, NO_HEADS, restart=True)
    assert _raggedness(after) < 0.6 * _raggedness(label)
    np.testing.assert_array_equal(anew, label)

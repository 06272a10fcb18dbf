"""Rows of small maps at full size."""

import cv2
import numpy as np
import pytest

from restyle.engine.kernels import Band, Bytes, F, Floats, kernel, rows_in
from restyle.engine.rows import (
    columns,
    sample_colour_row,
    sample_row,
    store_row,
    upsample_row,
)

SIZES = {  # full (height, width), small
    "twice as large": ((24, 40), (12, 20)),
    "twice as large but for an odd pixel": ((25, 41), (12, 20)),
    "three times": ((24, 42), (8, 14)),
    "of the same size": ((24, 40), (24, 40)),
}


@kernel
def enlarge(
    band: Band, grey: Floats, colour: Floats, guide: Bytes, sigma: F, out: Floats, snapped: Floats
) -> None:
    height, width = guide.shape
    across = columns(width, grey.shape[1])
    for y in rows_in(band, height):
        plain = sample_row(grey, y, height, across)
        coloured = sample_colour_row(colour, y, height, across)
        joint = upsample_row(colour, F(255) * grey, guide, y, across, sigma)
        for x in range(width):
            out[y, x, 3] = plain[x]
            for k in range(3):
                out[y, x, k] = coloured[k, x]
                snapped[y, x, k] = joint[k, x]


@kernel
def store(band: Band, parts: Floats, out: Bytes) -> None:
    for y in rows_in(band, out.shape[0]):
        store_row(parts[y], out[y])


@pytest.mark.parametrize("name", SIZES)
def test_maps_are_enlarged_as_opencv_does(name: str) -> None:
    full, small = SIZES[name]
    values = np.random.default_rng(3).random((*small, 4)).astype(np.float32)
    out, snapped = np.empty((*full, 4), np.float32), np.empty((*full, 3), np.float32)
    grey, colour = np.ascontiguousarray(values[..., 3]), np.ascontiguousarray(values[..., :3])
    enlarge(grey, colour, np.zeros(full, np.uint8), F(20), out, snapped)
    np.testing.assert_allclose(out, cv2.resize(values, full[::-1]), atol=1e-5)


@pytest.mark.parametrize("name", ["twice as large", "three times"])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_paint_ends_where_the_guide_does(name: str, shift: int) -> None:
    full, small = SIZES[name]
    grey = np.full(small, 0.1, np.float32)
    grey[:, small[1] // 2 :] = 0.9
    colour = np.repeat(grey[..., None], 3, axis=2)
    edge = full[1] // 2 + shift
    guide = np.full(full, 26, np.uint8)
    guide[:, edge:] = 230
    out, snapped = np.empty((*full, 4), np.float32), np.empty((*full, 3), np.float32)
    enlarge(grey, colour, guide, F(10), out, snapped)
    assert snapped[:, :edge].max() < 0.2
    assert snapped[:, edge:].min() > 0.8


def test_colours_are_rounded_and_cut_off_at_black_and_white() -> None:
    values = np.array([-0.2, 0.0, 0.5, 1.0, 1.7, 100.4 / 255, 100.6 / 255], np.float32)
    out = np.empty((1, len(values), 3), np.uint8)
    store(np.stack([values, values, values])[None], out)
    assert out[0, :, 1].tolist() == [0, 0, 128, 255, 255, 100, 101]

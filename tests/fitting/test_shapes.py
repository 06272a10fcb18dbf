"""Whatever the size, its shape comes out inside every limit, and nothing is lost needlessly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restyle.errors import ClipUnfit
from restyle.fitting.shapes import fitting_shape
from restyle.footage import Crop, Pad

SIDES = st.integers(min_value=16, max_value=9000)


@given(width=SIDES, height=SIDES, padded=st.booleans(), crop_at=st.floats(0, 1))
def test_every_size_comes_out_inside_the_limits(
    width: int, height: int, padded: bool, crop_at: float
) -> None:
    shape = fitting_shape(width, height, padded=padded, crop_at=crop_at)
    long, short = max(shape.size), min(shape.size)
    assert 256 <= short <= long <= 4096
    assert 5 * long <= 9 * short
    assert long % 2 == short % 2 == 0
    assert (shape.size[0] >= shape.size[1]) == (width >= height) or abs(width - height) < 20
    if shape.crop is not None:
        crop = shape.crop
        assert 0 <= crop.x <= crop.x + crop.width <= width
        assert 0 <= crop.y <= crop.y + crop.height <= height
    if shape.pad is not None:
        pad, (inner_width, inner_height) = shape.pad, shape.scaled
        assert (inner_width + pad.left + pad.right, inner_height + pad.top + pad.bottom) == (
            shape.size
        )
        assert min(pad.left, pad.top, pad.right, pad.bottom) >= 0


@given(width=SIDES, height=SIDES, padded=st.booleans())
def test_the_picture_keeps_its_proportions(width: int, height: int, padded: bool) -> None:
    shape = fitting_shape(width, height, padded=padded)
    seen = (shape.crop.width, shape.crop.height) if shape.crop else (width, height)
    across, down = shape.scaled[0] / seen[0], shape.scaled[1] / seen[1]
    # A pixel of rounding on each side is all that may be lost.
    assert abs(across - down) * min(seen) <= 2.01 * max(1, across, down)


@pytest.mark.parametrize(
    ("size", "padded", "expected"),
    [
        ((1920, 1080), False, ((1920, 1080), None, None)),
        ((1800, 1000), False, ((1800, 1000), None, None)),
        ((641, 480), False, ((640, 480), Crop(0, 0, 640, 480), None)),
        ((2560, 1080), False, ((1920, 1080), Crop(320, 0, 1920, 1080), None)),
        ((1080, 2340), False, ((1080, 1920), Crop(0, 210, 1080, 1920), None)),
        ((2560, 1080), True, ((1920, 1080), None, Pad(0, 136, 0, 134))),
        ((1080, 2340), True, ((1080, 1920), None, Pad(96, 0, 98, 0))),
        ((3840, 2160), False, ((1920, 1080), None, None)),
        ((5000, 5000), False, ((1080, 1080), None, None)),
        ((100, 100), False, ((256, 256), None, None)),
        ((320, 240), False, ((342, 256), None, None)),
    ],
)
def test_known_sizes(
    size: tuple[int, int], padded: bool, expected: tuple[tuple[int, int], object, object]
) -> None:
    shape = fitting_shape(*size, padded=padded)
    assert (shape.size, shape.crop, shape.pad) == expected


@pytest.mark.parametrize(
    ("size", "crop_at", "place"),
    [
        ((2560, 1080), 0.0, (0, 0)),
        ((2560, 1080), 0.25, (160, 0)),
        ((2560, 1080), 1.0, (640, 0)),
        ((1080, 2340), 0.0, (0, 0)),
        ((1080, 2340), 1.0, (0, 420)),
        ((2561, 1080), 1.0, (640, 0)),
        ((1080, 1920), 1.0, None),
    ],
)
def test_the_crop_lies_where_it_was_put(
    size: tuple[int, int], crop_at: float, place: tuple[int, int] | None
) -> None:
    shape = fitting_shape(*size, padded=False, crop_at=crop_at)
    assert (shape.crop and (shape.crop.x, shape.crop.y)) == place
    assert shape.size == fitting_shape(*size, padded=False).size


def test_a_picture_of_a_few_pixels_is_refused() -> None:
    with pytest.raises(ClipUnfit, match="too narrow"):
        fitting_shape(8, 400, padded=False)

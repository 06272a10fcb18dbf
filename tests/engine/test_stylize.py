"""The Stylizer: frames of one size in, styled frames out, in order."""

from collections.abc import Iterator

import numpy as np
import pytest

from restyle.engine.kernels import Bytes
from restyle.engine.looks import LOOKS
from restyle.engine.stylize import Stylizer, warm_up
from restyle.styles import Options, Style

SIZE = (320, 256)


def picture(seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((SIZE[1], SIZE[0] + 2, 3), np.uint8),
        np.zeros((SIZE[1], SIZE[0]), np.uint8),
        np.zeros((SIZE[1], SIZE[0], 3), np.float32),
    ],
    ids=["another size", "grey", "floats"],
)
def test_a_frame_of_another_size_or_type_is_refused(frame: Bytes) -> None:
    with pytest.raises(ValueError, match="was given, but this clip has"):
        Stylizer(Options(), SIZE).render(frame)


def test_frames_may_be_views_and_are_not_changed() -> None:
    wide = np.concatenate([picture(), picture(1)], axis=1)
    view = wide[:, ::2][:, :, ::-1]
    before = view.copy()
    styled = Stylizer(Options(), SIZE).render(view)
    assert np.array_equal(view, before)
    assert np.array_equal(styled, Stylizer(Options(), SIZE).render(before))


def test_what_was_rendered_is_not_overwritten_by_the_next_frame() -> None:
    stylizer = Stylizer(Options(), SIZE)
    first = stylizer.render(picture())
    kept = first.copy()
    stylizer.render(picture(1))
    assert np.array_equal(first, kept)


def test_two_clips_do_not_share_memory() -> None:
    one, two = Stylizer(Options(), SIZE), Stylizer(Options(), SIZE)
    one.render(picture())
    assert np.array_equal(two.render(picture(1)), Stylizer(Options(), SIZE).render(picture(1)))


def test_every_style_has_a_look() -> None:
    assert set(LOOKS) == set(Style)


def test_warming_up_paints_the_styles_asked_for() -> None:
    warm_up([Style.FRESH_COMIC])


@pytest.mark.parametrize(
    ("style", "taken"), [(Style.JAPANESE_MANGA, 0), (Style.PAPER_ART, 1)], ids=["lines", "palette"]
)
def test_samples_are_decoded_only_for_looks_that_want_them(style: Style, taken: int) -> None:
    given = []

    def samples() -> Iterator[Bytes]:
        given.append(picture())
        yield given[-1]

    stylizer = Stylizer(Options(style), SIZE, samples())
    stylizer.paint(stylizer.see(stylizer.follow(picture())))
    assert len(given) == taken

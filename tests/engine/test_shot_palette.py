"""Palettes of shots: kept within one, new at a cut, known again, renewed when they fit no more."""

import threading
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest
from skimage import data

from restyle.engine.colours import Manner
from restyle.engine.faces import faces_of
from restyle.engine.frames import Abstraction, FrameReader
from restyle.engine.kernels import Bytes
from restyle.engine.palette import Palette
from restyle.engine.shot_palette import (
    EVERY,
    Looked,
    Palettes,
    _sample,
    colour_mix,
    likeness,
    shot_palette,
)

SIZE = (320, 256)
MANNER = Manner(clusters=8, apart=9.0, lowest=15, highest=96, even=0.2, vivid=1.2)
PLAIN = Abstraction(passes=1, range_sigma=20, radius=1)


def _view(name: str, step: int = 0) -> Bytes:
    """A part of a photograph, a little further on with each step."""
    picture = getattr(data, name)()
    large = cv2.resize(picture, (SIZE[0] + 64, SIZE[1] + 64), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(large[20 : 20 + SIZE[1], step : step + SIZE[0]])


def _palettes(clip: Sequence[Bytes], samples: Sequence[Bytes] = ()) -> list[Palette]:
    reader, palettes = FrameReader(PLAIN, keep_faces=False), Palettes(MANNER, samples)
    return [palettes.of(reader.read(frame)) for frame in clip]


def test_a_shot_keeps_its_palette_and_the_next_one_gets_its_own() -> None:
    clip = [_view("coffee", i) for i in range(3)] + [_view("chelsea", i) for i in range(3)]
    found = _palettes(clip, samples=[clip[1], clip[4]])
    assert found[0] is found[1] is found[2]
    assert found[3] is found[4] is found[5]
    assert found[3] is not found[0]


def test_a_shot_that_returns_is_painted_as_before() -> None:
    coffee, cat = [_view("coffee", i) for i in range(4)], [_view("chelsea", i) for i in range(2)]
    found = _palettes([*coffee[:2], *cat, *coffee[2:]])
    assert found[4] is found[0]


def test_samples_of_other_shots_lend_no_colours() -> None:
    alone = _palettes([_view("coffee")])[0]
    beside = _palettes([_view("coffee")], samples=[_view("chelsea"), _view("rocket")])[0]
    np.testing.assert_array_equal(alone.lab, beside.lab)


def test_samples_of_the_same_shot_do() -> None:
    alone = _palettes([_view("coffee")])[0]
    beside = _palettes([_view("coffee")], samples=[_view("coffee", 60)])[0]
    assert alone.lab.shape != beside.lab.shape or not np.array_equal(alone.lab, beside.lab)


@pytest.mark.parametrize(
    ("given", "loud", "is_taken"),
    [(1, 0, True), (8, 3, True), (15, 0, True), (15, 14, True), (15, 6, True), (15, 7, False)],
)
def test_of_many_samples_eight_are_taken_from_the_first_to_the_last(
    given: int, loud: int, is_taken: bool
) -> None:
    samples = [Looked(np.full((40, 60, 3), 128, np.uint8), []) for _ in range(given)]
    samples[loud].rgb[:] = (230, 30, 20)
    palette = shot_palette(samples, MANNER)
    assert (np.hypot(*palette.lab.T[1:]).max() > 40) == is_taken


def test_samples_are_looked_at_beside_the_first_frames() -> None:
    taken = threading.Event()

    def samples() -> Iterator[Bytes]:
        assert threading.current_thread() is not threading.main_thread()
        yield _view("coffee", 60)
        taken.set()

    palettes = Palettes(MANNER, samples())
    assert taken.wait(30), "before a palette is asked for"
    frame = FrameReader(PLAIN, keep_faces=False).read(_view("coffee"))
    assert len(palettes.of(frame))


def test_a_sample_that_cannot_be_had_is_told_of_where_a_palette_is_asked_for() -> None:
    def samples() -> Iterator[Bytes]:
        yield _view("coffee", 60)
        raise OSError("The disk is gone.")

    frame = FrameReader(PLAIN, keep_faces=False).read(_view("coffee"))
    palettes = Palettes(MANNER, samples())
    with pytest.raises(OSError, match="disk is gone"):
        palettes.of(frame)


def test_after_a_dissolve_the_palette_is_chosen_anew_once_the_picture_rests() -> None:
    one, two = _view("coffee"), _view("rocket")
    mixed = [cv2.addWeighted(one, 1 - t, two, t, 0) for t in np.linspace(0, 1, EVERY)]
    found = _palettes([one, one, *mixed, *[two] * (2 * EVERY)])
    assert found[-1] is not found[0]
    assert len({id(palette) for palette in found}) == 2


@pytest.mark.parametrize(
    ("one", "two", "least", "most"),
    [
        (_view("coffee"), _view("coffee", 8), 0.96, 1.0),
        (_view("coffee"), np.clip(_view("coffee").astype(int) + 8, 0, 255), 0.84, 1.0),
        (_view("coffee"), _view("rocket"), 0.0, 0.5),
    ],
    ids=["a little further on", "a little brighter", "another scene"],
)
def test_pictures_of_one_shot_are_alike(one: Bytes, two: Bytes, least: float, most: float) -> None:
    assert least <= likeness(colour_mix(one), colour_mix(two.astype(np.uint8))) <= most


def test_what_is_beside_cheeks_is_neither_face_nor_collar() -> None:
    picture = data.astronaut()
    (face,) = faces_of(picture)
    sample = _sample(picture, [face])
    assert sample.beside is not None
    x, y, width, height, _ = face.box
    rows, columns = np.nonzero(sample.beside)
    assert y + 0.5 * height < rows.min() < rows.max() < y + 1.05 * height
    for side in (columns < x + width / 2, columns >= x + width / 2):
        assert side.any()
        assert sample.face[rows[side], columns[side]].mean() < 0.1

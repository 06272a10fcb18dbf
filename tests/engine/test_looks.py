"""What holds for every look, whichever it is."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import cv2
import numpy as np
import pytest
from skimage import data

from restyle.engine.faces import face_mask, faces_of
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.looks import LOOKS
from restyle.engine.pictures import grey_of, reduce_bytes
from restyle.engine.stylize import CRISP, CRISP_SIGMA, Stylizer
from restyle.engine.surfaces import crisper
from restyle.styles import Options, Style

SIZE = (384, 288)
every_look = pytest.mark.parametrize("style", list(LOOKS), ids=lambda style: style.slug)


def pan(picture: Bytes, frames: int, size: tuple[int, int] = SIZE, noise: float = 3) -> list[Bytes]:
    """A clip: the camera moves over a photograph, with sensor noise."""
    width, height = size
    zoom = max((width + 40) / picture.shape[1], (height + 20) / picture.shape[0])
    large = cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    dice = np.random.default_rng(5)
    clip = []
    for step in range(frames):
        x, y = 4 + 2 * step, 4 + step
        view = large[y : y + height, x : x + width].astype(np.float32)
        clip.append(np.clip(view + dice.normal(0, noise, view.shape), 0, 255).astype(np.uint8))
    return clip


def render(
    style: Style,
    clip: Sequence[Bytes],
    *,
    samples: Sequence[Bytes] | None = None,
    emotion: bool = True,
) -> list[Bytes]:
    """The clip in a style, frame by frame."""
    height, width = clip[0].shape[:2]
    options = Options(style=style, animate_emotion=emotion)
    stylizer = Stylizer(options, (width, height), clip[:1] if samples is None else samples)
    return [stylizer.render(frame) for frame in clip]


@cache
def astronaut() -> tuple[Bytes, ...]:
    """A face, large and frontal."""
    return tuple(pan(np.ascontiguousarray(data.astronaut()[:340, :460]), 4))


@cache
def cat() -> tuple[Bytes, ...]:
    return tuple(pan(np.ascontiguousarray(data.chelsea()), 3))


@cache
def painted_cat(style: Style) -> tuple[Bytes, ...]:
    return tuple(render(style, cat()))


@cache
def painted_astronaut(style: Style) -> Bytes:
    """The last frame."""
    return render(style, astronaut())[-1]


@every_look
@pytest.mark.parametrize("size", [(256, 256), (270, 480), (461, 257)], ids=str)
def test_any_size_and_shape_comes_out_as_it_went_in(style: Style, size: tuple[int, int]) -> None:
    clip = pan(np.ascontiguousarray(data.astronaut()), 2, size)
    for styled in render(style, clip):
        assert styled.dtype == np.uint8
        assert styled.shape == clip[0].shape
        assert styled.std() > 8


@every_look
def test_the_same_clip_gives_the_same_frames(style: Style) -> None:
    for one, two in zip(painted_cat(style), render(style, cat()), strict=True):
        assert np.array_equal(one, two)


@every_look
def test_black_stays_darker_than_white_and_neither_breaks(style: Style) -> None:
    means = []
    for value in (0, 255):
        flat = [np.full((256, 288, 3), value, np.uint8)] * 3
        styled = render(style, flat)[-1]
        assert styled.std() < 40
        means.append(styled.mean())
    assert means[0] < means[1]


@every_look
def test_noise_does_not_break_it(style: Style) -> None:
    dice = np.random.default_rng(0)
    clip = [dice.integers(0, 256, (256, 288, 3), np.uint8) for _ in range(2)]
    assert render(style, clip)[-1].shape == (256, 288, 3)


@every_look
def test_no_samples_are_needed(style: Style) -> None:
    assert render(style, cat()[:1], samples=())[0].std() > 8


@every_look
def test_it_is_another_picture_but_of_the_same_thing(style: Style) -> None:
    source = cat()[-1]
    styled = painted_cat(style)[-1]
    assert np.abs(styled.astype(int) - source).mean() > 8
    shapes = [cv2.GaussianBlur(grey_of(p), (0, 0), 4).ravel() for p in (styled, source)]
    assert np.corrcoef(shapes)[0, 1] > 0.6


def test_the_looks_are_distinct_from_each_other() -> None:
    styled = {style: painted_astronaut(style).astype(int) for style in LOOKS}
    for one, two in combinations(styled, 2):
        apart = np.abs(styled[one] - styled[two]).mean()
        assert apart > 9, f"{one.title} and {two.title} differ by {apart:.1f} of 255 only"


@pytest.mark.parametrize(
    "style",
    [Style.JAPANESE_MANGA, Style.FRESH_COMIC, Style.CARTOON_3D, Style.CHINESE_CARTOON],
    ids=lambda style: style.slug,
)
def test_brown_fur_in_dim_light_is_made_brighter_but_not_orange(style: Style) -> None:
    fur = np.full((192, 192, 3), (120, 92, 66), np.uint8)
    fur[:, :24], fur[:, 24:40] = (30, 24, 20), (146, 128, 110)
    painted = render(style, [fur])[0]
    colours = np.stack([picture[48:144, 80:160].mean((0, 1)) for picture in (fur, painted)])
    lab = cv2.cvtColor((colours / 255).astype(np.float32)[None], cv2.COLOR_RGB2Lab)[0]
    assert lab[1, 0] > 1.3 * lab[0, 0]
    assert np.hypot(*lab[1, 1:]) < 1.5 * np.hypot(*lab[0, 1:])


@every_look
def test_a_cut_begins_anew(style: Style) -> None:
    before, after = list(astronaut()[:2]), list(cat()[:2])
    samples = [before[0], after[0]]
    across = render(style, [*before, *after], samples=samples)[2:]
    alone = render(style, after, samples=samples)
    for pair in zip(across, alone, strict=True):
        # Under a blur: the paper's grain may lie elsewhere.
        one, two = (cv2.GaussianBlur(picture, (0, 0), 4).astype(int) for picture in pair)
        assert np.abs(one - two).mean() < 1


@every_look
def test_a_still_noisy_scene_flickers_less_than_frames_styled_one_by_one(style: Style) -> None:
    dice = np.random.default_rng(1)
    truth = cat()[0].astype(np.float32)
    clip = [
        np.clip(truth + dice.normal(0, 7, truth.shape), 0, 255).astype(np.uint8) for _ in range(5)
    ]
    together = render(style, clip, samples=clip[:1])[-2:]
    single = [render(style, [frame], samples=clip[:1])[0] for frame in clip[-2:]]
    flicker = [np.abs(a.astype(int) - b).mean() for a, b in (together, single)]
    assert flicker[0] < 0.85 * flicker[1]


@every_look
def test_keeping_faces_changes_the_face_and_shows_more_of_its_features(style: Style) -> None:
    clip = list(astronaut())
    kept = painted_astronaut(style)
    lost = render(style, clip, emotion=False)[-1]
    half = reduce_bytes(clip[-1], (SIZE[1] // 2, SIZE[0] // 2))
    faces = faces_of(half)
    assert faces, "the test's own face was not found"
    mask = cv2.resize(face_mask(faces, *half.shape[:2]), SIZE)
    change = np.abs(kept.astype(int) - lost).mean(axis=2)
    assert change[mask > 0.5].mean() > 1.5
    assert change[mask > 0.5].mean() > 5 * change[mask == 0].mean()

    def features(picture: Bytes) -> Floats:
        tone = grey_of(picture).astype(np.float32)
        found = (tone - cv2.GaussianBlur(tone, (0, 0), 6))[mask > 0.5]
        return np.asarray(found - found.mean(), np.float32)

    of_source = features(clip[-1])

    def shown(styled: Bytes) -> float:
        """How much of the source's features (not its tones) is there."""
        return float((features(styled) * of_source).mean() / of_source.var())

    assert shown(kept) > shown(lost)


@cache
def super_resolved(style: Style) -> tuple[Bytes, Bytes]:
    """One frame with `use_SR`, painted at 1080; and the same without, painted at 540."""
    source = np.ascontiguousarray(data.astronaut()[:340, :340])
    large = cv2.resize(source, (1080, 1080), interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(large, (540, 540), interpolation=cv2.INTER_AREA)
    fine = Stylizer(Options(style, min_len=540, use_SR=True), (1080, 1080), [large]).render(large)
    return fine, Stylizer(Options(style, min_len=540), (540, 540), [large]).render(small)


def enlarged(small: Bytes) -> Bytes:
    return np.asarray(cv2.resize(small, (1080, 1080), interpolation=cv2.INTER_LANCZOS4), np.uint8)


def is_finer_than_an_enlargement(picture: Bytes, small: Bytes) -> bool:
    """Whether a picture shows what none that is made from the 540p one can show.

    Beyond the finest waves that 540p holds an enlargement has next to nothing, and one whose edges
    were sharpened only their overtones; and its edges are wider.
    """
    plain = enlarged(small)
    sharpened = crisper(plain, 1.5 * CRISP_SIGMA, CRISP)
    has_more = beyond_540(picture) > 1.3 * beyond_540(sharpened)
    return has_more and edge_width(picture) < 0.9 * edge_width(plain)


@every_look
def test_super_resolution_paints_finer_than_any_enlargement(style: Style) -> None:
    fine, small = super_resolved(style)
    assert is_finer_than_an_enlargement(fine, small)
    assert beyond_540(fine) > 10 * beyond_540(enlarged(small))
    shapes = [cv2.GaussianBlur(grey_of(p), (0, 0), 8).ravel() for p in (fine, enlarged(small))]
    assert np.corrcoef(*shapes)[0, 1] > 0.9


@every_look
def test_an_enlargement_sharpened_or_not_would_not_pass_for_super_resolution(style: Style) -> None:
    _, small = super_resolved(style)
    fake = enlarged(small)
    for sigma, amount in ((1.5 * CRISP_SIGMA, CRISP), (1.5 * CRISP_SIGMA, 0.0)):
        assert not is_finer_than_an_enlargement(crisper(fake, sigma, amount), small)


def beyond_540(picture: Bytes) -> float:
    """The share of a 1080 picture's power in waves finer than 540p can hold, with some margin."""
    grey = grey_of(picture).astype(np.float32)
    window = np.hanning(grey.shape[0])[:, None] * np.hanning(grey.shape[1])[None]
    power = np.abs(np.fft.rfft2((grey - grey.mean()) * window)) ** 2
    down, across = np.fft.fftfreq(grey.shape[0])[:, None], np.fft.rfftfreq(grey.shape[1])[None]
    waves = np.hypot(down, across)  # a pixel; 540p ends at 0.25
    return float(power[waves > 0.28].sum() / power[waves > 0.02].sum())


def edge_width(picture: Bytes) -> float:
    """How many pixels the strongest edges take from dark to light, in the median."""
    grey = grey_of(picture).astype(np.float32)
    around = np.ones((9, 9), np.uint8)
    rise = cv2.dilate(grey, around) - cv2.erode(grey, around)
    steepness = np.hypot(*np.gradient(grey))
    crest = steepness == cv2.dilate(steepness, np.ones((5, 5), np.uint8))
    edges = crest & (rise > np.percentile(rise, 96)) & (steepness > 0.1 * rise)
    return float(np.median(rise[edges] / steepness[edges]))

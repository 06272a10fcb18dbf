"""Parts become one clip again: no frame lost, every part at its time, the sound in step."""

from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from signs import beeps_s, frame_times_s

from restyle.clips import inspect
from restyle.footage import Piece, join, joining, open_clip

from media import ffmpeg, make_clip, stream

NTSC = 1001 / 30000
START_S = 15 * NTSC
# Source frames in each part: lengths that 15 frames a second do not divide.
LENGTHS_S = tuple(frames * NTSC for frames in (22, 31, 26))


def _parts(
    folder: Path, *options: str, shades: tuple[str, ...] = ("0x202020", "white")
) -> list[Piece]:
    """Parts as a service at 15 frames a second makes them: whole frames, as near as it gets."""
    pieces = []
    for number, length_s in enumerate(LENGTHS_S):
        path = folder / f"part{number}.mp4"
        frames = round(length_s * 15)
        shade = f"color={shades[number % 2]}:s=320x256:r=15:d={frames / 15}"
        wrong = ["-f", "lavfi", "-i", f"sine=f=200:d={frames / 15}", "-c:a", "aac"]
        more = options if number == 1 else ()
        ffmpeg("-f", "lavfi", "-i", shade, *wrong, "-pix_fmt", "yuv420p", *more, str(path))
        pieces.append(Piece(inspect(path), length_s))
    return pieces


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At 29.97 frames a second; a beep where the second and third part begin."""
    path = tmp_path_factory.mktemp("original") / "original.mp4"
    beeps = [START_S + at for at in list(accumulate(LENGTHS_S))[:2]]
    sound = "+".join(f"between(t\\,{at:.6f}\\,{at + 0.06:.6f})" for at in beeps)
    ffmpeg(
        *("-f", "lavfi", "-i", f"aevalsrc=0.5*sin(1000*2*PI*t)*({sound}):d=4"),
        *("-f", "lavfi", "-i", "color=black:s=320x256:r=30000/1001:d=4"),
        *("-pix_fmt", "yuv420p", str(path)),
    )
    return path


@pytest.mark.parametrize(
    ("options", "copied"),
    [((), True), (("-profile:v", "baseline"), False), (("-vf", "scale=640:512"), False),
     (("-c:v", "mpeg4"), False)],
    ids=["alike", "coded differently", "of another size", "of another codec"],
)  # fmt: skip
def test_parts_stand_at_their_true_times_with_the_originals_sound_in_step(
    tmp_path: Path,
    original: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    copied: bool,
) -> None:
    encoded: list[object] = []
    real = joining._encode
    monkeypatch.setattr(joining, "_encode", lambda *a: (encoded.append(a), real(*a)))
    pieces = _parts(tmp_path, *options)
    target = tmp_path / "joined.mp4"
    with open_clip(original) as whole:
        join(pieces, target, sound=whole.subclipped(START_S, START_S + sum(LENGTHS_S)))
    assert bool(encoded) is not copied
    shades = frame_times_s(target)
    begins = [0.0, *list(accumulate(LENGTHS_S))[:2]]
    for number, (begin, beep) in enumerate(zip(begins[1:], beeps_s(target), strict=True), 1):
        bright = number % 2 == 1
        shown = next(
            at for at, mean in shades if at > begins[number - 1] + 0.1 and (mean > 120) is bright
        )
        assert abs(shown - begin) < 0.02, "the part begins at its time"
        assert abs(beep - shown) < 0.02, "the sound is in step"
    if copied:
        assert len(shades) == sum(round(length * 15) for length in LENGTHS_S)
    picture, sound = stream(target, "video"), stream(target, "audio")
    assert abs(float(picture["duration"]) - float(sound["duration"])) < 0.04
    assert abs(float(picture["duration"]) - sum(LENGTHS_S)) < 0.04
    assert not list(tmp_path.glob(".joining-*"))


def test_a_part_that_came_back_shorter_is_held_and_one_that_is_longer_is_cut(
    tmp_path: Path, original: Path
) -> None:
    short = make_clip(tmp_path / "short.mp4", size=(320, 256), fps=15, duration_s=0.6, sound=False)
    pieces = [Piece(inspect(short), 1.0), Piece(inspect(short), 0.3), Piece(inspect(short), 0.6)]
    target = tmp_path / "joined.mp4"
    with open_clip(original) as whole:
        join(pieces, target, sound=whole.subclipped(0.5, 2.4))
    found = inspect(target)
    assert found.duration_s == pytest.approx(1.9, abs=0.02)
    assert found.audio_duration_s == pytest.approx(1.9, abs=0.03)
    with open_clip(found) as joined, open_clip(short) as part:
        for at, own in ((0.95, 0.55), (1.05, 0.05), (1.35, 0.05)):
            difference = np.abs(joined.still(at).astype(int) - part.still(own)).mean()
            assert difference < 6, at


def test_the_sound_goes_on_where_the_last_part_came_back_shorter(
    tmp_path: Path, original: Path
) -> None:
    short = make_clip(tmp_path / "short.mp4", size=(320, 256), fps=15, duration_s=0.6, sound=False)
    target = tmp_path / "joined.mp4"
    with open_clip(original) as whole:
        join([Piece(inspect(short), 1.0)] * 2, target, sound=whole.subclipped(0.5, 2.5))
    found = inspect(target)
    assert found.duration_s == pytest.approx(1.6, abs=0.02)
    assert found.audio_duration_s == pytest.approx(2.0, abs=0.03)


def test_without_a_sound_there_is_none(tmp_path: Path) -> None:
    target = tmp_path / "joined.mp4"
    join(_parts(tmp_path), target, sound=None)
    assert not inspect(target).has_audio


def test_a_join_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = _parts(tmp_path)

    def fails(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(joining, "_copy", fails)
    before = set(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        join(pieces, tmp_path / "joined.mp4", sound=None)
    assert set(tmp_path.iterdir()) == before

"""Sound is copied where its packets fit the cut, and stays in step."""

from dataclasses import replace
from pathlib import Path

import pytest
from signs import beep_s, flash_and_beep, flash_s

from restyle.clips import Clip, inspect
from restyle.footage import Edit, open_clip
from restyle.footage.sound_track import copied_from_s, sound_arguments

from media import packets

PLAIN = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
PACKET_S = 1024 / 48000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    return flash_and_beep(folder / "a.mp4", 2.0, *PLAIN, "-ar", "48000", duration_s=3)


@pytest.fixture(scope="module")
def clip(path: Path) -> Clip:
    return inspect(path)


@pytest.mark.parametrize("start_s", [0, 1.0, 1.1, 1.5, 1.9])
def test_kept_sound_is_in_step(path: Path, clip: Clip, start_s: float, tmp_path: Path) -> None:
    part = open_clip(clip).subclipped(start_s, 2.7).resized((192, 128))
    part.write_videofile(out := tmp_path / "out.mp4", logger=None)
    kept, whole = packets(out, "a"), packets(path, "a")
    assert any(whole[n : n + len(kept)] == kept for n in range(len(whole) - len(kept) + 1))
    assert len(kept) * PACKET_S == pytest.approx(2.7 - start_s, abs=2 * PACKET_S)
    assert flash_s(out) == pytest.approx(2.0 - start_s, abs=0.001)
    assert abs(flash_s(out) - beep_s(out)) <= 0.02


def test_sound_is_copied_from_the_packet_nearest_to_the_cut(clip: Clip) -> None:
    assert clip.audio_packet_s == pytest.approx(PACKET_S, abs=1e-6)
    assert copied_from_s(Edit(clip, 0, 1, 30)) == clip.audio_start_s <= 0
    for start_s in (1.0, 1.5, 2.2):
        begin_s = copied_from_s(Edit(clip, start_s, 0.5, 30))
        assert begin_s is not None
        assert abs(begin_s - start_s) <= PACKET_S / 2 + 1e-6
        packets_before = (begin_s - clip.audio_start_s) / PACKET_S
        assert packets_before == pytest.approx(round(packets_before), abs=1e-3)


@pytest.mark.parametrize(
    "change",
    [
        *({"audio_codec": "mp3"}, {"audio_packet_s": 0.0}, {"faults": ("partial file",)}),
        *({"demuxer": "mpegts"}, {"demuxer": "matroska"}, {"audio_start_s": 1.2}),
        {"audio_packet_s": 0.1, "audio_start_s": 0.05},
    ],
    ids=str,
)
def test_sound_that_does_not_fit_is_coded_anew(clip: Clip, change: dict[str, object]) -> None:
    edit = Edit(replace(clip, **change), 1.0, 1.0, 30)  # type: ignore[arg-type]
    assert copied_from_s(edit) is None
    assert "-af" in sound_arguments(edit)


def test_a_whole_clip_keeps_its_sound_in_other_containers(clip: Clip) -> None:
    for demuxer, kept in (("matroska", True), ("flv", True), ("mpegts", False)):
        edit = Edit(replace(clip, demuxer=demuxer), 0.0, 1.0, 30)
        assert (copied_from_s(edit) is not None) == kept

"""A file is written whole or not at all, and work stops when it is told to."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from proglog import ProgressBarLogger

from restyle.errors import Canceled, FitError
from restyle.footage import open_clip, writing

from media import ffmpeg, make_clip, probe


class Witness(ProgressBarLogger):
    """Notes the frames that were told, and stops after some of them."""

    def __init__(self, stop_after: float = 2.0) -> None:
        super().__init__()
        self.told: list[float] = []
        self.stop_after = stop_after

    def bars_callback(self, bar: str, attr: str, value: Any, old_value: Any = None) -> None:
        if bar != "frame_index" or attr != "index":
            return
        self.told.append(value / self.bars[bar]["total"])
        if self.told[-1] >= self.stop_after:
            raise Canceled("Stopped.")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("writing")
    return make_clip(folder / "a.mp4", size=(960, 540), duration_s=8)


@pytest.mark.parametrize("folded", [True, False])
def test_progress_is_told_and_work_can_be_stopped(
    path: Path, tmp_path: Path, folded: bool, no_process_left: None
) -> None:
    clip = open_clip(path)
    if not folded:
        clip = clip.image_transform(lambda frame: frame)
    (target := tmp_path / "out" / "a.mp4").parent.mkdir()
    witness = Witness(stop_after=0.05)
    with pytest.raises(Canceled):
        clip.write_videofile(target, logger=witness, preset="slow")
    assert 0.05 <= witness.told[-1] < 1
    assert os.listdir(target.parent) == []
    clip.close()


@pytest.fixture
def silent() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that says nothing and goes on until it is ended."""
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_stop_is_heard_at_once_when_nothing_moves(
    silent: "subprocess.Popen[bytes]", no_process_left: None
) -> None:
    class Impatient(Witness):
        def bars_callback(self, bar: str, attr: str, value: Any, old_value: Any = None) -> None:
            super().bars_callback(bar, attr, value, old_value)
            if len(self.told) == 20:
                raise Canceled("Stopped.")

    began = time.monotonic()
    with pytest.raises(Canceled):
        writing._follow(silent, 100, Impatient())
    assert silent.poll() is not None
    assert time.monotonic() - began < 10  # asked twice a second or more


def test_work_that_makes_no_headway_is_ended(
    silent: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch, no_process_left: None
) -> None:
    monkeypatch.setattr(writing, "_STALL_S", 0.3)
    with pytest.raises(FitError, match="headway"):
        writing._follow(silent, 100, Witness())
    assert silent.poll() is not None


def test_progress_goes_to_its_end(path: Path, tmp_path: Path) -> None:
    witness = Witness()
    open_clip(path).subclipped(0, 2).write_videofile(tmp_path / "a.mp4", logger=witness)
    assert witness.told == sorted(witness.told)
    assert witness.told[-1] == 1
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_an_older_file_is_replaced_only_by_a_whole_one(path: Path, tmp_path: Path) -> None:
    (target := tmp_path / "a.mp4").write_bytes(b"older")
    with pytest.raises(Canceled):
        open_clip(path).write_videofile(target, logger=Witness(stop_after=0))
    assert target.read_bytes() == b"older"
    open_clip(path).subclipped(0, 0.2).write_videofile(target, logger=None)
    assert probe(target)["format"]["duration"].startswith("0.2")


def test_a_folder_that_is_not_there_is_an_error_in_words(path: Path, tmp_path: Path) -> None:
    with pytest.raises(FitError, match="could not be converted"):
        open_clip(path).write_videofile(tmp_path / "no" / "a.mp4", logger=None)
    clip = open_clip(path).subclipped(0, 0.2).image_transform(lambda frame: frame)
    with pytest.raises(FitError, match="could not be converted"):
        clip.write_videofile(tmp_path / "no" / "a.mp4", logger=None)


def test_the_rate_can_be_bounded(tmp_path: Path) -> None:
    noise = tmp_path / "noise.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "nullsrc=s=480x320:r=30:d=3,geq=random(1)*255:128:128"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", str(noise)),
    )
    open_clip(noise).write_videofile(
        tmp_path / "out.mp4", logger=None, ffmpeg_params=["-maxrate", "800k", "-bufsize", "1600k"]
    )
    assert (tmp_path / "out.mp4").stat().st_size * 8 < 800_000 * (3 + 2) < noise.stat().st_size * 8

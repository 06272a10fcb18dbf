"""A film whose sample data lies in another file does not bring that file back."""

import struct
import subprocess
from pathlib import Path

import pytest

from restyle.clips import guard, inspect
from restyle.errors import ClipError

from media import make_clip

PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"dinf")


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """The index of a secret film with no data of its own, referring to it by a QuickTime alias."""
    secret = make_clip(tmp_path / "secret.mov", sound=False)
    content = secret.read_bytes()
    data = content.index(b"mdat")
    size = int.from_bytes(content[data - 4 : data], "big")
    empty = content[: data + 4] + bytes(size - 8) + content[data - 4 + size :]
    (path := tmp_path / "clip.mov").write_bytes(_with_alias(empty, secret))
    return path


def test_the_crafted_film_does_refer_to_the_secret(reference: Path) -> None:
    assert _frames_of(reference, "-enable_drefs", "1", "-use_absolute_path", "1") > 20


def test_the_file_that_a_film_refers_to_is_not_opened(reference: Path) -> None:
    with pytest.raises(ClipError) as refused:
        inspect(reference)
    assert refused.value.what_next
    outcome = guard.run(
        [*guard.input_arguments(reference, "mov"), "-map", "0:v", "-f", "rawvideo", "pipe:1"],
        time_limit_s=20,
    )
    assert outcome.output == b""


def _frames_of(path: Path, *options: str) -> int:
    """How many frames an ffmpeg without our guard shows."""
    command = [guard.ffmpeg_binary(), "-v", "error", *options, "-i", str(path), "-map", "0:v"]
    command += ["-f", "framecrc", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    return sum(line.startswith(b"0,") for line in done.stdout.splitlines())


def _with_alias(film: bytes, target: Path) -> bytes:
    """The film with an alias to `target` as the place of its samples."""
    name, path = target.name.encode(), str(target).encode()
    path += bytes(len(path) % 2)
    alias = bytes(10) + b"\x01V".ljust(28, b"\0") + bytes(12)
    alias += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    alias += struct.pack(">hh", -1, -1) + bytes(16)
    alias += struct.pack(">HH", 2, len(path)) + path + b"\xff\xff\x00\x00"
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    dref = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    at = film.index(b"dref", film.index(b"vmhd")) - 4
    old = int.from_bytes(film[at : at + 4], "big")
    wild = bytearray(film[:at] + dref + film[at + old :])
    for parent in PARENTS:
        place = wild.rindex(parent, 0, at) - 4
        size = int.from_bytes(wild[place : place + 4], "big") + len(dref) - old
        wild[place : place + 4] = size.to_bytes(4, "big")
    return bytes(wild)

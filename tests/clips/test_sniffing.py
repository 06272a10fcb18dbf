"""Containers are told by their content alone."""

from pathlib import Path

import pytest

from restyle.clips.sniffing import AVI, FLV, GIF, MKV, MOV, MP4, MPG, MXF, TS, WEBM, kind_of, sniff
from restyle.errors import ClipUnreadable

TS_PACKET = b"\x47" + b"\x1f" * 187
KINDS = [
    (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", MP4),
    (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", MOV),
    (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", MOV),
    (b"RIFF\x00\x00\x00\x00AVI LIST", AVI),
    (b"\x1aE\xdf\xa3\x93B\x82\x88matroska", MKV),
    (b"\x1aE\xdf\xa3\x93B\x82\x84webm", WEBM),
    (b"FLV\x01\x05\x00\x00\x00\x09", FLV),
    (TS_PACKET * 5, TS),
    (b"\x00\x00\x00\x00" + (TS_PACKET + b"\x00" * 4) * 5, TS),
    (b"leftover" + TS_PACKET * 9, TS),
    (b"\x00\x00\x01\xba\x44\x00\x04\x00", MPG),
    (bytes.fromhex("060e2b34020501010d01020101020400"), MXF),
    (b"\x00" * 500 + bytes.fromhex("060e2b34020501010d01020101020400"), MXF),
    (b"GIF89a\x10\x00", GIF),
]


@pytest.mark.parametrize(("head", "kind"), KINDS)
def test_each_container_is_known_by_its_first_bytes(head: bytes, kind: object) -> None:
    assert kind_of(head) == kind


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "picture"),
        (b"ID3\x04", "MP3 sound file"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "WAV sound file"),
        (b"OggS\x00\x02", "Ogg"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"  <!DOCTYPE html>", "web page"),
        (b"\xef\xbb\xbf#EXTM3U\n", "text file"),
        ("Füße, 脚".encode(), "text file"),
        (b"\x1aE\xdf\xa3 something else", "not a video"),
        (b"\x00" * 4096, "not a video"),
    ],
)
def test_what_people_pick_by_mistake_is_named(content: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(ClipUnreadable, match=name):
        sniff(path)


def test_a_missing_file_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(ClipUnreadable, match="could not be opened") as refused:
        sniff(tmp_path / "nothing.mp4")
    assert str(tmp_path) not in str(refused.value)

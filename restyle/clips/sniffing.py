"""What kind of file this is, by its first bytes: the name says nothing.

Only the containers of the reference and three that are converted (3GP, WebM, GIF) are let in;
everything else is refused here, before any decoder sees it, and named in words.
"""

from dataclasses import dataclass
from pathlib import Path

from restyle.errors import ClipUnreadable

_HEAD_BYTES = 70_000  # MXF may begin with a run-in of up to 64 KiB
_MXF_KEY = bytes.fromhex("060e2b34020501010d010201")
_ATOMS = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
_PICTURE_BRANDS = {b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx "}
_TS_PACKETS = (188, 192, 204)
_ACCEPTED = (
    "Restyle takes MP4, MOV, AVI, MKV, FLV, TS, MPG and MXF, and converts WebM, GIF and 3GP."
)


@dataclass(frozen=True)
class Kind:
    """A container: its `format` for people and the name of the ffmpeg `demuxer` that reads it."""

    format: str
    demuxer: str


MP4 = Kind("MP4", "mov")
MOV = Kind("MOV", "mov")
THREE_GP = Kind("3GP", "mov")
AVI = Kind("AVI", "avi")
MKV = Kind("MKV", "matroska")
WEBM = Kind("WEBM", "matroska")
FLV = Kind("FLV", "flv")
TS = Kind("TS", "mpegts")
MPG = Kind("MPG", "mpeg")
MXF = Kind("MXF", "mxf")
GIF = Kind("GIF", "gif")

# (offset, bytes, what it is): things that people pick by mistake, so that the refusal names them.
_REFUSED = (
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89PNG", "a PNG picture"),
    (8, b"WEBP", "a WebP picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (0, b"ID3", "an MP3 sound file"),
    (0, b"\xff\xfb", "an MP3 sound file"),
    (8, b"WAVE", "a WAV sound file"),
    (0, b"fLaC", "a FLAC sound file"),
    (0, b"OggS", "an Ogg file"),
    (0, b"0&\xb2u", "a Windows Media file"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"#EXTM3U", "a playlist, not a video itself"),
    (0, b"ffconcat", "a list of files, not a video itself"),
)


def sniff(path: Path) -> Kind:
    """The container of a file, by content. Raises ClipUnreadable for all that is not let in."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise ClipUnreadable(
            f"The file could not be opened: {error.strerror or 'unknown reason'}.",
            what_next="Upload it again.",
        ) from None
    if not head:
        raise ClipUnreadable(
            "The file is empty: it has 0 bytes.",
            what_next="The upload or the recording may have been cut off; try again.",
        )
    kind = kind_of(head)
    if kind is None:
        raise ClipUnreadable(
            f"This is {_name(head)}, whatever its name says.",
            what_next=f"Choose a video. {_ACCEPTED}",
        )
    return kind


def kind_of(head: bytes) -> Kind | None:
    """The container that the first bytes of a file tell of, or None if it is not let in."""
    if head[4:8] in _ATOMS:
        return _iso_kind(head)
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        return AVI
    if head[:4] == b"\x1aE\xdf\xa3":
        if b"webm" in head[:4096]:
            return WEBM
        return MKV if b"matroska" in head[:4096] else None
    if head[:4] == b"FLV\x01":
        return FLV
    if head[:4] == b"\x00\x00\x01\xba":
        return MPG
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if _MXF_KEY in head and not _is_text(head[:64]):
        return MXF
    return TS if _is_transport_stream(head) else None


def _iso_kind(head: bytes) -> Kind | None:
    if head[4:8] != b"ftyp":
        return MOV  # QuickTime files from before the ftyp atom
    brand = head[8:12]
    if brand in _PICTURE_BRANDS:
        return None
    if brand == b"qt  ":
        return MOV
    return THREE_GP if brand[:3] in (b"3gp", b"3g2", b"3ge", b"3gr", b"3gs") else MP4


def _is_transport_stream(head: bytes) -> bool:
    for size in _TS_PACKETS:
        for start in range(size):
            syncs = head[start : start + 8 * size : size]
            if len(syncs) >= 3 and set(syncs) == {0x47}:
                return True
    return False


def _name(head: bytes) -> str:
    for offset, magic, name in _REFUSED:
        if head[offset : offset + len(magic)] == magic:
            return name
    if head[4:8] == b"ftyp":
        return "a picture (HEIF or AVIF)"
    if _is_text(head[:512]):
        start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if start.startswith((b"<!doctype html", b"<html")):
            return "a web page"
        if b"<mpd" in start:
            return "a playlist (DASH), not a video itself"
        return "a text file"
    return "not a video of a kind that is opened here"


def _is_text(sample: bytes) -> bool:
    try:
        text = sample.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 3:
            return False
        text = sample[: error.start].decode("utf-8")
    return all(character.isprintable() or character in "\t\r\n\ufeff" for character in text)

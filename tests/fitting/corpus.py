"""Ugly inputs, made small by ffmpeg: what phones, cameras, editors and mischief produce.

Each row says how the file is made and what must become of it; `tests/bench/corpus.py` prints the
table of what did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from restyle.errors import ClipError, ClipUnfit, ClipUnreadable

from media import ffmpeg

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac")
TONE = ("-f", "lavfi", "-i", "sine=f=440:r=48000:d=1")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8")
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params")


@dataclass(frozen=True)
class Row:
    """One input: its file name, its maker, and what is expected.

    `size` is that of the outcome, `says` stands in one of the reasons (or in the error),
    `error` is set for what must be refused, `unchanged` for what goes through byte for byte,
    `copied` for what is not coded anew, `sound_kept` for sound that is not where the picture is.
    """

    name: str
    make: Callable[[Path], None]
    size: tuple[int, int] | None = None
    says: str = ""
    error: type[ClipError] | None = None
    unchanged: bool = False
    copied: bool = False
    shape: str = "crop"
    sound: bool = True
    sound_kept: bool = False
    duration_s: float | None = None


def video(size: str = "384x256", fps: int | str = 30, duration_s: float = 1.0) -> tuple[str, ...]:
    """A moving test picture as ffmpeg's input."""
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={fps}:d={duration_s}")


def encoded(
    *options: str, source: tuple[str, ...] = (), tone: tuple[str, ...] = TONE
) -> Callable[[Path], None]:
    """A maker that encodes a test picture and a tone with `options`."""
    return lambda path: ffmpeg(*(source or video()), *tone, *options, str(path))


def silent(*options: str, source: tuple[str, ...] = ()) -> Callable[[Path], None]:
    """A maker that encodes a test picture alone."""
    return encoded(*options, source=source, tone=())


def turned(*how: str) -> Callable[[Path], None]:
    """A maker of a clip that is copied with options for its input: turned, mirrored, cut."""

    def make(path: Path) -> None:
        plain = path.with_name("plain.mp4")
        encoded(*H264, *AAC)(plain)
        ffmpeg(*how, "-i", str(plain), "-c", "copy", str(path))

    return make


def recut(*options: str) -> Callable[[Path], None]:
    """A maker that copies the packets of a plain clip with `options`."""

    def make(path: Path) -> None:
        plain = path.with_name("plain.mp4")
        encoded(*H264, *AAC)(plain)
        ffmpeg("-i", str(plain), "-c", "copy", *options, str(path))

    return make


def bytes_of(content: bytes) -> Callable[[Path], None]:
    """A maker of a file with just this content."""
    return lambda path: _write(path, content)


def truncated(share: float, *options: str) -> Callable[[Path], None]:
    """A maker of a clip that is cut off."""

    def make(path: Path) -> None:
        whole = path.with_name("whole.mp4")
        encoded(*H264, *AAC, *options, source=video(duration_s=3))(whole)
        content = whole.read_bytes()
        _write(path, content[: int(len(content) * share)])

    return make


def grown(size_bytes: int) -> Callable[[Path], None]:
    """A maker of an MP4 with free space at its end, `size_bytes` in all (sparse on the disk)."""

    def make(path: Path) -> None:
        encoded(*H264, *AAC)(path)
        free = size_bytes - path.stat().st_size
        with path.open("r+b") as file:
            file.seek(0, 2)
            file.write(free.to_bytes(4, "big") + b"free")
            file.truncate(size_bytes)

    return make


def many_tracks(path: Path) -> None:
    """Two sounds, subtitles and an attached font, as films come."""
    subtitles = path.with_name("words.srt")
    subtitles.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n", encoding="utf-8")
    ffmpeg(
        *(*video(), *TONE, "-f", "lavfi", "-i", "sine=f=880:d=1", "-i", str(subtitles)),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", *H264, *AAC, "-c:s", "srt"),
        *("-attach", str(subtitles), "-metadata:s:t", "mimetype=text/plain", str(path)),
    )


def cover_only(path: Path) -> None:
    """A song with its cover, named as a video."""
    ffmpeg(
        *(*TONE, *video(), "-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "png", *AAC),
        *("-disposition:v", "attached_pic", str(path)),
    )


def two_pictures(path: Path) -> None:
    """A small and a large video stream in one file."""
    ffmpeg(
        *(*video("256x256"), *video("512x384"), "-map", "0", "-map", "1"),
        *(*H264, "-disposition:v:0", "0", "-disposition:v:1", "0", str(path)),
    )


def late_picture(path: Path) -> None:
    """Sound from the start, the picture half a second later, behind an empty edit."""
    ffmpeg(*TONE, "-itsoffset", "0.5", *video(), "-map", "1", "-map", "0", *H264, *AAC, str(path))


def with_chapters(path: Path) -> None:
    """A time code and chapters, which QuickTime keeps as tracks of data."""
    chapters = path.with_name("chapters.txt")
    chapters.write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=One\n", encoding="utf-8"
    )
    ffmpeg(
        *(*video(), *TONE, "-i", str(chapters), "-map_metadata", "2", "-map", "0", "-map", "1"),
        *("-metadata", "timecode=01:00:00:00", *H264, *AAC, str(path)),
    )


def two_sizes(path: Path) -> None:
    """A stream whose picture changes its size in the middle, as a call's does."""
    for number, size in enumerate(("384x256", "512x384")):
        options = ("-output_ts_offset", str(number), str(path.with_name(f"{number}.ts")))
        ffmpeg(*video(size), *H264, *options)
    _write(path, b"".join(path.with_name(f"{n}.ts").read_bytes() for n in range(2)))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


MPD = b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>\n'
HDR = "colorprim=bt2020:colormatrix=bt2020nc:range=limited:log-level=error:transfer="
AS_IT_IS = {"size": (384, 256), "unchanged": True}
SAME_SIZE = {"size": (384, 256)}
REFUSED = {"error": ClipUnreadable}
NO_SOUND = {"sound": False}
SOUND_KEPT = {"sound_kept": True}

ROWS = (
    # Containers
    Row("plain.mp4", encoded(*H264, *AAC), **AS_IT_IS),
    Row("plain.mov", encoded(*H264, *AAC), **AS_IT_IS),
    Row("plain.mkv", encoded(*H264, *AAC), **AS_IT_IS),
    Row("plain.flv", encoded(*H264, *AAC, "-ar", "44100"), **AS_IT_IS),
    Row("offset.ts", encoded(*H264, *AAC, "-output_ts_offset", "1000"), **AS_IT_IS),
    Row("camera.m2ts", encoded(*H264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"), **AS_IT_IS),
    Row("plain.mpg", encoded("-c:v", "mpeg2video", "-c:a", "mp2"), **AS_IT_IS),
    Row("plain.mxf", encoded("-c:v", "mpeg2video", "-c:a", "pcm_s16le"), **AS_IT_IS),
    Row("xvid.avi", encoded("-c:v", "mpeg4", "-vtag", "xvid", "-c:a", "mp3"), **AS_IT_IS),
    Row("mjpeg.avi", encoded("-c:v", "mjpeg", "-c:a", "pcm_s16le"), says="MJPEG", **SAME_SIZE),
    Row("web.webm", encoded(*VP8, "-c:a", "libopus"), says="WEBM → MP4", **SAME_SIZE),
    Row("webm-named.mp4", encoded(*VP8, "-f", "webm"), says="WEBM → MP4", **SAME_SIZE),
    Row("moving.gif", silent(), says="GIF → MP4", **SAME_SIZE, **NO_SOUND),
    Row("old phone.3gp", encoded(*H264, *AAC), says="3GP → MP4", copied=True, **SAME_SIZE),
    Row("fragmented.mp4", recut("-movflags", "frag_keyframe+empty_moov"), **AS_IT_IS),
    Row(
        "no-duration.flv",
        encoded(*H264, *AAC, "-ar", "44100", "-flvflags", "no_duration_filesize"),
        **AS_IT_IS,
    ),
    Row(
        "no-duration.mkv",
        encoded(*H264, *AAC, "-live", "1"),
        says="does not say how long it is",
        copied=True,
        **SAME_SIZE,
    ),
    # Phones and cameras
    *(
        Row(
            f"turned-{angle}.mp4",
            turned("-display_rotation", str(angle)),
            size,
            "upright",
            **SOUND_KEPT,
        )
        for angle, size in ((90, (256, 384)), (180, (384, 256)), (270, (256, 384)))
    ),
    *(
        Row(f"mirrored-{name}.mp4", turned(how), says="Mirrored", **SAME_SIZE, **SOUND_KEPT)
        for name, how in (("sideways", "-display_hflip"), ("downwards", "-display_vflip"))
    ),
    Row(
        "front-camera.mp4",
        turned("-display_rotation", "90", "-display_hflip"),
        (256, 384),
        "upright",
        **SOUND_KEPT,
    ),
    Row(
        "varying-rate.mp4",
        encoded(*H264, *AAC, "-vf", "select=lt(n\\,12)+not(mod(n\\,4))", "-fps_mode", "vfr"),
        says="Varying frame rate",
        **SAME_SIZE,
        **SOUND_KEPT,
    ),
    Row(
        "10-bit.mp4",
        silent(*X265, "log-level=error", "-pix_fmt", "yuv420p10le"),
        says="8-bit",
        **SAME_SIZE,
        **NO_SOUND,
    ),
    *(
        Row(
            f"{name}.mov",
            silent(*X265, HDR + transfer, "-pix_fmt", "yuv420p10le"),
            says="HDR",
            **SAME_SIZE,
            **NO_SOUND,
        )
        for name, transfer in (("hlg", "arib-std-b67"), ("pq", "smpte2084"))
    ),
    Row(
        "full-range.mp4", silent("-c:v", "libx264", "-pix_fmt", "yuvj420p"), **AS_IT_IS, **NO_SOUND
    ),
    Row("limited-range.mp4", silent(*H264, "-color_range", "tv"), **AS_IT_IS, **NO_SOUND),
    Row(
        "4-4-4.mp4",
        silent("-c:v", "libx264", "-pix_fmt", "yuv444p"),
        says="8-bit 4:2:0",
        **SAME_SIZE,
        **NO_SOUND,
    ),
    Row(
        "anamorphic.mp4",
        encoded(*H264, *AAC, "-vf", "scale=288:256,setsar=4/3"),
        says="square pixels",
        **SAME_SIZE,
        **SOUND_KEPT,
    ),
    Row(
        "interlaced.mpg",
        encoded(
            "-c:v", "mpeg2video", "-vf", "setfield=tff", "-flags", "+ilme+ildct", "-c:a", "mp2"
        ),
        says="progressive",
        **SAME_SIZE,
    ),
    Row(
        "camcorder.mts",
        encoded(*H264, "-vf", "setfield=tff", "-flags", "+ilme+ildct", "-c:a", "ac3"),
        says="progressive",
        **SAME_SIZE,
    ),
    Row(
        "editing.mov",
        encoded("-c:v", "prores", "-c:a", "pcm_s24le"),
        says="PRORES in MOV → H.264 in MP4",
        **SAME_SIZE,
    ),
    Row(
        "new-phone.mp4",
        encoded("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1", *AAC),
        says="AV1 in MP4 → H.264 in MP4",
        **SAME_SIZE,
        **SOUND_KEPT,
    ),
    Row("timecode.mov", encoded(*H264, *AAC, "-metadata", "timecode=01:00:00:00"), **AS_IT_IS),
    Row("chapters.mov", with_chapters, **AS_IT_IS),
    Row("edit-list.mp4", turned("-ss", "0.3"), **AS_IT_IS),
    Row("late-picture.mov", late_picture, **AS_IT_IS),
    Row("many-tracks.mkv", many_tracks, **AS_IT_IS),
    Row(
        "two-pictures.mp4",
        two_pictures,
        size=(512, 384),
        says="the largest",
        copied=True,
        **NO_SOUND,
    ),
    # Sound
    Row("silent.mp4", silent(*H264), **AS_IT_IS, **NO_SOUND),
    Row(
        "long-sound.mp4",
        encoded(
            *H264, *AAC, source=video(fps=5, duration_s=29), tone=("-f", "lavfi", "-i", "sine=d=31")
        ),
        says="where its picture ends",
        copied=True,
        duration_s=29,
        **SAME_SIZE,
    ),
    Row("short-sound.mp4", encoded(*H264, *AAC, source=video(duration_s=2)), **AS_IT_IS),
    Row("surround.mp4", encoded(*H264, *AAC, "-ac", "6"), **AS_IT_IS),
    Row(
        "surround.mkv",
        encoded("-c:v", "mjpeg", "-c:a", "ac3", "-ac", "6"),
        says="MJPEG",
        **SAME_SIZE,
    ),
    Row(
        "8-khz.mov",
        encoded("-c:v", "mjpeg", "-c:a", "pcm_s16le", "-ar", "8000", "-ac", "1"),
        says="MJPEG",
        **SAME_SIZE,
    ),
    # Times
    Row("one-frame.mp4", silent(*H264, "-frames:v", "1"), error=ClipUnfit, says="single picture"),
    Row("two-frames.mp4", silent(*H264, "-frames:v", "2"), error=ClipUnfit, says="too short"),
    Row("1000-fps.mp4", silent(*H264, source=video(fps=1000)), **AS_IT_IS, **NO_SOUND),
    Row("1-fps.mp4", silent(*H264, source=video(fps=1, duration_s=3)), **AS_IT_IS, **NO_SOUND),
    *(
        Row(
            f"{length}-s.mp4",
            silent(*H264, source=video(fps=fps, duration_s=length)),
            **AS_IT_IS,
            **NO_SOUND,
        )
        for length, fps in ((29.97, "100/3"), (30, "25"))
    ),
    *(
        Row(
            f"{length}-s.mp4",
            silent(*H264, source=video("256x256", fps=fps, duration_s=length)),
            says=f"{length} s → the first {limit_s} s",
            duration_s=duration_s,
            copied=True,
            size=(256, 256),
            **NO_SOUND,
        )
        for length, fps, limit_s, duration_s in (
            (30.001, "300000/30001", 29.8, 29.8),
            (30.04, "25", 29.9, 29.88),
            (31, "8", 29.9, 29.88),
        )
    ),
    Row(
        "600-s.mp4",
        silent(*H264, source=video("256x256", fps=1, duration_s=600)),
        says="10:00 → the first 29 s",
        duration_s=29,
        size=(256, 256),
        **NO_SOUND,
    ),
    Row(
        "600-s-no-duration.mkv",
        silent(*H264, "-live", "1", source=video("256x256", fps=1, duration_s=600)),
        says="10:00 → the first 29 s",
        duration_s=29,
        size=(256, 256),
        **NO_SOUND,
    ),
    # Sizes
    Row("tiny.mp4", silent(*H264, source=video("100x100")), (256, 256), "scaled up", sound=False),
    Row(
        "square.mkv",
        silent("-c:v", "mjpeg", source=video("5000x5000", 2, 1)),
        (1080, 1080),
        "scaled down",
        sound=False,
    ),
    Row(
        "8k.avi",
        silent("-c:v", "mjpeg", source=video("8192x4320", 2, 1)),
        None,
        "8192×4320 → ",
        sound=False,
        shape="pad",
    ),
    *(
        Row(
            f"wide-{shape}.mp4",
            silent(*H264, source=video("2560x1080", 4, 0.5)),
            (1920, 1080),
            says,
            sound=False,
            shape=shape,
        )
        for shape, says in (
            ("crop", "2560×1080 → 1920×1080, cropped left and right; or pad"),
            ("pad", "2560×1080 → 1920×1080, bars above and below; or crop"),
        )
    ),
    *(
        Row(
            f"tall-{shape}.mp4",
            silent(*H264, source=video("1080x2340", 4, 0.5)),
            (1080, 1920),
            says,
            sound=False,
            shape=shape,
        )
        for shape, says in (
            ("crop", "cropped above and below; or pad"),
            ("pad", "bars left and right; or crop"),
        )
    ),
    Row(
        "odd.mkv",
        silent(
            "-c:v",
            "libx265",
            "-x265-params",
            "log-level=error",
            "-vf",
            "crop=383:257:0:0:exact=1,format=yuv444p",
            source=video("384x258"),
        ),
        (382, 256),
        "even sides",
        sound=False,
    ),
    Row(
        "odd.avi",
        silent("-c:v", "mpeg4", "-vf", "crop=383:257:0:0:exact=1", source=video("384x258")),
        (382, 256),
        "even sides",
        sound=False,
    ),
    Row("99-mb.mp4", grown(99_000_000), **AS_IT_IS),
    Row("100-mb.mp4", grown(100_000_000), **AS_IT_IS),
    Row(
        "101-mb.mp4",
        grown(101_000_000),
        says="101.0 MB → about ",
        copied=True,
        **SAME_SIZE,
    ),
    Row(
        "101-mb.avi",
        silent("-c:v", "rawvideo", source=video("1920x1080", 30, 1.1)),
        (1920, 1080),
        "MB → compressed below 100 MB",
        sound=False,
    ),
    # Names
    *(
        Row(name, encoded("-c:v", "mjpeg", "-f", "avi"), says="MJPEG", **SAME_SIZE)
        for name in (
            *("日本 – été.mp4", "%03d.avi", "-y.mp4", "a'b\"c$(d);e.mp4", "concat:a|b.mp4"),
            *("two\nlines.mp4", " .mp4", f"{'long' * 60}.mp4"),
        )
    ),
    # Damaged
    Row("cut-off.mp4", truncated(0.5, "-movflags", "+faststart"), says="damaged", **SAME_SIZE),
    Row("no-index.mp4", truncated(0.5), says="index", **REFUSED),
    # Not videos
    Row("zero.mp4", bytes_of(b""), says="empty", **REFUSED),
    Row(
        "picture.mp4",
        silent("-frames:v", "1", "-f", "image2", "-c:v", "png"),
        says="PNG picture",
        **REFUSED,
    ),
    Row("sound.mp4", lambda path: ffmpeg(*TONE, *AAC, str(path)), says="sound file", **REFUSED),
    Row("cover.mp4", cover_only, says="sound file", **REFUSED),
    Row("text.mp4", bytes_of(b"Not a video.\n"), says="text file", **REFUSED),
    Row("page.mp4", bytes_of(b"<!doctype html><title>404</title>"), says="web page", **REFUSED),
    Row("noise.mp4", bytes_of(bytes(range(256)) * 64), says="not a video", **REFUSED),
    Row("list.mp4", bytes_of(b"#EXTM3U\n#EXTINF:1,\nsecret.ts\n"), says="playlist", **REFUSED),
    Row("concat.mp4", bytes_of(b"ffconcat version 1.0\nfile s.ts\n"), says="list", **REFUSED),
    Row("dash.mp4", bytes_of(MPD), says="DASH", **REFUSED),
)

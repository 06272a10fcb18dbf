"""Hostile files reach no network and no other file, and take no more than their share."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from restyle.clips import guard, inspect
from restyle.errors import ClipError

from media import ffmpeg, make_clip


class Listener:
    """A server on loopback that only notes that somebody came."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.visits = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.socket.shutdown(socket.SHUT_RDWR)
    server.socket.close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video that nobody has uploaded."""
    return make_clip(tmp_path_factory.mktemp("secret") / "secret.ts")


def _hostile(kind: str, url: str, secret: Path) -> bytes:
    texts = {
        "hls": f"#EXTM3U\n#EXTINF:1,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
        "hls of a file": f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{secret}'\nfile {url}/b.mp4\n",
        "dash": f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period>'
        f'<AdaptationSet><Representation id="1" mimeType="video/mp4"><BaseURL>{url}/v.mp4'
        f"</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\na=control:{url}\n",
        "smil": f'<smil><body><video src="{url}/x.mp4"/></body></smil>',
    }
    return texts[kind].encode()


@pytest.mark.parametrize("kind", ["hls", "hls of a file", "concat", "dash", "sdp", "smil"])
def test_scripts_named_as_videos_are_refused_unread(
    kind: str, listener: Listener, tmp_path: Path, secret: Path
) -> None:
    (path := tmp_path / "clip.mp4").write_bytes(_hostile(kind, listener.url, secret))
    with pytest.raises(ClipError):
        inspect(path)
    assert listener.visits == 0


@pytest.mark.parametrize(
    ("demuxer", "kind"),
    [
        *(("mov", "dash"), ("mov", "hls"), ("matroska", "hls"), ("mpegts", "hls of a file")),
        *(("avi", "concat"), ("flv", "smil"), ("mxf", "sdp"), ("mpeg", "concat")),
    ],
)
def test_even_past_the_sniffing_nothing_else_is_opened(
    demuxer: str, kind: str, listener: Listener, tmp_path: Path, secret: Path
) -> None:
    (path := tmp_path / "clip.mp4").write_bytes(_hostile(kind, listener.url, secret))
    outcome = guard.run(
        [*guard.input_arguments(path, demuxer), "-t", "1", "-f", "framecrc", "pipe:1"],
        time_limit_s=20,
    )
    assert outcome.code != 0
    assert b"\n0," not in outcome.output
    assert listener.visits == 0


def test_a_run_that_takes_too_long_is_ended() -> None:
    endless = ["-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]
    outcome = guard.run(endless, time_limit_s=0.5)
    assert outcome.timed_out
    assert outcome.code != 0


def test_a_run_that_has_used_its_processor_time_is_ended_by_the_system() -> None:
    endless = ["-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]
    process = guard.start(endless, cpu_limit_s=1, stdout=subprocess.DEVNULL, stderr=-3)
    try:
        assert process.wait(60) != 0
    finally:
        guard.stop(process)


def test_waiting_gives_the_exit_code_and_ends_what_takes_too_long() -> None:
    def started(seconds: float) -> subprocess.Popen[bytes]:
        source = ["-f", "lavfi", "-i", f"testsrc2=d={seconds}", "-f", "null", "-"]
        return guard.start(source, cpu_limit_s=99, stdout=subprocess.DEVNULL, stderr=-3)

    assert guard.wait(started(0.1), 60) == 0
    endless = started(1e6)
    with pytest.raises(subprocess.TimeoutExpired):
        guard.wait(endless, 0.2)
    assert endless.returncode is not None
    assert endless.returncode < 0


def test_a_run_is_ended_when_it_is_told_to_stop() -> None:
    endless = ["-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]
    assert guard.run(endless, time_limit_s=600, should_stop=lambda: True).timed_out


def test_output_and_memory_are_bounded() -> None:
    endless = ["-f", "lavfi", "-i", "testsrc2", "-f", "rawvideo", "pipe:1"]
    outcome = guard.run(endless, time_limit_s=60, max_output_bytes=1_000_000)
    assert outcome.code < 0
    assert len(outcome.output) <= 1_000_000
    if sys.platform != "linux":  # nowhere else can bounds be set from outside
        return
    process = guard.start(endless, cpu_limit_s=9, stdout=subprocess.DEVNULL, stderr=-3)
    limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")
    guard.stop(process)
    space = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert "unlimited" not in space


def test_frames_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=s=8200x8200:r=2:d=1,format=yuvj420p"),
        *("-c:v", "mjpeg", "-frames:v", "2", "-f", "avi", str(path)),
    )
    with pytest.raises(ClipError):
        inspect(path)

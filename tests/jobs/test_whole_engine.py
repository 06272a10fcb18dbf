"""All of a clip at 29.97 frames a second: gapless, and its sound in step, when it is one again.

With the service's own limit and a service that is quick, and in short parts on the real engine.
"""

import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from faults.wire import Handler
from jobs.studio import Studio
from jobs.test_engine import QUICK, machine, real_engine
from signs import beeps_s, frame_times_s

from restyle.fitting import parts
from restyle.jobs import Job, Stage

from media import ffmpeg, stream

__all__ = ["machine", "real_engine"]
NTSC = 1001 / 30000


def _scenes(path: Path, frames: int, changes: tuple[int, int], flash: int) -> Path:
    """Dark, bright and dark again; a beep where the scene changes, one with a flash at the end."""
    bright = f"between(n,{changes[0]},{changes[1] - 1})+between(n,{flash},{flash + 9})"
    beeps = "+".join(
        f"between(t\\,{frame * NTSC:.6f}\\,{frame * NTSC + 0.08:.6f})"
        for frame in (*changes, flash)
    )
    ffmpeg(
        *("-f", "lavfi", "-i", "color=0x181818:s=256x256:r=30000/1001"),
        *("-f", "lavfi", "-i", f"aevalsrc=0.5*sin(1000*2*PI*t)*({beeps}):s=48000"),
        *("-vf", f"drawbox=c=white:t=fill:enable='{bright}'", "-frames:v", str(frames)),
        *("-t", f"{frames * NTSC:.6f}", "-pix_fmt", "yuv420p", "-g", "250", str(path)),
    )
    return path


def _check(studio: Studio, job: Job, frames: int, changes: tuple[int, int], flash: int) -> None:
    assert (job.stage, job.error) == (Stage.SUCCEEDED, None)
    cuts = [part.plan["start_s"] for part in job.parts][1:]
    assert cuts == [pytest.approx(frame * NTSC, abs=1e-3) for frame in changes]
    result = studio.jobs.result(job.job_id)
    shown = frame_times_s(result)
    of_parts = [
        int(stream(studio.jobs.result(part.job_id), "video")["nb_read_frames"])
        for part in job.parts
    ]
    assert len(shown) == sum(of_parts), "every frame of every part is there, once"
    assert max(b - a for (a, _), (b, _) in pairwise(shown)) < 1.6 / 15, "there is no gap"
    means = [mean for _, mean in shown]
    middle = (max(means) + min(means)) / 2
    seen = [b for (_, was), (b, mean) in pairwise(shown) if (was > middle) is not (mean > middle)]
    heard = beeps_s(result)
    assert len(heard) == 3
    for frame, at, beep in zip((*changes, flash), seen, heard, strict=False):
        assert abs(at - frame * NTSC) < 0.02
        assert abs(beep - at) < 0.02
    picture, sound = stream(result, "video"), stream(result, "audio")
    assert abs(float(picture["duration"]) - frames * NTSC) < 1 / 15
    assert abs(float(sound["duration"]) - frames * NTSC) < 0.03
    beside = frame_times_s(studio.jobs.source(job.job_id))
    assert len(beside) == frames, "no frame of the clip was lost or doubled in fitting"


def _draw(fetched: bytes) -> bytes:
    """What a service makes of a clip: 15 frames a second of it, as long as whole frames get."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.mp4", Path(folder) / "result.mp4"
        source.write_bytes(fetched)
        ffmpeg("-i", str(source), "-vf", "negate,negate,fps=15", "-c:a", "copy", str(target))
        return target.read_bytes()


@pytest.fixture
def quick_service(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], bytes]:
    """A scripted cloud that draws what it has fetched."""

    def send(handler: Handler, fault: object) -> None:
        task_id = handler.path.rpartition("/")[2].removesuffix(".mp4")
        fetched = handler.service.tasks[task_id].fetched
        assert fetched is not None
        handler._send(200, _draw(fetched), None, {"Content-Type": "video/mp4"})

    monkeypatch.setattr(Handler, "_send_result", send)
    return _draw


@pytest.mark.usefixtures("quick_service")
def test_all_of_65_seconds_is_one_again_with_the_services_own_limit(
    studio: Studio, tmp_path: Path
) -> None:
    # The flash is near one of the 15 frames a second that a part is drawn at.
    frames, changes, flash = 1948, (629, 1321), 1934
    clip = _scenes(tmp_path / "long.mp4", frames, changes, flash)
    job_id = studio.submit(service="local", api_key=None, clip_path=clip, whole=True)
    job = studio.wait(job_id, lambda job: job.stage.is_final, timeout_s=240)
    assert [round(part.plan["duration_s"], 1) for part in job.parts] == [21.0, 23.1, 20.9]
    _check(studio, job, frames, changes, flash)


def test_the_parts_that_the_engine_draws_are_one_again(
    machine: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_S", 2.99)
    frames, changes, flash = 195, (63, 132), 180
    clip = _scenes(tmp_path / "long.mp4", frames, changes, flash)
    job_id = machine.submit(
        service="local", api_key=None, options=QUICK, clip_path=clip, whole=True
    )
    job = machine.wait(job_id, lambda job: job.stage.is_final, timeout_s=300)
    _check(machine, job, frames, changes, flash)

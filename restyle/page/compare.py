"""The result beside the clip: a wipe with both players in step, and both in one MP4 to keep.

The markup is here, its life in compare.js; the MP4 is made when it is first asked for.
"""

import threading
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from restyle.clips import Clip, guard, inspect
from restyle.errors import FitError, RestyleError
from restyle.jobs import Job, Jobs
from restyle.page.texts import Language, say, style_name

BESIDE = "side-by-side.mp4"
HEIGHT_PX = 720
TIME_LIMIT_S = 300.0
SPEEDS = ("0.25", "0.5", "1", "1.5", "2")
CORNERS = (
    '<svg width="14" height="14" viewBox="0 0 14 14" fill="none" stroke="currentColor" '
    'stroke-width="2" aria-hidden="true"><path d="M1 5V1h4M9 1h4v4M13 9v4H9M5 13H1V9"/></svg>'
)
# One at a time: a visitor who presses twice, or several visitors, do not fill the machine.
_making = threading.Lock()


def compare_html(job: Job, lang: Language) -> str:
    """Both players with the wipe and its controls, for a job that succeeded."""

    def words(key: str) -> str:
        return escape(say(key, lang))

    # Relative, so that it holds behind a share link and a root path.
    address = f"restyle/jobs/{escape(job.job_id)}"
    name = say("result_video", lang, style=style_name(job.options.style, lang))
    speeds = "".join(
        f'<option value="{speed}"{" selected" if speed == "1" else ""}>{speed}×</option>'
        for speed in SPEEDS
    )
    sounds = "".join(
        f'<option value="{value}">{words(f"sound_{value}")}</option>'
        for value in ("after", "before", "off")
    )
    return (
        f'<restyle-compare class="compare" data-fps="{job.options.video_fps}">'
        '<div class="compare-stage">'
        f'<video class="compare-after" src="{address}/result.mp4" playsinline preload="auto" '
        f'aria-label="{escape(name)}"></video>'
        f'<video class="compare-before" src="{address}/source.mp4" playsinline preload="auto" '
        f'muted aria-label="{words("before")}"></video>'
        f'<span class="compare-tag compare-tag-before" aria-hidden="true">{words("before")}</span>'
        f'<span class="compare-tag compare-tag-after" aria-hidden="true">{words("after")}</span>'
        '<span class="compare-line" aria-hidden="true"></span>'
        '<input type="range" class="compare-wipe" min="0" max="100" step="1" value="50" '
        f'aria-label="{words("wipe")}"></div>'
        '<div class="compare-controls">'
        f'<button type="button" class="small compare-play" data-play="{words("play")}" '
        f'data-pause="{words("pause")}" aria-label="{words("play")}">▶</button>'
        '<input type="range" class="compare-seek" min="0" max="1" step="any" value="0" '
        f'aria-label="{words("seek")}"><span class="compare-time"></span>'
        f'<button type="button" class="small compare-back" aria-label="{words("frame_back")}" '
        f'title="{words("frame_back")}">‹</button>'
        f'<button type="button" class="small compare-on" aria-label="{words("frame_on")}" '
        f'title="{words("frame_on")}">›</button>'
        f'<select class="compare-speed" aria-label="{words("speed")}">{speeds}</select>'
        f'<select class="compare-sound" aria-label="{words("sound")}">{sounds}</select>'
        f'<button type="button" class="small compare-full" aria-label="{words("full")}" '
        f'title="{words("full")}">{CORNERS}</button></div></restyle-compare>'
    )


def beside_route(jobs: Jobs) -> Route:
    """The address of the MP4 with both beside each other."""

    def serve(request: Request) -> Response:
        job_id = request.path_params["job_id"]
        try:
            path = beside(jobs.source(job_id), jobs.result(job_id))
            name = Path(jobs.status(job_id).clip_name).stem or "clip"
            name = f"{name}-{jobs.status(job_id).options.style.slug}-{BESIDE}"
        except FitError as problem:
            return PlainTextResponse(str(problem), status_code=500)
        except RestyleError as problem:
            return PlainTextResponse(str(problem), status_code=404)
        return FileResponse(path, media_type="video/mp4", filename=name)

    return Route(f"/restyle/jobs/{{job_id:str}}/{BESIDE}", serve, methods=["GET"])


def beside(source: Path, result: Path) -> Path:
    """Both videos in one MP4 next to the result, left before and right after; made once.

    Even sides, 720 pixels high, the result's frame rate and sound. Raises FitError.
    """
    target = result.with_name(BESIDE)
    with _making:
        if target.is_file():
            return target
        part = result.with_name(f"part-{BESIDE}")
        before, after = inspect(source), inspect(result)
        outcome = guard.run(_arguments(before, after, part), time_limit_s=TIME_LIMIT_S)
        if outcome.code != 0 or outcome.timed_out:
            part.unlink(missing_ok=True)
            raise FitError(
                "The two videos could not be put side by side.",
                what_next="Try again; the result itself can be downloaded.",
                log=outcome.log[-2000:],
            )
        part.replace(target)
    return target


def _arguments(before: Clip, after: Clip, target: Path) -> list[str]:
    height = min(HEIGHT_PX, after.height) // 2 * 2
    width = round(after.width * height / after.height / 2) * 2
    shape = f"fps={after.fps:.6g},scale={width}:{height},setsar=1,format=yuv420p"
    graph = (
        f"[0:{before.video_stream}]{shape}[before];[1:{after.video_stream}]{shape}[after];"
        "[before][after]hstack=shortest=1[both]"
    )
    sound = ["-map", f"1:{after.audio_stream}", "-c:a", "copy"] if after.has_audio else ["-an"]
    return [
        *("-loglevel", "error"),
        *guard.input_arguments(before.path, before.demuxer),
        *guard.input_arguments(after.path, after.demuxer),
        *("-filter_complex", graph, "-map", "[both]", *sound),
        *("-c:v", "libx264", "-crf", "20", "-preset", "veryfast", "-pix_fmt", "yuv420p"),
        *("-movflags", "+faststart", "-f", "mp4", "-y", f"file:{target}"),
    ]

"""The named endpoints: the same work as the buttons, for gradio_client, curl and MCP.

Names, parameters and answers are the product's, and other people's code depends on them.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Literal, cast

import gradio as gr
from gradio import FileData
from gradio.events import api
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from restyle.clips import inspect as inspect_clip
from restyle.errors import ClipUnfit, ClipUnreadable, OptionError, RestyleError
from restyle.fitting import parts_needed
from restyle.jobs import Job, JobRequest, Jobs
from restyle.limits import check
from restyle.page.keys import forget_key, own_key
from restyle.page.visitors import visitor_of
from restyle.pricing import quote as quote_of
from restyle.settings import Secret
from restyle.styles import Options, Style

log = logging.getLogger(__name__)


def add_endpoints(page: gr.Blocks, jobs: Jobs, *, host_pays: bool) -> None:
    """Add the named endpoints to the page that is being built."""
    ways_on: dict[str, Callable[[str, Secret | None], Job]] = {
        "look_again": lambda job_id, _: jobs.look_again(job_id),
        "submit_anyway": lambda job_id, _: jobs.submit_anyway(job_id),
        "retry_part": jobs.retry_part,
    }

    @in_words
    def inspect(video: FileData) -> dict[str, Any]:
        """Read a clip and check it against the service's limits; nothing is spent or kept.

        Gives `clip` (the facts), `checks` (each limit with what fitting would do), `ok`, and
        `parts`: how many a whole of it would have (null where it is too long or short for that).
        """
        clip = inspect_clip(_path(video))
        checks = [row.as_dict() for row in check(clip)]
        parts: int | None = None
        with suppress(ClipUnfit):
            parts = parts_needed(clip)
        return {
            "clip": clip.as_dict(),
            "checks": checks,
            "ok": all(row["ok"] for row in checks),
            "parts": parts,
        }

    @in_words
    def quote(duration_s: float, min_len: int = 720, use_SR: bool = False) -> dict[str, Any]:
        """The cloud's price for some seconds: `seconds` × `rate_usd` = `total_usd`."""
        return quote_of(Decimal(str(duration_s)), Options(min_len=min_len, use_SR=use_SR)).as_dict()

    @in_words
    def submit(
        video: FileData,
        style: int = 0,
        video_fps: int = 15,
        animate_emotion: bool = True,
        min_len: int = 720,
        use_SR: bool = False,
        start_s: float = 0,
        end_s: float | None = None,
        shape: Literal["crop", "pad"] = "crop",
        service: Literal["local", "cloud"] = "local",
        api_key: str = "",
        crop_at: float = 0.5,
        whole: bool = False,
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Begin a job: fit the clip and restyle it; returns before that is done.

        `style` 0–7 (see /styles), `video_fps` 15–25, `min_len` 720 or 540 (540 with `use_SR`
        gives 1080p; 720 with it stays 720p, on this machine with crisper edges), the part from
        `start_s` to `end_s`, `shape` crop or pad where the clip is too wide or tall, `crop_at`
        where the crop lies (0 left or top, 1 right or bottom), `service` local (free) or cloud
        (with an `api_key`), `whole` true for a clip of up to 10 minutes in parts that are joined
        again. Gives `job_id`, `quote` and `plan`.
        """
        forget_key(page, request, api_key)
        _among("shape", shape, ("crop", "pad"))
        _among("service", service, ("local", "cloud"))
        # Options checks every value, the style's code too.
        options = Options(cast(Style, style), video_fps, animate_emotion, min_len, use_SR)
        job = jobs.submit(
            JobRequest(
                clip_path=_path(video),
                options=options,
                start_s=start_s,
                end_s=end_s,
                shape=shape,
                crop_at=crop_at,
                whole=whole,
                service=service,
                api_key=own_key(service, api_key, "en", host_pays=host_pays),
                visitor=visitor_of(request),
            )
        )
        return {"job_id": job.job_id, "quote": job.quote.as_dict(), "plan": dict(job.plan)}

    @in_words
    def status(job_id: str) -> dict[str, Any]:
        """How a job stands: its stage, place in the queue, progress, quote, charge, error.

        A whole has its `parts`, each with its own `job_id`, stage, charge and error.
        """
        return jobs.status(job_id).as_dict()

    @in_words
    def result(job_id: str) -> tuple[FileData, dict[str, Any]]:
        """The video of a job that succeeded, and the JSON of /status."""
        video = jobs.result(job_id)
        job = jobs.status(job_id)
        # A copy in Gradio's cache, which is swept; the result itself is served from nowhere else.
        name = f"restyle-{job.options.style.slug}.mp4"
        with tempfile.TemporaryDirectory() as folder:
            named = shutil.copy(video, Path(folder) / name)
            kept = save_file_to_cache(named, cache_dir=get_upload_folder())
        return FileData(path=kept, orig_name=name, mime_type="video/mp4"), job.as_dict()

    @in_words
    def cancel(job_id: str) -> dict[str, Any]:
        """Stop a job; gives the JSON of /status."""
        return jobs.cancel(job_id).as_dict()

    @in_words
    def go_on(
        job_id: str,
        way: Literal["look_again", "submit_anyway", "retry_part"],
        api_key: str = "",
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Go on with a job that stopped, in one of the `ways_on` of its error; gives its status.

        `look_again` spends nothing new; `submit_anyway` submits once more although a task may
        have been made, and be billed. `retry_part` tries a failed or canceled part of a whole
        again by its own `job_id`, and gives the whole; `api_key` as in /submit.
        """
        forget_key(page, request, api_key)
        _among("way", way, tuple(ways_on))
        service = jobs.status(job_id).service if api_key else "local"
        key = own_key(service, api_key, "en", host_pays=True)
        return ways_on[way](job_id, key).as_dict()

    @in_words
    def styles() -> list[dict[str, Any]]:
        """The eight styles: code, name, name_zh and note."""
        return [style.as_dict() for style in Style]

    for endpoint in (inspect, quote, submit, status, result, cancel, go_on, styles):
        api(
            endpoint,
            api_name=endpoint.__name__,
            concurrency_limit=None,
            # Off the queue, which would keep what was sent, the key too, until it is worked off.
            queue=False,
        )


def in_words(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint whose errors reach the caller in words, never as a traceback."""

    @wraps(endpoint)
    def guarded(*arguments: Any, **named: Any) -> Any:
        try:
            return endpoint(*arguments, **named)
        except RestyleError as problem:
            raise gr.Error(f"{problem.code}: {problem}", print_exception=False) from None
        except Exception:
            log.exception("The endpoint %s failed.", endpoint.__name__)
            raise gr.Error(
                "Something went wrong on this machine, and it was written to its log. Try again.",
                print_exception=False,
            ) from None

    return guarded


def _path(video: Any) -> Path:
    # Gradio hands over what it has checked to be an upload of its own, as a dict.
    path = video.get("path") if isinstance(video, dict) else getattr(video, "path", None)
    if not path:
        raise ClipUnreadable(
            "No video was given.", what_next="Upload one: handle_file(path) in gradio_client."
        )
    return Path(path)


def _among(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise OptionError(
            f"{name} is {value!r}, but it must be one of {', '.join(allowed)}.",
            what_next=f"Choose {' or '.join(allowed)}.",
        )

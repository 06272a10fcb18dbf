"""Panel 5: the jobs of this browser; only their ids are kept there, each unguessable."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import gradio as gr

from restyle.jobs import Job
from restyle.page.markup import clicks, heading
from restyle.page.result_panel import charge_text
from restyle.page.texts import Language, both, say, stage_name, style_name
from restyle.pricing import dollars

MOST_KEPT = 20


@dataclass(frozen=True)
class Mine:
    """What the browser remembers: ids of its jobs, newest first, and which one is shown."""

    ids: tuple[str, ...] = field(default=())
    shown: str | None = None

    @classmethod
    def read(cls, stored: Any) -> "Mine":
        """From browser storage, which anyone may have edited: whatever is odd is left out."""
        if not isinstance(stored, dict) or not isinstance(stored.get("ids"), list):
            return cls()
        ids = tuple(i for i in stored["ids"] if isinstance(i, str) and 0 < len(i) <= 100)
        shown = stored.get("shown")
        return cls(ids[:MOST_KEPT], shown if shown in ids else None)

    def with_new(self, job_id: str) -> "Mine":
        """With a job that has just begun, which is the one shown."""
        return Mine((job_id, *self.ids)[:MOST_KEPT], job_id)

    def showing(self, job_id: str) -> "Mine":
        """With another of its jobs shown; an id that is not its own changes nothing."""
        return Mine(self.ids, job_id) if job_id in self.ids else self

    def without(self, gone: Sequence[str]) -> "Mine":
        """Without jobs that no longer exist."""
        ids = tuple(i for i in self.ids if i not in gone)
        return Mine(ids, self.shown if self.shown in ids else None)

    def as_stored(self) -> dict[str, Any]:
        """For browser storage."""
        return {"ids": list(self.ids), "shown": self.shown}


@dataclass(frozen=True)
class JobsPanel:
    """The components that events are tied to."""

    jobs: gr.HTML
    mine: gr.BrowserState


def jobs_panel() -> JobsPanel:
    """Lay out the panel."""
    with gr.Column(elem_classes=["sheet"], elem_id="panel-jobs"):
        gr.HTML(heading(5, "step_jobs"))
        jobs = gr.HTML(
            f'<p class="hint">{both("jobs_none")}</p>',
            js_on_load=clicks("reopen"),
            elem_id="jobs",
        )
    # A fixed "secret", or a restart of the app would lose the list; it holds ids and nothing else.
    mine = gr.BrowserState(
        Mine().as_stored(), storage_key="restyle-jobs", secret="restyle-jobs-of-this-browser"
    )
    return JobsPanel(jobs, mine)


def jobs_html(jobs: Sequence[Job], shown: str | None, lang: Language) -> str:
    """The list, newest first: style, stage, price, when it began."""
    if not jobs:
        return f'<p class="hint">{escape(say("jobs_none", lang))}</p>'
    return f'<ul class="jobs">{"".join(_row(job, shown, lang) for job in jobs)}</ul>'


def _row(job: Job, shown: str | None, lang: Language) -> str:
    price = charge_text(job, lang) if job.stage.is_final else dollars(job.quote.total_usd)
    if job.service == "local":
        price = say("charge_free", lang)
    here = ' aria-current="true"' if job.job_id == shown else ""
    picture = ""
    if job.fitted:
        address = f"restyle/jobs/{escape(job.job_id)}/poster.jpg"
        picture = f'<img src="{address}" alt="" loading="lazy">'
    return (
        f'<li class="job-row row-{job.stage.value}" data-job="{escape(job.job_id)}">'
        f'<button type="button" data-event="reopen" data-job="{escape(job.job_id)}"{here}>'
        f'<span class="row-picture">{picture}</span>'
        f'<span class="row-style">{escape(style_name(job.options.style, lang))}</span>'
        f'<span class="row-clip">{escape(job.clip_name)}</span>'
        f'<span class="row-stage">{escape(stage_name(job.stage, lang))}</span>'
        f'<span class="row-price">{escape(price)}</span>'
        f'<time datetime="{job.created.isoformat()}">{_when(job.created)}</time></button></li>'
    )


def _when(at: datetime) -> str:
    # page.js turns it into the visitor's own time zone and words.
    return at.strftime("%H:%M UTC")

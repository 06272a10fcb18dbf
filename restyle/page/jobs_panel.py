"""Panel 5: the jobs of this browser; only their ids are kept there, each unguessable."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from restyle.jobs import Job
from restyle.page.markup import clicks, heading
from restyle.page.result_panel import charge_text
from restyle.page.texts import Language, both, say, stage_name, style_name
from restyle.pricing import dollars

MOST_KEPT = 20
MOST_GONE = 100


@dataclass(frozen=True)
class Mine:
    """What the browser remembers: ids of its jobs, newest first, which is shown, which are gone."""

    ids: tuple[str, ...] = field(default=())
    shown: str | None = None
    gone: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, stored: Any) -> "Mine":
        """From browser storage, which anyone may have edited: whatever is odd is left out."""
        if not isinstance(stored, dict):
            return cls()
        ids, gone = _ids(stored.get("ids")), _ids(stored.get("gone"))
        shown = stored.get("shown")
        return cls(ids[:MOST_KEPT], shown if shown in ids else None, gone[:MOST_GONE])

    def with_new(self, job_id: str) -> "Mine":
        """With a job that has just begun, which is the one shown."""
        return Mine((job_id, *self.ids)[:MOST_KEPT], job_id, self.gone)

    def showing(self, job_id: str) -> "Mine":
        """With another of its jobs shown; an id that is not its own changes nothing."""
        return Mine(self.ids, job_id, self.gone) if job_id in self.ids else self

    def without(self, gone: Sequence[str]) -> "Mine":
        """Without jobs that no longer exist or were removed; other tabs learn of it, too."""
        ids = tuple(i for i in self.ids if i not in gone)
        forgotten = (*(i for i in gone if i in self.ids), *self.gone)[:MOST_GONE]
        return Mine(ids, self.shown if self.shown in ids else None, forgotten)

    def as_stored(self) -> dict[str, Any]:
        """For browser storage."""
        return {"ids": list(self.ids), "shown": self.shown, "gone": list(self.gone)}


def _ids(stored: Any) -> tuple[str, ...]:
    found = stored if isinstance(stored, list) else []
    return tuple(i for i in found if isinstance(i, str) and 0 < len(i) <= 100)


@dataclass(frozen=True)
class JobsPanel:
    """The components that events are tied to."""

    jobs: gr.HTML
    mine: gr.HTML


def jobs_panel() -> JobsPanel:
    """Lay out the panel."""
    script = (Path(__file__).parent / "mine.js").read_text(encoding="utf-8")
    with gr.Column(elem_classes=["sheet"], elem_id="panel-jobs"):
        gr.HTML(heading(5, "step_jobs"))
        jobs = gr.HTML(
            f'<p class="hint">{both("jobs_none")}</p>',
            js_on_load=clicks("reopen", "retry", "remove"),
            elem_id="jobs",
        )
        mine = gr.HTML(
            Mine().as_stored(),
            html_template="<div hidden></div>",
            js_on_load=script,
            elem_id="mine",
        )
    return JobsPanel(jobs, mine)


def jobs_html(
    jobs: Sequence[Job], shown: str | None, lang: Language, now: datetime | None = None
) -> str:
    """The list, newest first: picture, style, stage, price, age, and how long it is kept."""
    if not jobs:
        return f'<p class="hint">{escape(say("jobs_none", lang))}</p>'
    now = now or datetime.now(UTC)
    rows = "".join(_row(job, shown, lang, now) for job in jobs)
    return f'<ul class="jobs">{rows}</ul>'


def _row(job: Job, shown: str | None, lang: Language, now: datetime) -> str:
    price = charge_text(job, lang) if job.stage.is_final else dollars(job.quote.total_usd)
    if job.service == "local":
        price = say("charge_free", lang)
    job_id, style = escape(job.job_id), style_name(job.options.style, lang)
    here = ' aria-current="true"' if job.job_id == shown else ""
    picture = ""
    if job.fitted:
        picture = f'<img src="restyle/jobs/{job_id}/poster.jpg" alt="" loading="lazy">'
    kept = ""
    if job.expires_at is not None:
        hours = max(0, round((job.expires_at - now).total_seconds() / 3600))
        kept = say("kept" if hours else "kept_over", lang, hours=hours)
    actions = ""
    if job.stage.is_final:
        actions = "".join(
            f'<button type="button" class="small" data-event="{event}" data-job="{job_id}" '
            f'aria-label="{escape(say(event, lang))}: {escape(style)}" '
            f'title="{escape(say(event, lang))}">{sign}</button>'
            for event, sign in (("retry", "↻"), ("remove", "✕"))
        )
    return (
        f'<li class="job-row row-{job.stage.value}" data-job="{job_id}">'
        f'<button type="button" data-event="reopen" data-job="{job_id}"{here}>'
        f'<span class="row-picture">{picture}</span>'
        f'<span class="row-style">{escape(style)}'
        f'<span class="row-clip">{escape(_clip(job, lang))}</span></span>'
        f'<span class="row-stage">{escape(stage_name(job.stage, lang))}'
        f'<span class="row-price">{escape(price)}</span></span>'
        f'<span class="row-when"><time datetime="{job.created.isoformat()}">{_when(job.created)}'
        f'</time><span class="row-kept">{escape(kept)}</span></span></button>'
        f'<span class="row-actions">{actions}</span></li>'
    )


def _clip(job: Job, lang: Language) -> str:
    """The clip's name, and in how many parts it is made."""
    if not job.parts:
        return job.clip_name
    return f"{say('row_parts', lang, count=len(job.parts))} · {job.clip_name}"


def _when(at: datetime) -> str:
    # page.js turns it into an age, in the visitor's own words and time zone.
    return at.strftime("%H:%M UTC")

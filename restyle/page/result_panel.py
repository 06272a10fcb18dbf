"""Panel 4: how a job stands, and its result: the player, the charge, the same call by code."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

import gradio as gr

from restyle.jobs import WORK, Job, Stage
from restyle.page.chinese import in_language
from restyle.page.code_samples import curl_sample, python_sample
from restyle.page.compare import BESIDE, compare_html
from restyle.page.markup import clicks, filling, heading, words_of
from restyle.page.parts_list import parts_html
from restyle.page.samples import style_picture_url
from restyle.page.texts import (
    Language,
    both,
    clock,
    label,
    ordinal,
    say,
    stage_name,
    style_name,
)
from restyle.pricing import dollars
from restyle.styles import Style

# Shown where the result will be, as long as there is none.
INVITING = (Style.AMERICAN_COMIC, Style.CHINESE_INK_WASH, Style.PAPER_ART)
# What a job that stopped as unclear can be told to do, named as the methods of Jobs.
WAYS_ON = ("look_again", "submit_anyway")
# Without a frame drawn after so long, the engine is compiling what the style needs.
PREPARING_S = 5.0


@dataclass(frozen=True)
class ResultPanel:
    """The components that events are tied to."""

    result: gr.HTML
    status: gr.HTML
    cancel: gr.Button


def result_panel() -> ResultPanel:
    """Lay out the panel."""
    with gr.Column(elem_classes=["sheet"], elem_id="panel-result"):
        offline = f'<p class="offline" role="status">{both("offline")}</p>'
        gr.HTML(f"{heading(4, 'step_result')}{offline}")
        status = gr.HTML(
            empty_status(), js_on_load=clicks(*WAYS_ON, "retry_part"), elem_id="status"
        )
        cancel = gr.Button(label("cancel"), visible=False, size="sm", elem_id="cancel")
        result = gr.HTML(stage_html(None), elem_id="result")
    return ResultPanel(result, status, cancel)


def empty_status() -> str:
    """What the panel says before there is any job: the three steps to one."""
    steps = "".join(f"<li>{both(step)}</li>" for step in ("first_clip", "first_style", "first_go"))
    return (
        f'<div class="job job-none"><p class="hint">{both("status_none")}</p>'
        f'<ol class="first">{steps}</ol></div>'
    )


def stage_html(job: Job | None) -> str:
    """The place that the result takes, so that nothing moves when it comes: the clip's still.

    Before there is any job, pictures of what can become of a clip.
    """
    if job is None:
        pictures = "".join(
            f'<img src="{escape(address)}" alt="">'
            for style in INVITING
            if (address := style_picture_url(style))
        )
        return f'<div class="stage stage-none" aria-hidden="true">{pictures}</div>'
    still = ""
    if job.fitted:
        still = f'<img src="restyle/jobs/{escape(job.job_id)}/poster.jpg" alt="">'
    return f'<div class="stage">{still}</div>'


def status_html(job: Job, lang: Language, now: datetime | None = None) -> str:
    """The job's stage, place, time left and progress; where it failed, why and what next."""
    now = now or datetime.now(UTC)
    stage = job.stage
    words = stage_name(stage, lang)
    if job.parts and stage is Stage.SAVING and all(part.stage.is_final for part in job.parts):
        words = say("stage_joining", lang)
    facts = _facts(job, lang, now)
    title = ""
    if not stage.is_final:
        share = f"{job.progress:.0%} " if job.progress is not None else ""
        title = f"{share}{words}"
    parts = [
        f'<p class="now"><b aria-live="polite">{escape(words)}</b> '
        f'<span class="now-facts">{escape(" · ".join(facts))}</span></p>'
    ]
    if not stage.is_final:
        parts.append(_bar(job.progress, words))
        parts.append(
            f'<button type="button" class="small notify">{escape(say("notify", lang))}</button>'
        )
    if not job.parts:
        parts.append(_steps(job, lang, now))
    if stage is Stage.SUCCEEDED:
        made = (style_name(job.options.style, lang), job.clip_name, _quality(job))
        parts.append(f'<p class="hint made">{escape(" · ".join(filter(None, made)))}</p>')
    if _prepares(job, now):
        parts.append(f'<p class="hint">{escape(say("preparing", lang))}</p>')
    if stage is Stage.FAILED and job.error:
        parts.append(words_of(job.error, lang))
        parts += [_way_on(way, lang) for way in job.error.get("ways_on", []) if way in WAYS_ON]
    if stage is Stage.CANCELED:
        words = say("canceled_parts" if job.parts else "canceled_words", lang)
        parts.append(f'<p class="hint">{escape(words)}</p>')
    if job.parts:
        parts.append(parts_html(job, lang))
    parts += [f'<p class="note">{escape(in_language(note, lang))}</p>' for note in job.notes]
    return (
        f'<div class="job job-{stage.value}" data-job="{escape(job.job_id)}" '
        f'data-stage="{stage.value}" data-title="{escape(title)}">{"".join(parts)}</div>'
    )


def result_html(job: Job, answers: Sequence[object], lang: Language) -> str:
    """The player, the download and the money of a job that succeeded; before that its still.

    `answers` are the service's own, whole, for those who debug.
    """
    if job.stage is not Stage.SUCCEEDED:
        return stage_html(job)
    address = f"restyle/jobs/{escape(job.job_id)}"
    ids = ""
    if job.task_id:
        ids = say("ids", lang, task_id=job.task_id, request_id=job.request_id or "–")
    return (
        f'<div class="result" data-job="{escape(job.job_id)}">'
        f'{compare_html(job, lang)}<div class="result-line"><span class="ways">'
        f'<a class="button" id="download" href="{address}/result.mp4?download=1" download>'
        f"{escape(say('download', lang))}</a>"
        f'<a class="button plain" id="beside" href="{address}/{BESIDE}" download>'
        f"{escape(say('beside', lang))}</a></span>"
        f'<span id="charge">{escape(charge_text(job, lang))}</span></div>'
        f'<details class="code"><summary>{escape(say("code", lang))}</summary>'
        f"<p>{escape(say('code_note', lang, package='gradio_client'))}</p>"
        f"<pre><code>{escape(python_sample(job))}</code></pre>"
        f"<pre><code>{escape(curl_sample(job))}</code></pre>"
        f'<p class="hint">{escape(ids)}</p></details>{_answers(answers, lang)}</div>'
    )


def charge_text(job: Job, lang: Language) -> str:
    """What was charged against what was quoted."""
    if job.service == "local":
        return say("charge_free", lang)
    quoted = dollars(job.quote.total_usd)
    if job.charge is None or job.charge == Decimal(0):
        return say("charge_none", lang, quote=quoted)
    return say("charge", lang, quote=quoted, charge=dollars(job.charge))


def _quality(job: Job) -> str:
    return f"{job.quote.output_short_side}p · {job.options.video_fps} fps"


def _facts(job: Job, lang: Language, now: datetime) -> list[str]:
    if job.stage.is_final:
        return [say("took", lang, time=clock((job.since - job.created).total_seconds()))]
    facts = []
    if job.parts:
        done = sum(part.stage is Stage.SUCCEEDED for part in job.parts)
        facts.append(say("parts_done", lang, done=done, count=len(job.parts)))
    if job.position == 1:
        facts.append(say("position_next", lang))
    elif job.position is not None:
        facts.append(say("position", lang, position=ordinal(job.position, lang)))
    if job.progress is not None:
        facts.append(f"{job.progress:.0%}")
        if job.service == "local" and job.stage is Stage.RUNNING and not job.parts:
            # The engine's share is one of the result's frames.
            count = round(float(job.quote.seconds) * job.options.video_fps)
            done = round(job.progress * count)
            facts.append(say("frames_done", lang, done=done, count=count))
    if job.eta_s is not None:
        facts.append(say("eta", lang, time=clock(job.eta_s)))
    facts.append(say("elapsed", lang, time=clock(max(0.0, (now - job.created).total_seconds()))))
    return facts


def _prepares(job: Job, now: datetime) -> bool:
    """Whether this machine's engine has drawn nothing yet, for longer than a start takes."""
    waits = job.service == "local" and job.stage is Stage.RUNNING and not job.progress
    return waits and not job.parts and (now - job.since).total_seconds() > PREPARING_S


def _answers(answers: Sequence[object], lang: Language) -> str:
    if not answers:
        return ""
    whole = json.dumps(answers, indent=2, ensure_ascii=False, default=str)
    return (
        f'<details class="code"><summary>{escape(say("answers", lang))}</summary>'
        f"<pre><code>{escape(whole)}</code></pre></details>"
    )


def _bar(progress: float | None, name: str) -> str:
    if progress is None:
        return f'<div class="bar bar-unknown" role="progressbar" aria-label="{escape(name)}"></div>'
    percent = round(100 * min(max(progress, 0.0), 1.0), 1)
    return (
        f'<div class="bar" role="progressbar" aria-label="{escape(name)}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent:.0f}">'
        f"{filling(percent)}</div>"
    )


def _way_on(way: str, lang: Language) -> str:
    return (
        f'<button type="button" class="small" data-event="{way}">'
        f"{escape(say(f'way_{way}', lang))}</button> "
    )


def _steps(job: Job, lang: Language, now: datetime) -> str:
    """The stages in their order, those behind with the time they took."""
    began = {stage: datetime.fromisoformat(at) for stage, at in job.times.items()}
    order = sorted(began.values())
    items = []
    stopped_at = None
    here = WORK.index(job.stage) if job.stage in WORK else len(WORK)
    if job.stage in {Stage.FAILED, Stage.CANCELED}:
        here = stopped_at = max(n for n, stage in enumerate(WORK) if n == 0 or stage in began)
    for place, stage in enumerate(WORK):
        at = began.get(stage.value)
        if stage is job.stage:
            kind, sign = "here", ""
        elif place == stopped_at:
            kind, sign = "stopped", "✗"
        elif place < here:
            kind, sign = "done", "✓"
        else:
            kind, sign = "ahead", ""
        spent = ""
        if at is not None:
            until = next((other for other in order if other > at), now)
            seconds = (until - at).total_seconds()
            spent = clock(seconds) if seconds >= 0.5 else ""
        items.append(
            f'<li class="{kind}"{" aria-current=step" if kind == "here" else ""}>'
            f'<span class="sign" aria-hidden="true">{sign}</span>'
            f'{escape(stage_name(stage, lang))} <span class="spent">{spent}</span></li>'
        )
    return f'<ol class="steps">{"".join(items)}</ol>'

"""The parts of a whole as a list in its status: each with its time, its state, and its ways on."""

from html import escape

from restyle.jobs import Job, Stage
from restyle.page.markup import filling, words_of
from restyle.page.texts import Language, clock, say, stage_name

SIGNS = {Stage.SUCCEEDED: "✓", Stage.FAILED: "✗", Stage.CANCELED: "–"}


def parts_html(job: Job, lang: Language) -> str:
    """The parts of a job in their order."""
    ended = job.stage.is_final
    rows = "".join(_row(part, lang, may_retry=ended or _failed(part)) for part in job.parts)
    return f'<ol class="parts" aria-label="{escape(say("parts", lang))}">{rows}</ol>'


def _failed(part: Job) -> bool:
    return part.stage is Stage.FAILED


def _row(part: Job, lang: Language, *, may_retry: bool) -> str:
    number = (part.part or 0) + 1
    stage = part.stage
    times = f"{clock(part.plan['start_s'])}–{clock(part.plan['end_s'])}"
    share = f" {part.progress:.0%}" if part.progress is not None and not stage.is_final else ""
    more = ""
    if _failed(part) and part.error:
        more = words_of(part.error, lang)
        if "submit_anyway" in part.error.get("ways_on", []):
            more += _button("submit_anyway", say("way_submit_anyway", lang), part.job_id)
    if stage in (Stage.FAILED, Stage.CANCELED) and may_retry:
        more += _button(
            "retry_part",
            say("part_retry", lang),
            part.job_id,
            said=say("part_retry_of", lang, number=number),
        )
    percent = 100 if stage is Stage.SUCCEEDED else 100 * (part.progress or 0.0)
    return (
        f'<li class="part part-{stage.value}" data-part="{escape(part.job_id)}" '
        f'data-part-stage="{stage.value}"><div class="part-line">'
        f'<span class="part-sign" aria-hidden="true">{SIGNS.get(stage, "")}</span>'
        f'<span class="part-name">{escape(say("part", lang, number=number))}</span>'
        f'<span class="part-time">{times}</span>'
        f'<span class="part-stage">{escape(stage_name(stage, lang))}{share}</span></div>'
        f'<div class="part-bar" aria-hidden="true">{filling(percent)}</div>'
        f"{more}</li>"
    )


def _button(event: str, words: str, part_id: str, *, said: str = "") -> str:
    label = f' aria-label="{escape(said)}"' if said else ""
    return (
        f'<button type="button" class="small" data-event="{event}" '
        f'data-part="{escape(part_id)}"{label}>{escape(words)}</button> '
    )

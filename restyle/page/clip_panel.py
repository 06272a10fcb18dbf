"""Panel 1: the clip and the ways in, the trim, and the report of what fits and what will be done.

The report comes from the same plan that the job carries out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from restyle.clips import Clip, inspect
from restyle.errors import RestyleError
from restyle.fitting import MOST_S, FitPlan, WholePlan, parts_needed, scene_changes
from restyle.limits import LIMITS, Check, check, ratio_ok
from restyle.page.chinese import in_language
from restyle.page.clip_names import panel_name
from restyle.page.fit_picture import fit_picture
from restyle.page.markup import clicks, either, heading, words_of
from restyle.page.paste_line import PasteLine, paste_line
from restyle.page.samples import Sample
from restyle.page.texts import CHECK_NAMES, Language, both, label, say

NO_TRIM: dict[str, float | str] = {"clip": "", "duration_s": 0.0, "start_s": 0.0, "end_s": 0.0}
FOLDER = Path(__file__).parent
# More than the result can show only makes the recording stutter.
CAMERA = {"width": {"ideal": 1280}, "height": {"ideal": 720}}


@dataclass(frozen=True)
class ClipPanel:
    """The components that events are tied to."""

    video: gr.Video
    paste: PasteLine
    samples: gr.HTML
    extent: gr.Radio
    trim: gr.HTML
    shape: gr.Radio
    fit: gr.HTML
    report: gr.HTML


def clip_panel(offered: Sequence[Sample]) -> ClipPanel:
    """Lay out the panel."""
    with gr.Column(elem_classes=["sheet"], elem_id="panel-clip"):
        gr.HTML(heading(1, "step_clip"))
        video = gr.Video(
            label=label("clip"),
            sources=["upload", "webcam"],
            include_audio=True,
            webcam_options=gr.WebcamOptions(mirror=True, constraints={"video": CAMERA}),
            show_label=False,
            interactive=True,
            elem_id="clip",
        )
        # On this one component; Gradio would write a stub file beside a class of our own.
        video.postprocess = _as_it_is
        gr.HTML(_shown(), elem_id="clip-shown")
        paste = paste_line()
        samples = gr.HTML(
            _sample_cards(offered),
            js_on_load=clicks("sample"),
            visible=bool(offered),
            elem_id="samples",
        )
        extent = gr.Radio(
            [(label("extent_part"), "part"), ("…", "whole")],
            value="part",
            label=label("extent"),
            visible=False,
            elem_id="extent",
        )
        trim = gr.HTML(
            dict(NO_TRIM),
            html_template=_trim_template(),
            js_on_load=(FOLDER / "trim.js").read_text(encoding="utf-8"),
            elem_id="trim",
        )
        shape = gr.Radio(
            [(label("shape_crop"), "crop"), (label("shape_pad"), "pad")],
            value="crop",
            label=label("shape"),
            visible=False,
            elem_id="shape",
        )
        fit = fit_picture()
        report = gr.HTML(
            f'<p class="hint">{both("clip_first")}</p>',
            elem_id="fit-report",
        )
    return ClipPanel(video, paste, samples, extent, trim, shape, fit, report)


def _as_it_is(value: str | Path | None) -> FileData | None:
    """The file's own bytes for the browser, under its own name.

    Gradio's own postprocess would convert what browsers cannot play, with an ffmpeg that nobody
    guards, and put the copy in the original's place.
    """
    return None if value is None else FileData(path=str(value), orig_name=Path(value).name)


@lru_cache(maxsize=128)
def look_at(path: str) -> Clip:
    """Inspect an upload once; its path holds its hash, so the same path is the same clip."""
    return inspect(Path(path))


def whole_trim(clip: Clip, *, whole: bool = False) -> dict[str, Any]:
    """The trim a clip begins with: all of it, or its first 30 seconds, or as much as parts take."""
    most_s = MOST_S if whole else float(LIMITS.max_duration_s)
    return {
        "clip": panel_name(clip),
        "duration_s": round(clip.duration_s, 3),
        "start_s": 0.0,
        "end_s": round(min(clip.duration_s, most_s), 3),
        "max_s": most_s,
        "fps": 0.0 if clip.variable_rate else round(clip.fps, 3),
    }


def span(trim: Any, clip: Clip, *, whole: bool = False) -> tuple[float, float | None]:
    """Start and end for the plan; an end that the visitor did not choose is None.

    A trim of another clip, or of another extent, is one that the page is about to replace.
    """
    chosen = trim if isinstance(trim, dict) else {}
    anew = whole_trim(clip, whole=whole)
    if any(chosen.get(name, anew[name]) != anew[name] for name in ("clip", "duration_s", "max_s")):
        chosen = anew
    start_s, end_s = float(chosen.get("start_s") or 0), float(chosen.get("end_s") or 0)
    untouched = start_s == 0 and end_s == whole_trim(clip)["end_s"] and not whole
    if untouched or end_s <= 0 or end_s >= round(clip.duration_s, 3):
        return start_s, None
    return start_s, end_s


def shape_matters(clip: Clip) -> bool:
    """Whether the clip is too wide or too tall, so that crop or pad is a choice."""
    return not ratio_ok(clip.width, clip.height)


def extent_choices(clip: Clip, lang: Language) -> list[tuple[str, str]]:
    """How much of a clip that is too long can be made: words and values."""
    if clip.duration_s > MOST_S:
        words = say("extent_most", lang, minutes=round(MOST_S / 60))
    else:
        words = say("extent_whole", lang, count=parts_needed(clip))
    return [(say("extent_part", lang), "part"), (words, "whole")]


@lru_cache(maxsize=128)
def scenes_of(path: str, start_s: float, end_s: float | None) -> tuple[float, ...]:
    """Where the scene changes near cuts between parts; looked for once."""
    return scene_changes(look_at(path), start_s=start_s, end_s=end_s)


def checks_of(clip: Clip, plan: FitPlan | WholePlan | None, lang: Language) -> list[Check]:
    """Every limit; a length that parts take care of says so."""
    rows = list(check(clip))
    if isinstance(plan, WholePlan):
        words = say("check_parts", lang, count=len(plan.parts))
        rows = [replace(row, fix=words) if row.name == "duration" else row for row in rows]
    return rows


def report_html(
    clip: Clip,
    checks: Sequence[Check],
    plan: FitPlan | WholePlan | None,
    lang: Language,
    problem: RestyleError | None = None,
) -> str:
    """Each limit with what was found: fits, what will be done, or why it cannot be used."""
    if problem is not None or plan is None:
        verdict, kind = say("report_bad", lang), "bad"
    elif isinstance(plan, FitPlan) and plan.unchanged:
        verdict, kind = say("report_ok", lang), "ok"
    else:
        verdict, kind = say("report_fixed", lang), "fix"
    facts = f"{clip.width} × {clip.height} · {clip.fps:.4g} fps · {clip.format}"
    rows = "".join(_row(check, lang) for check in checks)
    done = ""
    if plan is not None and kind != "ok":
        done = "".join(f"<li>{escape(in_language(reason, lang))}</li>" for reason in plan.reasons)
        done = f'<ul class="reasons">{done}</ul>'
    if problem is not None:
        done = words_of(problem, lang)
    return (
        f'<div class="report report-{kind}" data-verdict="{kind}"><p class="verdict">'
        f'{escape(verdict)} <span class="facts">{escape(facts)}</span></p>{done}'
        f'<table class="checks"><tbody>{rows}</tbody></table></div>'
    )


def _row(check: Check, lang: Language) -> str:
    limit = say("limit", lang, limit=in_language(check.limit, lang))
    if check.ok:
        kind, sign, more = "ok", "✓", limit
    elif check.fix:
        kind, sign, more = "fix", "→", in_language(check.fix, lang)
    else:
        kind, sign, more = "bad", "✗", limit
    value = escape(in_language(check.value, lang))
    name = say(CHECK_NAMES[check.name], lang) if check.name in CHECK_NAMES else check.name
    return (
        f'<tr class="check check-{kind}"><td class="sign" title="{say(f"sign_{kind}", lang)}">'
        f'<span aria-hidden="true">{sign}</span><span class="unseen">{say(f"sign_{kind}", lang)}'
        f'</span></td><th scope="row">{escape(name)}</th><td class="value">{value}'
        f'</td><td class="more">{escape(more)}</td></tr>'
    )


def _shown() -> str:
    """What proxy.js says of a clip that the browser cannot play; one of them at a time."""
    share = '<span class="shown-share"></span>'
    return (
        '<p class="hint shown" role="status" data-state="">'
        f'<span class="shown-making">{both("shown_making")}{share}</span>'
        f'<span class="shown-made">{both("shown_made")}</span>'
        f'<span class="shown-short"> {both("shown_short")}</span>'
        f'<span class="shown-failed">{both("shown_failed")}</span></p>'
    )


def _sample_cards(offered: Sequence[Sample]) -> str:
    cards = []
    for number, sample in enumerate(offered):
        cards.append(
            f'<button type="button" class="sample" data-event="sample" data-number="{number}">'
            f'<img src="{escape(sample.picture_url)}" alt="">'
            f'<span lang="en">{escape(sample.title)}</span>'
            f'<span lang="zh">{escape(sample.title_zh)}</span></button>'
        )
    return f'<p class="hint">{both("samples")}</p><div class="samples">{"".join(cards)}</div>'


def _trim_template() -> str:
    return (
        f'<div class="trim" hidden><div class="trim-line"><b>{both("trim")}</b>'
        '<span class="trim-here" hidden><span class="trim-here-time"></span>'
        f'<span class="trim-here-frame"> · {both("trim_frame")} '
        '<span class="trim-here-number"></span></span></span>'
        f'<span><b class="trim-chosen"></b> {both("trim_of")} <span class="trim-all"></span>'
        f'<span class="trim-framed"> · <span class="trim-frames"></span> {both("trim_frames")}'
        '</span></span></div><div class="trim-track">'
        '<canvas class="trim-strip" aria-hidden="true"></canvas>'
        '<div class="trim-cut trim-cut-before"></div><div class="trim-cut trim-cut-after"></div>'
        '<div class="trim-window" role="slider" tabindex="0" '
        f'aria-label="{either("trim_window")}"></div>'
        '<div class="trim-playhead" role="slider" tabindex="0" aria-valuemin="0" hidden '
        f'aria-label="{either("trim_playhead")}"><i class="trim-knob"></i></div>'
        '<input type="range" class="trim-start" min="0" max="1" step="0.05" '
        f'aria-label="{either("trim_start")}">'
        '<input type="range" class="trim-end" min="0" max="1" step="0.05" '
        f'aria-label="{either("trim_end")}"></div>'
        '<div class="trim-line">'
        f'<span class="trim-side"><label>{both("trim_start")} '
        '<input type="text" class="trim-start-text" size="6"></label>'
        f'<button type="button" class="small trim-start-here">{both("trim_start_here")}</button>'
        f'</span><span class="trim-side"><label>{both("trim_end")} '
        '<input type="text" class="trim-end-text" size="6"></label>'
        f'<button type="button" class="small trim-end-here">{both("trim_end_here")}</button>'
        "</span></div></div>"
    )

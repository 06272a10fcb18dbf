"""The fit as a picture: the clip's frame with a crop window that can be moved, and what is sent.

The geometry comes from the plan that the job carries out; fit.js draws it and moves the window.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from restyle.clips import Clip
from restyle.fitting import FitPlan
from restyle.page.clip_names import panel_name
from restyle.page.markup import either
from restyle.page.texts import both

MIDDLE = 0.5
# A crop that keeps more than this takes an odd row or column, which nobody would see.
MOST_KEPT = 0.98
NO_PICTURE: dict[str, Any] = {"clip": "", "crop_at": MIDDLE}


def fit_picture() -> gr.HTML:
    """Lay out the picture; its value is that of `picture_of`, its event is `moved`."""
    return gr.HTML(
        dict(NO_PICTURE),
        html_template=_template(),
        js_on_load=(Path(__file__).parent / "fit.js").read_text(encoding="utf-8"),
        elem_id="fit",
    )


def picture_of(clip: Clip, plan: FitPlan | None) -> dict[str, Any]:
    """What fit.js draws, in pixels of the upright clip; `axis` says how the crop can be moved.

    Without `axis` and `bars` there is nothing to see, and the picture is hidden.
    """
    name = panel_name(clip)
    if plan is None:
        return {**NO_PICTURE, "clip": name}
    crop, pad, axis = plan.crop, plan.pad, ""
    kept = [0, 0, clip.width, clip.height]
    if crop is not None and crop.width * crop.height < MOST_KEPT * clip.width * clip.height:
        axis = "x" if clip.width > clip.height else "y"
        kept = [crop.x, crop.y, crop.width, crop.height]
    return {
        "clip": name,
        "frame": [clip.width, clip.height],
        "kept": kept,
        "bars": [pad.left, pad.top, pad.right, pad.bottom] if pad else None,
        "size": list(plan.size),
        "axis": axis,
        "crop_at": plan.crop_at,
    }


def crop_at_of(picture: Any) -> float:
    """Where the visitor has put the crop: 0 to 1, the middle for what the browser garbled."""
    at = picture.get("crop_at") if isinstance(picture, dict) else None
    known = isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at <= 1
    return float(at) if known and at is not None else MIDDLE


def _template() -> str:
    def figure(kind: str, more: str = "") -> str:
        return (
            f'<figure class="fit-{kind}"><div class="fit-frame"><canvas role="img" '
            f'aria-label="{either(f"fit_{kind}")}"></canvas>{more}</div><figcaption></figcaption>'
            "</figure>"
        )

    window = (
        '<div class="fit-window" role="slider" tabindex="0" aria-valuemin="0" '
        f'aria-valuemax="100" aria-label="{either("fit_window")}"></div>'
    )
    return (
        f'<div class="fit" hidden>{figure("before", window)}'
        f'<span class="fit-arrow" aria-hidden="true">→</span>{figure("after")}'
        f'<p class="hint fit-hint">{both("fit_move")}</p></div>'
    )

"""Panel 2: the eight styles as a wall of cards, each a picture of this very clip in that style.

One listbox with a single tab stop; several styles can be chosen for a batch. `styles.js` gives
it life, and asks `previews.py` for the pictures.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from restyle.errors import OptionError
from restyle.page.markup import either, heading
from restyle.page.samples import style_picture_url
from restyle.page.texts import TEXTS, both
from restyle.styles import Style

NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


@dataclass(frozen=True)
class StylePanel:
    """The components that events are tied to."""

    style: gr.HTML


def style_panel() -> StylePanel:
    """Lay out the panel."""
    script = (Path(__file__).parent / "styles.js").read_text(encoding="utf-8")
    with gr.Column(elem_classes=["sheet"], elem_id="panel-style"):
        gr.HTML(heading(2, "step_style"))
        style = gr.HTML(
            {"styles": [0]}, html_template=wall_html(), js_on_load=script, elem_id="style"
        )
    return StylePanel(style)


def chosen_styles(value: Any) -> tuple[Style, ...]:
    """The styles of the wall's value, in their order and each once; raises OptionError."""
    codes = value.get("styles") if isinstance(value, dict) else None
    try:
        return tuple(Style(code) for code in sorted(set(codes or [0])))
    except (TypeError, ValueError):
        raise OptionError(
            f"style is {codes!r}, but there are eight styles, 0 to 7.",
            what_next="Choose a style code from 0 to 7.",
        ) from None


def wall_html() -> str:
    """The cards, the switch for several, and where it is said what the pictures show."""
    cards = "".join(_card(style) for style in Style)
    return (
        '<div class="wall-line"><span class="wall-says" role="status"></span>'
        f'<button type="button" class="small wall-several" aria-pressed="false">'
        f"{both('several')}</button></div>"
        f'<div class="wall" role="listbox" aria-label="{either("style")}">{cards}</div>'
        f'<span hidden class="wall-drawing">{both("previews_drawing")}</span>'
        f'<span hidden class="wall-drawn">{both("previews_drawn")}</span>'
    )


def _card(style: Style) -> str:
    note, note_zh = TEXTS.get(f"style_note_{int(style)}", ("", ""))
    first = style is Style.JAPANESE_MANGA
    picture = escape(style_picture_url(style) or NO_PICTURE)
    names = (
        ("en", style.title, style.title_zh, note),
        ("zh", style.title_zh, style.title, note_zh),
    )
    words = "".join(
        f'<span class="card-words" lang="{lang}"><b>{escape(name)}</b>'
        f'<span class="card-second">{escape(second)}</span>'
        f'<span class="card-note">{escape(more)}</span></span>'
        for lang, name, second, more in names
    )
    return (
        f'<div class="card" role="option" data-style="{int(style)}" '
        f'aria-selected="{str(first).lower()}" tabindex="{0 if first else -1}">'
        f'<img src="{picture}" data-gallery="{picture}" alt="">{words}'
        '<span class="card-sign" aria-hidden="true">✓</span></div>'
    )

"""Panel 2: the eight styles as cards, each with its gallery picture where there is one."""

from dataclasses import dataclass

import gradio as gr

from restyle.page.markup import heading
from restyle.page.samples import style_picture_url
from restyle.page.texts import TEXTS, label
from restyle.styles import Style


@dataclass(frozen=True)
class StylePanel:
    """The components that events are tied to."""

    style: gr.Radio


def style_panel() -> StylePanel:
    """Lay out the panel."""
    with gr.Column(elem_classes=["sheet"], elem_id="panel-style"):
        gr.HTML(heading(2, "step_style"))
        style = gr.Radio(
            [(label(f"style_{int(style)}"), int(style)) for style in Style],
            value=0,
            label=label("style"),
            show_label=False,
            elem_id="style",
        )
    return StylePanel(style)


def style_cards_css() -> str:
    """Rules for what a radio button's label cannot hold: picture, second name, note."""
    rules = []
    for place, style in enumerate(Style, start=1):
        card = f"#style label:nth-of-type({place})"
        note, note_zh = TEXTS.get(f"style_note_{int(style)}", ("", ""))
        for words, second in (
            ("en", _css(style.title_zh, note)),
            ("zh", _css(style.title, note_zh)),
        ):
            # Both are named: Gradio repeats each rule with a prefix, which outweighs a bare one.
            rules.append(f'html[data-words="{words}"] {card} span::after {{ content: {second}; }}')
        address = style_picture_url(style)
        if address:
            rules.append(f"{card} {{ --picture: url('{address}'); --picture-shown: block; }}")
    return "\n".join(rules)


def _css(*lines: str) -> str:
    return '"' + "\\a ".join(line for line in lines if line) + '"'

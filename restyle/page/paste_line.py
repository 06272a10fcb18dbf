"""The line of panel 1 that takes a clip's address, and tells how the fetch goes."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from restyle.page.markup import filling
from restyle.page.pasting import Progress
from restyle.page.texts import Language, label, say

MB = 1_000_000


@dataclass(frozen=True)
class PasteLine:
    """The components that events are tied to."""

    address: gr.Textbox
    fetch: gr.Button
    stop: gr.Button
    says: gr.HTML

    def fetching(self, lang: Language) -> dict[Any, Any]:
        """The line while a fetch goes on."""
        return {
            self.fetch: gr.update(visible=False),
            self.stop: gr.update(visible=True),
            self.says: progress_html(Progress(), lang),
        }

    def at_rest(self, words: str = "") -> dict[Any, Any]:
        """The line when there is nothing to wait for, with `words` (HTML) of how it ended."""
        return {
            self.fetch: gr.update(visible=True),
            self.stop: gr.update(visible=False),
            self.says: words,
        }

    @property
    def changing(self) -> list[Any]:
        """What the two above change."""
        return [self.fetch, self.stop, self.says]


def paste_line() -> PasteLine:
    """Lay out the line."""
    with gr.Column(elem_id="paste"):
        with gr.Row(elem_id="paste-line"):
            address = gr.Textbox(
                label=label("paste"),
                show_label=False,
                placeholder=label("paste_placeholder"),
                container=False,
                max_lines=1,
                elem_id="paste-address",
                html_attributes=gr.InputHTMLAttributes(
                    autocomplete="off", autocorrect="off", autocapitalize="off", spellcheck=False
                ),
            )
            fetch = gr.Button(label("paste_fetch"), size="md", min_width=80, elem_id="paste-fetch")
            stop = gr.Button(
                label("cancel"), size="md", min_width=80, visible=False, elem_id="paste-stop"
            )
        says = gr.HTML("", elem_id="paste-says")
    return PasteLine(address, fetch, stop, says)


def progress_html(progress: Progress, lang: Language) -> str:
    """How much has come, with a bar where it is known of how much."""
    done = f"{progress.size_bytes / MB:.1f}"
    if progress.total_bytes:
        total = f"{progress.total_bytes / MB:.1f}"
        percent = min(100.0, 100 * progress.size_bytes / progress.total_bytes)
        words = say("paste_of", lang, done=done, total=total)
        known = f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent:.0f}"'
        bar = f'<div class="bar" {known} role="progressbar" aria-label="{escape(words)}">'
        bar += f"{filling(percent)}</div>"
    else:
        key = "paste_so_far" if progress.size_bytes else "paste_asking"
        words = say(key, lang, done=done)
        bar = '<div class="bar bar-unknown" role="progressbar" '
        bar += f'aria-label="{escape(words)}"></div>'
    return f'<p class="hint">{escape(words)}</p>{bar}'

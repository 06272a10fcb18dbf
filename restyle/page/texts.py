"""Which of the two languages is shown, and the words of `words/` in it, with their values.

Labels of Gradio's own components go through `label()` (chosen in the browser), HTML made once
through `both()` (chosen by a style rule), HTML made for one visitor through `say()`.
"""

from decimal import Decimal
from html import escape
from typing import Literal

import gradio as gr

from restyle.jobs import Stage
from restyle.page.words import WORDS
from restyle.styles import Style

Language = Literal["en", "zh"]
LANGUAGE_COOKIE = "restyle-words"

TEXTS: dict[str, tuple[str, str]] = WORDS | {
    f"style_{int(style)}": (style.title, style.title_zh) for style in Style
}

CHECK_NAMES = {
    name: f"check_{name}" for name in ("width", "height", "ratio", "format", "duration", "size")
}


def language(request: gr.Request | None) -> Language:
    """The visitor's language: chosen on the page (a cookie), else the browser's, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE) if request else None
    if chosen in ("en", "zh"):
        return "zh" if chosen == "zh" else "en"
    accepted = request.headers.get("accept-language", "") if request else ""
    return "zh" if accepted.strip().lower().startswith("zh") else "en"


def say(key: str, lang: Language, **values: object) -> str:
    """A text in one language, with its values filled in; not escaped."""
    return TEXTS[key][lang == "zh"].format(**values)


def both(key: str) -> str:
    """A text as HTML in both languages; page.css shows the one the browser asks for."""
    english, chinese = (escape(text) for text in TEXTS[key])
    return f'<span lang="en">{english}</span><span lang="zh">{chinese}</span>'


def translations() -> gr.I18n:
    """All texts for Gradio's own components, for `launch(i18n=…)`."""
    english = {key: texts[0] for key, texts in TEXTS.items()}
    chinese = {key: texts[1] for key, texts in TEXTS.items()}
    return gr.I18n(**{"en": english, "zh": chinese, "zh-CN": chinese, "zh-TW": chinese})


LABELS = translations()


def label(key: str) -> str:
    """A text that the browser translates, for a component's label."""
    # Gradio takes its translation objects wherever a string goes; its types say only str.
    translated: str = LABELS(key)  # type: ignore[assignment]
    return translated


def style_name(style: Style, lang: Language) -> str:
    """The style's name in one language."""
    return style.title_zh if lang == "zh" else style.title


def stage_name(stage: Stage, lang: Language) -> str:
    """The stage in words."""
    return say(f"stage_{stage.value}", lang)


def clock(seconds: float) -> str:
    """Seconds as m:ss, as players show them; tenths only below ten seconds and where they count."""
    whole = int(seconds + 0.5)
    return f"{whole // 60}:{whole % 60:02d}"


def amount(number: float | Decimal) -> str:
    """A number without needless zeros, to the hundredth."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


def ordinal(position: int, lang: Language) -> str:
    """A place in a queue: 2nd, or the bare number in Chinese."""
    if lang == "zh":
        return str(position)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{'th' if 10 <= position % 100 <= 20 else ending}"

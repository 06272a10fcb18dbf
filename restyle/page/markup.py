"""Small pieces of HTML that several panels use: headings, error words, clickable buttons.

Everything that comes from outside (file names, errors, answers) is escaped here or by the caller.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from restyle.errors import RestyleError
from restyle.page.chinese import in_language
from restyle.page.texts import TEXTS, Language, both, say


def heading(number: int, key: str) -> str:
    """A panel's numbered heading, in both languages."""
    return f'<h2 class="step"><span class="number">{number}</span> {both(key)}</h2>'


def either(key: str) -> str:
    """A label where no style rule can choose the language: both, escaped."""
    return escape(" · ".join(TEXTS[key]))


def words_of(problem: RestyleError | Mapping[str, Any], lang: Language) -> str:
    """An error in words: what happened and why, then what to do next."""
    words = problem.as_dict() if isinstance(problem, RestyleError) else problem
    message = escape(in_language(str(words.get("message", "")), lang))
    what_next = in_language(str(words.get("what_next", "")), lang)
    next_line = ""
    if what_next:
        next_line = f"<p>{escape(say('what_next', lang, what_next=what_next))}</p>"
    return f'<div class="problem" role="alert"><p><b>{message}</b></p>{next_line}</div>'


def filling(percent: float) -> str:
    """What fills a bar to `percent` of it (0–100).

    Moved, not widened: the page is not laid out anew at each step of its way, which took a fifth
    of a core from an engine on the same machine.
    """
    return f'<div style="transform: translateX({percent - 100:.1f}%)"></div>'


def clicks(*events: str) -> str:
    """Script for HTML whose buttons carry `data-event`: the named events reach Python.

    After the next frame, so that the press is seen (page.js) before Gradio begins to work on it.
    """
    names = ", ".join(f"'{event}'" for event in events)
    return (
        f"const known = [{names}];\n"
        "element.addEventListener('click', (press) => {\n"
        "  const button = press.target.closest('[data-event]');\n"
        "  if (!button || !known.includes(button.dataset.event)) return;\n"
        "  const told = { ...button.dataset };\n"
        "  requestAnimationFrame(() => setTimeout(() => trigger(told.event, told)));\n"
        "});"
    )

"""How an event of the page answers: with updates, and with words where something is wrong.

An answer is a dict of component → update, so that nothing else on the page is touched: bad input
never loses what was already chosen.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr

from restyle.errors import RestyleError
from restyle.page.markup import words_of
from restyle.page.texts import Language, language, say

Updates = dict[Any, Any]
log = logging.getLogger(__name__)


def in_words(event: Callable[..., Updates]) -> Callable[..., Updates]:
    """An event whose errors are shown in the status, in words, and never as a traceback.

    Its first argument has the page's `panels`.
    """

    @wraps(event)
    def guarded(self: Any, *arguments: Any) -> Updates:
        request = next((a for a in arguments if isinstance(a, gr.Request)), None)
        lang = language(request)
        try:
            return event(self, *arguments)
        except Exception as problem:
            return {self.panels.result.status: said_of(problem, lang)}

    return guarded


def said_of(problem: Exception, lang: Language) -> str:
    """Any error in words: ours says what to do, and the trace of another goes to the log only."""
    if isinstance(problem, RestyleError):
        return problem_html(problem, lang)
    log.error("An event of the page failed.", exc_info=problem)
    words = {"message": say("unexpected", lang), "what_next": say("unexpected_next", lang)}
    return problem_html(words, lang)


def problem_html(problem: RestyleError | dict[str, Any], lang: Language) -> str:
    """An error where the status or the report would be."""
    return f'<div class="job job-problem" data-stage="problem">{words_of(problem, lang)}</div>'

"""A visitor's own key for the cloud: checked for its form, handed on, and kept nowhere here."""

import re

import gradio as gr

from restyle.errors import KeyRefused
from restyle.page.texts import Language, say
from restyle.settings import Secret

KEY_FORM = re.compile(r"sk-[A-Za-z0-9._-]{8,200}")


def own_key(service: str, typed: str, lang: Language, *, host_pays: bool) -> Secret | None:
    """The visitor's key where the job needs one, checked for its form only.

    Raises KeyRefused in words that never hold the key.
    """
    typed = (typed or "").strip()
    if service != "cloud" or (not typed and host_pays):
        return None
    if not typed:
        raise KeyRefused(say("key_missing", lang), what_next=say("key_missing_next", lang))
    if not KEY_FORM.fullmatch(typed):
        raise KeyRefused(say("key_malformed", lang), what_next=say("key_malformed_next", lang))
    return Secret(typed)


def forget_key(page: gr.Blocks, request: gr.Request | None, typed: str) -> None:
    """Blank Gradio's own copy of a key that was just sent.

    Gradio keeps the last value of each input for a session, and writes it to disk when somebody
    asks for a deep link to that session.
    """
    session_hash = getattr(request, "session_hash", None)
    holder = getattr(page, "state_holder", None)  # there once the page is served
    if not typed or not session_hash or holder is None:
        return
    session = holder.session_data.get(session_hash)
    for component in session.components if session else ():
        if component.get("props", {}).get("value") == typed:
            component["props"]["value"] = ""

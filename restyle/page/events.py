"""Which event of the page is answered by what: the ties between panels, choosing and running."""

from functools import partial
from types import MethodType
from typing import Any

import gradio as gr

from restyle.page.choosing import Choosing
from restyle.page.panels import Panels
from restyle.page.running import Running

# Each may fill the line to the internet, and wait for slow servers.
FETCHES_AT_A_TIME = 4
SHOW_RESULT = "() => document.querySelector('#panel-result').scrollIntoView({ block: 'nearest' })"


def tie(page: gr.Blocks, panels: Panels, choosing: Choosing, running: Running) -> None:
    """Tie the events to their answers; none of them is part of the API."""
    quietly: dict[str, Any] = {
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    clip, price, result, jobs = panels.clip, panels.price, panels.result, panels.jobs
    # One tie for all of them: Gradio keeps the answers of one in order, but not those of several,
    # and a late one would bring back the price of earlier choices.
    gr.on(
        [
            clip.video.change,
            clip.extent.change,
            _method(clip.trim.trimmed),
            clip.shape.change,
            _method(clip.fit.moved),
            _method(panels.style.style.chosen),
            price.resolution.change,
            price.fps.release,
            panels.service.change,
            # Not the button's click: when an answer has kept another choice waiting, Gradio
            # repeats the event that it belonged to, and with it all that is tied to that event.
            _method(price.price.outdated),
            page.load,
        ],
        choosing.choices_changed,
        panels.choices,
        [
            *(clip.paste.says, clip.extent, clip.trim, clip.report, clip.shape, clip.fit),
            *(price.price, price.go, price.api_key, result.status),
        ],
        trigger_mode="always_last",
        **quietly,
    )
    fetched = gr.on(
        [clip.paste.address.submit, clip.paste.fetch.click],
        choosing.pasting,
        None,
        clip.paste.changing,
        **quietly,
    ).then(
        choosing.pasted,
        clip.paste.address,
        [clip.video, clip.paste.address, *clip.paste.changing],
        concurrency_limit=FETCHES_AT_A_TIME,
        show_progress="hidden",
        api_visibility="private",
    )
    for ended in (
        clip.paste.stop.click,
        # It must not take the place of a clip that was chosen since.
        clip.video.upload,
        clip.video.clear,
        clip.video.stop_recording,
        clip.samples.sample,
    ):
        ended(choosing.paste_stopped, None, clip.paste.changing, cancels=[fetched], **quietly)
    clip.samples.sample(choosing.sample_chosen, None, [clip.video, result.status], **quietly)
    price.price.cheaper(lambda: "1080", None, price.resolution, **quietly)
    begun = price.go.click(
        running.begin,
        [jobs.mine, price.api_key, price.go, *panels.choices],
        [*panels.watched, price.price],
        **quietly,
    )
    begun.then(None, js=SHOW_RESULT)
    for way, go_on in (
        (result.status.look_again, running.look_again),
        (result.status.submit_anyway, running.submit_anyway),
    ):
        way(go_on, jobs.mine, panels.watched, **quietly)
    result.status.retry_part(
        running.retry_part, [jobs.mine, price.api_key], panels.watched, **quietly
    )
    result.cancel.click(running.cancel, jobs.mine, panels.watched, **quietly)
    jobs.jobs.reopen(running.reopen, jobs.mine, panels.watched, **quietly)
    jobs.jobs.remove(running.remove, jobs.mine, panels.watched, **quietly)
    jobs.jobs.retry(running.retry, [jobs.mine, price.api_key], panels.watched, **quietly)
    panels.timer.tick(running.look, jobs.mine, panels.watched, trigger_mode="once", **quietly)
    jobs.mine.opened(running.opened, None, panels.watched, trigger_mode="always_last", **quietly)


def _method(event: Any) -> Any:
    """An event of our own HTML as `gr.on` takes it: Gradio gives it as a partial, not a method."""
    return MethodType(event.func, *event.args) if isinstance(event, partial) else event

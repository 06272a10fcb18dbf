"""What happens when a visitor chooses: a clip comes in, a setting changes; plan and price follow.

Nothing here spends anything; `running.py` has what begins and follows jobs.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from restyle.clips import Clip
from restyle.errors import RestyleError
from restyle.fetching import Guard
from restyle.fitting import FitPlan, WholePlan
from restyle.jobs import Jobs
from restyle.limits import LIMITS
from restyle.page.answering import Updates, in_words, problem_html, said_of
from restyle.page.clip_panel import (
    NO_TRIM,
    checks_of,
    extent_choices,
    look_at,
    report_html,
    shape_matters,
    whole_trim,
)
from restyle.page.fit_picture import NO_PICTURE, picture_of
from restyle.page.offer import go_words, parts_of, plan_of
from restyle.page.panels import Choices, Panels
from restyle.page.paste_line import progress_html
from restyle.page.pasting import Progress, fetch_clip
from restyle.page.price_panel import price_html
from restyle.page.samples import Sample
from restyle.page.texts import Language, both, language
from restyle.page.visitors import visitor_of


class Choosing:
    """The answers to a visitor's choices on one page."""

    def __init__(self, jobs: Jobs, panels: Panels, offered: list[Sample], guard: Guard) -> None:
        self.jobs = jobs
        self.panels = panels
        self.offered = offered
        self.guard = guard
        self.host_pays = bool(jobs.services()["cloud"]["host_pays"])

    @in_words
    def choices_changed(self, request: gr.Request, *choices: Any) -> Updates:
        """A clip came in or went, or a choice changed: trim, report and price follow.

        Depends on what is chosen now, never on which event came first: Gradio may skip some.
        """
        chosen = Choices(*choices)
        found: Clip | None = None
        problem: RestyleError | None = None
        try:
            found = look_at(chosen.video) if chosen.video else None
        except RestyleError as error:
            problem = error
        chosen, begun_anew = self._begun_anew(chosen, found, language(request))
        return {**begun_anew, **self._shown(chosen, found, problem, request)}

    def _begun_anew(
        self, chosen: Choices, found: Clip | None, lang: Language
    ) -> tuple[Choices, Updates]:
        """The trim begins anew with another clip, or with another extent of the same one."""
        clip = self.panels.clip
        trim = chosen.trim if isinstance(chosen.trim, dict) else {}
        anew = whole_trim(found, whole=chosen.is_whole) if found else NO_TRIM
        if trim.get("clip") == anew["clip"]:
            if trim.get("max_s") == anew.get("max_s"):
                return chosen, {}
            return replace(chosen, trim=anew), {clip.trim: anew}
        extent = gr.update(value="part", visible=False)
        if found:
            anew = whole_trim(found)
            if found.duration_s > LIMITS.max_duration_s:
                extent = gr.update(value="part", visible=True, choices=extent_choices(found, lang))
        over = {clip.paste.says: ""}  # what an earlier fetch had to say
        chosen = replace(chosen, trim=anew, fit=None, extent="part")
        return chosen, {**over, clip.extent: extent, clip.trim: dict(anew)}

    @in_words
    def pasting(self, request: gr.Request) -> Updates:
        """An address was pasted: the line says at once that it is being fetched."""
        return self.panels.clip.paste.fetching(language(request))

    def pasted(self, request: gr.Request, address: str) -> Iterator[Updates]:
        """Fetch the clip behind an address; it becomes the clip once it is whole and readable."""
        line, lang = self.panels.clip.paste, language(request)
        try:
            for said in fetch_clip(address, Path(get_upload_folder()), self.guard):
                if isinstance(said, Progress):
                    yield {line.says: progress_html(said, lang)}
                else:
                    yield {
                        self.panels.clip.video: str(said.path),
                        line.address: "",
                        **line.at_rest(),
                    }
        except Exception as problem:
            yield line.at_rest(said_of(problem, lang))

    @in_words
    def paste_stopped(self) -> Updates:
        """Cancel was pressed in mid-fetch, or another clip chosen: the line is as before."""
        return self.panels.clip.paste.at_rest()

    @in_words
    def sample_chosen(self, event: gr.EventData) -> Updates:
        """A sample's card was pressed: it becomes the clip."""
        number = int(event.number)
        if 0 <= number < len(self.offered):
            return {self.panels.clip.video: str(self.offered[number].path)}
        return {}

    def _shown(
        self,
        chosen: Choices,
        found: Clip | None,
        problem: RestyleError | None,
        request: gr.Request,
    ) -> Updates:
        """Report and price for these choices, or why there are none."""
        lang = language(request)
        clip = self.panels.clip
        plan: FitPlan | WholePlan | None = None
        picture, report = NO_PICTURE, f'<p class="hint">{both("clip_first")}</p>'
        if found:
            try:
                plan = plan_of(found, chosen)
            except RestyleError as error:
                problem = error
            picture = picture_of(found, parts_of(plan)[0] if plan else None)
            report = report_html(found, checks_of(found, plan, lang), plan, lang, problem)
        elif problem:
            report = problem_html(problem, lang)
        return {
            clip.report: report,
            clip.shape: gr.update(visible=bool(found and shape_matters(found))),
            clip.fit: picture,
            self.panels.price.api_key: gr.update(visible=chosen.service == "cloud"),
            **self._price(plan, chosen, request),
        }

    def _price(
        self, plan: FitPlan | WholePlan | None, chosen: Choices, request: gr.Request
    ) -> Updates:
        price = self.panels.price
        lang = language(request)
        card = f'<p class="hint">{both("price_none")}</p>'
        if plan:
            batch, parts = chosen.batch, len(parts_of(plan))
            left = self.jobs.budget_left(visitor_of(request)) if self.host_pays else None
            card = price_html(
                plan.duration_s, batch[0], chosen.service, lang, left, len(batch), parts
            )
        words = go_words(plan, chosen, lang)
        return {price.price: card, price.go: gr.update(value=words, interactive=plan is not None)}

"""What happens when a visitor chooses: a clip comes in, a setting changes; plan and price follow.

Nothing here spends anything; `running.py` has what begins and follows jobs.
"""

from dataclasses import replace
from typing import Any

import gradio as gr

from restyle.errors import RestyleError
from restyle.fitting import FitPlan, plan_fit
from restyle.jobs import Jobs
from restyle.limits import check
from restyle.page.answering import Updates, in_words, problem_html
from restyle.page.clip_panel import (
    NO_TRIM,
    look_at,
    report_html,
    shape_matters,
    whole_trim,
)
from restyle.page.fit_picture import NO_PICTURE, picture_of
from restyle.page.panels import Choices, Panels
from restyle.page.price_panel import go_text, price_html
from restyle.page.samples import Sample
from restyle.page.texts import both, language
from restyle.page.visitors import visitor_of


class Choosing:
    """The answers to a visitor's choices on one page."""

    def __init__(self, jobs: Jobs, panels: Panels, offered: list[Sample]) -> None:
        self.jobs = jobs
        self.panels = panels
        self.offered = offered
        self.host_pays = bool(jobs.services()["cloud"]["host_pays"])

    @in_words
    def clip_changed(self, request: gr.Request, *choices: Any) -> Updates:
        """A clip came in, or went: read it, set the trim anew, and show the report and the price.

        Raises nothing for a clip that cannot be used: the report says why.
        """
        clip = self.panels.clip
        lang = language(request)
        chosen = Choices(*choices)
        trim = dict(NO_TRIM)
        if chosen.video:
            try:
                trim = whole_trim(look_at(chosen.video))
            except RestyleError as problem:
                return {
                    clip.trim: trim,
                    clip.shape: gr.update(visible=False),
                    clip.fit: NO_PICTURE,
                    clip.report: problem_html(problem, lang),
                    **self._price(None, chosen, request),
                }
        return {clip.trim: trim, **self._shown(replace(chosen, trim=trim, fit=None), request)}

    @in_words
    def choices_changed(self, request: gr.Request, *choices: Any) -> Updates:
        """A choice changed: the report and the price follow, from the plan that would run."""
        return self._shown(Choices(*choices), request)

    @in_words
    def sample_chosen(self, event: gr.EventData) -> Updates:
        """A sample's card was pressed: it becomes the clip."""
        number = int(event.number)
        if 0 <= number < len(self.offered):
            return {self.panels.clip.video: str(self.offered[number].path)}
        return {}

    def _shown(self, chosen: Choices, request: gr.Request) -> Updates:
        """Report and price for these choices."""
        lang = language(request)
        clip = self.panels.clip
        key = {self.panels.price.api_key: gr.update(visible=chosen.service == "cloud")}
        if not chosen.video:
            return {
                clip.report: f'<p class="hint">{both("clip_first")}</p>',
                clip.shape: gr.update(visible=False),
                clip.fit: NO_PICTURE,
                **key,
                **self._price(None, chosen, request),
            }
        found = look_at(chosen.video)
        plan: FitPlan | None = None
        problem: RestyleError | None = None
        try:
            plan = plan_fit(found, **chosen.wishes(found))
        except RestyleError as error:
            problem = error
        return {
            clip.report: report_html(found, check(found), plan, lang, problem),
            clip.shape: gr.update(visible=shape_matters(found)),
            clip.fit: picture_of(found, plan),
            **key,
            **self._price(plan.duration_s if plan else None, chosen, request),
        }

    def _price(self, duration_s: float | None, chosen: Choices, request: gr.Request) -> Updates:
        price = self.panels.price
        lang = language(request)
        batch = chosen.batch
        card = f'<p class="hint">{both("price_none")}</p>'
        if duration_s is not None:
            left = self.jobs.budget_left(visitor_of(request)) if self.host_pays else None
            card = price_html(duration_s, batch[0], chosen.service, lang, left, len(batch))
        words = go_text(duration_s, batch[0], chosen.service, lang, len(batch))
        return {
            price.price: card,
            price.go: gr.update(value=words, interactive=duration_s is not None),
        }

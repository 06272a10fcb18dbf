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
from restyle.fitting import FitPlan, WholePlan, plan_fit, plan_parts
from restyle.jobs import Jobs
from restyle.limits import LIMITS
from restyle.page.answering import Updates, in_words, problem_html, said_of
from restyle.page.clip_panel import (
    NO_TRIM,
    checks_of,
    extent_choices,
    look_at,
    report_html,
    scenes_of,
    shape_matters,
    whole_trim,
)
from restyle.page.fit_picture import NO_PICTURE, picture_of
from restyle.page.panels import Choices, Panels
from restyle.page.paste_line import progress_html
from restyle.page.pasting import Progress, fetch_clip
from restyle.page.price_panel import go_text, price_html
from restyle.page.samples import Sample
from restyle.page.texts import both, language
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
    def clip_changed(self, request: gr.Request, *choices: Any) -> Updates:
        """A clip came in, or went: read it, set the trim anew, and show the report and the price.

        Raises nothing for a clip that cannot be used: the report says why.
        """
        clip = self.panels.clip
        lang = language(request)
        chosen = Choices(*choices)
        trim = dict(NO_TRIM)
        extent = gr.update(value="part", visible=False)
        over = {clip.paste.says: ""}  # what an earlier fetch had to say
        if chosen.video:
            try:
                found = look_at(chosen.video)
                trim = whole_trim(found)
                if found.duration_s > LIMITS.max_duration_s:
                    words = extent_choices(found, lang)
                    extent = gr.update(value="part", visible=True, choices=words)
            except RestyleError as problem:
                return {
                    **over,
                    clip.extent: extent,
                    clip.trim: trim,
                    clip.shape: gr.update(visible=False),
                    clip.fit: NO_PICTURE,
                    clip.report: problem_html(problem, lang),
                    **self._price(None, chosen, request),
                }
        shown = self._shown(replace(chosen, trim=trim, fit=None, extent="part"), request)
        return {**over, clip.extent: extent, clip.trim: trim, **shown}

    @in_words
    def extent_changed(self, request: gr.Request, *choices: Any) -> Updates:
        """All of a long clip is wanted, or a part again: the trim begins anew with as much."""
        chosen = Choices(*choices)
        if not chosen.video:
            return {}
        trim = whole_trim(look_at(chosen.video), whole=chosen.is_whole)
        return {
            self.panels.clip.trim: trim,
            **self._shown(replace(chosen, trim=trim), request),
        }

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
        plan: FitPlan | WholePlan | None = None
        problem: RestyleError | None = None
        try:
            plan = self._plan(found, chosen)
        except RestyleError as error:
            problem = error
        first = plan.parts[0] if isinstance(plan, WholePlan) else plan
        count = len(plan.parts) if isinstance(plan, WholePlan) else 1
        checks = checks_of(found, plan, lang)
        return {
            clip.report: report_html(found, checks, plan, lang, problem),
            clip.shape: gr.update(visible=shape_matters(found)),
            clip.fit: picture_of(found, first),
            **key,
            **self._price(plan.duration_s if plan else None, chosen, request, count),
        }

    @staticmethod
    def _plan(found: Clip, chosen: Choices) -> FitPlan | WholePlan:
        """The plan that would run; of a clip in parts, cut where the scene changes."""
        wishes = chosen.wishes(found)
        if not chosen.is_whole:
            return plan_fit(found, **wishes)
        scenes = scenes_of(str(chosen.video), wishes["start_s"], wishes["end_s"])
        whole = plan_parts(found, scenes, **wishes)
        return whole if len(whole.parts) > 1 else whole.parts[0]

    def _price(
        self, duration_s: float | None, chosen: Choices, request: gr.Request, parts: int = 1
    ) -> Updates:
        price = self.panels.price
        lang = language(request)
        batch = chosen.batch
        card = f'<p class="hint">{both("price_none")}</p>'
        if duration_s is not None:
            left = self.jobs.budget_left(visitor_of(request)) if self.host_pays else None
            card = price_html(duration_s, batch[0], chosen.service, lang, left, len(batch), parts)
        words = go_text(duration_s, batch[0], chosen.service, lang, len(batch), parts)
        return {
            price.price: card,
            price.go: gr.update(value=words, interactive=duration_s is not None),
        }

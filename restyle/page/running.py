"""What happens when a visitor runs something: jobs begin, are followed, stopped, taken up again.

`choosing.py` has what comes before.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from restyle.errors import ClipError, JobNotFound, RestyleError
from restyle.jobs import Job, JobRequest, Jobs, Stage
from restyle.page.answering import Updates, in_words, problem_html
from restyle.page.clip_names import named_copy, own_name
from restyle.page.clip_panel import look_at, scenes_of
from restyle.page.jobs_panel import Mine, jobs_html
from restyle.page.keys import forget_key, own_key
from restyle.page.offer import check_seen
from restyle.page.panels import Choices, Panels
from restyle.page.price_panel import outdated_html
from restyle.page.result_panel import empty_status, result_html, stage_html, status_html
from restyle.page.texts import Language, language, say
from restyle.page.visitors import visitor_of


class Running:
    """The answers to what a visitor does with jobs on one page."""

    def __init__(self, page: gr.Blocks, jobs: Jobs, panels: Panels) -> None:
        self.page = page
        self.jobs = jobs
        self.panels = panels
        self.host_pays = bool(jobs.services()["cloud"]["host_pays"])

    @in_words
    def begin(
        self, request: gr.Request, stored: Any, typed_key: str, seen: str, *choices: Any
    ) -> Updates:
        """Transform was pressed: a job begins with exactly what is shown.

        `seen` is what stood on the button: nothing is spent at a price that was not there.
        """
        chosen = Choices(*choices)
        lang = language(request)
        forget_key(self.page, request, typed_key)
        if not chosen.video:
            raise ClipError(say("no_clip", lang), what_next=say("no_clip_next", lang))
        found = look_at(chosen.video)
        try:
            check_seen(seen, found, chosen, lang)
        except RestyleError as moved:
            return {
                self.panels.result.status: problem_html(moved, lang),
                self.panels.price.price: outdated_html(),
            }
        wishes = chosen.wishes(found)
        scenes = None
        if chosen.is_whole:  # those that are shown
            scenes = scenes_of(chosen.video, wishes["start_s"], wishes["end_s"])
        key = own_key(chosen.service, typed_key, lang, host_pays=self.host_pays)
        mine, problem = Mine.read(stored), ""
        path = Path(chosen.video)
        with named_copy(path, own_name(path)) as named:
            for options in reversed(chosen.batch):  # newest on top, and the first style shown
                request_of_job = JobRequest(
                    clip_path=named,
                    options=options,
                    service="cloud" if chosen.service == "cloud" else "local",
                    api_key=key,
                    visitor=visitor_of(request),
                    whole=chosen.is_whole,
                    scene_changes_s=scenes,
                    **wishes,
                )
                try:
                    mine = mine.with_new(self.jobs.submit(request_of_job).job_id)
                except RestyleError as error:
                    problem = problem_html(error, lang)
                    break
        shown = self._watch(mine, lang)
        return {**shown, self.panels.result.status: problem} if problem else shown

    @in_words
    def look(self, request: gr.Request, stored: Any) -> Updates:
        """A second passed: how the jobs stand now."""
        mine = Mine.read(stored)
        return self._watch(mine, language(request), mine)

    @in_words
    def opened(self, request: gr.Request, event: gr.EventData) -> Updates:
        """The page opened, another tab changed the list, or the network is back."""
        return self._watch(Mine.read(event.mine), language(request))

    @in_words
    def reopen(self, request: gr.Request, event: gr.EventData, stored: Any) -> Updates:
        """A row of "My jobs" was pressed: show that job."""
        return self._watch(Mine.read(stored).showing(str(event.job)), language(request))

    @in_words
    def remove(self, request: gr.Request, event: gr.EventData, stored: Any) -> Updates:
        """A job is taken off this browser's list; its files go when their time is over."""
        return self._watch(Mine.read(stored).without([str(event.job)]), language(request))

    @in_words
    def retry(
        self, request: gr.Request, event: gr.EventData, stored: Any, typed_key: str
    ) -> Updates:
        """The same clip with the same settings, as a new job."""
        mine, lang = Mine.read(stored), language(request)
        forget_key(self.page, request, typed_key)
        if str(event.job) not in mine.ids:
            return {}
        again = self.jobs.again(str(event.job))
        name = self.jobs.status(str(event.job)).clip_name
        with named_copy(again.clip_path, name) as path:
            key = own_key(again.service, typed_key, lang, host_pays=self.host_pays)
            new = self.jobs.submit(
                replace(again, clip_path=path, api_key=key, visitor=visitor_of(request))
            )
        return self._watch(mine.with_new(new.job_id), lang)

    @in_words
    def cancel(self, request: gr.Request, stored: Any) -> Updates:
        """Cancel was pressed: stop the job that is shown."""
        mine = Mine.read(stored)
        if mine.shown:
            self.jobs.cancel(mine.shown)
        return self._watch(mine, language(request))

    @in_words
    def look_again(self, request: gr.Request, event: gr.EventData, stored: Any) -> Updates:
        """Go on with a job, or a part of it, that stopped because something could not be told."""
        return self._go_on(self.jobs.look_again, request, event, stored)

    @in_words
    def submit_anyway(self, request: gr.Request, event: gr.EventData, stored: Any) -> Updates:
        """Submit once more, although the first submit may have been taken."""
        return self._go_on(self.jobs.submit_anyway, request, event, stored)

    @in_words
    def retry_part(
        self, request: gr.Request, event: gr.EventData, stored: Any, typed_key: str
    ) -> Updates:
        """A part of the job that is shown has failed, or was stopped: try it again."""
        forget_key(self.page, request, typed_key)

        def again(part_id: str) -> Job:
            service = self.jobs.status(part_id).service
            typed = typed_key if service == "cloud" else ""
            key = own_key(service, typed, language(request), host_pays=True)
            return self.jobs.retry_part(part_id, key)

        return self._go_on(again, request, event, stored)

    def _go_on(
        self, way: Callable[[str], Job], request: gr.Request, event: gr.EventData, stored: Any
    ) -> Updates:
        """Take the job that is shown, or the part of it that was pressed, further."""
        mine = Mine.read(stored)
        shown = mine.shown
        part = (event._data or {}).get("part")
        if shown and part:
            parts = [one.job_id for one in self.jobs.status(shown).parts]
            shown = part if part in parts else None
        if shown:
            way(shown)
        return self._watch(mine, language(request))

    def _watch(self, mine: Mine, lang: Language, stored: Mine | None = None) -> Updates:
        found: dict[str, Job] = {}
        for job_id in mine.ids:
            try:
                found[job_id] = self.jobs.status(job_id)
            except JobNotFound:
                continue
        kept = mine.without([job_id for job_id in mine.ids if job_id not in found])
        shown = found.get(kept.shown or "")
        running = any(not job.stage.is_final for job in found.values())
        result = self.panels.result
        return {
            result.status: status_html(shown, lang) if shown else empty_status(),
            result.result: self._result(shown, lang) if shown else stage_html(None),
            result.cancel: gr.update(
                visible=bool(shown and not shown.stage.is_final),
                interactive=bool(shown and not shown.canceling),
            ),
            self.panels.jobs.jobs: jobs_html(list(found.values()), kept.shown, lang),
            # Written only when it changed: another tab may have written since.
            self.panels.jobs.mine: gr.skip() if kept == stored else kept.as_stored(),
            self.panels.timer: gr.Timer(active=running),
        }

    def _result(self, job: Job, lang: Language) -> str:
        if job.stage is not Stage.SUCCEEDED:
            return stage_html(job)
        return result_html(job, self.jobs.answers(job.job_id), lang)

"""All panels of the page as one, and what a visitor has chosen in them."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from restyle.clips import Clip
from restyle.page.clip_panel import ClipPanel, span
from restyle.page.fit_picture import crop_at_of
from restyle.page.jobs_panel import JobsPanel
from restyle.page.price_panel import PricePanel, options_of
from restyle.page.result_panel import ResultPanel
from restyle.page.style_panel import StylePanel, chosen_styles
from restyle.styles import Options


@dataclass(frozen=True)
class Panels:
    """All panels of the page, and the switch in its head."""

    service: gr.Radio
    clip: ClipPanel
    style: StylePanel
    price: PricePanel
    result: ResultPanel
    jobs: JobsPanel
    timer: gr.Timer

    @property
    def choices(self) -> list[Any]:
        """What plan and price depend on, in the order that the events take them."""
        return [
            self.clip.video,
            self.clip.trim,
            self.clip.shape,
            self.clip.fit,
            self.style.style,
            self.price.resolution,
            self.price.fps,
            self.price.faces,
            self.service,
            self.clip.extent,
        ]

    @property
    def watched(self) -> list[Any]:
        """What shows how the jobs stand."""
        return [
            self.result.status,
            self.result.result,
            self.result.cancel,
            self.jobs.jobs,
            self.jobs.mine,
            self.timer,
        ]


@dataclass(frozen=True)
class Choices:
    """What the visitor has chosen, in the order of `Panels.choices`."""

    video: str | None
    trim: Any
    shape: str
    fit: Any
    style: Any
    resolution: str
    fps: float
    faces: bool
    service: str
    extent: str = "part"

    @property
    def is_whole(self) -> bool:
        """Whether all of a long clip is wanted, in parts."""
        return self.extent == "whole"

    @property
    def batch(self) -> tuple[Options, ...]:
        """The service's parameters, once for each chosen style; raises OptionError."""
        return tuple(
            options_of(style, self.resolution, self.fps, self.faces)
            for style in chosen_styles(self.style)
        )

    def wishes(self, clip: Clip) -> dict[str, Any]:
        """What is to become of the clip: the named parameters of both plan and job."""
        start_s, end_s = span(self.trim, clip, whole=self.is_whole)
        return {
            "start_s": start_s,
            "end_s": end_s,
            "shape": "pad" if self.shape == "pad" else "crop",
            "crop_at": crop_at_of(self.fit),
        }

"""All panels of the page as one, and what a visitor has chosen in them."""

from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from restyle.page.clip_panel import ClipPanel
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
            self.style.style,
            self.price.resolution,
            self.price.fps,
            self.price.faces,
            self.service,
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
    style: Any
    resolution: str
    fps: float
    faces: bool
    service: str

    @property
    def batch(self) -> tuple[Options, ...]:
        """The service's parameters, once for each chosen style; raises OptionError."""
        return tuple(
            options_of(style, self.resolution, self.fps, self.faces)
            for style in chosen_styles(self.style)
        )

    @property
    def fit_shape(self) -> Literal["crop", "pad"]:
        """How a clip that is too wide or tall is fitted."""
        return "pad" if self.shape == "pad" else "crop"

"""The Gradio page: one file a panel, the events between them, and the named endpoints.

`build_page` lays it out, `launch_arguments` says how it is served.
"""

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from restyle.fetching import Guard
from restyle.jobs import Jobs
from restyle.page.choosing import Choosing
from restyle.page.clip_panel import clip_panel
from restyle.page.compare import beside_route
from restyle.page.endpoints import add_endpoints
from restyle.page.events import tie
from restyle.page.jobs_panel import jobs_panel
from restyle.page.panels import Panels
from restyle.page.previews import preview_route
from restyle.page.price_panel import price_panel
from restyle.page.proxies import proxy_routes
from restyle.page.result_panel import result_panel
from restyle.page.running import Running
from restyle.page.samples import ASSETS, picture_routes, samples
from restyle.page.services import service_switch
from restyle.page.style_panel import style_panel
from restyle.page.texts import TEXTS, both, translations
from restyle.page.theme import studio
from restyle.page.words_first import WordsFirst
from restyle.settings import Settings

__all__ = ["build_page", "launch_arguments"]

FOLDER = Path(__file__).parent
# In this order; the rules for small screens overrule the others.
LOOKS = ("frame", "clip", "ways", "styles", "price", "status", "compare", "jobs", "small")
SCRIPTS = ("page", "compare", "proxy")
# Uploads and copies in Gradio's cache go when nobody has used them for a day.
SWEEP_EVERY_S, SWEEP_AFTER_S = 3600, 24 * 3600
# Each is shown to those who read the page in the other language; page.js sees to the rest.
WORDS_SWITCH = (
    '<button type="button" class="words" lang="en" data-switch-words="zh">'
    '<span lang="zh-Hans">中文</span></button>'
    '<button type="button" class="words" lang="zh" data-switch-words="en">'
    '<span lang="en-GB">English</span></button>'
)


def build_page(jobs: Jobs, settings: Settings) -> gr.Blocks:
    """The whole page, tied to these jobs."""
    offered = samples()
    host_pays = bool(jobs.services()["cloud"]["host_pays"])
    guard = Guard(settings.fetch_origins, settings.max_upload_bytes)
    page: gr.Blocks
    with gr.Blocks(
        title=TEXTS["title"][0],
        analytics_enabled=False,
        delete_cache=(SWEEP_EVERY_S, SWEEP_AFTER_S),
        fill_width=True,
    ) as page:
        with gr.Row(elem_id="masthead"):
            gr.HTML(
                f'<h1>Restyle</h1><p class="tagline">{both("tagline")} {WORDS_SWITCH}</p>',
                elem_id="title",
            )
            service = service_switch(host_pays=host_pays)
        with gr.Row(elem_id="studio"):
            with gr.Column(elem_id="left", min_width=340):
                clip = clip_panel(offered)
                style = style_panel()
                price = price_panel(host_pays=host_pays)
            with gr.Column(elem_id="right", min_width=340):
                result = result_panel()
                mine = jobs_panel()
        timer = gr.Timer(1.0, active=False)
        panels = Panels(service, clip, style, price, result, mine, timer)
        # The endpoints first: their names are promised, and Gradio numbers those that come twice.
        add_endpoints(page, jobs, host_pays=host_pays)
        tie(page, panels, Choosing(jobs, panels, offered, guard), Running(page, jobs, panels))
    return page


def launch_arguments(settings: Settings, jobs: Jobs, local_url: str) -> dict[str, Any]:
    """How `launch()` serves the page: looks, texts, limits, and routes of our own beside it."""
    css = "\n".join(
        (FOLDER / "looks" / f"{name}.css").read_text(encoding="utf-8") for name in LOOKS
    )
    script = "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return {
        "theme": studio(),
        "css": css,
        "head": f"<script>{script}</script>",
        "i18n": translations(),
        "footer_links": ["api", "gradio"],
        "run_history": False,
        "show_error": True,
        "ssr_mode": False,
        "quiet": True,
        "max_file_size": settings.max_upload_bytes,
        "allowed_paths": [str(ASSETS / sample.path.name) for sample in samples()],
        "server_name": settings.server_name,
        "share": settings.share,
        "root_path": settings.root_path or None,
        "app_kwargs": {
            "routes": [
                *jobs.routes,
                *picture_routes(),
                beside_route(jobs),
                preview_route(local_url),
                *proxy_routes(jobs, settings.data_dir / "proxies"),
            ],
            "middleware": [Middleware(WordsFirst)],
        },
    }

"""A real app, a real Chromium, and visitors who must never be sent to another origin."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app_process import AppProcess, running_app
from faults.scripted_cloud import WAITS, Plan, ScriptedCloud
from playwright.sync_api import Browser, expect, sync_playwright
from visitor import KEY_THAT_WAITS, WAIT_MS, Visitor
from web import Web

from media import make_clip

DESKTOP: Any = {"width": 1280, "height": 800}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # A camera that shows a moving figure, for those who record.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
# Not by Playwright's routes: each request of the page would pass through this process, uncached.
NO_PREVIEWS = """
    const real = window.fetch;
    window.fetch = (what, ...more) => String(what).endsWith('restyle/previews')
        ? Promise.reject(new TypeError('no previews')) : real(what, ...more);
"""


@pytest.fixture(scope="session")
def cloud() -> Iterator[ScriptedCloud]:
    """What the app takes for the cloud; its tasks run for one poll, but those of KEY_THAT_WAITS."""
    with ScriptedCloud(Plan(pending=0, running=1)) as service:
        service.plans_of[KEY_THAT_WAITS] = WAITS
        yield service


@pytest.fixture(scope="session")
def app(
    tmp_path_factory: pytest.TempPathFactory, cloud: ScriptedCloud, web: Web
) -> Iterator[AppProcess]:
    """One real app for all tests of the page; it may fetch clips from `web`."""
    data_dir = tmp_path_factory.mktemp("restyle") / "data"
    with running_app(
        data_dir,
        DASHSCOPE_HTTP_BASE_URL=cloud.base_url,
        RESTYLE_FETCH_ORIGINS=web.origin,
    ) as process:
        yield process
    said = "".join(process.said)
    assert "Traceback" not in said, said
    assert "sk-" not in said, "a key reached the log"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, and as much patience with what is expected of it as with all else."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@contextlib.contextmanager
def visitors(app: AppProcess, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Visitors, each with a browser profile of their own; options as Playwright's contexts.

    Only those `with_previews` have their frame drawn in each style, which keeps the engine busy.
    A `script` runs before the page's own.
    """
    arrived: list[Visitor] = []

    def one(*, with_previews: bool = False, script: str = "", **options: Any) -> Visitor:
        context = chromium.new_context(**{"viewport": DESKTOP, **options})
        if not with_previews:
            context.add_init_script(NO_PREVIEWS)
        if script:
            context.add_init_script(script)
        visitor = Visitor(context, app.url).open()
        arrived.append(visitor)
        return visitor

    yield one
    for visitor in arrived:
        visitor.context.close()
        assert visitor.other_origins == set()
        assert visitor.problems == []


@pytest.fixture
def arrive(app: AppProcess, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """The visitors of one test."""
    with visitors(app, chromium) as one:
        yield one


@pytest.fixture(scope="module")
def arrive_once(app: AppProcess, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Visitors who stay for all tests of a file."""
    with visitors(app, chromium) as one:
        yield one


@pytest.fixture(scope="session")
def finished(app: AppProcess, chromium: Browser, clip: Path) -> Any:
    """What a browser keeps whose visitor had one second of a clip drawn by this machine."""
    context = chromium.new_context(viewport=DESKTOP)
    visitor = Visitor(context, app.url).open()
    visitor.choose(clip)
    visitor.pick("resolution", "540p")
    visitor.page.fill(".trim-end-text", "0:01")
    visitor.page.press(".trim-end-text", "Enter")
    visitor.transform()
    visitor.wait_for_stage("succeeded", "failed")
    assert visitor.stage == "succeeded", visitor.page.locator("#status").inner_text()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds within every limit, with sound."""
    return make_clip(
        tmp_path_factory.mktemp("clips") / "holiday.mp4", size=(480, 360), duration_s=2.0
    )


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Upright, 34 seconds, too tall: everything that fitting mends."""
    folder = tmp_path_factory.mktemp("clips")
    return make_clip(folder / "phone.mp4", size=(320, 640), fps=10, duration_s=34.0)

"""A visitor of the page, for tests: a browser profile of their own, and what they do in it."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request

KEY = "sk-0123456789abcdef0123456789abcdef"
# The scripted cloud's tasks for this key wait until somebody cancels or finishes them.
KEY_THAT_WAITS = "sk-waits-0123456789abcdef0123456789"
WAIT_MS = 60_000
JOB_WAIT_MS = 240_000


class Visitor:
    """One visitor's browser: what they do, and what their browser asked for."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.sessions: set[str] = set()
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)
        if "/gradio_api/run/" in request.url and request.post_data:
            self.sessions |= set(re.findall(r'"session_hash":"(\w+)"', request.post_data))

    def open(self) -> "Visitor":
        """Open the page, or open it again, and wait until it is alive."""
        self.page.goto(self.url)
        self.page.wait_for_selector("#status .job")
        self.page.wait_for_selector("#transform")
        return self

    def choose(self, clip: Path) -> None:
        """Choose a clip and wait until the page has read it."""
        self.page.set_input_files("#clip input[type=file]", clip)
        self.page.wait_for_selector("#fit-report [data-verdict], #fit-report .problem")

    def pick(self, group: str, words: str) -> None:
        """Pick one of a group of radio buttons, or of the style cards, by its words."""
        if group == "style":
            self.page.get_by_role("option", name=words).click()
            return
        self.page.locator(f"#{group} label", has_text=words).first.click()

    def transform(self) -> str:
        """Press the button, wait for the job, and give its id."""
        self.page.click("#transform:enabled")
        return str(
            self.page.wait_for_selector("#status [data-job]").get_attribute("data-job")  # type: ignore[union-attr]  # waited for
        )

    def use_cloud(self, key: str) -> None:
        """Choose the cloud, with a key of one's own."""
        self.pick("service", "Alibaba Cloud")
        self.page.fill("#api-key input", key)

    def clear(self) -> None:
        """Take the clip away."""
        self.page.click("#clip :is([aria-label=Clear], [aria-label=清除])")
        self.page.wait_for_selector("#clip input[type=file]", state="attached")

    def wait_for_stage(self, *stages: str) -> None:
        """Wait until the job that is shown is at one of these stages."""
        wanted = ", ".join(f'#status [data-stage="{stage}"]' for stage in stages)
        self.page.wait_for_selector(wanted, timeout=JOB_WAIT_MS)

    def middle_of(self, selector: str) -> tuple[float, float]:
        """Where the middle of an element is in the window, once it is in sight."""
        place = self.page.locator(selector)
        place.evaluate("element => element.scrollIntoView({ block: 'center' })")
        box = place.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, selector: str, by: tuple[float, float], *, touch: bool = False) -> None:
        """Take an element by its middle and move it by so many pixels, by mouse or by finger."""
        self.drag_from(self.middle_of(selector), by, touch=touch)

    def drag_from(
        self, start: tuple[float, float], by: tuple[float, float], *, touch: bool = False
    ) -> None:
        """Press at a place of the window, move by so many pixels, and let go."""
        x, y = start
        ways = [(x + by[0] * n / 4, y + by[1] * n / 4) for n in range(5)]
        if not touch:
            self.page.mouse.move(*ways[0])
            self.page.mouse.down()
            for way in ways[1:]:
                self.page.mouse.move(*way)
            self.page.mouse.up()
            return
        finger = self.context.new_cdp_session(self.page)
        for number, (left, top) in enumerate(ways):
            kind = "touchMove" if number else "touchStart"
            points = [{"x": left, "y": top}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        finger.detach()

    def job(self, job_id: str) -> dict[str, Any]:
        """The JSON of `/status`."""
        answer = self.page.request.post(
            f"{self.url}/gradio_api/run/status", data={"data": [job_id]}
        )
        found: dict[str, Any] = answer.json()["data"][0]
        return found

    @property
    def stage(self) -> str:
        """The stage of the job that is shown."""
        return str(self.page.locator("#status .job").get_attribute("data-stage"))

    @property
    def other_origins(self) -> set[str]:
        """Origins that the browser asked beside the page's own."""
        asked = {urlsplit(url)[:2] for url in self.requests if url.startswith(("http", "ws"))}
        own = urlsplit(self.url)[1]
        return {f"{scheme}://{host}" for scheme, host in asked if host != own}

    @property
    def sideways(self) -> int:
        """Pixels by which the page is wider than its window."""
        found: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return found

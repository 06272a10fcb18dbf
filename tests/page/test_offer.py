"""The price on the button holds: answers that come late, or not at all, and a press meanwhile."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from faults.scripted_cloud import ScriptedCloud
from playwright.sync_api import Route, expect
from visitor import KEY_THAT_WAITS, Visitor

Arrive = Callable[..., Visitor]
HERE, THERE = "This machine", "Alibaba Cloud"


class SlowLine:
    """A visitor's line to the page: the next request that tells of choices waits for `go_on`."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.held: list[Route] = []
        self.page.route("**/gradio_api/run/**", self._pass)

    def _pass(self, route: Route) -> None:
        told = json.loads(route.request.post_data or "{}").get("data", [])
        tells_choices = any(isinstance(one, dict) and "styles" in one for one in told)
        begins_jobs = any(isinstance(one, str) and one.startswith("Transform") for one in told)
        if tells_choices and not begins_jobs and not self.held:
            self.held.append(route)
        else:
            route.continue_()

    def go_on(self) -> None:
        """Let it through, and wait until its answer is there."""
        (route,) = self.held
        with self.page.expect_response(lambda answer: answer.request == route.request):
            route.continue_()


@pytest.fixture
def visitor(arrive: Arrive, clip: Path) -> Visitor:
    """Someone with a clip, and this machine's price shown."""
    visitor = arrive()
    visitor.choose(clip)
    expect(visitor.page.locator("#transform")).to_have_text("Transform — free")
    return visitor


FIRST_CHOICES: dict[str, Callable[[Visitor], object]] = {
    "a style": lambda visitor: visitor.pick("style", "Paper art"),
    "a resolution": lambda visitor: visitor.pick("resolution", "540p"),
    "another clip": lambda visitor: visitor.page.click("#samples button >> nth=0"),
}


@pytest.mark.parametrize("first", FIRST_CHOICES)
def test_an_answer_that_comes_late_does_not_bring_back_the_price_of_earlier_choices(
    visitor: Visitor, first: str
) -> None:
    page = visitor.page
    line = SlowLine(visitor)
    FIRST_CHOICES[first](visitor)
    page.wait_for_timeout(500)
    visitor.pick("service", "Alibaba Cloud")
    page.wait_for_timeout(500)  # an answer to this one would be there by now
    line.go_on()
    expect(page.locator("#price")).to_contain_text("× $")
    page.wait_for_timeout(300)  # nothing that is still on its way may take it back
    expect(page.locator("#price")).to_contain_text("× $")
    expect(page.locator("#transform")).to_contain_text("Transform — $")


def test_a_press_before_the_price_is_there_begins_nothing_and_says_what_the_button_says_now(
    visitor: Visitor, cloud: ScriptedCloud
) -> None:
    page = visitor.page
    submits = len(cloud.submits)
    line = SlowLine(visitor)
    visitor.pick("service", "Alibaba Cloud")
    expect(page.locator("#transform")).to_have_text("Transform — free")
    page.click("#transform")
    said = page.locator("#status .problem")
    expect(said).to_contain_text("not yet that of your last choice")
    expect(said).to_contain_text("The button now says “Transform — $0.14”")
    line.go_on()
    expect(page.locator("#transform")).to_have_text("Transform — $0.14")
    assert len(cloud.submits) == submits
    expect(page.locator("#jobs .job-row")).to_have_count(0)
    page.fill("#api-key input", KEY_THAT_WAITS)
    visitor.transform()
    page.click("#cancel:enabled")
    visitor.wait_for_stage("canceled")


def test_a_press_mends_a_price_that_was_not_told(visitor: Visitor) -> None:
    page = visitor.page
    line = SlowLine(visitor)
    visitor.pick("service", "Alibaba Cloud")
    page.wait_for_timeout(300)
    (lost,) = line.held
    lost.fulfill(status=502)
    page.click("#transform")
    expect(page.locator("#status .problem")).to_contain_text("not yet that of your last choice")
    expect(page.locator("#transform")).to_have_text("Transform — $0.14")

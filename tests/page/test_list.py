"""My jobs, as a visitor keeps them: two tabs agree, a job is done again, one is taken off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect
from visitor import KEY, KEY_THAT_WAITS, Visitor

Arrive = Callable[..., Visitor]


def test_a_finished_job_has_its_picture_price_age_and_expiry_and_is_done_again_or_removed(
    arrive: Arrive, finished: Any
) -> None:
    visitor = arrive(storage_state=finished)
    page = visitor.page
    rows = page.locator("#jobs .job-row")
    expect(rows).to_have_count(1)
    for words in ("Japanese manga", "holiday.mp4", "Done", "Free", "minute", "kept for 72 h"):
        expect(rows.first).to_contain_text(words)
    page.wait_for_function("() => document.querySelector('#jobs img').naturalWidth > 0")
    page.get_by_role("button", name="Again with the same settings").click()
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("holiday.mp4")
    page.click("#cancel:enabled")
    visitor.wait_for_stage("canceled", "succeeded")
    again = rows.first.get_attribute("data-job")
    rows.first.get_by_role("button", name="Remove from this list").click()
    expect(rows).to_have_count(1)
    assert rows.first.get_attribute("data-job") != again


def test_two_tabs_of_one_browser_agree_and_lose_nothing_of_each_other(
    arrive: Arrive, clip: Path, finished: Any
) -> None:
    first = arrive(storage_state=finished)
    second = Visitor(first.context, first.url).open()
    expect(second.page.locator("#jobs .job-row")).to_have_count(1)
    first.choose(clip)
    first.use_cloud(KEY_THAT_WAITS)
    first.transform()
    expect(second.page.locator("#jobs .job-row")).to_have_count(2)
    old = second.page.locator("#jobs .job-row").nth(1)
    old.get_by_role("button", name="Remove from this list").click()
    for tab in (first, second):
        expect(tab.page.locator("#jobs .job-row")).to_have_count(1)
    first.page.click("#cancel:enabled")
    first.wait_for_stage("canceled")
    expect(second.page.locator("#jobs .job-row")).to_contain_text("Canceled")


def test_offline_and_back_the_page_says_so_and_catches_up(arrive: Arrive, clip: Path) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    visitor.use_cloud(KEY_THAT_WAITS)
    job_id = visitor.transform()
    expect(page.locator(".asked")).to_have_count(0)  # every press has been answered
    assert "Restyle" in page.title()
    visitor.context.set_offline(True)
    expect(page.locator("p.offline")).to_be_visible()
    # Gradio has missed an answer, and loads the page anew as soon as it can.
    expect(page.locator(".toast-body")).to_contain_text("Attempting reconnection")
    with page.expect_navigation():
        visitor.context.set_offline(False)
    expect(page.locator("p.offline")).to_be_hidden()
    page.wait_for_selector(f'#status [data-job="{job_id}"]')
    page.click("#cancel:enabled")
    visitor.wait_for_stage("canceled")


NOTIFICATIONS = """
    window.told = [];
    window.Notification = class {
        static permission = 'granted';
        constructor(words, options) { window.told.push([words, options.silent]); }
    };
    Object.defineProperty(Document.prototype, 'hidden', { get: () => window.away === true });
"""


def test_the_tab_tells_how_far_it_is_and_says_quietly_when_it_is_done(
    arrive: Arrive, clip: Path
) -> None:
    visitor = arrive(script=NOTIFICATIONS)
    page = visitor.page
    visitor.choose(clip)
    visitor.use_cloud(KEY)
    visitor.transform()
    page.wait_for_function("() => document.title.endsWith(' · Restyle')")
    page.evaluate("window.away = true")
    visitor.wait_for_stage("succeeded", "failed")
    page.wait_for_function("() => document.title === 'Restyle' && window.told.length > 0")
    assert page.evaluate("window.told") == [["Done", True]]

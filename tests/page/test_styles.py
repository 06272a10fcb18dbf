"""The style wall: this clip's own frame in each style, chosen by keyboard, several at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from app_process import AppProcess
from playwright.sync_api import expect
from visitor import JOB_WAIT_MS, KEY_THAT_WAITS, Visitor

Arrive = Callable[..., Visitor]


SHAPES = "all => all.map(i => (i.naturalHeight / i.naturalWidth).toFixed(1)).join(' ')"
DRAWN_ANEW = """before => {
    const now = [...document.querySelectorAll('#style .own img')].map(image => image.src);
    return new Set(now).size === 8 && !now.some(one => before.includes(one));
}"""


def test_each_card_shows_this_clips_frame_as_it_will_be_cut_and_the_gallery_when_it_is_gone(
    arrive: Arrive, long_clip: Path
) -> None:
    visitor = arrive(with_previews=True)
    page = visitor.page
    visitor.choose(long_clip)
    own = page.locator("#style .card.own")

    def pictures_after(before: list[str]) -> list[str]:
        page.wait_for_function(DRAWN_ANEW, arg=before, timeout=JOB_WAIT_MS)
        expect(page.locator(".wall-says")).to_contain_text("Your own frame")
        # 320 × 640, of which 320 × 576 are kept, and to which bars make 356 × 640.
        assert own.locator("img").evaluate_all(SHAPES) == " ".join(["1.8"] * 8)
        found: list[str] = own.locator("img").evaluate_all("all => all.map(image => image.src)")
        return found

    whole = pictures_after([])
    page.locator(".fit-window").focus()
    page.keyboard.press("Home")
    cut = pictures_after(whole)
    visitor.pick("shape", "Keep all")
    pictures_after(cut)
    visitor.clear()
    expect(own).to_have_count(0)


def test_the_wall_is_one_tab_stop_moved_by_arrows_and_several_styles_make_a_batch(
    arrive: Arrive, clip: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    expect(page.locator("#style [role=option][tabindex='0']")).to_have_count(1)
    chosen = page.locator("#style [aria-selected=true]")
    page.locator("#style .card").first.focus()
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("Chinese cartoon")
    expect(chosen).to_contain_text("Best for ancient costumes")
    page.keyboard.press("End")
    expect(chosen).to_contain_text("Chinese ink wash")
    page.keyboard.press("Home")
    page.get_by_role("button", name="Several at once").click()
    page.locator("#style [tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    expect(chosen).to_have_count(2)
    visitor.pick("service", "Alibaba Cloud")
    expect(page.locator("#transform")).to_have_text("Transform in 2 styles — $0.29")
    visitor.pick("service", "This machine")
    expect(page.locator("#transform")).to_have_text("Transform in 2 styles — free")
    visitor.use_cloud(KEY_THAT_WAITS)
    visitor.transform()
    rows = page.locator("#jobs .job-row")
    expect(rows).to_have_count(2)
    for number in (0, 1):
        rows.nth(number).locator("[data-event=reopen]").click()
        page.wait_for_selector(f"#status [data-job='{rows.nth(number).get_attribute('data-job')}']")
        page.click("#cancel:enabled")
        visitor.wait_for_stage("canceled")
    expect(page.locator("#jobs .row-canceled")).to_have_count(2)


@pytest.mark.parametrize(
    ("kind", "body", "answer"),
    [
        ("text/plain", b"x", 415),
        ("image/jpeg", b"x" * 2_000_001, 413),
        ("image/jpeg", b"no picture", 200),
    ],
)
def test_frames_come_from_this_page_only_and_never_too_large(
    app: AppProcess, kind: str, body: bytes, answer: int
) -> None:
    address = f"{app.url}/restyle/previews"
    told = requests.post(address, data=body, headers={"Content-Type": kind}, timeout=60)
    assert told.status_code == answer
    assert answer != 200 or told.text == "", "nothing was drawn"

"""The style wall: this clip's own frame in each style, chosen by keyboard, several at once."""

from collections.abc import Callable
from pathlib import Path

from app_process import AppProcess
from playwright.sync_api import expect
from visitor import JOB_WAIT_MS, Visitor

Arrive = Callable[..., Visitor]


def test_each_card_shows_this_clips_frame_and_the_gallery_when_it_is_gone(
    arrive: Arrive, clip: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    own = page.locator("#style .card.own")
    expect(own).to_have_count(8, timeout=JOB_WAIT_MS)
    shapes = own.locator("img").evaluate_all(
        "all => all.map(i => i.naturalWidth / i.naturalHeight)"
    )
    assert all(abs(shape - 480 / 360) < 0.02 for shape in shapes), shapes
    expect(page.locator(".wall-says")).to_contain_text("Your own frame")
    pictures = own.locator("img").evaluate_all("all => all.map(image => image.src)")
    assert len(set(pictures)) == 8
    page.get_by_role("button", name="Clear").first.click()
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
    visitor.transform()
    expect(page.locator("#jobs .job-row")).to_have_count(2)
    for row in page.locator("#jobs .job-row").all():
        row.locator("[data-event=reopen]").click()
        page.wait_for_selector(f"#status [data-job='{row.get_attribute('data-job')}']")
        # Stopped to save time; it may as well be done already.
        page.evaluate("document.querySelector('#cancel:enabled')?.click()")
        visitor.wait_for_stage("canceled", "succeeded")


def test_frames_come_from_this_page_only_and_never_too_large(
    app: AppProcess, arrive: Arrive
) -> None:
    request = arrive().page.request
    address = f"{app.url}/restyle/previews"
    plain = request.post(address, data=b"x", headers={"Content-Type": "text/plain"})
    assert plain.status == 415
    large = request.post(address, data=b"x" * 2_000_001, headers={"Content-Type": "image/jpeg"})
    assert large.status == 413
    odd = request.post(address, data=b"no picture", headers={"Content-Type": "image/jpeg"})
    assert (odd.status, odd.text()) == (200, "")

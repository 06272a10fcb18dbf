"""The trim and the fit's pictures, where a visitor looks: filmstrip, handles, window, playhead."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from visitor import Visitor

Arrive = Callable[..., Visitor]


def _with(arrive: Arrive, clip: Path) -> Page:
    visitor = arrive()
    visitor.choose(clip)
    visitor.page.wait_for_selector('.trim-strip[data-drawn="yes"]')
    return visitor.page


def test_the_window_slides_as_a_whole_by_mouse_and_keyboard_and_is_never_too_wide(
    arrive: Arrive, long_clip: Path
) -> None:
    page = _with(arrive, long_clip)
    drawn = page.locator(".trim-strip").evaluate(
        "strip => new Set(strip.getContext('2d').getImageData(0, 24, 640, 1).data).size"
    )
    assert drawn > 8, "the filmstrip is empty"
    window = page.locator(".trim-window")
    expect(window).to_have_attribute("aria-valuetext", "0:00 – 0:30")
    window.focus()
    page.keyboard.press("PageUp")
    expect(window).to_have_attribute("aria-valuetext", "0:01 – 0:31")
    expect(page.locator("#fit-report")).to_contain_text("→ 1.0–30")
    window.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#trim').scrollIntoView({ block: 'center' })")
    box = window.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], middle, steps=4)
    page.mouse.up()
    expect(window).to_have_attribute("aria-valuetext", "0:04 – 0:34")
    page.locator(".trim-start").focus()
    page.keyboard.press("Home")
    expect(window).to_have_attribute("aria-valuetext", "0:00 – 0:30")


def test_a_press_on_the_strip_moves_the_playhead_and_the_part_can_begin_there(
    arrive: Arrive, long_clip: Path
) -> None:
    page = _with(arrive, long_clip)
    page.evaluate("document.querySelector('#trim').scrollIntoView({ block: 'center' })")
    box = page.locator(".trim-track").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "() => Math.abs(document.querySelector('#clip video').currentTime - 17) < 1"
    )
    expect(page.locator(".trim-playhead")).to_be_visible()
    page.click(".trim-start-here")
    page.wait_for_function(
        "() => Math.abs(document.querySelector('.trim-window').ariaValueNow - 17) < 1"
    )
    expect(page.locator("#fit-report")).to_contain_text("as chosen")


def test_what_is_cut_off_is_drawn_on_the_clips_own_frame(arrive: Arrive, long_clip: Path) -> None:
    page = _with(arrive, long_clip)
    pictures = page.locator("#fit-report canvas[data-drawn=yes]")
    expect(pictures).to_have_count(2)
    expect(page.locator(".fit-pictures")).to_contain_text("320×640")
    light = (
        "(canvas, y) => { const at = canvas.getContext('2d').getImageData("
        "canvas.width / 2, y, 1, 1).data; return at[0] + at[1] + at[2]; }"
    )
    cut = pictures.first.evaluate(light, 4)
    page.locator("#shape label", has_text="Keep all").click()
    expect(page.locator("#fit-report")).to_contain_text("bars left and right")
    expect(pictures).to_have_count(2)
    whole = pictures.first.evaluate(light, 12)
    assert cut < whole

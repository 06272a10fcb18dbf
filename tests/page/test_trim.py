"""The trim, where a visitor looks: filmstrip, handles, window and playhead."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from visitor import Visitor

Arrive = Callable[..., Visitor]
PLAYS_AT = "at => Math.abs(document.querySelector('#clip video').currentTime - at) < 0.06"


@pytest.fixture(scope="module")
def with_clip(arrive_once: Arrive, long_clip: Path) -> Visitor:
    """Someone with a finger and a clip of 34 seconds, whose filmstrip is drawn."""
    visitor = arrive_once(has_touch=True)
    visitor.choose(long_clip)
    visitor.page.wait_for_selector('.trim-strip[data-drawn="yes"]')
    return visitor


@pytest.fixture
def visitor(with_clip: Visitor) -> Visitor:
    """The same with the first 30 seconds chosen."""
    for side, at in (("start", "0:00"), ("end", "0:30")):
        with_clip.page.fill(f".trim-{side}-text", at)
        with_clip.page.press(f".trim-{side}-text", "Enter")
    expect(with_clip.page.locator(".trim-window")).to_have_attribute(
        "aria-valuetext", "0:00 – 0:30"
    )
    return with_clip


def test_the_window_slides_as_a_whole_and_is_never_too_wide(visitor: Visitor) -> None:
    page = visitor.page
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
    visitor.drag(".trim-window", (200, 0))
    expect(window).to_have_attribute("aria-valuetext", "0:04 – 0:34")
    visitor.drag(".trim-window", (-300, 0), touch=True)
    expect(window).to_have_attribute("aria-valuetext", "0:00 – 0:30")
    page.locator(".trim-end").focus()
    page.keyboard.press("End")
    expect(window).to_have_attribute("aria-valuetext", "0:04 – 0:34")
    page.locator(".trim-start").focus()
    page.keyboard.press("Home")
    expect(window).to_have_attribute("aria-valuetext", "0:00 – 0:30")


def test_the_handles_are_dragged_by_mouse_and_finger_and_length_and_price_move_along(
    visitor: Visitor,
) -> None:
    page = visitor.page
    visitor.pick("service", "Alibaba Cloud")
    expect(page.locator("#transform")).to_have_text("Transform — $2.14")
    x, y = visitor.middle_of(".trim-track")
    box = page.locator(".trim-track").bounding_box()
    assert box is not None
    end = box["x"] + box["width"] * 30 / 34
    page.mouse.move(end, y)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    expect(page.locator(".trim-chosen")).to_have_text(re.compile("^0:1[67]"))
    # Before the button is let go of.
    expect(page.locator("#transform")).to_have_text(re.compile(r"\$1\.[12]"))
    page.mouse.up()
    expect(page.locator(".trim-framed")).to_contain_text(re.compile("^ · 1[67][0-9] frames"))
    visitor.drag_from((box["x"] + 10, y), (box["width"] / 4, 0), touch=True)
    expect(page.locator(".trim-window")).to_have_attribute(
        "aria-valuetext", re.compile("^0:0[89].* – 0:1[67]")
    )
    expect(page.locator("#transform")).to_have_text(re.compile(r"\$0\.[56]"))


def test_the_playhead_is_moved_by_press_drag_and_frame_and_the_part_begins_and_ends_there(
    visitor: Visitor,
) -> None:
    page = visitor.page
    page.mouse.click(*visitor.middle_of(".trim-track"))
    page.wait_for_function(PLAYS_AT, arg=17)
    head = page.locator(".trim-playhead")
    visitor.drag(".trim-knob", (0, 0), touch=True)
    head.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(PLAYS_AT, arg=17.1)
    expect(page.locator(".trim-here")).to_have_text("0:17.1 · frame 172", use_inner_text=True)
    page.click(".trim-start-here")
    expect(page.locator(".trim-start-text")).to_have_value("0:17.1")
    visitor.drag(".trim-knob", (60, 0), touch=True)
    page.wait_for_function("() => document.querySelector('#clip video').currentTime > 19")
    page.click(".trim-end-here")
    expect(page.locator("#fit-report")).to_contain_text(re.compile(r"→ 17\.1–2\d\.\d s, as chosen"))

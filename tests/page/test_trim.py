"""The trim, where a visitor looks: filmstrip, handles, window and playhead."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from visitor import Visitor

from media import make_clip

Arrive = Callable[..., Visitor]
PLAYS_AT = "at => Math.abs(document.querySelector('#clip video').currentTime - at) < 0.06"


GRIP = """which => {
    const [handle, track] = ['.trim-' + which, '.trim-track'].map(s => document.querySelector(s));
    const wide = parseFloat(getComputedStyle(track).getPropertyValue('--grip'));
    const box = track.getBoundingClientRect();
    const edge = box.left + (box.width * handle.value) / handle.max;
    return [edge + ((which === 'end' ? 1 : -1) * wide) / 2, box.top + box.height / 2];
}"""


def _grip(visitor: Visitor, which: str) -> tuple[float, float]:
    """Where a handle is taken: beside the window, at its start or its end."""
    visitor.middle_of(".trim-track")
    x, y = visitor.page.evaluate(GRIP, which)
    return x, y


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
    page.mouse.move(*_grip(visitor, "end"))
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    expect(page.locator(".trim-chosen")).to_have_text(re.compile("^0:1[67]"))
    # Before the button is let go of.
    expect(page.locator("#transform")).to_have_text(re.compile(r"\$1\.[12]"))
    page.mouse.up()
    expect(page.locator(".trim-framed")).to_contain_text(re.compile("^ · 1[67][0-9] frames"))
    visitor.drag_from(_grip(visitor, "start"), (box["width"] / 4, 0), touch=True)
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


def test_both_handles_of_a_narrow_window_are_taken_by_a_finger_and_a_short_copy_says_so(
    arrive: Arrive, tmp_path: Path
) -> None:
    coding = ("-c:v", "mpeg4", "-an")
    film = make_clip(
        tmp_path / "film.avi", size=(256, 256), fps=1, duration_s=660, sound=False, options=coding
    )
    visitor = arrive(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.choose(film)
    expect(page.locator(".shown-short")).to_be_visible()
    expect(page.locator(".shown-short")).to_contain_text("first 10 minutes only")
    window = page.locator(".trim-window")
    expect(window).to_have_attribute("aria-valuetext", "0:00 – 0:30")
    track = page.locator(".trim-track").bounding_box()
    assert track is not None
    minute = track["width"] / 11
    visitor.drag_from(_grip(visitor, "end"), (5 * minute, 0), touch=True)
    expect(window).to_have_attribute("aria-valuetext", re.compile(r"^(4:5|5:0).* – 5:[23]"))
    visitor.drag_from(_grip(visitor, "start"), (0.8 * minute, 0), touch=True)
    expect(window).to_have_attribute("aria-valuetext", re.compile(r"^5:[345].* – 5:[345]"))
    # The window is less than a pixel wide now, and either handle is still there to be taken.
    visitor.drag_from(_grip(visitor, "end"), (-3 * minute, 0), touch=True)
    expect(window).to_have_attribute("aria-valuetext", re.compile(r"^2:[345].* – 2:[345]"))
    visitor.drag_from(_grip(visitor, "start"), (-1 * minute, 0), touch=True)
    expect(window).to_have_attribute("aria-valuetext", re.compile(r"^1:[345].* – 2:[012]"))
    page.wait_for_selector('.trim-strip[data-drawn="yes"]')
    last = page.locator(".trim-strip").evaluate(
        "strip => [...strip.getContext('2d').getImageData(620, 24, 1, 1).data]"
    )
    assert last == [0, 0, 0, 0], "minutes that the copy lacks have a picture"
    assert visitor.sideways == 0

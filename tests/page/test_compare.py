"""The result beside the clip, as a visitor compares them: the wipe, both players, the keepsake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from visitor import Visitor

from media import stream

Arrive = Callable[..., Visitor]
BOTH = "compare => [compare.after.currentTime, compare.before.currentTime]"
SEEKING = "compare.after.seeking || compare.before.seeking"
READY = f"""() => {{
    const compare = document.querySelector('restyle-compare');
    return compare && compare.after.readyState > 2 && compare.before.readyState > 2 && !({SEEKING});
}}"""


def _opened(arrive: Arrive, finished: Any, **options: Any) -> Page:
    page = arrive(storage_state=finished, **options).page
    page.wait_for_function(READY)
    return page


def _times(page: Page) -> list[float]:
    page.wait_for_function(READY)
    times: list[float] = page.locator("restyle-compare").evaluate(BOTH)
    return times


def test_both_players_stay_in_step_while_they_play_and_frame_by_frame(
    arrive: Arrive, finished: Any
) -> None:
    page = _opened(arrive, finished)
    page.select_option(".compare-speed", "0.5")
    page.select_option(".compare-sound", "off")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        "() => { const { after, before } = document.querySelector('restyle-compare');"
        " return after.currentTime > 0.4 && Math.abs(after.currentTime - before.currentTime) < 0.1"
        " && !before.paused; }"
    )
    rates = page.locator("restyle-compare").evaluate("c => [c.after.playbackRate, c.after.muted]")
    assert rates == [0.5, True]
    page.get_by_role("button", name="Pause").click()
    first = _times(page)
    assert first[0] == first[1]
    page.get_by_role("button", name="One frame on").click()
    second = _times(page)
    assert second[0] == second[1]
    assert abs(second[0] - first[0] - 1 / 15) < 0.002
    page.get_by_role("button", name="One frame back").click()
    assert _times(page) == first
    page.select_option(".compare-sound", "before")
    muted = page.locator("restyle-compare").evaluate("c => [c.after.muted, c.before.muted]")
    assert muted == [True, False]


def test_the_wipe_moves_by_mouse_keyboard_and_touch_and_fills_the_screen(
    arrive: Arrive, finished: Any
) -> None:
    page = _opened(arrive, finished, has_touch=True)
    wipe = page.locator(".compare-wipe")
    wipe.focus()
    page.keyboard.press("ArrowLeft")
    expect(wipe).to_have_value("49")
    box = wipe.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.49, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, middle, steps=4)
    page.mouse.up()
    assert 15 <= int(wipe.input_value()) <= 25
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, middle)
    page.wait_for_function("() => document.querySelector('.compare-wipe').value > 70")
    shown = page.locator(".compare-before").evaluate("video => getComputedStyle(video).clipPath")
    assert "calc(100%" in shown or "%" in shown
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement?.matches('restyle-compare')")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => !document.fullscreenElement")


def test_both_side_by_side_are_an_mp4_with_a_good_name(
    arrive: Arrive, finished: Any, tmp_path: Path
) -> None:
    page = _opened(arrive, finished)
    with page.expect_download() as download:
        page.click("#beside")
    assert download.value.suggested_filename == "holiday-japanese-manga-side-by-side.mp4"
    saved = tmp_path / "both.mp4"
    download.value.save_as(saved)
    video, sound = stream(saved, "video"), stream(saved, "audio")
    assert (video["width"], video["height"]) == (1440, 540)
    assert abs(int(video["nb_read_frames"]) - 15) <= 1
    assert abs(float(sound["duration"]) - 1.0) < 0.15

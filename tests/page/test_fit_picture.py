"""The fit as a picture: the crop window is moved by mouse, finger and keys, and the job follows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from visitor import KEY_THAT_WAITS, Visitor

from restyle.clips import inspect
from restyle.fitting import plan_fit
from restyle.page.fit_picture import crop_at_of, picture_of

Arrive = Callable[..., Visitor]
DRAWN = ".fit[data-drawn=yes]"


def _lies_at(page: Page, at: int) -> None:
    expect(page.locator(".fit-window")).to_have_attribute("aria-valuenow", str(at))


def _light(page: Page, kind: str, y: int) -> int:
    found: int = page.locator(f".fit-{kind} canvas").evaluate(
        "(canvas, y) => { const at = canvas.getContext('2d').getImageData("
        "canvas.width / 2, y, 1, 1).data; return at[0] + at[1] + at[2]; }",
        y,
    )
    return found


def test_the_crop_window_is_moved_by_mouse_finger_and_keys_and_the_job_is_cropped_there(
    arrive: Arrive, clip: Path, long_clip: Path
) -> None:
    visitor = arrive(has_touch=True)
    page = visitor.page
    visitor.choose(long_clip)
    page.wait_for_selector(DRAWN)
    window, report = page.locator(".fit-window"), page.locator("#fit-report")
    expect(page.locator(".fit figcaption")).to_have_text(["320×640", "320×568"])
    expect(window).to_have_attribute("aria-valuetext", "36 – 604 / 640 px")
    expect(report).to_contain_text("cropped above and below")
    visitor.drag(".fit-window", (0, -60))
    _lies_at(page, 0)
    expect(report).to_contain_text("cropped below")
    visitor.drag(".fit-window", (0, 60), touch=True)
    _lies_at(page, 100)
    expect(report).to_contain_text("cropped above;")
    expect(window).to_be_focused()
    for key in ("Home", "PageDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    _lies_at(page, 12)
    expect(report).to_contain_text("cropped above and below")
    top = _light(page, "before", 4)
    visitor.pick("shape", "Keep all")
    expect(report).to_contain_text("bars left and right")
    expect(window).to_be_hidden()
    assert _light(page, "before", 4) == top
    visitor.pick("shape", "Crop the edges")
    _lies_at(page, 12)
    visitor.use_cloud(KEY_THAT_WAITS)
    plan = visitor.job(visitor.transform())["plan"]
    page.click("#cancel:enabled")
    visitor.wait_for_stage("canceled")
    visitor.clear()
    expect(page.locator(".fit")).to_be_hidden()
    visitor.choose(clip)
    expect(report.locator(".verdict")).to_contain_text("Within every limit")
    expect(page.locator(".fit")).to_be_hidden()
    assert (plan["crop"]["y"], plan["crop_at"]) == (8, 0.12)


def test_the_picture_has_the_plans_own_geometry(long_clip: Path) -> None:
    clip = inspect(long_clip)
    cropped = picture_of(clip, plan_fit(clip, crop_at=1))
    assert (cropped["axis"], cropped["kept"], cropped["bars"]) == ("y", [0, 72, 320, 568], None)
    padded = picture_of(clip, plan_fit(clip, shape="pad", crop_at=1))
    assert (padded["axis"], padded["kept"]) == ("", [0, 0, 320, 640])
    assert padded["bars"] == [20, 0, 20, 0]
    assert (padded["crop_at"], picture_of(clip, None)["crop_at"]) == (1, 0.5)


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ({"crop_at": 0.25}, 0.25),
        ({"crop_at": 1}, 1.0),
        ({"crop_at": 7}, 0.5),
        ({"crop_at": True}, 0.5),
        ({"crop_at": "0.2"}, 0.5),
        ({"crop_at": None}, 0.5),
        ({}, 0.5),
        (None, 0.5),
    ],
)
def test_what_the_browser_says_of_the_crop_is_read_with_caution(sent: object, at: float) -> None:
    assert crop_at_of(sent) == at

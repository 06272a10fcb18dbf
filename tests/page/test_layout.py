"""Looks and manners: nothing jumps, everything is in sight, on a phone too; motion and colours."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from visitor import KEY_THAT_WAITS, Visitor

from restyle import page as restyle_page

Arrive = Callable[..., Visitor]
LOOKS = Path(restyle_page.__file__).parent / "looks"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
MOST_BYTES = 8_000_000
# Source: web.dev/cls. What a visitor's own press moves within half a second is not counted.
MOST_SHIFT = 0.1
SHIFTS = """
    window.shifts = [];
    const note = (list) => {
        for (const shift of list.getEntries())
            if (!shift.hadRecentInput)
                window.shifts.push([shift.value, ...shift.sources.map((one) =>
                    `${one.node?.parentElement?.id} ${one.node?.id || one.node?.className}`)]);
    };
    window.shiftObserver = new PerformanceObserver(note);
    window.shiftObserver.observe({ type: 'layout-shift', buffered: true });
"""
TRANSFER = """() => [...performance.getEntriesByType('resource'),
    ...performance.getEntriesByType('navigation')]
    .reduce((all, one) => all + one.transferSize, 0)"""
GROUND = """scheme => {
    const parts = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3);
    return parts.map(Number).reduce((a, b) => a + b) < 200 === (scheme === 'dark');
}"""
MOVES_NOT = "() => !document.getAnimations().some(one => one.playState === 'running')"
RING = """element => {
    const ringed = (one) => one && (getComputedStyle(one).outlineStyle !== 'none');
    return ringed(element) || ringed(element.closest('label')) || ringed(element.parentElement);
}"""


@pytest.mark.parametrize("path", sorted(LOOKS.glob("*.css")), ids=lambda path: path.name)
def test_rules_for_some_screens_are_such_as_gradio_leaves_whole(path: Path) -> None:
    for block in re.findall(
        r"@media [^{]*\{(.*?)\n\}", path.read_text(encoding="utf-8"), re.DOTALL
    ):
        # It puts a prefix of its own before each, also behind a comma.
        assert ".gradio-container" not in block
        assert not re.search(r":is\([^)]*,", block)


def _shifts(page: Page) -> list[tuple[float, str]]:
    # Two frames: what was laid out by now has been noted then.
    page.evaluate("() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))")
    found: list[tuple[float, str]] = page.evaluate("shifts")
    return found


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_jumps_while_the_page_loads_a_clip_comes_in_and_a_job_runs_to_its_end(
    arrive: Arrive, long_clip: Path, window: dict[str, int]
) -> None:
    visitor = arrive(viewport=window, script=SHIFTS)
    page = visitor.page
    page.wait_for_selector("#style .card >> nth=7")
    assert 0 < page.evaluate(TRANSFER) < MOST_BYTES
    visitor.choose(long_clip)
    page.wait_for_selector('.trim-strip[data-drawn="yes"]')
    page.wait_for_selector(".fit[data-drawn=yes]")
    visitor.use_cloud("sk-layout-0123456789abcdef0123456789")
    visitor.transform()
    visitor.wait_for_stage("succeeded")
    page.wait_for_selector("restyle-compare")
    shifts = _shifts(page)
    assert sum(shift[0] for shift in shifts) < MOST_SHIFT, "\n".join(map(str, shifts))


def _in_sight(visitor: Visitor, height: int) -> None:
    assert visitor.sideways <= 0
    visitor.page.evaluate("scrollTo(0, 0)")
    button = visitor.page.locator("#transform").bounding_box()
    assert button is not None
    assert button["y"] >= 0
    assert button["y"] + button["height"] <= height, "the button is not in sight"


@pytest.mark.parametrize(("locale", "scheme"), [("en-US", "dark"), ("zh-CN", "light")])
def test_the_button_is_in_sight_on_a_desktop_and_a_phone_and_nothing_scrolls_sideways(
    arrive: Arrive, clip: Path, long_clip: Path, locale: str, scheme: str
) -> None:
    visitor = arrive(locale=locale, color_scheme=scheme, reduced_motion="reduce")
    page = visitor.page

    def everywhere() -> None:
        _in_sight(visitor, DESKTOP["height"])
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict
        _in_sight(visitor, PHONE["height"])
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    everywhere()
    visitor.choose(clip)
    everywhere()
    visitor.clear()
    visitor.choose(long_clip)
    everywhere()
    page.click(".wall-several")
    page.click("#style .card >> nth=5")
    page.locator("#service label").nth(1).click()
    page.fill("#api-key input", KEY_THAT_WAITS)
    everywhere()
    visitor.transform()
    expect(page.locator("#jobs .job-row")).to_have_count(2)
    everywhere()
    page.wait_for_function(MOVES_NOT)
    page.wait_for_function(GROUND, arg=scheme)
    for changed in ("light" if scheme == "dark" else "dark", scheme):  # while the page is open
        page.emulate_media(color_scheme=changed)  # type: ignore[arg-type]  # one of both
        page.wait_for_function(GROUND, arg=changed)
    for row in page.locator("#jobs .job-row").all():
        row.locator("[data-event=reopen]").click()
        page.wait_for_selector(f"#status [data-job='{row.get_attribute('data-job')}']")
        page.click("#cancel:enabled")
        visitor.wait_for_stage("canceled")


def test_whatever_the_tab_key_reaches_has_a_ring_and_arrow_keys_move_within_each_group(
    arrive: Arrive, long_clip: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(long_clip)
    page.wait_for_selector(".fit[data-drawn=yes]")
    ringed: dict[str, bool] = {}
    groups: list[str] = []
    while True:
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() == 0 or here.get_attribute("data-seen"):
            break
        name = here.evaluate("e => { e.dataset.seen = 'yes'; return e.outerHTML.slice(0, 200); }")
        ringed[name] = here.evaluate(RING)
        if (group := here.get_attribute("name")) and here.get_attribute("type") == "radio":
            groups.append(group)
    assert [name for name, ring in ringed.items() if not ring] == []
    for part in ("trim-window", "trim-playhead", "trim-start", "fit-window", 'role="option"'):
        assert any(part in name for name in ringed), (part, list(ringed))
    assert groups == ["service", "extent", "shape", "resolution"], "one stop for each group"
    for group, key, words in (
        ("service", "ArrowRight", "Alibaba Cloud"),
        ("extent", "ArrowDown", "All of it, in 2 parts"),
        ("shape", "ArrowRight", "Keep all, with bars"),
        ("resolution", "ArrowRight", "1080p"),
        ("resolution", "ArrowRight", "540p"),
        ("resolution", "ArrowLeft", "1080p"),
    ):
        page.locator(f"#{group} input:checked").focus()
        page.keyboard.press(key)
        expect(page.locator(f"#{group} label:has(:focus)")).to_contain_text(words)
        expect(page.locator(f"#{group} label.selected")).to_contain_text(words)
        expect(page.locator(f"#{group} input:checked")).to_have_count(1)
    expect(page.locator("#transform")).to_have_text("Transform 2 parts — $0.97")
    expect(page.get_by_role("group", name="Resolution")).to_have_count(1)

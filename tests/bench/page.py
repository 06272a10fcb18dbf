"""How soon the page is of use and how soon a click is answered: a table, measured in Chromium.

    python tests/bench/page.py        # on a quiet machine

Starts an app of its own. `answer` is the time from a press to the first painted frame after the
page has changed by it: the median and the worst of the runs, in milliseconds. The style wall's
pictures are timed from the choice of a clip, or of another of its frames, to their place.
"""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app_process import running_app
from playwright.sync_api import Browser, Page, sync_playwright
from visitor import Visitor

from media import make_clip

LOADS, PRESSES, PREVIEWS, CALM_MS = 5, 5, 4, 1000
COMPILED_MS = 180_000
DESKTOP = {"width": 1280, "height": 800}
LOADED = """() => {
    const loaded = [...performance.getEntriesByType('resource'),
        ...performance.getEntriesByType('navigation')];
    return [performance.getEntriesByName('first-contentful-paint')[0].startTime,
        loaded.reduce((sum, entry) => sum + entry.transferSize, 0), loaded.length];
}"""
# The first painted frame after something on the page has changed.
WATCH = """() => {
    window.answered = null;
    window.addEventListener('pointerdown', () => {
        const pressed = performance.now();
        const answer = () => {
            watch.disconnect();
            document.removeEventListener('input', answer, true);
            requestAnimationFrame(() => setTimeout(() => {
                window.answered = performance.now() - pressed;
            }));
        };
        const watch = new MutationObserver(answer);
        // What the browser draws itself, as the tick of a box, changes nothing else.
        document.addEventListener('input', answer, true);
        const all = { attributes: true, childList: true, characterData: true, subtree: true };
        watch.observe(document.body, all);
    }, { once: true, capture: true });
}"""

# When each card's picture changed, in milliseconds from now.
DRAWN = """() => {
    const from = performance.now();
    window.drawn = [];
    for (const picture of document.querySelectorAll('#style .card img')) {
        const before = picture.src;
        const watch = new MutationObserver(() => {
            if (!picture.src.startsWith('data:image/jpeg') || picture.src === before) return;
            watch.disconnect();
            window.drawn.push(performance.now() - from);
        });
        watch.observe(picture, { attributes: true, attributeFilter: ['src'] });
    }
}"""
SEEK = "at => { document.querySelector('#clip video').currentTime = 1 + at; }"


def press(page: Page, selector: str) -> float:
    """Press an element; milliseconds until the page has visibly answered."""
    place = page.locator(selector).first
    place.scroll_into_view_if_needed()
    page.evaluate(WATCH)
    box = place.bounding_box()
    assert box is not None
    # Off the middle, where a slider stands already.
    place.click(position={"x": 0.4 * box["width"], "y": box["height"] / 2})
    page.wait_for_function("() => window.answered !== null")
    return float(page.evaluate("window.answered"))


def loads(browser: Browser, url: str) -> None:
    """Print paint, first use and transfer of a fresh browser's visit, and of a second one."""
    for name, again in (("cold cache", False), ("warm cache", True)):
        rows = []
        context = browser.new_context(viewport=DESKTOP)
        for _ in range(LOADS):
            if not again:
                context.close()
                context = browser.new_context(viewport=DESKTOP)
            page = context.new_page()
            page.goto(url)
            page.wait_for_selector("#style .card >> nth=7")
            page.wait_for_selector("#transform")
            useful = page.evaluate("performance.now()")
            rows.append((*page.evaluate(LOADED), useful))
            page.close()
        context.close()
        paint, size, files, useful = (
            statistics.median(column) for column in zip(*rows, strict=True)
        )
        print(
            f"{name:<12} first paint {paint:5.0f} ms   of use {useful:5.0f} ms   "
            f"{size / 1e6:5.2f} MB in {files:.0f} files"
        )


def presses(browser: Browser, url: str, clip: Path, long_clip: Path) -> None:
    """Print how soon each control answers: with a clip chosen, a long tall one, and a result."""
    visitor = Visitor(browser.new_context(viewport=DESKTOP), url).open()
    page = visitor.page

    def finish() -> None:
        visitor.wait_for_stage("succeeded")
        page.wait_for_selector("restyle-compare")

    def shorten() -> None:
        page.click("#resolution label >> nth=0")
        page.fill(".trim-end-text", "0:01")
        page.press(".trim-end-text", "Enter")

    def shows_sample() -> None:
        # Taken away before it has come, it would come all the same.
        page.wait_for_selector(f"#clip video:not([src*='{clip.name}'])", state="attached")

    def take_long_clip() -> None:
        visitor.clear()
        visitor.choose(long_clip)

    again: dict[str, Callable[[], object]] = {
        "#samples button": lambda: (shows_sample(), visitor.clear(), visitor.choose(clip)),
        "#style .card >> nth=3": lambda: page.click("#style .card >> nth=0"),
        ".wall-several": lambda: None,
        "#resolution label >> nth=0": lambda: page.click("#resolution label >> nth=1"),
        "#fps input[type=range]": lambda: page.press("#fps input[type=range]", "Home"),
        "#faces input": lambda: None,
        "#service label >> nth=1": lambda: page.click("#service label >> nth=0"),
        ".trim-track": lambda: None,
        ".trim-start-here": lambda: page.click(".trim-track"),
        "#paste-fetch": lambda: page.wait_for_selector("#paste-fetch"),
    }
    once: dict[str, Callable[[], object]] = {
        ".trim-end-here": shorten,
        "#transform:enabled": lambda: page.wait_for_selector("#cancel:enabled"),
        "#cancel:enabled": lambda: visitor.wait_for_stage("canceled", "succeeded"),
        "#jobs [data-event=reopen]": lambda: None,
        "#jobs [data-event=retry]": lambda: page.click("#cancel:enabled"),
        "#jobs [data-event=remove]": take_long_clip,
        "#extent label >> nth=1": lambda: page.click("#extent label >> nth=0"),
        "#shape label >> nth=1": shorten,
        "#transform:enabled >> nth=0": finish,
        ".compare-play": lambda: page.click(".compare-play"),
        ".compare-on": lambda: None,
        ".compare-wipe": lambda: None,
        ".code summary": lambda: None,
    }
    for selector, afterwards in (again | once).items():
        times = []
        for _ in range(PRESSES if selector in again else 1):
            times.append(press(page, selector))
            afterwards()
            page.wait_for_timeout(CALM_MS)
        print(f"{selector:<28} answer {statistics.median(times):5.0f}   worst {max(times):5.0f} ms")
    visitor.context.close()


def previews(browser: Browser, url: str, clip: Path) -> None:
    """Print how soon the style wall shows this clip's own frame, and another of its frames."""
    visitor = Visitor(browser.new_context(viewport=DESKTOP), url).open()
    page = visitor.page
    rows: dict[str, list[tuple[float, float]]] = {"a clip": [], "another frame": []}
    for number in range(PREVIEWS):
        for name, begin in (
            ("a clip", lambda: page.set_input_files("#clip input[type=file]", clip)),
            ("another frame", lambda at=number: page.evaluate(SEEK, at)),
        ):
            page.evaluate(DRAWN)
            begin()
            # The first time kernels may have to be compiled.
            page.wait_for_function("() => window.drawn.length === 8", timeout=COMPILED_MS)
            first, *_, last = page.evaluate("window.drawn")
            rows[name].append((first, last))
        visitor.clear()
        page.wait_for_function("() => !document.querySelector('#style .own')")
    for name, times in rows.items():
        first, last = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:<14} first style {first / 1000:4.1f} s   all eight {last / 1000:4.1f} s")
    visitor.context.close()


def main() -> None:
    """All three tables."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = make_clip(Path(folder) / "clip.mp4", size=(1280, 720), duration_s=8.0)
        long_clip = make_clip(Path(folder) / "long.mp4", size=(360, 720), duration_s=34.0)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with running_app(Path(folder) / "data") as app:
            # First: the others are of a warm server.
            previews(browser, app.url, clip)
            loads(browser, app.url)
            presses(browser, app.url, clip, long_clip)
        browser.close()


if __name__ == "__main__":
    main()

"""How soon the page is of use, and how much it loads: measured in a real browser, and printed."""

from collections.abc import Callable

from visitor import Visitor

Arrive = Callable[..., Visitor]
MOST_BYTES = 8_000_000
MEASURE = """() => {
    const loaded = [...performance.getEntriesByType('resource'),
        ...performance.getEntriesByType('navigation')];
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return {
        bytes: loaded.reduce((sum, entry) => sum + entry.transferSize, 0),
        files: loaded.length,
        paint_ms: paint ? paint.startTime : 0,
        useful_ms: performance.now(),
    };
}"""


def test_the_pages_transfer_and_its_first_useful_paint_are_printed(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.page
    page.goto("about:blank")
    visitor.open()
    page.wait_for_selector("#style .card >> nth=7")
    found = page.evaluate(MEASURE)
    print(
        f"transfer {found['bytes'] / 1e6:.2f} MB in {found['files']} files, "
        f"first paint {found['paint_ms']:.0f} ms, all panels after {found['useful_ms']:.0f} ms"
    )
    assert 0 < found["bytes"] < MOST_BYTES

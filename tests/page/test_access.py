"""Everyone can use it: axe-core finds no violation of WCAG 2.1 A/AA in the page's main states."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page
from visitor import Visitor

Arrive = Callable[..., Visitor]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def _check(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate("only => axe.run(document, only)", only)
    assert len(found["passes"]) > 10
    words = [
        f"{one['id']}: {one['help']}: {node['html'][:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert words == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_a_result_a_clip_and_a_problem(
    arrive: Arrive, finished: Any, long_clip: Path, tmp_path: Path, scheme: str
) -> None:
    visitor = arrive(storage_state=finished, color_scheme=scheme)
    page = visitor.page
    page.wait_for_selector("restyle-compare")
    _check(page)
    visitor.pick("service", "Alibaba Cloud")
    visitor.choose(long_clip)
    page.get_by_role("button", name="Several at once").click()
    page.click("#transform:enabled")
    page.wait_for_selector("#status .problem")
    _check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_fresh_page(arrive: Arrive, scheme: str) -> None:
    _check(arrive(color_scheme=scheme, locale="zh-CN", reduced_motion="reduce").page)

"""Take the README's screenshots of a Restyle that runs: a finished job, compared.

    python app.py                                        # in one terminal
    python demo_assets/make_screenshots.py [address]     # in another; http://127.0.0.1:7860

Needs playwright (tests/requirements.txt) and Debian's Chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
SAMPLE, STYLE = "Portrait", "American comic"
WAIT_MS = 600_000


def make(page: Page, address: str) -> None:
    """Choose the sample and the style, and run a job to its end."""
    page.set_default_timeout(WAIT_MS)
    page.goto(address)
    page.locator("#samples button", has_text=SAMPLE).click()
    page.wait_for_selector("#fit-report [data-verdict]")
    page.get_by_role("option", name=STYLE).click()
    page.locator("#resolution label", has_text="540p").first.click()
    page.click("#transform:enabled")
    page.wait_for_selector('#status [data-stage="succeeded"]')
    page.wait_for_selector("#style .card.own >> nth=7")


def compare(page: Page) -> None:
    """Wait for both players, and put the wipe and the moment where there is much to see."""
    page.wait_for_function(
        "() => { const one = document.querySelector('restyle-compare');"
        " return one && one.after.readyState > 2 && one.before.readyState > 2; }"
    )
    page.locator(".compare-wipe").fill("38")
    page.locator(".compare-seek").fill("1.5")
    page.wait_for_function("() => !document.querySelector('restyle-compare').after.seeking")
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")


def desktop(browser: Browser, address: str) -> str:
    """The page on a desktop, light; gives what the browser kept of the job."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    make(page, address)
    page.evaluate("scrollTo(0, 0)")
    compare(page)
    page.screenshot(path=FOLDER / "desktop-light.png")
    kept: str = page.evaluate("localStorage.getItem('restyle-jobs')")
    page.close()
    return kept


def phone(browser: Browser, address: str, kept: str) -> None:
    """The same job on a phone, dark."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto(address)
    page.evaluate("kept => localStorage.setItem('restyle-jobs', kept)", kept)
    page.goto(address)
    page.wait_for_selector('#status [data-stage="succeeded"]')
    compare(page)
    page.locator("#panel-result").evaluate("panel => panel.scrollIntoView()")
    page.screenshot(path=FOLDER / "phone-dark.png")
    page.close()


def main() -> None:
    """Both screenshots, into demo_assets/screenshots."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860"
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        phone(browser, address, desktop(browser, address))
        browser.close()


if __name__ == "__main__":
    main()

"""Headless Chromium for tests of pages; tests that import this are skipped where there is none."""

import shutil
from contextlib import contextmanager

import pytest

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: pip install playwright"
)
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"
)


@contextmanager
def started():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@contextmanager
def opened(browser, address, *, within="", width=1400, scheme="light"):
    """The page, and all that it complained of, or asked for beyond what is its own.

    Args:
        browser: of `started`.
        address: of the page.
        within: what it may ask for begins so; nothing but itself, if empty.
        width: of the window.
        scheme: light or dark.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(120_000)
    page = context.new_page()
    trouble = []

    def foreign(url):
        return not url.startswith(within) if within else url != address

    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: foreign(request.url) and trouble.append(request.url))
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page, trouble
    context.close()


def click_mark(page, number):
    """Click a mark of the front as people do: where it is drawn; return what was shown there."""
    mark = page.locator("#front-plot .scatterlayer .trace .points path.point")
    box = mark.nth(number).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    hovered = page.locator(".hover").all_text_contents()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    return hovered

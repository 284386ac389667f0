"""The home page in a real browser, from the real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.harness.browser import chromium, watched_page
from tests.harness.product import Product, install, serve

# The link is in the footer.
MAX_LINKS = 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, "sample")
    log = folder / "server.log"
    with serve(product, log):
        yield product
    assert "WARNING" not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A phone-sized page in either colour scheme. Console messages and page errors fail the test."""
    faults: list[str] = []
    phone = {"width": 390, "height": 844}
    with watched_page(browser, faults, viewport=phone, color_scheme=request.param) as page:
        yield page
    assert faults == []


def test_home_fits_a_phone_and_leads_to_the_admin_by_keyboard(product: Product, page: Page) -> None:
    page.goto(product.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_text("from the bundled sample, not today's").is_visible()

    names: list[str] = []
    while "Admin" not in names and len(names) < MAX_LINKS:
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.innerText"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/login/**")
    assert page.get_by_label("Username").is_visible()


def test_home_is_styled_for_the_colour_scheme(product: Product, page: Page) -> None:
    page.goto(product.url)
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(21, 24, 27)" if is_dark else "rgb(251, 251, 250)")

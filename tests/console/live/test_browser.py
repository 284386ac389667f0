"""The live page in a real browser, from the real server with the demo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import DESKTOP, PHONE
from tests.harness import axe
from tests.harness.browser import watched_page
from tests.harness.product import Product, install, serve

# What a collection does to the page at once, where a poll would take a minute.
TOLD_MS = 20_000


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, COSTS_DIR=str(folder / "costs"))
    product.manage("demo_costs")
    product.manage("demo_live")
    with serve(product, folder / "server.log"):
        yield product


def test_the_page_fits_its_screen_and_hinders_nobody(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/live/")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert axe.faults(page) == []
    expect(page.get_by_text("Made-up demo data.").first).to_be_visible()
    expect(
        page.get_by_text("Bedrock: less than a minute behind.").or_(
            page.get_by_text("Bedrock: 1 minute behind.")
        )
    ).to_be_visible()


def test_customers_and_features_of_calls_are_apart_from_the_metrics(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/live/")
    calls = page.locator("#calls")

    expect(calls.get_by_text("Another basis:")).to_be_visible()
    expect(calls.get_by_text("Made-up demo data.")).to_be_visible()
    table = calls.get_by_role("table", name="Calls of the day so far, by customer")
    assert table.locator("tbody tr").count() > 1
    expect(calls.get_by_text("No call says its feature.").last).to_be_visible()
    expect(calls.get_by_role("heading", name="Calls of the last 60 minutes")).to_be_visible()


def test_a_collection_renews_the_page_and_leaves_the_focus_where_it_is(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/live/")
    chart = page.locator("#per_hour canvas").first
    chart.focus()
    at = page.locator("#live").get_attribute("data-at")
    page.evaluate("document.getElementById('live').dataset.at = 'before'")

    product.manage("collect_live", "--once")

    expect(page.locator("#live")).not_to_have_attribute("data-at", "before", timeout=TOLD_MS)
    expect(page.locator("#per_hour canvas").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#per_hour .told").first).to_contain_text("USD")
    assert at


def test_a_page_that_is_paused_stays_as_it_is_until_it_is_told_to_go_on(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/live/")
    button = page.get_by_role("button", name="Pause")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Paused. Figures of")).to_be_visible()
    page.evaluate("document.getElementById('live').dataset.at = 'before'")
    product.manage("collect_live", "--once")
    page.wait_for_timeout(7000)
    expect(page.locator("#live")).to_have_attribute("data-at", "before")

    page.keyboard.press("Enter")

    expect(page.locator("#live")).not_to_have_attribute("data-at", "before")


def test_a_person_says_above_what_they_are_told_and_takes_it_back(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/live/")
    page.get_by_label("Name").fill("much")
    page.get_by_label("Above, USD an hour").fill("1000")
    page.get_by_role("button", name="Tell me").click()

    expect(page.get_by_text("You are told when it costs more than 1000 USD an hour.")).to_be_visible()
    expect(page.get_by_role("row", name="much all models, all clouds 1000 15 no alert")).to_be_visible()
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert axe.faults(page) == []
    page.get_by_role("button", name="Remove much").click()
    expect(page.get_by_text("The rule is removed.")).to_be_visible()


def test_without_javascript_the_page_is_whole(product: Product, browser: Browser, session: str) -> None:
    with watched_page(browser, [], viewport=PHONE, java_script_enabled=False) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
        page.goto(f"{product.url}/live/")

        expect(page.get_by_role("heading", name="This day so far")).to_be_visible()
        expect(page.get_by_text("Load the page again for newer figures")).to_be_visible()
        expect(page.get_by_role("button", name="Pause")).to_be_hidden()
        assert page.locator("#this_day tbody tr").count() > 3

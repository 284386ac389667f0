"""The pages of costs in a real browser, from the real server with the demo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import DESKTOP, PHONE
from tests.harness import axe
from tests.harness.product import Product, install, serve

ADDRESSES = [
    "/costs/",
    "/costs/?days=30&cloud=gcp",
    "/costs/explore/?measures=billed_cost&measures=tokens&dimensions=model&dimensions=day",
    "/costs/explore/?add=service",
    "/costs/explain/?model=nova-lite",
    "/costs/models/",
    "/costs/customers/?customer=acme",
    "/costs/budgets/",
    "/costs/budgets/everything/",
    "/costs/budgets/globex/",
    "/costs/anomalies/",
    "/costs/loads/",
]


# One that is over, and one that is not.
BUDGETS = """
from costs.models import Budget
Budget(name="everything", amount_text="100", owners=["finance@example.com"], notes="Of all clouds.").save()
Budget(name="globex", amount_text="90000", period="quarter", filters={"customer": ["globex"]}).save()
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, COSTS_DIR=str(folder / "costs"))
    product.manage("demo_costs")
    product.manage("shell", "-v0", "-c", BUDGETS)
    with serve(product, folder / "server.log"):
        yield product


def test_pages_fit_their_screen_and_hinder_nobody(product: Product, page: Page) -> None:
    for address in ADDRESSES:
        response = page.goto(product.url + address)
        assert response
        assert response.status == 200, address
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
            assert axe.faults(page) == [], address


def test_a_chart_is_read_by_the_arrow_keys(product: Product, page: Page) -> None:
    page.goto(product.url + "/costs/")
    page.locator("#customers-USD").focus()
    page.keyboard.press("ArrowDown")

    expect(page.locator("#customers-USD-told")).to_contain_text("USD")


def test_a_row_is_drilled_into_by_clicks(product: Product, page: Page) -> None:
    page.goto(product.url + "/costs/explore/")
    page.locator("select[name=dimensions]").first.select_option("customer")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="acme", exact=True).click()

    expect(page.get_by_role("link", name="customer acme")).to_be_visible()
    page.get_by_role("link", name="Explain").first.click()
    expect(page.get_by_role("heading", name="What this figure is made of")).to_be_visible()

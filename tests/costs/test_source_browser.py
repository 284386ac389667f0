"""The form of a source in a real browser and server, whose sources are in a real S3 and a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.costs.bills import OCTOBER, charge, write_bill
from tests.costs.providers.s3 import LOCATION, Bucket
from tests.costs.providers.writers import rows
from tests.harness import axe
from tests.harness.browser import chromium, watched_page
from tests.harness.moto_server import moto_server, with_key
from tests.harness.product import Product, install, serve
from tests.harness.session import SESSION

ADD = "/admin/costs/costsource/add/"
WINDOWS = {"desktop": ViewportSize(width=1280, height=900), "phone": ViewportSize(width=390, height=844)}
# Where pictures are put that a person looks at.
PICTURES = os.environ.get("PICTURES_DIR", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    with moto_server() as port:
        Bucket().deliver("2026-05", {"a.parquet": rows("aws")})
        cloud = with_key(f"http://127.0.0.1:{port}")
        product = install(folder, "sample", COSTS_DIR=str(folder / "costs"), **cloud)
        write_bill(folder / "bills", OCTOBER, [charge("3", tags={"team": "blue"})])
        product.manage("load_costs", "--source", str(folder / "bills"))
        with serve(product, folder / "server.log"):
            yield product


@pytest.fixture(scope="module")
def session(product: Product) -> str:
    return product.manage("shell", "-v0", "-c", SESSION).strip()


@pytest.fixture
def faults() -> list[str]:
    """Errors of scripts and of the content security policy."""
    return []


@pytest.fixture(params=["light", "dark"])
def page(
    request: pytest.FixtureRequest, browser: Browser, product: Product, session: str, faults: list[str]
) -> Iterator[Page]:
    with watched_page(browser, faults, color_scheme=request.param) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
        yield page


def look_at(page: Page, faults: list[str], name: str) -> None:
    """The page as it is now fits each screen and hinders nobody."""
    scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    for window, size in WINDOWS.items():
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], window
        if PICTURES:
            page.screenshot(path=Path(PICTURES, f"{name}-{window}-{scheme}.png"), full_page=True)
        assert faults == []
        assert axe.faults(page) == [], window
        # axe styles what it measures, which the policy blocks.
        faults.clear()


def check(page: Page, location: str) -> None:
    page.get_by_label("Location").fill(location)
    page.get_by_role("button", name="Check connection").click()


def test_a_source_is_checked_and_its_deliveries_are_shown(
    product: Product, page: Page, faults: list[str]
) -> None:
    page.goto(product.url + ADD)
    page.get_by_label("Name").fill("acme")
    page.get_by_label("Kind").select_option("s3")
    check(page, LOCATION)
    result = page.get_by_role("region", name="Check of the connection").inner_text()
    assert "The location can be read. Nothing was saved." in result
    assert "2026-05" in result
    assert page.get_by_label("Location").input_value() == LOCATION
    look_at(page, faults, "found")

    check(page, "https://acme.blob.core.windows.net/c/e?sv=2024&sig=made-up")
    assert "This looks like a signature of Azure." in page.inner_text("#content")
    assert "made-up" not in page.content()
    look_at(page, faults, "refused")

    check(page, "s3://nowhere/exports/focus")
    assert "is in no bucket that there is: correct the location" in page.get_by_role("alert").inner_text()
    look_at(page, faults, "failed")

    page.goto(f"{product.url}/admin/costs/costsource/bills/change/")
    assert "3 USD" in page.get_by_role("region", name="Last deliveries loaded").inner_text()
    look_at(page, faults, "loaded")

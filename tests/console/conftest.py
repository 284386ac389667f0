"""A browser that is signed in, on the server that the fixture `product` of a module has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.harness.browser import chromium, watched_page
from tests.harness.product import Product
from tests.harness.session import SESSION

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def session(product: Product) -> str:
    return product.manage("shell", "-v0", "-c", SESSION).strip()


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, product: Product, session: str) -> Iterator[Page]:
    """A page of a person who is signed in. Errors of scripts and of the content security policy fail it."""
    faults: list[str] = []
    with watched_page(browser, faults, viewport=DESKTOP, color_scheme=request.param) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
        yield page
    assert faults == []

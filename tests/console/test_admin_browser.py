"""The admin in a real browser, from the real server with the sample."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.harness import axe
from tests.harness.browser import chromium, watched_page
from tests.harness.product import Product, install, serve

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
EGRESS = "22EB-AAE8-FBCD"
ADDRESSES = [
    "/admin/",
    "/admin/catalog/sku/",
    "/admin/catalog/sku/?q=n2+core+belgium",
    "/admin/catalog/sku/?q=zzzz",
    f"/admin/catalog/sku/{EGRESS}/change/",
    "/admin/catalog/service/",
    "/admin/catalog/pricingupdate/",
    "/admin/catalog/pricingupdate/1/change/",
    "/admin/catalog/pricingupdate/sync/",
    "/admin/accounts/user/",
    "/admin/accounts/user/1/change/",
    "/admin/accounts/client/",
    "/admin/oauth2_provider/accesstoken/",
    "/admin/oauth2_provider/accesstoken/1/delete/",
    "/admin/costs/costload/",
]
ADMINISTRATOR = """
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
from accounts.oauth import tokens
user = User.objects.create_superuser("root")
tokens.issue(user, days=1, name="ci")
session = SessionStore()
session.update(
    {
        "_auth_user_id": str(user.pk),
        "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
        "_auth_user_hash": user.get_session_auth_hash(),
    }
)
session.save()
print(session.session_key)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product that cannot reach Google's API: nothing listens where it looks for a proxy."""
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, "sample", GOOGLE_API_KEY="key", https_proxy="http://127.0.0.1:9")
    with serve(product, folder / "server.log"):
        yield product


@pytest.fixture(scope="module")
def session(product: Product) -> str:
    return product.manage("shell", "-v0", "-c", ADMINISTRATOR).strip()


@pytest.fixture
def faults() -> list[str]:
    """Errors of scripts and of the content security policy."""
    return []


@pytest.fixture(params=["light", "dark"])
def page(
    request: pytest.FixtureRequest, browser: Browser, product: Product, session: str, faults: list[str]
) -> Iterator[Page]:
    """A page of an administrator in either colour scheme."""
    with watched_page(browser, faults, viewport=DESKTOP, color_scheme=request.param) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
        yield page


def test_pages_fit_their_screen_and_hinder_nobody(product: Product, page: Page, faults: list[str]) -> None:
    for address in ADDRESSES:
        page.goto(product.url + address)
        assert "Cloud Pricing" in page.title()
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
            assert faults == [], address
            assert axe.faults(page) == [], address
            # axe itself sets styles that the policy forbids.
            faults.clear()


def test_a_sync_is_started_and_followed_to_its_end(product: Product, page: Page, faults: list[str]) -> None:
    page.goto(f"{product.url}/admin/catalog/pricingupdate/")
    page.get_by_role("link", name="Sync now").click()
    page.get_by_role("button", name="Start the sync").click()

    expect(page.get_by_role("status")).to_contain_text("The sync is starting.")
    expect(page.get_by_role("status")).to_contain_text("failed Sync", timeout=60_000)
    expect(page.get_by_role("status")).to_contain_text("Google's API cannot be reached")
    page.get_by_role("link", name="The run").click()
    expect(page.get_by_role("heading", name="View sync run")).to_be_visible()
    assert faults == []

"""The whole flow in a real browser: sign-in, consent, the client's page, the account page."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug import Request, Response

from tests.accounts.oauth.agent import challenge_of
from tests.harness import http_server
from tests.harness.browser import chromium
from tests.harness.github_product import serve_with_github
from tests.harness.product import Product

# The client redirects to a third origin, as some clients do; the page there notifies its opener.
LANDING = """<!doctype html><title>{title}</title><p>Back at the client
<script>if (window.opener) window.opener.postMessage("done", "*")</script>"""


@pytest.fixture(scope="module")
def client_site() -> Iterator[str]:
    """A client on the web, on two origins."""

    def answer(request: Request) -> Response:
        if request.path == "/callback":
            return Response(status=302, headers={"Location": f"http://localhost:{server.port}/landed"})
        return Response(LANDING.format(title=request.path.strip("/") or "start"), mimetype="text/html")

    with http_server.serve(answer) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with serve_with_github(tmp_path_factory.mktemp("browser")) as product:
        yield product


@pytest.fixture(params=["light", "dark"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=request.param)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A phone-sized page. Console messages and page errors fail the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []


@pytest.fixture
def question(product: Product, client_site: str) -> str:
    """The authorization URL that a client on that site opens in the browser."""
    return ask(product, "Web agent", f"{client_site}/callback")


def ask(product: Product, name: str, redirect_uri: str) -> str:
    """The authorization URL of a client that registers now."""
    metadata = {
        "client_name": name,
        "redirect_uris": [redirect_uri],
        "token_endpoint_auth_method": "none",
    }
    client_id = httpx2.post(f"{product.url}/oauth/register", json=metadata).json()["client_id"]
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge_of(secrets.token_urlsafe(48)),
        "code_challenge_method": "S256",
    }
    return f"{product.url}/oauth/authorize?{urlencode(query)}"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_person_signs_in_agrees_and_returns_to_the_client(page: Page, question: str) -> None:
    page.goto(question)
    assert page.get_by_text("Web agent sent you here").is_visible()
    assert fits(page)
    page.get_by_role("button", name="Sign in with GitHub").click()

    page.get_by_role("heading", name="Give Web agent access?").wait_for()
    assert page.get_by_text("octo-ann", exact=True).is_visible()
    assert fits(page)
    page.get_by_role("button", name="Allow").click()

    page.get_by_text("Back at the client").wait_for()
    assert page.url.endswith("/landed")


def test_the_flow_works_from_the_keyboard(page: Page, question: str) -> None:
    page.goto(question)
    for name in ("Sign in with GitHub", "Allow"):
        page.get_by_role("button", name=name).wait_for()
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText") == name:
                break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")

    page.get_by_text("Back at the client").wait_for()


def test_a_client_that_opens_a_popup_learns_when_it_is_done(
    page: Page, question: str, client_site: str
) -> None:
    page.goto(f"{client_site}/start")
    page.evaluate("window.addEventListener('message', event => { window.heard = event.data })")
    with page.expect_popup() as opened:
        page.evaluate("url => { window.open(url) }", question)
    window = opened.value
    window.get_by_role("button", name="Sign in with GitHub").click()
    window.get_by_role("button", name="Allow").click()

    page.wait_for_function("window.heard === 'done'")


def test_the_consent_page_cannot_be_framed(context: BrowserContext, question: str, client_site: str) -> None:
    page = context.new_page()
    page.goto(f"{client_site}/start")
    page.evaluate(
        "url => { document.body.innerHTML = '<iframe></iframe>'; frames[0].location = url }", question
    )
    page.wait_for_timeout(500)

    assert not page.frames[1].get_by_role("button").count()


def test_a_person_revokes_access_and_creates_a_token(page: Page, product: Product, question: str) -> None:
    page.goto(question)
    page.get_by_role("button", name="Sign in with GitHub").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("Back at the client").wait_for()

    page.goto(f"{product.url}/account/")
    assert fits(page)
    while page.get_by_label("Revoke Web agent", exact=True).count():
        page.get_by_label("Revoke Web agent", exact=True).first.click()
        page.get_by_role("button", name="Revoke Web agent now").first.click()
        page.get_by_role("status").wait_for()
    page.get_by_label("What is it for?").fill("report")
    page.get_by_role("button", name="Create token").click()
    token = page.locator("pre").first.inner_text().strip()
    assert page.evaluate("(pre => pre.scrollWidth <= pre.clientWidth)(document.querySelector('pre'))")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=product.url)
    page.get_by_role("button", name="Copy token").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == token
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    assert httpx2.post(f"{product.url}/mcp", json=call, headers=headers).status_code == 200
    assert fits(page)

    page.get_by_label("Revoke report", exact=True).first.click()
    page.get_by_role("button", name="Revoke report now").first.click()
    page.get_by_role("status").wait_for()
    assert httpx2.post(f"{product.url}/mcp", json=call, headers=headers).status_code == 401


def test_the_consent_page_fits_a_phone_with_a_host_of_the_longest_label(page: Page, product: Product) -> None:
    redirect_uri = f"https://{'a' * 63}.example/callback"
    page.goto(ask(product, "Web agent", redirect_uri))
    page.get_by_role("button", name="Sign in with GitHub").click()

    page.get_by_role("button", name="Allow").wait_for()
    assert fits(page)


@pytest.mark.parametrize("path", ["/connect/", "/accounts/login/", "/accounts/cancelled/", "/nowhere/"])
def test_every_page_fits_a_phone(context: BrowserContext, product: Product, path: str) -> None:
    page = context.new_page()
    page.goto(product.url + path)

    assert fits(page)

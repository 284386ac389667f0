"""Clients that run in a browser call /mcp from their own origin."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest
from pytest_django import Settings

from mcp_api import cors
from tests.harness.product import Product, install, serve

INSPECTOR = "http://localhost:6274"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HOSTED = "https://playground.example"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("cors")
    product = install(folder)
    with serve(product, folder / "server.log"):
        yield product


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return product.token("agent")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A server on the internet, as its proxy reaches it."""
    folder = tmp_path_factory.mktemp("public")
    product = install(folder)
    product.environment["PUBLIC_URL"] = "https://pricing.example"
    with serve(product, folder / "server.log"):
        yield product


def post(product: Product, origin: str, token: str = "", **headers: str) -> httpx2.Response:
    sent = {"Accept": "application/json, text/event-stream", "Origin": origin, **headers}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    return httpx2.post(f"{product.url}/mcp", json=CALL, headers=sent)


def ask(product: Product, origin: str, requested: str = "authorization") -> httpx2.Response:
    """The request that a browser sends ahead."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": requested,
    }
    return httpx2.options(f"{product.url}/mcp", headers=headers)


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_a_browser_may_send_the_headers_of_the_protocol(product: Product, path: str) -> None:
    requested = (
        "authorization,content-type,mcp-protocol-version,mcp-session-id,mcp-param-region,x-evil,mcp-\u00e9"
    )
    headers = [
        (b"Origin", INSPECTOR.encode()),
        (b"Access-Control-Request-Method", b"POST"),
        (b"Access-Control-Request-Headers", requested.encode("latin-1")),
    ]
    response = httpx2.options(f"{product.url}{path}", headers=headers)

    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["Access-Control-Allow-Origin"] == INSPECTOR
    assert response.headers["Access-Control-Allow-Methods"] == "POST"
    assert response.headers["Access-Control-Allow-Headers"].split(", ") == [
        "accept",
        "authorization",
        "content-type",
        "last-event-id",
        "mcp-param-region",
        "mcp-protocol-version",
        "mcp-session-id",
    ]
    assert response.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_a_page_can_read_answers_challenges_and_refusals(product: Product, token: str) -> None:
    answers = [
        (200, post(product, INSPECTOR, token)),
        (401, post(product, INSPECTOR)),
        (401, post(product, INSPECTOR, "unknown")),
        (421, post(product, INSPECTOR, token, Host="elsewhere.example")),
        (405, httpx2.get(f"{product.url}/mcp", headers={"Origin": INSPECTOR})),
        (405, httpx2.delete(f"{product.url}/mcp", headers={"Origin": INSPECTOR})),
    ]

    for status, answer in answers:
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == INSPECTOR
        exposed = answer.headers["Access-Control-Expose-Headers"].lower().split(", ")
        assert {"www-authenticate", "mcp-session-id", "mcp-protocol-version"} <= set(exposed)
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_program_has_no_origin_and_gets_no_such_headers(product: Product) -> None:
    answer = httpx2.post(f"{product.url}/mcp", json=CALL)

    assert answer.status_code == 401
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert httpx2.options(f"{product.url}/mcp").headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example",
        "null",
        "http://127.0.0.1:1@evil.test",
        "http://127.0.0.1.evil.test",
        "http://localhost.evil.test:6274",
        "http://localhost:6274/path",
        "http://192.168.0.2:6274",
        "",
    ],
)
def test_a_local_server_refuses_pages_from_elsewhere(product: Product, token: str, origin: str) -> None:
    for answer in (ask(product, origin), post(product, origin, token), post(product, origin)):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_public_server_serves_pages_of_hosted_clients(public: Product) -> None:
    for origin in (HOSTED, INSPECTOR, "https://pricing.example", "https://xn--bcher-kva.example:8443"):
        answer = ask(public, origin)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == origin
    challenge = post(public, HOSTED, Host="pricing.example")
    assert challenge.status_code == 401
    assert challenge.headers["Access-Control-Allow-Origin"] == HOSTED
    metadata = "https://pricing.example/.well-known/oauth-protected-resource/mcp"
    assert metadata in challenge.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://a@evil.example", "file://", "https://"]
)
def test_a_public_server_refuses_origins_that_anyone_on_the_network_can_forge(
    public: Product, origin: str
) -> None:
    assert ask(public, origin).status_code == 403
    assert post(public, origin, "x", Host="pricing.example").status_code == 403


def test_of_two_origins_both_must_be_allowed(settings: Settings) -> None:
    settings.MCP_ALLOWED_ORIGINS = re.compile("https://a")

    assert cors.is_allowed(["https://a"])
    assert not cors.is_allowed(["https://a", "https://b"])

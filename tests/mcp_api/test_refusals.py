"""What a client reads when /mcp refuses its request, from the real server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest

from mcp_api.refusals import MAX_BODY_BYTES, NOT_ONE_MESSAGE
from tests.harness.product import Product, install, serve

VERSIONS = ["2025-06-18", "2026-07-28"]
ELSEWHERE = """
from oauth2_provider.models import AccessToken
from accounts.models import User
from accounts.oauth import tokens
def make(resource):
    raw = tokens.issue(User.objects.get_or_create(username="ann")[0], days=1)
    token = AccessToken.objects.order_by("pk").last()
    token.resource = resource
    token.save()
    print(raw)
make(["http://127.0.0.1:1/mcp"])
make(['http://x.example/"mcp'])
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("refusals")
    product = install(folder)
    with serve(product, folder / "server.log"):
        yield product
    assert "Traceback" not in (folder / "server.log").read_text()


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return product.token("agent")


def post(product: Product, token: str, body: bytes, **headers: str) -> httpx2.Response:
    usual = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(f"{product.url}/mcp", content=body, headers=usual | names)


@pytest.mark.parametrize(
    "body",
    [b"[]", b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', b"{}", b'{"id": 1, "method": "ping"}', b"7"],
)
def test_a_batch_or_malformed_message_is_refused_with_a_plain_sentence(
    product: Product, token: str, body: bytes
) -> None:
    response = post(product, token, body)

    assert response.status_code == 400
    assert response.json()["error"]["message"] == NOT_ONE_MESSAGE
    assert "pydantic" not in response.text


@pytest.mark.parametrize("body", [b"[]", b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]'])
def test_a_batch_on_the_newest_protocol_is_refused_with_a_plain_sentence(
    product: Product, token: str, body: bytes
) -> None:
    response = post(product, token, body, MCP_Protocol_Version="2026-07-28")

    assert response.status_code == 400
    message = response.json()["error"]["message"]
    assert message == "Body must be a single JSON-RPC request or notification object"


def test_a_body_that_is_not_json_is_a_parse_error(product: Product, token: str) -> None:
    assert post(product, token, b"{").json()["error"]["message"].startswith("Parse error")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_body_over_the_limit_is_refused_with_the_limit(product: Product, token: str, version: str) -> None:
    response = post(product, token, b" " * (MAX_BODY_BYTES + 1), MCP_Protocol_Version=version)

    assert response.status_code == 413
    assert response.text == "The request body exceeds 262144 bytes.\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_host_is_told_the_right_address(product: Product, token: str, version: str) -> None:
    response = post(product, token, b"{}", Host="evil.example", MCP_Protocol_Version=version)

    assert response.status_code == 421
    assert response.text == f"The Host header is wrong: this server is {product.url}/mcp.\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_media_type_is_told_the_right_one(product: Product, token: str, version: str) -> None:
    plain = post(product, token, b"{}", Content_Type="text/plain", MCP_Protocol_Version=version)
    unread = post(product, token, b"{}", Accept="text/html", MCP_Protocol_Version=version)

    assert (plain.status_code, plain.text) == (400, "Content-Type must be application/json.\n")
    assert unread.status_code == 406
    assert (
        "accept application/json" in unread.text or unread.text == "Accept must include application/json.\n"
    )


def test_a_page_of_another_origin_is_told_that_it_may_not_call(product: Product, token: str) -> None:
    response = post(product, token, b"{}", Origin="https://evil.example")

    assert response.status_code == 403
    assert response.text == "Pages of this origin may not call this server.\n"


def test_a_token_of_another_address_is_told_which(product: Product) -> None:
    *_, moved, odd = product.manage("shell", "-c", ELSEWHERE).split()

    response = post(product, moved, b"{}")
    description = f"The token is for http://127.0.0.1:1/mcp, and this server is {product.url}/mcp."
    assert response.status_code == 401
    assert response.json() == {"error": "invalid_token", "error_description": description}
    assert f'error_description="{description}"' in response.headers["WWW-Authenticate"]

    description = f"The token is for another address, and this server is {product.url}/mcp."
    assert json.loads(post(product, odd, b"{}").text)["error_description"] == description


def test_an_unknown_token_is_refused_as_unknown_and_a_missing_one_as_missing(product: Product) -> None:
    unknown = post(product, "unknown", b"{}")
    missing = httpx2.post(f"{product.url}/mcp", json={})

    assert unknown.json()["error_description"] == "The token is unknown or was revoked."
    assert 'error_description="The token is unknown or was revoked."' in unknown.headers["WWW-Authenticate"]
    assert missing.json()["error_description"] == "Authentication required"


def test_a_refusal_on_one_connection_says_nothing_of_the_token_before(product: Product) -> None:
    with httpx2.Client(base_url=product.url) as connection:
        connection.post("/mcp", json={}, headers={"Authorization": "Bearer unknown"})
        missing = connection.post("/mcp", json={})

    assert missing.json()["error_description"] == "Authentication required"
    assert "error" not in missing.headers["WWW-Authenticate"]

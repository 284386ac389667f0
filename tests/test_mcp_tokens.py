"""Valid and invalid tokens at /mcp, over HTTP."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.harness.product import Product, install, serve

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
# tests/accounts/oauth/ creates such rows through the endpoints; here they are created directly.
MAKE = """
from datetime import timedelta
from django.conf import settings
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken, set_token_value
from accounts.models import Client, User
from accounts.oauth import tokens
user = User.objects.create_user("ann")
client = Client.objects.create(name="Agent", client_type="public")
def make(name, **changes):
    token = AccessToken(**{
        "user": user, "application": client, "scope": settings.MCP_SCOPE,
        "resource": [settings.MCP_RESOURCE], "expires": timezone.now() + timedelta(hours=1), **changes,
    })
    set_token_value(token, name)
    token.save()
make("good")
make("expired", expires=timezone.now() - timedelta(seconds=1))
make("narrow", scope="other")
make("no-scope", scope="")
make("elsewhere", resource=["https://elsewhere.example/mcp"])
make("anywhere", resource=[])
make("of-disabled-user", user=User.objects.create_user("bob", is_active=False))
make("of-disabled-client", application=Client.objects.create(name="x", client_type="public", disabled=True))
refresh = RefreshToken(user=user, application=client)
set_token_value(refresh, "refresh")
refresh.save()
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("tokens")
    product = install(folder)
    product.manage("shell", "-c", MAKE)
    with serve(product, folder / "server.log"):
        yield product


def call(product: Product, authorization: str | None, path: str = "/mcp", **headers: str) -> httpx2.Response:
    headers = {"Accept": "application/json, text/event-stream", **headers}
    if authorization is not None:
        headers["Authorization"] = authorization
    return httpx2.post(product.url + path, json=CALL, headers=headers)


def test_a_valid_token_is_accepted(product: Product) -> None:
    assert call(product, "Bearer good").status_code == 200
    assert call(product, "bearer good").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer expired",
        "Bearer elsewhere",
        "Bearer anywhere",
        "Bearer of-disabled-user",
        "Bearer of-disabled-client",
        "Bearer refresh",
        "Bearer unknown",
        "Bearer",
        "Bearer good good",
        "Bearer  good",
        "Basic Z29vZDpnb29k",
        "good",
        "Bearer " + "x" * 6000,
        "Bearer ' OR 1=1 --",
    ],
    ids=lambda value: value[:30],
)
def test_an_invalid_token_is_challenged(product: Product, authorization: str) -> None:
    response = call(product, authorization)

    assert response.status_code == 401
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="invalid_token"')
    assert f'resource_metadata="{product.url}/.well-known/oauth-protected-resource/mcp"' in challenge
    assert 'scope="pricing:read"' in challenge


@pytest.mark.parametrize("token", ["narrow", "no-scope"])
def test_a_token_without_the_scope_is_told_which_one_it_needs(product: Product, token: str) -> None:
    response = call(product, f"Bearer {token}")

    assert response.status_code == 403
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="pricing:read"' in challenge
    assert "resource_metadata=" in challenge


def test_a_request_without_a_token_is_challenged_without_an_error_code(product: Product) -> None:
    response = call(product, None)

    assert response.status_code == 401
    metadata = f"{product.url}/.well-known/oauth-protected-resource/mcp"
    expected = f'Bearer resource_metadata="{metadata}", scope="pricing:read"'
    assert response.headers["WWW-Authenticate"] == expected
    assert httpx2.get(metadata).json()["resource"] == f"{product.url}/mcp"


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "[::1]", "127.0.0.1"])
@pytest.mark.parametrize("authorization", [None, "Bearer unknown"])
def test_the_challenge_names_the_address_that_was_asked_for(
    product: Product, name: str, authorization: str | None
) -> None:
    address = product.url.replace("127.0.0.1", name)

    response = call(product, authorization, Host=address.removeprefix("http://"))

    metadata = f"{address.lower()}/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{metadata}"' in response.headers["WWW-Authenticate"]
    assert httpx2.get(metadata).json()["resource"] == f"{address.lower()}/mcp"


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "evil.example", "127.0.0.1:1@evil.example"])
def test_the_challenge_names_no_other_address(product: Product, host: str) -> None:
    response = call(product, None, Host=host)

    if "www-authenticate" in response.headers:
        metadata = f'resource_metadata="{product.url}/.well-known/oauth-protected-resource/mcp"'
        assert metadata in response.headers["WWW-Authenticate"]
    assert host not in str(response.headers) or response.status_code == 421


@pytest.mark.parametrize("path", ["/mcp?access_token=good", "/mcp?token=good", "/mcp/?access_token=good"])
def test_a_token_in_the_url_is_ignored(product: Product, path: str) -> None:
    assert call(product, None, path).status_code == 401


@pytest.mark.parametrize("body", [{"access_token": "good"}, {**CALL, "access_token": "good"}])
def test_a_token_in_the_body_is_ignored(product: Product, body: dict[str, Any]) -> None:
    assert httpx2.post(f"{product.url}/mcp", json=body).status_code == 401
    assert httpx2.post(f"{product.url}/mcp", data={"access_token": "good"}).status_code == 401


def test_a_token_in_a_cookie_is_ignored(product: Product) -> None:
    assert call(product, None, Cookie="access_token=good; sessionid=good").status_code == 401


def test_a_good_token_in_a_second_authorization_header_is_refused(product: Product) -> None:
    headers = [("Authorization", "Bearer unknown"), ("Authorization", "Bearer good")]

    assert httpx2.post(f"{product.url}/mcp", json=CALL, headers=headers).status_code == 401


def test_a_page_on_another_site_is_refused_even_with_a_token(product: Product) -> None:
    assert call(product, "Bearer good", Origin="https://evil.example").status_code == 403
    assert call(product, "Bearer good", Host="evil.example").status_code == 421


def test_a_connection_stays_open_between_calls(product: Product) -> None:
    connection = http.client.HTTPConnection(product.url.removeprefix("http://"))
    statuses = []
    for rest in (0, 3):
        time.sleep(rest)
        connection.request("POST", "/mcp", "{}")
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()

    assert statuses == [401, 401]

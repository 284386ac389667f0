"""Abuse of dynamic client registration (RFC 7591)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from accounts.models import MAX_NAME_LENGTH, Client
from accounts.oauth.registration import MAX_BODY_BYTES
from tests.accounts.oauth.agent import NATIVE

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def post(body: bytes, browser: Browser | None = None) -> Any:
    return (browser or Browser()).post("/oauth/register", body, content_type="application/json")


def register(**metadata: Any) -> Any:
    body = {
        "redirect_uris": ["https://agent.example/callback"],
        "token_endpoint_auth_method": "none",
        **metadata,
    }
    return post(json.dumps(body).encode())


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "javascript://agent.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://agent.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1@evil.example/callback",
        "http://0.0.0.0/callback",
        "http://169.254.169.254/callback",
        "https://user:pw@agent.example/callback",
        "https://agent.example\\@evil.example/",
        "https://agent.example/callback#x",
        "https://agent.example/callback?code=x",
        "https://agent.example/callback?iss=https://evil.example",
        "https://*.agent.example/callback",
        "https://agent.example:port/callback",
        "https://[::1/callback",
        "https:///callback",
        "https:agent.example",
        "vbscript:x",
        "vbscript://x/y",
        "JavaScript://agent.example/%0aalert(1)",
        "data://text/html,x",
        "file://localhost/etc/passwd",
        "blob://agent.example/x",
        "blob:https://agent.example/x",
        "about://blank",
        "about:blank",
        "view-source://agent.example/callback",
        "view-source:https://agent.example/callback",
        "filesystem:https://agent.example/x",
        "ftp://agent.example/callback",
        "sftp://agent.example/callback",
        "ws://agent.example/callback",
        "mailto:ann@agent.example",
        "mailto:/ann",
        "tel:/123",
        "intent://scan/#Intent;scheme=x;end",
        "intent://scan/callback",
        "ms-msdt:/id",
        "search-ms://query/x",
        "chrome-extension://abcdef/callback",
        "moz-extension://abcdef/callback",
        "web+app://callback/x",
        "c:/windows/system32",
        "localhost:3000/callback",
        "localhost:/callback",
        "cursor:callback",
        "cursor:",
        "cursor:/",
        "cursor://",
        "cursor:///callback",
        "cursor://evil@callback/x",
        "cursor://callback/x#fragment",
        "cursor://callback/x?code=1",
        "cursor://callback\\x/y",
        "cur_sor://callback/x",
        "1cursor://callback/x",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:0/callback",
        "https://agent.example:65536/callback",
        "//agent.example/callback",
        "/callback",
        "\uff48ttps://agent.example/callback",
        "https://agent.example/call\u0000back",
    ],
)
def test_an_unsafe_redirect_uri_is_refused(uri: str) -> None:
    response = register(redirect_uris=["https://agent.example/callback", uri])

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_redirect_uri"
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("uris", "description"),
    [
        ([], "redirect_uris: must contain a URI"),
        (
            [f"https://agent.example/{n}" for n in range(11)],
            "redirect_uris: must be at most 10 URIs, not 11",
        ),
        (
            ["http://agent.example/callback"],
            "redirect_uris: 'http://agent.example/callback' must use https, or http on a loopback address",
        ),
        (
            ["javascript:alert(1)", "https://agent.example/#x"],
            (
                "redirect_uris: 'javascript:alert(1)' must use https, http on a loopback address, "
                "or the private-use scheme of an app; "
                "redirect_uris: 'https://agent.example/#x' has a fragment"
            ),
        ),
        (
            ["https://*.agent.example/callback"],
            "redirect_uris: 'https://*.agent.example/callback' is not a valid URI",
        ),
        (
            ["http://127.0.0.1:99999/callback"],
            "redirect_uris: 'http://127.0.0.1:99999/callback' is not a valid URI: check its host and port",
        ),
        (["http://127.0.0.1:0/"], "redirect_uris: 'http://127.0.0.1:0/' has port 0"),
        (
            ["https://ann@agent.example/"],
            "redirect_uris: 'https://ann@agent.example/' has a user name before its host",
        ),
        (
            ["https://agent.example/" + "x" * 500],
            f"redirect_uris: 'https://agent.example/{'x' * 178}…' is longer than 500 characters",
        ),
    ],
)
def test_a_refused_redirect_uri_is_named_with_what_is_wrong(uris: list[str], description: str) -> None:
    assert register(redirect_uris=uris).json() == {
        "error": "invalid_redirect_uri",
        "error_description": description,
    }


def test_a_refused_name_is_called_as_in_the_metadata() -> None:
    response = register(client_name=" ")

    assert response.json()["error_description"] == "client_name: must contain a visible character"


@pytest.mark.parametrize(
    "uri",
    [
        "https://agent.example/callback?app=1",
        "http://localhost/callback",
        "http://127.0.0.1:33418/",
        "http://[::1]/callback",
        "https://agent.example",
        *NATIVE,
    ],
)
def test_a_redirect_uri_that_clients_use_is_accepted(uri: str) -> None:
    assert register(redirect_uris=[uri]).status_code == 201


@pytest.mark.parametrize("uri", NATIVE)
def test_a_client_with_a_secret_cannot_use_a_private_use_scheme(uri: str) -> None:
    response = register(redirect_uris=[uri], token_endpoint_auth_method="client_secret_post")

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_redirect_uri"
    assert "token_endpoint_auth_method none" in response.json()["error_description"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"redirect_uris": []},
        {"redirect_uris": None},
        {"redirect_uris": "https://agent.example/callback"},
        {"redirect_uris": [1]},
        {"redirect_uris": [None]},
        {"redirect_uris": {"a": 1}},
        {"redirect_uris": [f"https://agent.example/{n}" for n in range(11)]},
        {"redirect_uris": ["https://agent.example/" + "x" * 500]},
        {"client_name": 1},
        {"client_name": ["a"]},
        {"client_name": "x" * (MAX_NAME_LENGTH + 1)},
        {"client_name": "Cl\u202eedu"},
        {"client_name": "a\x00b"},
        {"client_name": "a\nb"},
        {"client_name": "\ud800"},
        {"client_name": " "},
        {"client_name": "     "},
        {"client_name": "\u3164"},
        {"client_name": "\u2800\u2800"},
        {"client_name": "\u115f\u1160"},
        {"client_name": "\uffa0 \u17b4"},
        {"client_name": "\u0301" * 70},
        {"client_name": " \u0301\ufe0f"},
        {"client_name": "\u034f\u180b\U000e0100"},
        {"client_name": "Claude" + "\u0301" * 70},
        {"client_name": "C" + "\u0324\u0301" * 3},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["implicit"]},
        {"grant_types": []},
        {"grant_types": "authorization_code"},
        {"grant_types": [[]]},
        {"scope": ["pricing:read"]},
        {"scope": None},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": []},
        {"token_endpoint_auth_method": None},
    ],
    ids=lambda metadata: str(metadata)[:60].encode("ascii", "replace").decode(),
)
def test_invalid_metadata_is_refused_with_a_reason(metadata: dict[str, Any]) -> None:
    response = register(**metadata)

    assert response.status_code == 400
    body = response.json()
    assert body["error"] in ("invalid_client_metadata", "invalid_redirect_uri")
    assert body["error_description"]
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "Claude Code",
        "Agent 7",
        "\u0e19\u0e49\u0e33",
        "Vie\u0323\u0302t",
        "\u092a\u094d\u0930",
        "\U0001f916",
        "\u2764\ufe0f",
        "\u5ba2\u6237",
    ],
)
def test_a_name_in_any_language_is_accepted(name: str) -> None:
    response = register(client_name=name)

    assert response.status_code == 201
    assert response.json()["client_name"] == name


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b'"x"', b"null", b"\xff", b"[" * 10_000, b'{"a":' * 2000, b" " * (MAX_BODY_BYTES + 1)],
    ids=lambda body: body[:8].hex() or "empty",
)
def test_a_body_that_is_not_a_json_object_is_refused(body: bytes) -> None:
    response = post(body)

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"


def test_a_body_of_several_megabytes_is_refused() -> None:
    assert post(b"x" * 3_000_000).status_code == 400


def test_a_client_cannot_set_privileged_fields() -> None:
    register(client_id="mine", client_secret="mine", skip_authorization=True, user=1, scope="admin")

    client = Client.objects.get()
    assert client.client_id != "mine"
    assert client.client_secret == ""
    assert not client.skip_authorization
    assert client.user is None


def test_a_flood_of_registrations_ends_in_429(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"register": "3/h/ip"}

    statuses = [register(client_name=f"Agent {n}").status_code for n in range(5)]

    assert statuses == [201, 201, 201, 429, 429]
    response = register()
    assert response["Retry-After"]
    assert response.json()["error"] == "temporarily_unavailable"
    assert Client.objects.count() == 3


def test_a_client_secret_is_stored_as_a_cheap_hash() -> None:
    secret = register(token_endpoint_auth_method="client_secret_basic").json()["client_secret"]

    stored = Client.objects.get().client_secret
    assert secret not in stored
    assert stored.startswith("client_secret$1$")
    assert len(secret) >= 64

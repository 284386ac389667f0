"""The successful flow: discovery, registration, consent, tokens, refresh, revocation."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.test import Client as Browser
from oauth2_provider.models import AccessToken

from accounts.models import Client, Consent, User
from accounts.oauth import tokens
from tests.accounts.oauth.agent import ISSUER, RESOURCE, Agent, redirect_parameters


def test_a_person_who_agrees_gives_the_client_a_token_bound_to_mcp(agent: Agent, user: User) -> None:
    answer = redirect_parameters(agent.answer(agent.ask()))
    assert answer["state"] == "s-1"
    assert answer["iss"] == ISSUER

    response = agent.redeem(answer["code"])
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    assert body["scope"] == "pricing:read"

    bearer = tokens.check(body["access_token"])
    assert bearer is not None
    assert bearer.user_id == user.pk
    assert bearer.client_id == agent.client.client_id
    assert AccessToken.objects.get().resource == [RESOURCE]


def test_a_client_older_than_resource_indicators_gets_a_token_bound_to_mcp(agent: Agent) -> None:
    body = agent.redeem(agent.code(resource=None)).json()

    bearer = tokens.check(body["access_token"])
    assert bearer is not None
    assert AccessToken.objects.get().resource == [RESOURCE]


def test_a_refresh_rotates_both_tokens(agent: Agent) -> None:
    first = agent.tokens()
    second = agent.refresh(first["refresh_token"]).json()

    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert tokens.check(first["access_token"]) is None
    assert tokens.check(second["access_token"]) is not None
    assert agent.refresh(second["refresh_token"]).status_code == 200


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_revokes_both(agent: Agent, which: str) -> None:
    body = agent.tokens()

    assert agent.revoke(body[which]).status_code == 200

    assert tokens.check(body["access_token"]) is None
    assert agent.refresh(body["refresh_token"]).status_code == 400


def test_a_denied_client_gets_access_denied(agent: Agent) -> None:
    answer = redirect_parameters(agent.answer(agent.ask(), "deny"))

    assert answer == {"error": "access_denied", "state": "s-1", "iss": ISSUER}
    assert not Consent.objects.exists()


def test_a_person_who_is_not_signed_in_returns_to_the_request_after_signing_in(agent: Agent) -> None:
    agent.browser.logout()
    response = agent.ask()

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=/oauth/authorize%3F")


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_a_confidential_client_authenticates_with_its_secret(user: User, method: str) -> None:
    registered = register(token_endpoint_auth_method=method).json()
    agent = Agent(Client.objects.get(client_id=registered["client_id"]))
    agent.sign_in(user)
    assert agent.redeem(agent.code()).status_code == 401
    secret = registered["client_secret"]
    assert agent.client.client_secret != secret

    if method == "client_secret_basic":
        pair = base64.b64encode(f"{agent.client.client_id}:{secret}".encode()).decode()
        agent.http = Browser(headers={"Authorization": f"Basic {pair}"})
        assert agent.redeem(agent.code(), client_id=None).status_code == 200
    else:
        assert agent.redeem(agent.code(), client_secret="wrong").status_code == 401
        assert agent.redeem(agent.code(), client_secret=secret).status_code == 200


def register(**metadata: Any) -> Any:
    body = {"client_name": "Agent", "redirect_uris": ["https://agent.example/callback"], **metadata}
    return Browser().post("/oauth/register", json.dumps(body), content_type="application/json")


@pytest.mark.django_db
def test_a_public_client_registers_itself_and_gets_no_secret() -> None:
    response = register(token_endpoint_auth_method="none")

    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    body = response.json()
    client = Client.objects.get()
    assert body["client_id"] == client.client_id
    assert body["grant_types"] == ["authorization_code", "refresh_token"]
    assert body["response_types"] == ["code"]
    assert "client_secret" not in body
    assert client.client_secret == ""


@pytest.mark.django_db
def test_a_client_with_unsupported_grant_types_is_registered_with_the_supported_ones() -> None:
    device_code = "urn:ietf:params:oauth:grant-type:device_code"

    response = register(grant_types=["authorization_code", "refresh_token", device_code])

    assert response.status_code == 201
    assert response.json()["grant_types"] == ["authorization_code", "refresh_token"]


@pytest.mark.parametrize("suffix", ["", "/mcp"])
def test_the_server_metadata_lists_every_endpoint_and_capability(suffix: str, client: Browser) -> None:
    response = client.get(f"/.well-known/oauth-authorization-server{suffix}")

    assert response.json() == {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/oauth/authorize",
        "token_endpoint": f"{ISSUER}/oauth/token",
        "revocation_endpoint": f"{ISSUER}/oauth/revoke",
        "registration_endpoint": f"{ISSUER}/oauth/register",
        "scopes_supported": ["alerts:write", "costs:read", "costs:sql", "pricing:read", "usage:write"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "client_id_metadata_document_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }


@pytest.mark.parametrize("suffix", ["", "/mcp"])
def test_the_resource_metadata_names_the_authorization_server(suffix: str, client: Browser) -> None:
    response = client.get(f"/.well-known/oauth-protected-resource{suffix}")

    assert response.json() == {
        "resource": RESOURCE,
        "authorization_servers": [ISSUER],
        "scopes_supported": ["alerts:write", "costs:read", "costs:sql", "pricing:read", "usage:write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Cloud Pricing",
        "resource_documentation": f"{ISSUER}/connect/",
    }


@pytest.mark.parametrize(
    "path", ["/oauth/token", "/oauth/register", "/.well-known/oauth-authorization-server"]
)
def test_a_browser_client_may_call_from_its_own_origin(path: str, client: Browser) -> None:
    headers = {
        "Origin": "https://inspector.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "mcp-protocol-version",
    }
    response = client.options(path, headers=headers)

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "mcp-protocol-version" in response["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.django_db
def test_other_pages_cannot_be_read_from_another_origin(client: Browser) -> None:
    for path in ("/oauth/authorize", "/account/", "/connect/"):
        response = client.get(path, headers={"Origin": "https://elsewhere.example"})
        assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    "path",
    ["/oauth/introspect", "/oauth/applications/", "/oauth/device", "/.well-known/openid-configuration"],
)
def test_unneeded_endpoints_are_not_served(path: str, client: Browser) -> None:
    assert client.get(path).status_code == 404

"""Scopes are narrowed to those that exist (RFC 6749 section 3.3)."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client as Browser
from oauth2_provider.models import AccessToken
from pytest_django import Settings

from tests.accounts.oauth.agent import Agent

# What clients ask for wherever they connect, and what does not exist.
ASKED = [
    "pricing:read offline_access",
    "openid email profile",
    "openid pricing:read",
    "",
    " ",
    None,
    "admin",
    "pricing:write",
    "*",
    "pricing:read pricing:read",
    "PRICING:READ",
    "  pricing:read   offline_access ",
]


@pytest.fixture
def two_scopes(settings: Settings) -> None:
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "SCOPES": {"pricing:read": "Search and read prices", "costs:read": "Read your costs"},
        "DEFAULT_SCOPES": ["pricing:read"],
    }


@pytest.mark.parametrize("scope", ASKED)
def test_a_client_gets_the_scope_that_exists_whatever_it_asks_for(agent: Agent, scope: str | None) -> None:
    page = agent.ask(scope=scope)
    assert page.context["scopes"] == ["Search and read prices"]

    body = agent.redeem(agent.code(scope=scope)).json()

    assert body["scope"] == "pricing:read"
    assert AccessToken.objects.get().scope == "pricing:read"


@pytest.mark.parametrize("scope", ASKED)
def test_a_refresh_gets_the_scope_of_its_session_whatever_it_asks_for(
    agent: Agent, scope: str | None
) -> None:
    body = agent.refresh(agent.tokens()["refresh_token"], scope=scope).json()

    assert body["scope"] == "pricing:read"
    assert AccessToken.objects.get().scope == "pricing:read"


def test_a_malformed_scope_of_a_refresh_is_refused(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]

    assert agent.refresh(refresh_token, scope="pricing:read \x00").json()["error"] == "invalid_scope"
    assert agent.refresh(refresh_token).status_code == 200


@pytest.mark.usefixtures("two_scopes")
def test_a_refresh_cannot_widen_the_scope(agent: Agent) -> None:
    narrow = agent.redeem(agent.code(scope="pricing:read")).json()["refresh_token"]

    body = agent.refresh(narrow, scope="pricing:read costs:read").json()
    assert body["scope"] == "pricing:read"
    assert agent.refresh(body["refresh_token"], scope="costs:read").json()["scope"] == "pricing:read"


@pytest.mark.usefixtures("two_scopes")
def test_a_client_that_asks_for_less_gets_less(agent: Agent) -> None:
    page = agent.ask(scope="costs:read openid")
    assert page.context["scopes"] == ["Read your costs"]

    assert agent.redeem(agent.code(scope="costs:read openid")).json()["scope"] == "costs:read"
    assert agent.redeem(agent.code(scope="openid")).json()["scope"] == "pricing:read"


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ASKED)
def test_a_registration_says_which_scope_it_keeps(scope: str | None) -> None:
    metadata = {"redirect_uris": ["https://agent.example/callback"], "token_endpoint_auth_method": "none"}
    if scope is not None:
        metadata["scope"] = scope

    response = Browser().post("/oauth/register", json.dumps(metadata), content_type="application/json")

    assert response.status_code == 201
    assert response.json()["scope"] == "pricing:read"


@pytest.mark.parametrize("path", ["oauth-authorization-server", "oauth-protected-resource"])
def test_only_scopes_that_exist_are_advertised(path: str, client: Browser) -> None:
    document = client.get(f"/.well-known/{path}").json()

    assert document["scopes_supported"] == list(settings.OAUTH2_PROVIDER["SCOPES"]) == ["pricing:read"]

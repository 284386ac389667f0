"""Scopes are narrowed to those that exist (RFC 6749 section 3.3)."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from oauth2_provider.models import AccessToken

from accounts.oauth import tokens
from accounts.oauth.scopes import grantable
from tests.accounts.oauth.agent import Agent, redirect_parameters

pytestmark = pytest.mark.one_database

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
def reader(agent: Agent) -> Agent:
    """An agent of a person who may read costs."""
    agent.user.groups.add(Group.objects.create(name="Cost readers"))
    return agent


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


def test_a_refresh_cannot_widen_the_scope(reader: Agent) -> None:
    narrow = reader.redeem(reader.code(scope="pricing:read")).json()["refresh_token"]

    body = reader.refresh(narrow, scope="pricing:read costs:read").json()
    assert body["scope"] == "pricing:read"
    assert reader.refresh(body["refresh_token"], scope="costs:read").json()["scope"] == "pricing:read"


def test_a_client_that_asks_for_less_gets_less(reader: Agent) -> None:
    page = reader.ask(scope="costs:read openid")
    assert page.context["scopes"] == ["Read what AI usage has cost"]

    assert reader.redeem(reader.code(scope="costs:read openid")).json()["scope"] == "costs:read"
    assert reader.redeem(reader.code(scope="openid")).json()["scope"] == "pricing:read"


def test_the_consent_page_says_what_a_person_may_not_give(agent: Agent) -> None:
    page = agent.ask(scope="pricing:read costs:read")

    assert page.context["scopes"] == ["Search and read prices"]
    assert "It also asks to: read what ai usage has cost. You may not give that" in page.content.decode()
    assert agent.redeem(agent.code(scope="pricing:read costs:read")).json()["scope"] == "pricing:read"


def test_a_client_that_asks_only_for_what_the_person_may_not_give_is_told(agent: Agent) -> None:
    answer = redirect_parameters(agent.ask(scope="costs:read"))

    assert answer["error"] == "invalid_scope"
    assert answer["error_description"] == "costs:read is for members of Cost readers"


def test_staff_may_read_costs(agent: Agent) -> None:
    agent.user.is_staff = True
    agent.user.save()

    granted = agent.redeem(agent.code(scope="pricing:read costs:read")).json()

    assert granted["scope"] == "costs:read pricing:read"


def test_a_token_loses_the_scope_when_its_person_leaves_the_group(reader: Agent) -> None:
    raw = reader.redeem(reader.code(scope="pricing:read costs:read")).json()["access_token"]
    assert tokens.verify(raw).scope == "costs:read pricing:read"

    reader.user.groups.clear()

    assert tokens.verify(raw).scope == "pricing:read"


def test_a_refresh_says_that_the_scope_is_gone_and_does_not_bring_it_back(reader: Agent) -> None:
    first = reader.redeem(reader.code(scope="pricing:read costs:read")).json()
    reader.user.groups.clear()

    second = reader.refresh(first["refresh_token"]).json()
    assert second["scope"] == "pricing:read"
    reader.user.groups.add(Group.objects.get())
    third = reader.refresh(second["refresh_token"], scope="pricing:read costs:read").json()

    assert third["scope"] == tokens.verify(third["access_token"]).scope == "pricing:read"


def test_a_session_ends_when_its_person_may_give_none_of_its_scopes(reader: Agent) -> None:
    refresh_token = reader.redeem(reader.code(scope="costs:read")).json()["refresh_token"]
    reader.user.groups.clear()

    assert reader.refresh(refresh_token).json()["error"] == "invalid_grant"


def test_a_group_that_is_not_named_in_the_settings_gives_no_scope(agent: Agent) -> None:
    agent.user.groups.add(Group.objects.create(name="Readers of costs"))

    assert grantable(agent.user.pk) == {"pricing:read"}


def test_a_disabled_person_may_give_nothing(reader: Agent) -> None:
    reader.user.is_active = False
    reader.user.save()

    assert grantable(reader.user.pk) == frozenset()


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

    assert document["scopes_supported"] == [
        "alerts:write",
        "costs:read",
        "costs:sql",
        "pricing:read",
        "usage:write",
    ]


def test_who_may_read_costs_may_not_ask_sql_of_them(reader: Agent) -> None:
    assert grantable(reader.user.pk) == {"pricing:read", "costs:read", "alerts:write"}

    reader.user.groups.add(Group.objects.create(name="Cost analysts"))

    assert grantable(reader.user.pk) == {"pricing:read", "costs:read", "alerts:write", "costs:sql"}

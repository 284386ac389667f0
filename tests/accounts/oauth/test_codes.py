"""Authorization codes: for one client, used once, valid for a minute (RFC 6749 section 4.1.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant

from accounts.models import Client, Consent
from accounts.oauth import tokens
from tests.accounts.oauth.agent import Agent


def test_a_replayed_code_revokes_its_tokens(agent: Agent) -> None:
    code = agent.code()
    body = agent.redeem(code).json()

    assert agent.redeem(code).json()["error"] == "invalid_grant"

    assert tokens.check(body["access_token"]) is None
    assert agent.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_replayed_code_revokes_tokens_refreshed_since(agent: Agent) -> None:
    code = agent.code()
    body = agent.refresh(agent.redeem(code).json()["refresh_token"]).json()

    agent.redeem(code, code_verifier="thief")

    assert tokens.check(body["access_token"]) is None
    assert agent.refresh(body["refresh_token"]).status_code == 400


def test_a_replayed_code_leaves_the_clients_other_sessions_alone(agent: Agent) -> None:
    other = agent.tokens()
    code = agent.code()
    agent.redeem(code)

    agent.redeem(code)

    assert tokens.check(other["access_token"]) is not None


def test_a_code_from_another_client_is_refused(agent: Agent, mallory: Agent) -> None:
    code = agent.code()
    mallory.verifier = agent.verifier

    for redirect_uri in (agent.redirect_uri, mallory.redirect_uri):
        assert mallory.redeem(code, redirect_uri=redirect_uri).json()["error"] == "invalid_grant"
    assert agent.redeem(code).status_code == 200


def test_a_code_with_another_redirect_uri_is_refused(agent: Agent) -> None:
    agent.client.redirect_uris += " https://agent.example/other"
    agent.client.save()

    response = agent.redeem(agent.code(), redirect_uri="https://agent.example/other")

    assert response.status_code == 400


def test_a_code_expires_after_a_minute(agent: Agent) -> None:
    code = agent.code()
    grant = Grant.objects.get()
    assert grant.expires - grant.created <= timedelta(seconds=61)
    Grant.objects.update(expires=timezone.now() - timedelta(seconds=1))

    assert agent.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("code", ["", "x", "\x00", "é", "x" * 10_000, "' OR 1=1 --"])
def test_an_invalid_code_is_refused(agent: Agent, code: str) -> None:
    assert agent.redeem(code).status_code == 400


def test_a_code_is_refused_after_its_user_is_disabled(agent: Agent) -> None:
    code = agent.code()
    agent.user.is_active = False
    agent.user.save()

    assert agent.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_is_refused_after_its_client_is_disabled(agent: Agent) -> None:
    code = agent.code()
    Client.objects.update(disabled=True)

    assert agent.redeem(code).status_code in (400, 401)
    assert not AccessToken.objects.exists()


def test_a_code_is_refused_after_its_consent_is_revoked(agent: Agent) -> None:
    code = agent.code()
    Consent.objects.all().delete()

    assert agent.redeem(code).json()["error"] == "invalid_grant"

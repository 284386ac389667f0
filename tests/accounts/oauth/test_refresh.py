"""Refresh tokens: used once, checked for reuse, limited in time (RFC 9700 section 4.14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from accounts.models import Client, Consent
from accounts.oauth import tokens
from tests.accounts.oauth.agent import Agent


def test_reuse_of_a_rotated_token_revokes_the_whole_session(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    second = agent.refresh(first).json()

    assert agent.refresh(first).json()["error"] == "invalid_grant"

    assert tokens.check(second["access_token"]) is None
    assert agent.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_from_another_client_is_refused(agent: Agent, mallory: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]

    assert mallory.refresh(refresh_token).json()["error"] == "invalid_grant"
    assert agent.refresh(refresh_token).status_code == 200


def test_an_access_token_is_not_accepted_as_a_refresh_token(agent: Agent) -> None:
    assert agent.refresh(agent.tokens()["access_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_expires_after_two_weeks_without_use(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]
    AccessToken.objects.update(expires=timezone.now() - timedelta(days=14))

    assert agent.refresh(refresh_token).json()["error"] == "invalid_grant"


def test_refreshing_stops_when_the_consent_expires(agent: Agent) -> None:
    refresh_token = agent.refresh(agent.tokens()["refresh_token"]).json()["refresh_token"]
    Consent.objects.update(renewed=timezone.now() - timedelta(days=settings.CONSENT_DAYS))

    assert agent.refresh(refresh_token).json()["error"] == "invalid_grant"


def test_agreeing_again_renews_the_consent(agent: Agent) -> None:
    agent.tokens()
    long_ago = timezone.now() - timedelta(days=settings.CONSENT_DAYS)
    Consent.objects.update(since=long_ago, renewed=long_ago)

    refresh_token = agent.tokens()["refresh_token"]

    assert agent.refresh(refresh_token).status_code == 200
    assert Consent.objects.get().since == long_ago


def test_a_refresh_cannot_widen_the_scope(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]

    assert agent.refresh(refresh_token, scope="pricing:read admin").json()["error"] == "invalid_scope"
    assert agent.refresh(refresh_token, scope="pricing:read").status_code == 200


@pytest.mark.parametrize("refresh_token", ["", "x", "\x00", "é", "x" * 10_000, None])
def test_an_invalid_refresh_token_is_refused(agent: Agent, refresh_token: str | None) -> None:
    response = agent.post(
        "/oauth/token",
        {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": agent.client.client_id},
    )

    assert response.status_code == 400


def test_a_refresh_is_refused_after_the_user_is_disabled(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]
    agent.user.is_active = False
    agent.user.save()

    assert agent.refresh(refresh_token).json()["error"] == "invalid_grant"


def test_a_refresh_is_refused_after_the_client_is_disabled(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]
    Client.objects.update(disabled=True)

    assert agent.refresh(refresh_token).status_code in (400, 401)


def test_a_refresh_token_cannot_be_recovered_from_the_database(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]

    stored = RefreshToken.objects.values().get()
    assert refresh_token not in map(str, stored.values())
    assert agent.refresh(stored["token_checksum"]).status_code == 400

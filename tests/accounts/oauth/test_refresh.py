"""Refresh tokens: used once, checked for reuse, limited in time (RFC 9700 section 4.14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from accounts.models import Client, Consent, User
from accounts.oauth import rotation, tokens
from tests.accounts.oauth.agent import Agent


def end_the_grace() -> None:
    """Let every rotation be longer ago than the grace."""
    RefreshToken.objects.filter(revoked__isnull=False).update(revoked=timezone.now() - rotation.GRACE)


def live(body: dict[str, Any]) -> bool:
    return tokens.check(body["access_token"]) is not None


def test_reuse_of_a_rotated_token_after_the_grace_revokes_the_whole_session(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    second = agent.refresh(first).json()
    retried = agent.refresh(first).json()
    end_the_grace()

    assert agent.refresh(first).json()["error"] == "invalid_grant"

    for body in (second, retried):
        assert not live(body)
        assert agent.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_whose_answer_was_lost_may_be_sent_again(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    lost = agent.refresh(first).json()

    again = agent.refresh(first)

    assert again.status_code == 200
    body = again.json()
    assert body["scope"] == "pricing:read"
    assert len({body["refresh_token"], lost["refresh_token"], first}) == 3
    assert live(body)
    assert agent.refresh(body["refresh_token"]).status_code == 200


def test_two_windows_that_share_a_refresh_token_both_go_on(agent: Agent) -> None:
    shared = agent.tokens()["refresh_token"]
    windows = [agent.refresh(shared).json() for _ in range(2)]
    end_the_grace()

    for _ in range(3):
        assert all(live(body) for body in windows)
        windows = [agent.refresh(body["refresh_token"]).json() for body in windows]
        end_the_grace()

    assert RefreshToken.objects.values("token_family").distinct().count() == 1


def test_a_rotated_token_is_refused_once_its_successor_was_used(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    second = agent.refresh(first).json()
    third = agent.refresh(second["refresh_token"]).json()

    assert agent.refresh(first).json()["error"] == "invalid_grant"

    assert not live(third)
    assert agent.refresh(third["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_rotated_token_is_refused_once_the_pair_of_a_retry_was_used(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    second, retried = (agent.refresh(first).json() for _ in range(2))
    third = agent.refresh(retried["refresh_token"]).json()

    assert agent.refresh(first).json()["error"] == "invalid_grant"

    assert not live(second)
    assert not live(third)


def test_a_retry_does_not_prolong_the_grace(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    agent.refresh(first)
    rotated = RefreshToken.objects.get(revoked__isnull=False)

    agent.refresh(first)

    assert RefreshToken.objects.get(pk=rotated.pk).revoked == rotated.revoked


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_token_that_was_signed_out_gets_no_grace(agent: Agent, which: str) -> None:
    body = agent.tokens()
    agent.revoke(body[which])

    assert agent.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_signing_out_ends_every_pair_of_the_session(agent: Agent, which: str) -> None:
    first = agent.tokens()["refresh_token"]
    known, unknown = (agent.refresh(first).json() for _ in range(2))
    other = agent.tokens()

    agent.revoke(known[which])

    assert not live(unknown)
    for token in (first, unknown["refresh_token"]):
        assert agent.refresh(token).json()["error"] == "invalid_grant"
    assert live(other)


def test_a_stolen_rotated_token_that_another_client_presents_ends_the_session(
    agent: Agent, mallory: Agent
) -> None:
    first = agent.tokens()["refresh_token"]
    second = agent.refresh(first).json()

    assert mallory.refresh(first).json()["error"] == "invalid_grant"

    assert not live(second)


@pytest.mark.parametrize("change", ["user", "client", "consent"])
def test_a_retry_is_refused_after_what_it_rests_on_was_revoked(agent: Agent, change: str) -> None:
    first = agent.tokens()["refresh_token"]
    agent.refresh(first)
    if change == "user":
        User.objects.update(is_active=False)
    elif change == "client":
        Client.objects.update(disabled=True)
    else:
        Consent.objects.all().delete()

    assert agent.refresh(first).status_code in (400, 401)


def test_a_retry_stores_no_token_in_plaintext(agent: Agent) -> None:
    first = agent.tokens()["refresh_token"]
    bodies = [agent.refresh(first).json() for _ in range(3)]

    rows = [*AccessToken.objects.values(), *RefreshToken.objects.values()]
    stored = " ".join(str(value) for row in rows for value in row.values())
    for secret in (first, *(body[name] for body in bodies for name in ("access_token", "refresh_token"))):
        assert secret not in stored


def test_a_refresh_takes_seven_statements(agent: Agent) -> None:
    refresh_token = agent.tokens()["refresh_token"]

    with CaptureQueriesContext(connection) as queries:
        assert agent.refresh(refresh_token).status_code == 200

    statements = [query["sql"].split()[0] for query in queries.captured_queries]
    transaction = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    expected = ["SELECT", "SELECT", "SELECT", "UPDATE", "DELETE", "INSERT", "INSERT"]
    assert [statement for statement in statements if statement not in transaction] == expected


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

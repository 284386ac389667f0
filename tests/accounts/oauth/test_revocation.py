"""Revocation (RFC 7009): a client may revoke only its own tokens."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.oauth import tokens
from tests.accounts.oauth.agent import Agent


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_a_client_cannot_revoke_another_clients_tokens(
    agent: Agent, mallory: Agent, which: str, hint: str | None
) -> None:
    body = agent.tokens()

    assert mallory.revoke(body[which], token_type_hint=hint).status_code == 200

    assert tokens.check(body["access_token"]) is not None
    assert agent.refresh(body["refresh_token"]).status_code == 200


@pytest.mark.parametrize("changes", [{"client_id": None}, {"client_id": "unknown"}, {"client_secret": "x"}])
def test_an_unknown_client_cannot_revoke_tokens(agent: Agent, changes: dict[str, Any]) -> None:
    body = agent.tokens()

    assert agent.revoke(body["access_token"], **changes).status_code in (400, 401)

    assert tokens.check(body["access_token"]) is not None


@pytest.mark.parametrize("token", ["x", "\x00", "é", "x" * 10_000])
def test_revoking_an_invalid_token_succeeds(agent: Agent, token: str) -> None:
    assert agent.revoke(token).status_code == 200


def test_a_client_cannot_revoke_a_personal_token(agent: Agent) -> None:
    raw = tokens.issue(agent.user, days=1)

    agent.revoke(raw)

    assert tokens.check(raw) is not None

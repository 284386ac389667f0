"""Proof Key for Code Exchange (RFC 7636): only S256."""

from __future__ import annotations

from typing import Any

import pytest
from oauth2_provider.models import Grant

from tests.accounts.oauth.agent import ISSUER, Agent, challenge_of, redirect_parameters


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge": ""},
        {"code_challenge_method": None},
        {"code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "S512"},
        {"code_challenge": "short"},
        {"code_challenge": "x" * 44},
        {"code_challenge": "=" * 43},
        {"code_challenge": None, "code_challenge_method": None},
    ],
    ids=str,
)
def test_a_request_without_an_s256_challenge_is_redirected_with_an_error(
    agent: Agent, changes: dict[str, Any]
) -> None:
    answer = redirect_parameters(agent.ask(**changes))

    assert answer["error"] == "invalid_request"
    assert answer["iss"] == ISSUER
    assert answer["state"] == "s-1"
    assert not Grant.objects.exists()


@pytest.mark.parametrize("verifier", [None, "", "wrong", "x" * 43, "\x00" * 43, "é" * 43, "x" * 10_000])
def test_a_code_without_its_verifier_is_refused(agent: Agent, verifier: str | None) -> None:
    response = agent.redeem(agent.code(), code_verifier=verifier)

    assert response.status_code == 400
    assert response.json()["error"] in ("invalid_grant", "invalid_request")


def test_the_challenge_is_not_accepted_as_the_verifier(agent: Agent) -> None:
    response = agent.redeem(agent.code(), code_verifier=challenge_of(agent.verifier))

    assert response.json()["error"] == "invalid_grant"


def test_a_confidential_client_needs_the_verifier_too(agent: Agent) -> None:
    agent.client.client_type, agent.client.client_secret = "confidential", "s" * 40
    agent.client.hash_client_secret = True
    agent.client.save()

    response = agent.redeem(agent.code(), client_secret="s" * 40, code_verifier=None)

    assert response.status_code == 400

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.oauth import tokens
from costs.store import configured
from rest_api import access
from tests.costs.stores import MemoryStore, charge
from tests.costs.stores import tokens as of_tokens

SCOPES = ("costs:read", "pricing:read")


@pytest.fixture
def reader(db: None) -> User:  # noqa: ARG001
    """Somebody who may read costs."""
    person = User.objects.create_user("rita")
    person.groups.add(Group.objects.get_or_create(name="Cost readers")[0])
    return person


@pytest.fixture
def token(reader: User) -> str:
    return tokens.issue(reader, days=7, scopes=SCOPES)


@pytest.fixture
def api(token: str) -> Client:
    """A script with a token."""
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(autouse=True)
def used_tokens(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Uses of tokens are noted, not recorded: another thread does not see what a test has written."""
    used: list[int] = []
    monkeypatch.setattr(access, "record_use", used.append)
    return used


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """A small bill."""
    store = MemoryStore(
        [
            of_tokens("2000000", cost="0.100000000000000001", x_ConsumerId="acme"),
            charge(cost="2.5", x_Cloud="gcp", x_ConsumerId="all"),
            charge("2026-10-31", cost="40"),
        ]
    )
    monkeypatch.setattr(configured, "open_store", lambda: store)
    return store


def error_of(response: Any, status: int) -> dict[str, Any]:
    """The error of a refusal, which has the form that tools have."""
    assert response.status_code == status, response.content
    content = response.json()
    assert content["contract"] == "1"
    assert content["error"].keys() == {"code", "message", "hint", "candidates"}
    found: dict[str, Any] = content["error"]
    return found

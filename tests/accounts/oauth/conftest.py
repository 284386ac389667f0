from __future__ import annotations

import pytest

from accounts.models import Client, User
from tests.accounts.oauth.agent import REDIRECT_URI, Agent


def make_client(name: str = "Agent", redirect_uris: str = REDIRECT_URI) -> Client:
    client: Client = Client.objects.create(
        name=name,
        redirect_uris=redirect_uris,
        client_type=Client.CLIENT_PUBLIC,
        authorization_grant_type=Client.GRANT_AUTHORIZATION_CODE,
        registration_source=Client.RegistrationSource.DCR,
    )
    return client


@pytest.fixture
def user(db: None) -> User:  # noqa: ARG001
    return User.objects.create_user("ann")


@pytest.fixture
def agent(user: User) -> Agent:
    """A registered client whose owner is signed in."""
    agent = Agent(make_client())
    agent.sign_in(user)
    return agent


@pytest.fixture
def mallory(db: None) -> Agent:  # noqa: ARG001
    """An attacker's client, signed in as the attacker."""
    agent = Agent(make_client("Mallory", "https://mallory.example/callback"))
    agent.redirect_uri = "https://mallory.example/callback"
    agent.sign_in(User.objects.create_user("mallory"))
    return agent

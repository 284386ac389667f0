"""Registered clients that nobody agreed to yet: limited in number, by address and in total."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Client, User
from accounts.oauth import pending
from tests.accounts.oauth.agent import REDIRECT_URI, Agent, redirect_parameters
from tests.harness.product import install, serve


def register(name: str = "Hosted", address: str = "203.0.113.5", **metadata: Any) -> Any:
    body = {
        "client_name": name,
        "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "none",
        **metadata,
    }
    browser = Browser(REMOTE_ADDR=address)
    return browser.post("/oauth/register", json.dumps(body), content_type="application/json")


def flood(count: int, address: str = "203.0.113.5", prefix: str = "Agent") -> list[int]:
    return [register(f"{prefix} {n}", address).status_code for n in range(count)]


def age(by: timedelta = pending.KEEP) -> None:
    Client.objects.update(created=timezone.now() - by)


@pytest.fixture
def limits(settings: Settings, db: None) -> None:  # noqa: ARG001
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.MAX_PENDING_CLIENTS_PER_ADDRESS = 5
    settings.MAX_PENDING_CLIENTS = 12


@pytest.mark.usefixtures("limits")
def test_a_flood_from_one_address_stays_bounded_and_stops_nobody_else() -> None:
    assert flood(8) == [201] * 5 + [429] * 3
    assert Client.objects.count() == 5

    refused = register("one more")
    assert refused.json()["error"] == "temporarily_unavailable"
    assert refused["Retry-After"] == "600"
    assert register("one more", "203.0.113.6").status_code == 201


@pytest.mark.usefixtures("limits")
def test_a_flood_from_many_addresses_stays_bounded() -> None:
    statuses = [flood(5, f"2001:db8:{n}::1", f"Net {n}") for n in range(4)]

    assert sum(status == 201 for row in statuses for status in row) == 12
    assert Client.objects.count() == 12


@pytest.mark.usefixtures("limits")
def test_addresses_of_one_ipv6_network_count_together() -> None:
    statuses = [register(f"Agent {n}", f"2001:db8:1:2::{n}").status_code for n in range(7)]

    assert statuses == [201] * 5 + [429] * 2


@pytest.mark.usefixtures("limits")
def test_the_oldest_pending_client_gives_way_after_ten_minutes() -> None:
    flood(5)
    age()
    Client.objects.filter(name="Agent 3").update(created=timezone.now() - timedelta(hours=1))

    assert register("new").status_code == 201

    assert Client.objects.count() == 5
    assert not Client.objects.filter(name="Agent 3").exists()


@pytest.mark.usefixtures("limits")
def test_an_endless_flood_never_removes_a_client_in_use(agent: Agent) -> None:
    hosted = Client.objects.get(client_id=register("Hosted").json()["client_id"])
    agent.client = hosted
    body = agent.tokens()

    for turn in range(4):
        flood(5, prefix=f"Turn {turn}")
        flood(5, "203.0.113.6", prefix=f"Turn {turn} too")
        age(timedelta(days=1))

    assert Client.objects.exclude(registered_from="").count() <= 12
    assert agent.refresh(body["refresh_token"]).status_code == 200


@pytest.mark.usefixtures("limits")
def test_a_hosted_client_with_one_address_for_its_users_is_not_limited(agent: Agent) -> None:
    for n in range(9):
        registered = register(f"Connector {n}")
        assert registered.status_code == 201
        agent.client = Client.objects.get(client_id=registered.json()["client_id"])
        assert agent.tokens()

    assert not Client.objects.exclude(registered_from="").exists()


@pytest.mark.usefixtures("limits")
def test_denying_a_client_leaves_it_pending(agent: Agent) -> None:
    agent.client = Client.objects.get(client_id=register().json()["client_id"])

    agent.answer(agent.ask(), "deny")

    assert Client.objects.exclude(registered_from="").get() == agent.client


@pytest.mark.usefixtures("limits")
def test_a_public_client_that_registers_again_gets_the_same_id() -> None:
    answers = [register(address=f"203.0.113.{n}") for n in range(8)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["client_id"] for answer in answers}) == 1
    assert Client.objects.count() == 1


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(
    "changes",
    [
        {"name": "hosted"},
        {"redirect_uris": [REDIRECT_URI, "https://agent.example/other"]},
        {"redirect_uris": ["https://mallory.example/callback"]},
        {"token_endpoint_auth_method": "client_secret_post"},
    ],
)
def test_a_registration_that_differs_gets_an_id_of_its_own(changes: dict[str, Any]) -> None:
    assert register().json()["client_id"] != register(**changes).json()["client_id"]


@pytest.mark.usefixtures("limits")
def test_a_client_with_a_secret_never_gets_the_id_of_another() -> None:
    bodies = [register(token_endpoint_auth_method="client_secret_basic").json() for _ in range(2)]

    assert bodies[0]["client_id"] != bodies[1]["client_id"]
    assert bodies[0]["client_secret"] != bodies[1]["client_secret"]


@pytest.mark.usefixtures("limits")
def test_a_disabled_client_and_one_that_we_made_are_not_given_again() -> None:
    first = register().json()["client_id"]
    Client.objects.update(disabled=True)
    second = register().json()["client_id"]
    Client.objects.update(registration_source=Client.RegistrationSource.MANUAL)

    assert len({first, second, register().json()["client_id"]}) == 3


@pytest.mark.usefixtures("limits")
def test_people_who_share_a_clients_id_agree_each_for_themselves(agent: Agent) -> None:
    agent.client = Client.objects.get(client_id=register().json()["client_id"])
    body = agent.tokens()
    other = Agent(Client.objects.get(client_id=register().json()["client_id"]))
    other.sign_in(User.objects.create_user("bob"))

    assert other.client == agent.client
    assert b"Give" in other.ask().content
    assert redirect_parameters(other.ask(prompt="none"))["error"] == "consent_required"
    assert agent.refresh(body["refresh_token"]).status_code == 200


@pytest.mark.usefixtures("limits")
def test_the_address_is_not_stored_and_forgotten_after_consent(agent: Agent) -> None:
    agent.client = Client.objects.get(client_id=register().json()["client_id"])
    assert len(agent.client.registered_from) == 64

    agent.code()

    agent.client.refresh_from_db()
    assert agent.client.registered_from == ""


@pytest.mark.usefixtures("limits")
def test_agreeing_to_a_client_that_was_deleted_meanwhile_shows_an_error(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = agent.ask()
    monkeypatch.setattr(pending, "confirm", lambda _client: False)

    response = agent.answer(page)

    assert response.status_code == 400
    assert "cannot be connected" in response.content.decode()
    assert not transaction.get_connection().needs_rollback


@pytest.mark.slow
def test_two_workers_count_together(tmp_path: Path) -> None:
    product = install(
        tmp_path,
        PUBLIC_URL="https://pricing.example",
        TRUSTED_PROXIES="1",
        WEB_CONCURRENCY="2",
    )
    headers = {"Host": "pricing.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"}

    def one(n: int) -> int:
        body = {"client_name": str(n), "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none"}
        answer = httpx2.post(f"{product.url}/oauth/register", json=body, headers=headers, timeout=60)
        return answer.status_code

    with serve(product, tmp_path / "server.log"), ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(one, range(110)))

    assert statuses.count(201) == 100
    assert statuses.count(429) == 10

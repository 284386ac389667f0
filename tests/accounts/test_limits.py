"""Rate limits by address, and what counts as an address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from accounts.models import User
from tests.accounts.oauth.agent import Agent
from tests.accounts.oauth.conftest import make_client
from tests.harness.fake_github import GitHub

pytestmark = pytest.mark.django_db


def token_request(address: str = "203.0.113.5", **headers: str) -> int:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "x"}
    response = Browser(REMOTE_ADDR=address, headers=headers).post("/oauth/token", form)
    return response.status_code


@pytest.fixture
def two_a_minute(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(("sign_in", "consent", "register"), "2/m/ip")
    settings.TOKEN_REQUESTS_PER_MINUTE = 2


@pytest.mark.usefixtures("two_a_minute")
def test_the_token_endpoint_refuses_an_address_over_the_limit() -> None:
    assert [token_request() for _ in range(4)] == [401, 401, 429, 429]
    assert token_request("203.0.113.6") == 401


@pytest.mark.usefixtures("two_a_minute")
def test_programs_get_the_limit_as_json_and_people_as_a_page() -> None:
    agent = Agent(make_client())
    agent.sign_in(User.objects.create_user("ann"))
    pages = [agent.ask() for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 429]
    assert "Wait a minute" in pages[-1].content.decode()
    assert agent.answer(pages[0]).status_code == 429

    answers: list[Any] = [agent.refresh("x") for _ in range(3)]
    assert answers[-1].json()["error"] == "temporarily_unavailable"
    assert answers[-1]["Retry-After"] == "60"


@pytest.mark.usefixtures("two_a_minute")
def test_sign_ins_are_limited(client: Browser, github: GitHub) -> None:
    statuses = [client.post("/accounts/github/login/").status_code for _ in range(3)]

    assert statuses == [302, 302, 429]
    assert client.get("/accounts/github/login/callback/").status_code == 429
    assert github.requests == []


@pytest.mark.usefixtures("two_a_minute")
def test_guesses_of_the_local_administrators_password_are_limited(client: Browser) -> None:
    form = {"username": "admin", "password": "guess"}

    assert [client.post("/admin/login/", form).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.usefixtures("two_a_minute")
def test_a_forged_forwarded_address_is_ignored() -> None:
    statuses = [token_request(**{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(3)]

    assert statuses == [401, 401, 429]


@pytest.mark.usefixtures("two_a_minute")
def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    for made_up in range(3):
        last = token_request("10.0.0.1", **{"X-Forwarded-For": f"198.51.100.{made_up}, 203.0.113.5"})
    assert last == 429
    assert token_request("10.0.0.1", **{"X-Forwarded-For": "203.0.113.6"}) == 401


@pytest.mark.usefixtures("two_a_minute")
def test_an_ipv6_network_counts_as_one_address() -> None:
    statuses = [token_request(f"2001:db8:1:2::{n}") for n in range(3)]

    assert statuses == [401, 401, 429]
    assert token_request("2001:db8:1:3::1") == 401


@pytest.mark.parametrize("address", ["", "unknown", "x" * 1000])
def test_an_invalid_address_is_refused(settings: Settings, address: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    assert token_request(address) == 403
    assert token_request("10.0.0.1", **{"X-Forwarded-For": "203.0.113.5"}) == 403

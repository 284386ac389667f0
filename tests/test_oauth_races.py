"""Concurrent requests against one worker process, and against two with one database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from tests.accounts.oauth.agent import challenge_of
from tests.harness.databases import KINDS, open_database
from tests.harness.github_product import serve_with_github
from tests.harness.person import Person
from tests.harness.product import Product

CALLBACK = "https://agent.example/callback"
AT_ONCE = 6
ROUNDS = [3, pytest.param(30, marks=pytest.mark.slow)]


@pytest.fixture(
    scope="module",
    params=[(kind, workers) for kind in KINDS for workers in ("1", "2")],
    ids="-".join,
)
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    kind, workers = request.param
    folder = tmp_path_factory.mktemp("races")
    with (
        open_database(kind, folder) as database,
        serve_with_github(folder, database.url, WEB_CONCURRENCY=workers) as product,
    ):
        yield product


@dataclass
class Racer:
    """A client that sends a request several times at once."""

    url: str
    client_id: str
    verifier: str

    def code(self) -> str:
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        with Person() as person:
            answer = person.go(f"{self.url}/oauth/authorize?{urlencode(query)}", until=CALLBACK)
        return parse_qs(urlsplit(answer).query)["code"][0]

    def post(self, **form: str) -> httpx2.Response:
        """Ask until the server counted the request: it gives up on that after a second's wait for a lock."""
        while True:
            data = {"client_id": self.client_id, **form}
            response = httpx2.post(f"{self.url}/oauth/token", data=data, timeout=30)
            if response.status_code != httpx2.codes.TOO_MANY_REQUESTS:
                return response

    def redeem(self, code: str) -> httpx2.Response:
        return self.post(
            grant_type="authorization_code",
            code=code,
            code_verifier=self.verifier,
            redirect_uri=CALLBACK,
        )

    def refresh(self, token: str) -> httpx2.Response:
        return self.post(grant_type="refresh_token", refresh_token=token)

    def calls(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        return httpx2.post(f"{self.url}/mcp", json=call, headers=headers).status_code


@pytest.fixture
def racer(product: Product) -> Racer:
    metadata = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
    registered = httpx2.post(f"{product.url}/oauth/register", json=metadata)
    return Racer(product.url, registered.json()["client_id"], secrets.token_urlsafe(48))


def at_once(function: Any, argument: str, times: int = AT_ONCE) -> list[httpx2.Response]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(function, [argument] * times))


def test_of_concurrent_redemptions_one_wins_and_the_others_revoke_its_tokens(racer: Racer) -> None:
    answers = at_once(racer.redeem, racer.code())

    assert sorted(answer.status_code for answer in answers) == [200, *[400] * (AT_ONCE - 1)]
    winner = next(answer.json() for answer in answers if answer.is_success)
    assert racer.calls(winner["access_token"]) == 401
    assert racer.refresh(winner["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("times", [2, 3, 5])
@pytest.mark.parametrize("rounds", ROUNDS)
def test_each_of_concurrent_refreshes_gets_tokens_that_work(racer: Racer, times: int, rounds: int) -> None:
    session = racer.redeem(racer.code()).json()

    for turn in range(rounds):
        answers = at_once(racer.refresh, session["refresh_token"], times)

        assert [answer.status_code for answer in answers] == [200] * times
        pairs = [answer.json() for answer in answers]
        assert len({pair["refresh_token"] for pair in pairs}) == times
        assert [racer.calls(pair["access_token"]) for pair in pairs] == [200] * times
        assert racer.calls(session["access_token"]) == 401
        session = pairs[turn % times]

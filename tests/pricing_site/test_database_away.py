"""A server whose database goes away and comes back: what people, agents and programs are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.harness.databases import copy_server
from tests.harness.product import Product, over, serve
from tests.harness.sqld import Sqld

SEARCH = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"query": "n2"}},
}


class Away(NamedTuple):
    product: Product
    token: str
    database: Sqld
    log: Path


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Away]:
    """A server that answered once before its database was killed."""
    folder = tmp_path_factory.mktemp("away")
    copy_server(folder, "sample")
    with Sqld(folder) as database:
        product = over(database.url)
        token = product.token("ada")
        with serve(product, folder / "log"):
            assert call(product, token).json()["result"]["structuredContent"]["skus"]
            database.kill()
            yield Away(product, token, database, folder / "log")


def call(product: Product, token: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    return httpx2.post(f"{product.url}/mcp", json=SEARCH, headers=headers, timeout=60)


def test_an_agent_keeps_its_token_and_is_told_to_come_back(away: Away) -> None:
    answer = call(away.product, away.token)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "WWW-Authenticate" not in answer.headers
    assert "The token may well be valid" in answer.text


@pytest.mark.parametrize("path", ["/", "/search?q=n2", "/status/"])
def test_a_page_says_that_nothing_is_lost(away: Away, path: str) -> None:
    answer = httpx2.get(away.product.url + path, timeout=60)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Not available at the moment" in answer.text
    assert "sqld" not in answer.text
    assert away.database.url not in answer.text


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/register"])
def test_a_client_of_oauth_gets_an_error_that_it_knows(away: Away, path: str) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "x", "token": "x"}
    register = {"client_name": "x", "redirect_uris": ["http://127.0.0.1:1/x"]}
    url = away.product.url + path
    answer = (
        httpx2.post(url, json=register) if "register" in path else httpx2.post(url, data=form, timeout=60)
    )

    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


def test_a_script_is_told_too(away: Away) -> None:
    headers = {"Authorization": f"Bearer {away.token}"}
    answer = httpx2.get(f"{away.product.url}/api/panels/", headers=headers, timeout=60)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")


def test_each_failure_is_a_line_of_the_log(away: Away) -> None:
    call(away.product, away.token)
    httpx2.get(away.product.url, timeout=60)

    assert not re.search(r"Traceback|  File ", away.log.read_text())


def test_when_it_is_back_so_is_everything(away: Away) -> None:
    away.database.start()

    assert call(away.product, away.token).status_code == 200
    assert httpx2.get(away.product.url).status_code == 200

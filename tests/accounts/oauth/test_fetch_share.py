"""One person's slow documents, against the real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from accounts.oauth.fetch_share import MAX_FETCHES
from tests.accounts.oauth.agent import challenge_of
from tests.harness import document_host
from tests.harness.document_host import Host
from tests.harness.person import Person
from tests.harness.product import Product, install, serve

PASSWORD = "correct horse battery"
MAKE = """
from accounts.models import User
for name in ("ann", "mallory"):
    User.objects.create_superuser(name, password={!r})
"""
SLOW = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with document_host.serve(tmp_path) as host:
        yield host


@pytest.fixture
def product(tmp_path: Path, host: Host) -> Iterator[Product]:
    trusted = {document_host.CERTIFICATE_VARIABLE: str(host.certificate)}
    product = install(tmp_path, DJANGO_SETTINGS_MODULE="tests.harness.document_settings", **trusted)
    product.manage("shell", "-c", MAKE.format(PASSWORD))
    with serve(product, tmp_path / "server.log"):
        yield product


def signed_in(product: Product, name: str) -> httpx2.Cookies:
    account = f"{product.url}/account/"
    with Person(name=name, password=PASSWORD) as person:
        person.go(account, until=account)
        return person.browser.cookies


def ask(product: Product, cookies: httpx2.Cookies, client_id: str) -> httpx2.Response:
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": "https://agent.example/callback",
        "code_challenge": challenge_of("x" * 43),
        "code_challenge_method": "S256",
    }
    return httpx2.get(f"{product.url}/oauth/authorize", params=query, cookies=dict(cookies), timeout=60)


def test_ten_slow_documents_of_one_person_do_not_stop_the_document_of_another(
    product: Product, host: Host
) -> None:
    ann, mallory = signed_in(product, "ann"), signed_in(product, "mallory")
    paths = [f"/slow-{number}.json" for number in range(10)]
    host.drips = dict.fromkeys(paths, (SLOW, b" "))

    with ThreadPoolExecutor(10) as pool:
        begun = time.monotonic()
        attack = [pool.submit(ask, product, mallory, host.url + path) for path in paths]
        # The others are refused at once; two are under way.
        while sum(request.done() for request in attack) < len(paths) - MAX_FETCHES:
            assert time.monotonic() - begun < 4, "the documents are no longer slow"
            time.sleep(0.01)
        page = ask(product, ann, host.publish())
        still_slow = [request for request in attack if not request.done()]

        assert page.status_code == 200
        assert "Documented" in page.text
        assert len(still_slow) == MAX_FETCHES
        refused = [request.result() for request in attack if request.done()]

    assert {answer.status_code for answer in refused} == {400}
    assert all("still being fetched for you" in answer.text for answer in refused)
    # What was refused for want of a turn may be asked for again at once.
    host.drips.clear()
    again = next(request.result().url.params["client_id"] for request in attack if request not in still_slow)
    host.publish(again.removeprefix(host.url))
    assert ask(product, mallory, again).status_code == 200

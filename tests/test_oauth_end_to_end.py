"""From an agent that knows an address to its tools: a real server, a fake GitHub, the official client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.harness import document_host
from tests.harness.document_host import Host
from tests.harness.github_product import serve_with_github
from tests.harness.oauth_client import OfficialClient, RefusedError
from tests.harness.person import Person
from tests.harness.product import Product, install, serve

MODES = ["legacy", "2026-07-28"]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with document_host.serve(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[Product]:
    trusted = {document_host.CERTIFICATE_VARIABLE: str(host.certificate)}
    with serve_with_github(
        tmp_path_factory.mktemp("oauth"), DJANGO_SETTINGS_MODULE="tests.harness.document_settings", **trusted
    ) as product:
        yield product


@pytest.fixture
def person() -> Iterator[Person]:
    with Person() as person:
        yield person


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_that_knows_the_address_gets_access_once_its_owner_agrees(
    product: Product, person: Person, mode: str
) -> None:
    agent = OfficialClient(f"{product.url}/mcp", person, mode)

    assert agent.tools() == ["search", "details", "calculate"]

    assert len(agent.answers) == 1
    assert [page for page in person.pages if "Sign in with GitHub" in page]
    assert 'Give <span class="name">Official</span> access?' in person.pages[-1]
    assert "127.0.0.1:41999" in person.pages[-1]


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_with_a_metadata_document_does_not_register(
    product: Product, person: Person, host: Host, mode: str
) -> None:
    document = host.publish(redirect_uris=["http://127.0.0.1/callback"])
    agent = OfficialClient(f"{product.url}/mcp", person, mode, document)

    assert agent.tools() == ["search", "details", "calculate"]

    assert agent.storage.client is not None
    assert agent.storage.client.client_id == document
    assert f"localhost:{host.port}" in person.pages[-1]


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_refreshes_without_a_prompt_and_is_refused_after_revocation(
    product: Product, person: Person, mode: str
) -> None:
    agent = OfficialClient(f"{product.url}/mcp", person, mode)
    agent.tools()
    first = agent.storage.tokens
    assert first is not None

    agent.expire()
    agent.tools()
    second = agent.storage.tokens
    assert len(agent.answers) == 1
    assert second is not None
    assert second.refresh_token != first.refresh_token

    assert agent.storage.client is not None
    form = {"token": second.refresh_token or "", "client_id": agent.storage.client.client_id or ""}
    assert httpx2.post(f"{product.url}/oauth/revoke", data=form).status_code == 200
    answer = httpx2.post(
        f"{product.url}/mcp", json={}, headers={"Authorization": f"Bearer {second.access_token}"}
    )
    assert answer.status_code == 401
    agent.tools()
    assert len(agent.answers) == 2


def test_an_agent_whose_owner_denies_gets_nothing(product: Product, person: Person) -> None:
    person.decision = "deny"
    agent = OfficialClient(f"{product.url}/mcp", person)

    with pytest.RaisesGroup(
        pytest.RaisesExc(RefusedError, match="access_denied"), flatten_subgroups=True, allow_unwrapped=True
    ):
        agent.tools()

    assert agent.storage.tokens is None


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Product]:
    product = install(tmp_path)
    with serve(product, tmp_path / "server.log"):
        yield product


def test_on_a_local_server_the_administrator_agrees(laptop: Product) -> None:
    password = "correct horse battery"
    make = "from accounts.models import User; User.objects.create_superuser('admin', password={!r})"
    laptop.manage("shell", "-c", make.format(password))

    with Person(name="admin", password=password) as person:
        agent = OfficialClient(f"{laptop.url}/mcp", person)
        assert agent.tools() == ["search", "details", "calculate"]

"""Client ID metadata documents: clients identified by a URL, and URLs that are traps."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from oauth2_provider.cimd import CIMDError
from pytest_django import Settings

from accounts.models import Client
from accounts.oauth import client_document, tokens
from accounts.oauth.client_document import DocumentFetcher
from accounts.oauth.fetch_share import MAX_FETCHES
from tests.accounts.oauth.agent import Agent, redirect_parameters
from tests.harness import document_host
from tests.harness.document_host import CERTIFICATE_VARIABLE, Host, LoopbackFetcher

pytestmark = pytest.mark.one_database

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with document_host.serve(tmp_path_factory.mktemp("site")) as host:
        yield host


@pytest.fixture
def host(site: Host, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Host:
    for state in (site.documents, site.answers, site.drips, site.requests):
        state.clear()
    monkeypatch.setenv(CERTIFICATE_VARIABLE, str(site.certificate))
    fetcher = "tests.harness.document_host.LoopbackFetcher"
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "CIMD_METADATA_FETCHER": fetcher}
    return site


def refused(agent: Agent, client_id: str) -> bool:
    """Whether the authorization endpoint rejects the client."""
    response = agent.ask(client_id=client_id)
    assert response.status_code in (200, 400)
    return bool(response.status_code == 400)


def test_a_client_with_a_metadata_document_needs_no_registration(agent: Agent, host: Host) -> None:
    client_id = host.publish()

    page = agent.ask(client_id=client_id)
    html = page.content.decode()
    assert "Documented" in html
    assert f"Published by</dt><dd><strong>localhost:{host.port}</strong>" in html
    agent.client = Client.objects.get(client_id=client_id)
    body = agent.redeem(redirect_parameters(agent.answer(page))["code"]).json()

    assert tokens.check(body["access_token"]) is not None
    assert agent.refresh(body["refresh_token"]).status_code == 200
    assert host.requests == ["/client.json"]


def test_a_document_with_unsupported_grant_types_is_accepted(agent: Agent, host: Host) -> None:
    device_code = "urn:ietf:params:oauth:grant-type:device_code"

    client_id = host.publish(grant_types=["authorization_code", "refresh_token", device_code])

    assert not refused(agent, client_id)


def test_a_document_is_not_fetched_for_anyone_who_is_not_signed_in(agent: Agent, host: Host) -> None:
    client_id = host.publish()
    agent.browser.logout()

    assert agent.ask(client_id=client_id).status_code == 302
    assert agent.ask(client_id=client_id, prompt="none").status_code == 302
    for path in ("/oauth/token", "/oauth/revoke"):
        form = {"grant_type": "authorization_code", "code": "x", "token": "x", "client_id": client_id}
        assert agent.post(path, form).status_code in (400, 401)

    assert host.requests == []


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://other.example/client.json"},
        {"client_id": None},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["http://agent.example/callback"]},
        {"redirect_uris": []},
        {"redirect_uris": None},
        {"client_name": 7},
        {"client_name": "x" * 81},
        {"client_name": "\u202eevil"},
        {"grant_types": ["client_credentials"]},
        {"grant_types": 7},
        {"grant_types": [[]]},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"client_secret": "x"},
    ],
    ids=lambda changes: str(changes)[:50].encode("ascii", "replace").decode(),
)
def test_an_invalid_document_is_refused(agent: Agent, host: Host, changes: dict[str, Any]) -> None:
    assert refused(agent, host.publish(**changes))
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        JSON + b"Content-Length: 2\r\n\r\n[]",
        JSON + b"Content-Length: 1\r\n\r\n{",
        JSON + b"\r\n" + b"[" * 15_000,
        JSON + b"\r\n\xff\xfe",
        JSON + b"\r\n" + b'{"a": "' + b"x" * 20_000 + b'"}',
        JSON + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nLocation: /client.json\r\nContent-Type: application/json\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\n\r\n{}",
        b"not http at all\r\n\r\n",
        b"",
    ],
    ids=lambda answer: answer[-24:].decode("ascii", "replace").strip() or "nothing",
)
def test_a_response_that_is_not_a_document_is_refused(agent: Agent, host: Host, answer: bytes) -> None:
    host.publish("/client.json")
    host.answers["/odd.json"] = answer

    assert refused(agent, f"{host.url}/odd.json")
    assert host.requests == ["/odd.json"]
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    "drip",
    [(b"", b"H"), (b"HTTP/1.1 200 OK\r\nX: ", b"x"), (JSON + b"\r\n{", b" ")],
    ids=["status line", "headers", "body"],
)
def test_a_slow_response_is_abandoned(
    agent: Agent, host: Host, monkeypatch: pytest.MonkeyPatch, drip: tuple[bytes, bytes]
) -> None:
    monkeypatch.setattr(client_document, "DEADLINE_SECONDS", 0.5)
    host.drips["/slow.json"] = drip

    start = time.monotonic()
    assert refused(agent, f"{host.url}/slow.json")
    assert time.monotonic() - start < 3


@dataclass
class SlowNameServer:
    """Takes 12 s for slow.example, or until it recovers, and then does not know it."""

    lookups: list[str] = field(default_factory=list)
    recovered: threading.Event = field(default_factory=threading.Event)

    def resolve(self, host: str) -> None:
        self.lookups.append(host)
        self.recovered.wait(12)
        raise socket.gaierror("unknown")


@pytest.fixture
def slow_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowNameServer]:
    real, server = socket.getaddrinfo, SlowNameServer()

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        return server.resolve(host) if host == "slow.example" else real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield server
    server.recovered.set()


@pytest.mark.usefixtures("slow_name_server")
def test_a_slow_name_server_does_not_hold_a_fetch_past_its_time_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_document, "DEADLINE_SECONDS", 0.5)

    start = time.monotonic()
    with pytest.raises(CIMDError, match=r"did not arrive within 0\.5 s"):
        DocumentFetcher().fetch("https://slow.example/client.json")
    assert time.monotonic() - start < 3


def test_an_abandoned_lookup_counts_as_a_fetch_of_its_person_until_it_ends(
    agent: Agent, host: Host, slow_name_server: SlowNameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_document, "DEADLINE_SECONDS", 0.5)

    for number in range(5):
        assert refused(agent, f"https://slow.example/{number}.json")

    assert len(slow_name_server.lookups) == MAX_FETCHES
    client_id = host.publish()
    assert "still being fetched for you" in agent.ask(client_id=client_id).content.decode()

    slow_name_server.recovered.set()
    deadline = time.monotonic() + 5
    while refused(agent, client_id) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not refused(agent, client_id)


@pytest.mark.usefixtures("slow_name_server")
def test_abandoned_lookups_never_take_more_than_ten_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_document, "DEADLINE_SECONDS", 0.01)

    for number in range(30):
        with pytest.raises(CIMDError, match="did not arrive"):
            DocumentFetcher().fetch(f"https://slow.example/{number}.json")

    assert sum(thread.name.startswith("lookups") for thread in threading.enumerate()) == 10


def test_a_person_is_told_that_the_document_is_the_reason(agent: Agent, host: Host) -> None:
    page = agent.ask(client_id=f"{host.url}/missing.json").content.decode()
    other = agent.ask(client_id="unknown").content.decode()

    assert "metadata document, at the URL that is its client_id, cannot be fetched or is invalid" in page
    assert "metadata document" not in other


def test_a_failed_fetch_is_not_repeated_at_once(agent: Agent, host: Host) -> None:
    for _ in range(3):
        assert refused(agent, f"{host.url}/missing.json")

    assert host.requests == ["/missing.json"]


@pytest.mark.parametrize(
    "authority",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104 nothing is bound
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "localhost",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "①②⑦.⓪.⓪.①",
    ],
)
def test_a_non_public_address_is_never_connected_to(
    site: Host, authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.requests.clear()
    monkeypatch.setenv(CERTIFICATE_VARIABLE, str(site.certificate))
    monkeypatch.setattr(DocumentFetcher, "ssl_context", LoopbackFetcher.ssl_context)

    with pytest.raises(CIMDError):
        DocumentFetcher().fetch(f"https://{authority}:{site.port}/client.json")

    assert site.requests == []


@pytest.mark.parametrize(
    "client_id",
    [
        "https://user@agent.example/client.json",
        "https://agent.example",
        "https://agent.example/a/../client.json",
        "https://agent.example/client.json#x",
        "https://agent.example:99999/client.json",
        "https://[::1/client.json",
        "https:///client.json",
        "https://",
        "https://\x00/x",
        "https://agent.example/" + "x" * 2000,
    ],
)
def test_a_url_that_is_not_a_valid_client_id_gets_an_error_page(
    agent: Agent, host: Host, client_id: str
) -> None:
    assert refused(agent, client_id)
    assert host.requests == []


def test_a_host_with_public_and_private_addresses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, ["93.184.215.14", "127.0.0.1"])

    with pytest.raises(CIMDError, match="non-public"):
        DocumentFetcher().fetch("https://agent.example/client.json")


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",
        "::7f00:1",
        "::169.254.169.254",
        "::ffff:0:127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "3fff::1",
        "5f00::1",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "100::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "4000::1",
        "::1",
        "::",
        "224.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
    ],
)
def test_an_address_that_is_not_public_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    answer_with(monkeypatch, [address])

    with pytest.raises(CIMDError, match=r"not public|non-public"):
        DocumentFetcher().addresses("agent.example", 443)


@pytest.mark.parametrize(
    "address", ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001:82a::200e", "93.184.215.14"]
)
def test_a_public_address_is_accepted(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    answer_with(monkeypatch, [address])

    assert DocumentFetcher().addresses("agent.example", 443) == [address]


def test_dns_rebinding_does_not_change_the_address_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer_with(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])

    # pytest-socket's warning names the address that was connected to.
    blocked = pytest.RaisesExc(UserWarning, match=r'connect\(\) with host "93\.184\.215\.14"')
    with pytest.RaisesGroup(blocked, flatten_subgroups=True):
        DocumentFetcher().fetch("https://agent.example/client.json")


def answer_with(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let agent.example resolve to each of `answers` in turn; other hosts resolve as usual."""
    real, left = socket.getaddrinfo, list(answers)

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "agent.example":
            return real(host, port, *args, **kwargs)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, port)) for address in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

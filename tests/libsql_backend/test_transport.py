from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from libsql_backend import dbapi, transport
from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.ports import free_port
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect


def test_requests_reuse_one_http_connection(proxy: Proxy, connect: Connect) -> None:
    connection = connect(proxy.url)
    for _ in range(20):
        connection.execute("SELECT 1")
    assert (len(proxy.requests), proxy.connections) == (20, 1)


def test_an_http_connection_idle_for_too_long_is_replaced_before_use(
    proxy: Proxy, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(proxy.url)
    connection.execute("SELECT 1")
    monkeypatch.setattr(transport, "MAX_IDLE_SECONDS", 0.0)
    connection.execute("SELECT 1")
    assert proxy.connections == 2


def test_a_read_is_retried_once_if_the_connection_breaks(proxy: Proxy, connect: Connect) -> None:
    proxy.fault = lambda _: Fault(drop="after" if len(proxy.requests) == 1 else "")
    assert connect(proxy.url).execute("SELECT 1").fetchone() == (1,)
    assert len(proxy.requests) == 2


def test_a_read_is_retried_only_once(proxy: Proxy, connect: Connect) -> None:
    proxy.fault = lambda _: Fault(drop="before")
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connect(proxy.url).execute("SELECT 1")
    assert len(proxy.requests) == 2


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_write_is_never_retried(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect, drop: str
) -> None:
    proxy.fault = lambda _: Fault(drop=drop)
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connect(proxy.url).execute("WITH x AS (SELECT 'a') INSERT INTO t (name) SELECT * FROM x")
    assert len(proxy.requests) == 1
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1 if drop == "after" else 0,)


def test_a_missing_response_is_a_timeout_and_not_retried(proxy: Proxy, connect: Connect) -> None:
    proxy.fault = lambda _: Fault(delay=0.5)
    connection = connect(proxy.url, timeout=0.1)
    with pytest.raises(dbapi.OperationalError, match=r"within 0\.1 s") as failure:
        connection.execute("SELECT 1")
    assert failure.value.code == "TIMEOUT"
    assert len(proxy.requests) == 1
    proxy.fault = lambda _: Fault()
    assert connection.execute("SELECT 2").fetchone() == (2,)


def test_a_refused_connection_is_reported(connect: Connect) -> None:
    with pytest.raises(dbapi.OperationalError, match=r"cannot be reached.*ConnectionRefused"):
        connect(f"http://127.0.0.1:{free_port()}").execute("SELECT 1")


def test_each_thread_can_use_its_own_connection(
    connection: dbapi.Connection, shared_server: Sqld, connect: Connect
) -> None:
    def insert(number: int) -> None:
        own = connect(shared_server.url)
        for step in range(20):
            own.execute("INSERT INTO t (name) VALUES (?)", [f"{number}-{step}"])

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.execute("SELECT count(DISTINCT name) FROM t").fetchone() == (80,)


def _in_child(work: Iterator[str]) -> str:
    """The first string that `work` yields in a forked process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, next(work).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return answer.read()


def test_a_forked_process_opens_its_own_http_connection(proxy: Proxy, connect: Connect) -> None:
    connection = connect(proxy.url)
    connection.execute("SELECT 1")

    def work() -> Iterator[str]:
        yield str(connection.execute("SELECT 'child'").fetchone())

    assert _in_child(work()) == "('child',)"
    assert connection.execute("SELECT 'parent'").fetchone() == ("parent",)
    assert proxy.connections == 2


def test_a_forked_process_cannot_use_its_parents_transaction(connection: dbapi.Connection) -> None:
    connection.begin()
    connection.execute("INSERT INTO t VALUES (1, 'parent')")

    def work() -> Iterator[str]:
        try:
            connection.execute("INSERT INTO t VALUES (2, 'child')")
        except dbapi.OperationalError as error:
            connection.close()
            yield str(error)

    assert "forked" in _in_child(work())
    connection.commit()
    assert connection.execute("SELECT name FROM t").fetchall() == [("parent",)]


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority that the system does not trust."""
    return trustme.CA()


@pytest.fixture
def tls_proxy(shared_server: Sqld, authority: trustme.CA) -> Iterator[Proxy]:
    proxy = Proxy(shared_server.port)
    _serve_tls(proxy, authority)
    with proxy:
        yield proxy


def _serve_tls(proxy: Proxy, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
    proxy.url = proxy.url.replace("http:", "https:")


@pytest.fixture
def _trusted_authority(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    transport.tls_context.cache_clear()
    yield
    transport.tls_context.cache_clear()


def test_a_certificate_of_an_unknown_authority_is_refused(tls_proxy: Proxy, connect: Connect) -> None:
    with pytest.raises(dbapi.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        connect(tls_proxy.url, "secret-token").execute("SELECT 1")
    assert tls_proxy.requests == []


@pytest.mark.usefixtures("_trusted_authority")
def test_a_certificate_of_a_trusted_authority_is_accepted(tls_proxy: Proxy, connect: Connect) -> None:
    connection = connect(tls_proxy.url)
    for _ in range(5):
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert tls_proxy.connections == 1


@pytest.mark.usefixtures("_trusted_authority")
def test_a_certificate_for_another_host_is_refused(tls_proxy: Proxy, connect: Connect) -> None:
    with pytest.raises(dbapi.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        connect(tls_proxy.url.replace("127.0.0.1", "localhost")).execute("SELECT 1")


@pytest.mark.usefixtures("_trusted_authority", "_sqld_program")
def test_the_token_is_not_sent_to_a_base_url_without_tls(
    tmp_path: Path, authority: trustme.CA, connect: Connect
) -> None:
    port = free_port()
    with Sqld(tmp_path, port, "--http-self-url", f"http://127.0.0.1:{port}"), Proxy(port) as proxy:
        _serve_tls(proxy, authority)
        connection = connect(proxy.url)
        connection.begin()
        connection.execute("CREATE TABLE t (id INTEGER)")
        with pytest.raises(dbapi.InterfaceError, match="without TLS"):
            connection.execute("INSERT INTO t VALUES (1)")
        connection.rollback()


@pytest.mark.parametrize("token", ["secret\n", "sécret"])
def test_a_token_that_is_not_a_valid_header_value_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(dbapi.ProgrammingError) as refusal:
        dbapi.connect("http://127.0.0.1:1", token)
    assert token not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["libsql://prices-me.turso.io", "wss://prices-me.turso.io", "prices-me.turso.io"]
)
def test_a_url_of_another_scheme_is_refused_before_the_token_is_sent(url: str) -> None:
    with pytest.raises(dbapi.ProgrammingError, match="must start with https:// or http://"):
        dbapi.connect(url, "secret")

from __future__ import annotations

from pathlib import Path

import pytest

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.ports import free_port
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect


@pytest.mark.usefixtures("_sqld_program")
def test_a_transaction_goes_on_where_the_server_says_and_the_next_starts_anew(
    tmp_path: Path, connect: Connect
) -> None:
    port = free_port()
    with Sqld(tmp_path, port, "--http-self-url", f"http://127.0.0.1:{port}"), Proxy(port) as proxy:
        connection = connect(proxy.url)
        connection.begin()
        connection.execute("CREATE TABLE t (id INTEGER)")
        assert len(proxy.requests) == 1
        connection.execute("INSERT INTO t VALUES (1)")
        connection.commit()
        assert len(proxy.requests) == 1  # the rest went to the server's own address
        assert connection.execute("SELECT id FROM t").fetchall() == [(1,)]
        assert len(proxy.requests) == 2


def test_a_page_of_something_else_is_not_taken_for_a_server(proxy: Proxy, connect: Connect) -> None:
    proxy.fault = lambda _: Fault(status=200)
    with pytest.raises(dbapi.InterfaceError, match="not one of a libSQL server"):
        connect(proxy.url).execute("SELECT 1")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refuses the token"),
        (403, "does not allow"),
        (429, "too many open streams"),
        (502, "answered HTTP 502"),
        (302, "answered HTTP 302"),
    ],
)
def test_a_refusal_by_http_is_named(proxy: Proxy, connect: Connect, status: int, words: str) -> None:
    proxy.fault = lambda _: Fault(status=status)
    with pytest.raises(dbapi.OperationalError, match=f"{words}.*made by the proxy"):
        connect(proxy.url, "secret-token").execute("SELECT 1")
    assert len(proxy.requests) == 1


def test_a_large_result_that_breaks_off_is_an_error(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
        " INSERT INTO t SELECT i, i || hex(zeroblob(500)) FROM n"
    )
    proxy.fault = lambda body: Fault(drop="" if '"requests"' in body else "after")
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connect(proxy.url).execute("SELECT name FROM t")

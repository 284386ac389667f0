from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.ports import free_port
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect


@pytest.mark.usefixtures("_sqld_program")
def test_a_transaction_continues_at_the_base_url_and_the_next_one_starts_at_the_url(
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
        assert len(proxy.requests) == 1  # the other requests went to the server's own address
        assert connection.execute("SELECT id FROM t").fetchall() == [(1,)]
        assert len(proxy.requests) == 2


@pytest.mark.parametrize("body", ["<html>Welcome</html>", "[]", '{"message":"not a baton"}', ""])
def test_a_response_from_another_kind_of_server_is_an_error(
    httpserver: HTTPServer, connect: Connect, body: str
) -> None:
    httpserver.expect_request("/v3/pipeline", "POST").respond_with_data(body)
    with pytest.raises(dbapi.InterfaceError, match="not from a libSQL server"):
        connect(httpserver.url_for("")).execute("SELECT 1")


@pytest.mark.parametrize("body", ['{"message":"the reason"}', '{"error":"the reason"}', "the reason"])
@pytest.mark.parametrize(
    ("status", "summary"),
    [
        (401, "rejected the token"),
        (403, "does not permit"),
        (429, "too many open streams"),
        (502, "returned HTTP 502"),
        (302, "returned HTTP 302"),
    ],
)
def test_an_http_error_is_reported_with_its_reason_and_not_retried(
    httpserver: HTTPServer, connect: Connect, status: int, summary: str, body: str
) -> None:
    httpserver.expect_request(
        "/v3/pipeline", "POST", headers={"Authorization": "Bearer secret-token"}
    ).respond_with_data(body, status)
    with pytest.raises(dbapi.OperationalError, match=f"{summary}.*: the reason$") as error:
        connect(httpserver.url_for(""), "secret-token").execute("SELECT 1")
    assert "secret-token" not in str(error.value)
    assert len(httpserver.log) == 1


def test_a_large_result_whose_connection_breaks_is_an_error(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
        " INSERT INTO t SELECT i, i || hex(zeroblob(500)) FROM n"
    )
    proxy.fault = lambda body: Fault(drop="" if '"requests"' in body else "after")
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connect(proxy.url).execute("SELECT name FROM t")


STEP_BEGIN = {"type": "step_begin", "step": 0, "cols": [{"name": "n", "decltype": None}]}
ROW = {"type": "row", "row": [{"type": "integer", "value": "1"}]}
STEP_END = {"type": "step_end", "affected_row_count": 0, "last_insert_rowid": None}


def serve_cursor(httpserver: HTTPServer, *entries: dict[str, Any]) -> None:
    """Refuse the pipeline's result as too large and answer the cursor request with `entries`."""
    too_large = {"message": "Response is too large", "code": "RESPONSE_TOO_LARGE"}

    def expect(path: str, *lines: dict[str, Any]) -> None:
        body = "\n".join(map(json.dumps, lines))
        httpserver.expect_ordered_request(path, "POST").respond_with_data(body)

    def pipeline(baton: str | None, *responses: dict[str, Any]) -> dict[str, Any]:
        results = [{"type": "ok", "response": response} for response in responses]
        return {"baton": baton, "base_url": None, "results": results}

    def batch(*errors: dict[str, Any]) -> dict[str, Any]:
        return {"type": "batch", "result": {"step_results": [None for _ in errors], "step_errors": errors}}

    described = {"type": "describe", "result": {"is_readonly": True}}
    expect("/v3/pipeline", pipeline(None, batch(), batch(too_large), {"type": "close"}))
    expect("/v3/pipeline", pipeline("baton 1", described))
    expect("/v3/cursor", {"baton": "baton 2", "base_url": None}, *entries)
    expect("/v3/pipeline", pipeline(None, batch(), batch(), {"type": "close"}))


def test_a_cursor_returns_its_rows_and_closes_the_stream(httpserver: HTTPServer, connect: Connect) -> None:
    serve_cursor(httpserver, STEP_BEGIN, ROW, ROW, STEP_END)
    cursor = connect(httpserver.url_for("")).execute("SELECT n FROM t")
    assert cursor.fetchall() == [(1,), (1,)]
    bodies = [json.loads(request.data) for request, _ in httpserver.log]
    assert [body["baton"] for body in bodies] == [None, None, "baton 1", "baton 2"]
    assert bodies[-1]["requests"][-1] == {"type": "close"}


def test_a_cursor_that_ends_before_its_result_is_an_error(httpserver: HTTPServer, connect: Connect) -> None:
    serve_cursor(httpserver, STEP_BEGIN, ROW)
    with pytest.raises(dbapi.InterfaceError, match="ended in the middle of a result"):
        connect(httpserver.url_for("")).execute("SELECT n FROM t")
    assert len(httpserver.log) == 4


@pytest.mark.parametrize("kind", ["step_error", "error"])
def test_an_error_in_the_middle_of_a_cursor_is_raised(
    httpserver: HTTPServer, connect: Connect, kind: str
) -> None:
    error = {"message": "SQLite error: database disk image is malformed", "code": "SQLITE_CORRUPT"}
    serve_cursor(httpserver, STEP_BEGIN, ROW, {"type": kind, "error": error})
    with pytest.raises(dbapi.DatabaseError, match="malformed") as failure:
        connect(httpserver.url_for("")).execute("SELECT n FROM t")
    assert failure.value.code == "SQLITE_CORRUPT"

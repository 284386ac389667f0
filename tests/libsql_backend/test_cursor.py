from __future__ import annotations

import pytest

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Proxy
from tests.libsql_backend.conftest import Connect

THREE = "VALUES (1, 'a'), (2, 'b'), (3, 'c')"


def test_rows_can_be_fetched_one_at_a_time_in_groups_or_all_at_once(connection: dbapi.Connection) -> None:
    cursor = connection.execute(THREE)
    assert cursor.fetchone() == (1, "a")
    assert cursor.fetchmany(1) == [(2, "b")]
    assert cursor.fetchall() == [(3, "c")]
    assert cursor.fetchone() is None
    assert cursor.fetchmany(5) == []
    assert list(connection.execute(THREE)) == [(1, "a"), (2, "b"), (3, "c")]


def test_parameters_may_be_positional_or_named(connection: dbapi.Connection) -> None:
    assert connection.execute("SELECT ?, ?", (1, "a")).fetchone() == (1, "a")
    assert connection.execute("SELECT :n, :n, :m", {"n": 1, "m": "a"}).fetchone() == (1, 1, "a")


def test_a_write_reports_its_row_count_and_the_last_rowid(connection: dbapi.Connection) -> None:
    inserted = connection.execute("INSERT INTO t VALUES (7, 'a'), (8, 'b')")
    assert (inserted.rowcount, inserted.lastrowid) == (2, 8)
    assert connection.execute("UPDATE t SET name = name || '!' WHERE id = 7").rowcount == 1
    assert connection.execute("WITH x AS (SELECT 8 AS id) DELETE FROM t WHERE id IN x").rowcount == 1
    assert connection.execute("DELETE FROM t WHERE id = 99").rowcount == 0


def test_a_read_has_a_description_and_no_row_count(connection: dbapi.Connection) -> None:
    cursor = connection.execute("SELECT id, name AS label FROM t")
    assert cursor.description is not None
    assert [column[0] for column in cursor.description] == ["id", "label"]
    assert cursor.rowcount == -1
    assert cursor.fetchall() == []


def test_returning_produces_rows_and_a_row_count(connection: dbapi.Connection) -> None:
    cursor = connection.execute("INSERT INTO t (name) VALUES ('a'), ('b') RETURNING id")
    assert (cursor.rowcount, cursor.fetchall()) == (2, [(1,), (2,)])


def test_executemany_sends_many_rows_in_one_request(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    cursor = connect(proxy.url).cursor()
    cursor.executemany("INSERT INTO t VALUES (?, ?)", ((n, f"row {n}") for n in range(1000)))
    assert cursor.rowcount == 1000
    assert len(proxy.requests) == 2  # one for the rows, one for COMMIT
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1000,)


def test_executemany_stores_all_rows_or_none(connection: dbapi.Connection) -> None:
    rows = [(n, f"row {n}") for n in range(2500)] + [(0, "taken")]
    with pytest.raises(dbapi.IntegrityError, match="UNIQUE"):
        connection.cursor().executemany("INSERT INTO t VALUES (?, ?)", rows)
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert not connection.in_transaction


def test_executemany_inside_a_transaction_does_not_commit_it(connection: dbapi.Connection) -> None:
    connection.begin()
    connection.cursor().executemany("INSERT INTO t VALUES (:id, :name)", [{"id": 1, "name": "a"}])
    assert connection.in_transaction
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_closed_cursor_raises_programming_error(connection: dbapi.Connection) -> None:
    cursor = connection.execute(THREE)
    cursor.close()
    with pytest.raises(dbapi.ProgrammingError, match="closed cursor"):
        cursor.fetchone()

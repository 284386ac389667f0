from __future__ import annotations

import pytest

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Proxy
from tests.libsql_backend.conftest import Connect

THREE = "VALUES (1, 'a'), (2, 'b'), (3, 'c')"


def test_the_module_names_what_pep_249_asks_for() -> None:
    assert (dbapi.apilevel, dbapi.threadsafety, dbapi.paramstyle) == ("2.0", 1, "qmark")
    assert issubclass(dbapi.IntegrityError, dbapi.DatabaseError)
    assert issubclass(dbapi.InterfaceError, dbapi.Error)


def test_rows_are_fetched_one_by_one_in_portions_or_all(connection: dbapi.Connection) -> None:
    cursor = connection.execute(THREE)
    assert cursor.fetchone() == (1, "a")
    assert cursor.fetchmany(1) == [(2, "b")]
    assert cursor.fetchall() == [(3, "c")]
    assert cursor.fetchone() is None
    assert cursor.fetchmany(5) == []
    assert list(connection.execute(THREE)) == [(1, "a"), (2, "b"), (3, "c")]


def test_parameters_are_taken_by_place_or_by_name(connection: dbapi.Connection) -> None:
    assert connection.execute("SELECT ?, ?", (1, "a")).fetchone() == (1, "a")
    assert connection.execute("SELECT :n, :n, :m", {"n": 1, "m": "a"}).fetchone() == (1, 1, "a")


def test_a_write_tells_how_many_rows_it_changed_and_the_last_rowid(connection: dbapi.Connection) -> None:
    inserted = connection.execute("INSERT INTO t VALUES (7, 'a'), (8, 'b')")
    assert (inserted.rowcount, inserted.lastrowid) == (2, 8)
    assert connection.execute("UPDATE t SET name = name || '!' WHERE id = 7").rowcount == 1
    assert connection.execute("WITH x AS (SELECT 8 AS id) DELETE FROM t WHERE id IN x").rowcount == 1
    assert connection.execute("DELETE FROM t WHERE id = 99").rowcount == 0


def test_a_read_has_columns_and_no_count(connection: dbapi.Connection) -> None:
    cursor = connection.execute("SELECT id, name AS label FROM t")
    assert cursor.description is not None
    assert [column[0] for column in cursor.description] == ["id", "label"]
    assert cursor.rowcount == -1
    assert cursor.fetchall() == []


def test_returning_gives_rows_and_a_count(connection: dbapi.Connection) -> None:
    cursor = connection.execute("INSERT INTO t (name) VALUES ('a'), ('b') RETURNING id")
    assert (cursor.rowcount, cursor.fetchall()) == (2, [(1,), (2,)])


def test_executemany_is_one_request_for_many_rows(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    cursor = connect(proxy.url).cursor()
    cursor.executemany("INSERT INTO t VALUES (?, ?)", ((n, f"row {n}") for n in range(1000)))
    assert cursor.rowcount == 1000
    assert len(proxy.requests) == 2  # the rows and their COMMIT
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1000,)


def test_executemany_keeps_all_rows_or_none(connection: dbapi.Connection) -> None:
    rows = [(n, f"row {n}") for n in range(2500)] + [(0, "taken")]
    with pytest.raises(dbapi.IntegrityError, match="UNIQUE"):
        connection.cursor().executemany("INSERT INTO t VALUES (?, ?)", rows)
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert not connection.in_transaction


def test_executemany_within_a_transaction_leaves_its_end_to_the_caller(connection: dbapi.Connection) -> None:
    connection.begin()
    connection.cursor().executemany("INSERT INTO t VALUES (:id, :name)", [{"id": 1, "name": "a"}])
    assert connection.in_transaction
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_closed_cursor_is_refused(connection: dbapi.Connection) -> None:
    cursor = connection.execute(THREE)
    cursor.close()
    with pytest.raises(dbapi.ProgrammingError, match="closed cursor"):
        cursor.fetchone()


def test_a_comment_ahead_of_a_statement_does_not_hide_what_it_is(connection: dbapi.Connection) -> None:
    connection.execute("-- a note\n/* and\nanother */ BEGIN")
    assert connection.in_transaction
    assert connection.execute("/* count me */ INSERT INTO t VALUES (1, 'a')").rowcount == 1
    connection.execute("; ROLLBACK")
    assert not connection.in_transaction

from __future__ import annotations

import pytest

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Proxy
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect


def names(connection: dbapi.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM t ORDER BY id").fetchall()]


def insert(connection: dbapi.Connection, name: str) -> dbapi.Cursor:
    return connection.execute("INSERT INTO t (name) VALUES (?)", [name])


@pytest.mark.usefixtures("connection")
def test_an_autocommit_statement_is_one_round_trip(proxy: Proxy, connect: Connect) -> None:
    proxied = connect(proxy.url)
    insert(proxied, "a")
    assert names(proxied) == ["a"]
    assert len(proxy.requests) == 2


def test_a_transaction_takes_one_round_trip_per_statement_and_one_for_commit(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    proxied = connect(proxy.url)
    proxied.execute("BEGIN IMMEDIATE")
    proxied.execute("SAVEPOINT s1")
    insert(proxied, "a")
    proxied.execute("RELEASE SAVEPOINT s1")
    insert(proxied, "b")
    proxied.commit()
    assert len(proxy.requests) == 3
    assert names(connection) == ["a", "b"]


def test_an_empty_transaction_sends_nothing(proxy: Proxy, connect: Connect) -> None:
    proxied = connect(proxy.url)
    proxied.execute("BEGIN")
    proxied.execute("SAVEPOINT s1")
    proxied.execute("RELEASE SAVEPOINT s1")
    proxied.execute("COMMIT")
    assert proxy.requests == []
    assert not proxied.in_transaction


@pytest.mark.usefixtures("connection")
def test_commit_closes_the_stream_that_the_transaction_opened(proxy: Proxy, connect: Connect) -> None:
    proxied = connect(proxy.url)
    proxied.begin()
    insert(proxied, "a")
    proxied.commit()
    assert '"type":"close"' in proxy.requests[-1]
    insert(proxied, "b")
    assert '"baton":null' in proxy.requests[-1]


def test_rollback_discards_the_transaction(connection: dbapi.Connection) -> None:
    connection.begin()
    insert(connection, "a")
    connection.execute("ROLLBACK")
    assert names(connection) == []


def test_closing_a_connection_rolls_back_its_transaction(
    connection: dbapi.Connection, shared_server: Sqld, connect: Connect
) -> None:
    other = connect(shared_server.url)
    other.begin()
    insert(other, "a")
    other.close()
    assert names(connection) == []
    with pytest.raises(dbapi.ProgrammingError, match="closed connection"):
        other.execute("SELECT 1")


def test_rollback_to_a_savepoint_keeps_earlier_statements(connection: dbapi.Connection) -> None:
    connection.begin()
    insert(connection, "a")
    connection.execute("SAVEPOINT outer")
    connection.execute("SAVEPOINT inner")
    insert(connection, "b")
    connection.execute("ROLLBACK TO SAVEPOINT outer")
    insert(connection, "c")
    connection.execute("RELEASE SAVEPOINT outer")
    connection.commit()
    assert names(connection) == ["a", "c"]


def test_a_failed_statement_does_not_end_the_transaction(connection: dbapi.Connection) -> None:
    connection.begin()
    insert(connection, "a")
    with pytest.raises(dbapi.IntegrityError):
        insert(connection, "a")
    insert(connection, "b")
    connection.commit()
    assert names(connection) == ["a", "b"]


def test_a_statement_with_a_syntax_error_keeps_the_savepoint_sent_with_it(
    connection: dbapi.Connection,
) -> None:
    connection.begin()
    connection.execute("SAVEPOINT s1")
    with pytest.raises(dbapi.OperationalError, match="could not be parsed"):
        connection.execute("INSERT INTO")
    connection.execute("ROLLBACK TO SAVEPOINT s1")
    insert(connection, "a")
    connection.commit()
    assert names(connection) == ["a"]


@pytest.mark.parametrize("statement", ["RELEASE SAVEPOINT s9", "ROLLBACK TO SAVEPOINT s9"])
def test_an_unknown_savepoint_is_an_immediate_error(connection: dbapi.Connection, statement: str) -> None:
    connection.begin()
    with pytest.raises(dbapi.OperationalError, match="no such savepoint"):
        connection.execute(statement)


def test_a_savepoint_outside_a_transaction_is_refused(connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.NotSupportedError, match="BEGIN first"):
        connection.execute("SAVEPOINT s1")


def test_a_nested_begin_is_refused(connection: dbapi.Connection) -> None:
    connection.begin()
    with pytest.raises(dbapi.OperationalError, match="within a transaction"):
        connection.execute("BEGIN")


def test_without_autocommit_the_first_write_begins_a_transaction(
    connection: dbapi.Connection, shared_server: Sqld, connect: Connect
) -> None:
    manual = connect(shared_server.url, autocommit=False)
    assert names(manual) == []
    assert not manual.in_transaction
    insert(manual, "a")
    assert names(connection) == []
    manual.commit()
    assert names(connection) == ["a"]


def test_a_pragma_outside_a_transaction_is_refused(connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.NotSupportedError, match="PRAGMA"):
        connection.execute("PRAGMA defer_foreign_keys = ON")


def test_foreign_keys_are_checked_unless_disabled(connection: dbapi.Connection) -> None:
    connection.execute("DROP TABLE IF EXISTS child")
    connection.execute("CREATE TABLE child (t_id INTEGER REFERENCES t (id))")
    with pytest.raises(dbapi.IntegrityError, match="FOREIGN KEY"):
        connection.execute("INSERT INTO child VALUES (99)")
    connection.foreign_keys = False
    assert connection.execute("INSERT INTO child VALUES (99)").rowcount == 1
    connection.foreign_keys = True
    with pytest.raises(dbapi.IntegrityError, match="FOREIGN KEY"):
        connection.execute("INSERT INTO child VALUES (99)")
    connection.execute("DROP TABLE child")


def test_a_violated_deferred_foreign_key_fails_the_commit(
    connection: dbapi.Connection,
) -> None:
    connection.execute("DROP TABLE IF EXISTS child")
    connection.execute("CREATE TABLE child (t_id INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)")
    connection.begin()
    insert(connection, "a")
    connection.execute("INSERT INTO child VALUES (99)")
    with pytest.raises(dbapi.IntegrityError, match="FOREIGN KEY"):
        connection.commit()
    assert names(connection) == []
    connection.execute("DROP TABLE child")


LARGE = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000)
    INSERT INTO t SELECT n, n || hex(zeroblob(500)) FROM numbers
"""


@pytest.mark.parametrize(
    "statement", ["SELECT id, name FROM t", "WITH x AS (SELECT * FROM t) SELECT * FROM x"]
)
def test_a_result_over_the_size_limit_is_returned_whole(connection: dbapi.Connection, statement: str) -> None:
    connection.execute(LARGE)
    cursor = connection.execute(statement)
    rows = cursor.fetchall()
    assert [row[0] for row in rows] == list(range(1, 12001))
    assert rows[-1][1].startswith("12000000")
    assert cursor.description is not None
    assert [column[0] for column in cursor.description] == ["id", "name"]


def test_a_large_result_is_read_inside_its_transaction(connection: dbapi.Connection) -> None:
    connection.begin()
    connection.execute(LARGE)
    assert len(connection.execute("SELECT * FROM t").fetchall()) == 12000
    insert(connection, "last")
    connection.rollback()
    assert names(connection) == []


def test_a_write_whose_result_is_too_large_is_not_run_twice(connection: dbapi.Connection) -> None:
    connection.execute(LARGE)
    connection.begin()
    with pytest.raises(dbapi.OperationalError, match="too large"):
        connection.execute("INSERT INTO t (name) SELECT 'copy ' || name FROM t RETURNING name")
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (24000,)
    connection.rollback()

from __future__ import annotations

from libsql_backend import dbapi


def test_a_comment_before_a_statement_does_not_hide_its_keyword(connection: dbapi.Connection) -> None:
    connection.execute("-- a note\n/* and\nanother */ BEGIN")
    assert connection.in_transaction
    assert connection.execute("/* count me */ INSERT INTO t VALUES (1, 'a')").rowcount == 1
    connection.execute("; ROLLBACK")
    assert not connection.in_transaction

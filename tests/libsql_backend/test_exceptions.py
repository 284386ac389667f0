from __future__ import annotations

import pytest

from libsql_backend import dbapi
from libsql_backend.exceptions import from_server


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SQLITE_CONSTRAINT", dbapi.IntegrityError),
        ("SQLITE_CONSTRAINT_UNIQUE", dbapi.IntegrityError),
        ("SQLITE_MISMATCH", dbapi.IntegrityError),
        ("SQLITE_TOOBIG", dbapi.DataError),
        ("SQLITE_CORRUPT", dbapi.DatabaseError),
        ("SQLITE_NOTADB", dbapi.DatabaseError),
        ("SQLITE_INTERNAL", dbapi.InternalError),
        ("SQLITE_MISUSE", dbapi.InterfaceError),
        ("SQL_MANY_STATEMENTS", dbapi.ProgrammingError),
        ("SQL_NO_STATEMENT", dbapi.ProgrammingError),
        ("SQLITE_BUSY", dbapi.OperationalError),
        ("TRANSACTION_TIMEOUT", dbapi.OperationalError),
        ("", dbapi.OperationalError),
    ],
)
def test_the_servers_error_code_selects_the_exception(code: str, kind: type[dbapi.Error]) -> None:
    error = from_server("an error", code)
    assert type(error) is kind
    assert (str(error), error.code) == ("an error", code)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("SQLite error: UNIQUE constraint failed: t.id", dbapi.IntegrityError),
        ("SQLite error: datatype mismatch", dbapi.IntegrityError),
        ("SQLite error: string or blob too big", dbapi.DataError),
        ("Arguments do not match SQL parameters", dbapi.ProgrammingError),
        ("SQLite error: no such table: t", dbapi.OperationalError),
    ],
)
def test_the_message_selects_the_exception_for_a_shared_code(message: str, kind: type[dbapi.Error]) -> None:
    error = from_server(message, "SQLITE_UNKNOWN")
    assert type(error) is kind
    assert not str(error).startswith("SQLite error")


def test_an_error_raised_by_a_trigger_keeps_its_message(
    connection: dbapi.Connection,
) -> None:
    connection.execute("CREATE TRIGGER refuse BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with pytest.raises(dbapi.IntegrityError, match=r"^not today$"):
        connection.execute("INSERT INTO t VALUES (1, 'a')")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO t VALUES (1, 'taken')", dbapi.IntegrityError),
        ("INSERT INTO t VALUES (2, NULL)", dbapi.IntegrityError),
        ("INSERT INTO t VALUES ('text', 'b')", dbapi.IntegrityError),
        ("INSERT INTO checked VALUES (-1)", dbapi.IntegrityError),
        ("SELECT * FROM nowhere", dbapi.OperationalError),
        ("SELECT nothing FROM t", dbapi.OperationalError),
        ("SELEC 1", dbapi.OperationalError),
        ("VACUUM", dbapi.OperationalError),
        ("SELECT 1; SELECT 2", dbapi.ProgrammingError),
        ("SELECT ?", dbapi.ProgrammingError),
        ("SELECT zeroblob(2000000000)", dbapi.DataError),
    ],
)
def test_a_failure_raises_the_exception_that_the_sqlite3_module_raises(
    connection: dbapi.Connection, statement: str, kind: type[dbapi.Error]
) -> None:
    connection.execute("INSERT INTO t VALUES (1, 'taken')")
    connection.execute("CREATE TABLE IF NOT EXISTS checked (n INTEGER CHECK (n > 0))")
    with pytest.raises(dbapi.Error) as failure:
        connection.execute(statement)
    assert type(failure.value) is kind
    assert failure.value.code

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
def test_the_servers_code_decides_which_exception_it_is(code: str, kind: type[dbapi.Error]) -> None:
    error = from_server("words that tell nothing", code)
    assert type(error) is kind
    assert (str(error), error.code) == ("words that tell nothing", code)


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
def test_the_words_decide_where_many_failures_share_a_code(message: str, kind: type[dbapi.Error]) -> None:
    error = from_server(message, "SQLITE_UNKNOWN")
    assert type(error) is kind
    assert not str(error).startswith("SQLite error")


def test_a_trigger_that_raises_is_an_integrity_error_in_its_own_words(connection: dbapi.Connection) -> None:
    connection.execute("CREATE TRIGGER refuse BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with pytest.raises(dbapi.IntegrityError, match=r"^not today$"):
        connection.execute("INSERT INTO t VALUES (1, 'a')")

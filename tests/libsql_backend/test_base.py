from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import DataError, IntegrityError, NotSupportedError, OperationalError
from django.db.utils import ConnectionHandler

from libsql_backend.base import DatabaseWrapper
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import database


def test_execute_accepts_djangos_placeholders(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT %s, '100%%'", ["a"])
        assert cursor.fetchone() == ("a", "100%")
        cursor.execute("SELECT %(n)s, %(n)s", {"n": 1})
        assert cursor.fetchone() == (1, 1)
        cursor.execute("SELECT '%s'")
        assert cursor.fetchone() == ("%s",)


def test_executemany_accepts_djangos_placeholders(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE many (n INTEGER)")
        cursor.executemany("INSERT INTO many VALUES (%s)", [(1,), (2,)])
        cursor.executemany("INSERT INTO many VALUES (%(n)s)", [{"n": 3}])
        cursor.executemany("INSERT INTO many VALUES (%s)", [])
        cursor.execute("SELECT n FROM many ORDER BY n")
        assert cursor.fetchall() == [(1,), (2,), (3,)]
        cursor.execute("DROP TABLE many")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO rules VALUES (1, 1, 1)", IntegrityError),
        ("INSERT INTO rules VALUES (2, NULL, 1)", IntegrityError),
        ("INSERT INTO rules VALUES (2, -1, 1)", IntegrityError),
        ("INSERT INTO rules VALUES (2, 1, 99)", IntegrityError),
        ("SELECT FROM WHERE", OperationalError),
        ("SELECT zeroblob(2000000000)", DataError),
    ],
    ids=["unique", "not null", "check", "foreign key", "syntax", "too big"],
)
def test_a_failure_raises_the_exception_that_django_documents(
    wrapper: DatabaseWrapper, statement: str, kind: type[Exception]
) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS rules")
        cursor.execute(
            "CREATE TABLE rules (id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n > 0),"
            " parent INTEGER REFERENCES rules (id))"
        )
        cursor.execute("INSERT INTO rules VALUES (1, 1, 1)")
        with pytest.raises(kind):
            cursor.execute(statement)


def test_a_raw_query_converts_dates_and_booleans_like_djangos_sqlite3_backend(
    wrapper: DatabaseWrapper,
) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE dates (d date, t time, at datetime, flag bool, label varchar(9))")
        cursor.execute(
            "INSERT INTO dates VALUES ('2026-02-28', '12:30:00', '2026-02-28 12:30:00', 1, '2026-02-28')"
        )
        cursor.execute("INSERT INTO dates DEFAULT VALUES")
        cursor.execute("SELECT * FROM dates")
        midday = dt.time(12, 30)
        day = dt.date(2026, 2, 28)
        at = dt.datetime.combine(day, midday)
        assert cursor.fetchall() == [(day, midday, at, True, "2026-02-28"), (None,) * 5]
        cursor.execute("DROP TABLE dates")


def test_a_connection_to_a_stopped_server_is_not_usable(own_server: Sqld) -> None:
    wrapper = ConnectionHandler({"default": database(own_server.url)})["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.connection = wrapper.get_new_connection(wrapper.get_connection_params())
    assert wrapper.is_usable()
    own_server.kill()
    assert not wrapper.is_usable()
    wrapper.connection.close()


def test_the_database_version_is_the_servers_sqlite_version(wrapper: DatabaseWrapper) -> None:
    assert wrapper.get_database_version() >= (3, 45)


def test_dbshell_fails_and_names_the_turso_command(wrapper: DatabaseWrapper) -> None:
    with pytest.raises(CommandError, match="turso db shell"):
        wrapper.client.runshell([])


def test_an_unsupported_option_is_refused(shared_server: Sqld) -> None:
    entry = database(shared_server.url)
    entry["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL"
    wrapper = ConnectionHandler({"default": entry})["default"]
    with pytest.raises(ImproperlyConfigured, match="init_command"):
        wrapper.get_connection_params()


def test_a_savepoint_outside_a_transaction_raises_not_supported_error(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor, pytest.raises(NotSupportedError, match="BEGIN first"):
        cursor.execute("SAVEPOINT s1")


def test_constraint_checks_stay_disabled_in_every_transaction_of_the_block(wrapper: DatabaseWrapper) -> None:
    def is_checked() -> bool:
        with wrapper.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("PRAGMA foreign_keys")
            [state] = cursor.fetchone()
            cursor.execute("ROLLBACK")
        return bool(state)

    with wrapper.constraint_checks_disabled():
        assert not is_checked()
    assert is_checked()

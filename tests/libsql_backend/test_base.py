from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import DataError, IntegrityError, NotSupportedError, OperationalError
from django.db.utils import ConnectionHandler

from libsql_backend.base import DatabaseWrapper
from pricing_site.database import from_url
from tests.harness.sqld import Sqld


def test_a_query_takes_djangos_placeholders(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT %s, '100%%'", ["a"])
        assert cursor.fetchone() == ("a", "100%")
        cursor.execute("SELECT %(n)s, %(n)s", {"n": 1})
        assert cursor.fetchone() == (1, 1)
        cursor.execute("SELECT '%s'")
        assert cursor.fetchone() == ("%s",)


def test_many_rows_take_djangos_placeholders(wrapper: DatabaseWrapper) -> None:
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
def test_a_failure_is_the_exception_that_django_documents(
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


def test_a_raw_query_gives_dates_and_booleans_as_djangos_sqlite_backend_does(
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


def test_a_connection_whose_server_is_gone_is_not_usable(own_server: Sqld) -> None:
    wrapper = ConnectionHandler({"default": from_url(own_server.url, Path())})["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.connection = wrapper.get_new_connection(wrapper.get_connection_params())
    assert wrapper.is_usable()
    own_server.kill()
    assert not wrapper.is_usable()
    wrapper.connection.close()


def test_the_servers_version_is_that_of_its_sqlite(wrapper: DatabaseWrapper) -> None:
    assert wrapper.get_database_version() >= (3, 45)


def test_the_shell_is_refused_with_the_tool_that_works(wrapper: DatabaseWrapper) -> None:
    with pytest.raises(CommandError, match="turso db shell"):
        wrapper.client.runshell([])


def test_an_option_without_a_use_is_refused(shared_server: Sqld) -> None:
    entry = from_url(shared_server.url, Path())
    entry["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL"
    wrapper = ConnectionHandler({"default": entry})["default"]
    with pytest.raises(ImproperlyConfigured, match="init_command"):
        wrapper.get_connection_params()


def test_a_savepoint_needs_djangos_atomic(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor, pytest.raises(NotSupportedError, match="BEGIN first"):
        cursor.execute("SAVEPOINT s1")


def test_constraint_checks_stay_off_for_the_transactions_of_their_block(wrapper: DatabaseWrapper) -> None:
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

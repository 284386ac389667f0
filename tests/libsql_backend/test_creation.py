from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db.utils import ConnectionHandler

from libsql_backend import dbapi
from libsql_backend.creation import DatabaseCreation
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect, database


def database_creation(url: str, test_name: str | None) -> DatabaseCreation:
    entry = {**database(url), "TEST": {"NAME": test_name}}
    made = ConnectionHandler({"default": entry})["default"].creation
    assert isinstance(made, DatabaseCreation)
    return made


@pytest.fixture
def used(own_server: Sqld, connect: Connect) -> dbapi.Connection:
    """A database with tables that reference each other, a view and a full-text index."""
    connection = connect(own_server.url)
    connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE b (a_id INTEGER NOT NULL REFERENCES a (id))")
    connection.execute("INSERT INTO a VALUES (1)")
    connection.execute("INSERT INTO b VALUES (1)")
    connection.execute('CREATE VIEW "odd ""name" AS SELECT * FROM a')
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
    return connection


def count_tables(connection: dbapi.Connection) -> int:
    [number] = connection.execute("SELECT count(*) FROM sqlite_master WHERE type != 'index'").fetchone() or ()
    return int(number)


def test_a_database_that_is_not_the_named_test_database_keeps_its_tables(used: dbapi.Connection) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"TEST\['NAME'\]"):
        database_creation("http://127.0.0.1:1", None)._create_test_db(0, autoclobber=True)
    assert count_tables(used) > 0


def test_a_test_database_starts_and_ends_empty(own_server: Sqld, used: dbapi.Connection) -> None:
    made = database_creation(own_server.url, own_server.url)
    assert made._create_test_db(0, autoclobber=True) == own_server.url
    assert count_tables(used) == 0
    used.execute("CREATE TABLE c (id INTEGER)")
    made._destroy_test_db(own_server.url, 0)
    assert count_tables(used) == 0


def test_a_kept_test_database_keeps_its_tables(own_server: Sqld, used: dbapi.Connection) -> None:
    database_creation(own_server.url, own_server.url)._create_test_db(0, autoclobber=False, keepdb=True)
    assert count_tables(used) > 0


def test_tables_of_a_test_database_are_dropped_after_a_yes(
    own_server: Sqld, used: dbapi.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    database_creation(own_server.url, own_server.url)._create_test_db(0, autoclobber=False)
    assert count_tables(used) == 0


def test_tables_of_a_test_database_are_kept_after_a_no(
    own_server: Sqld, used: dbapi.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="no table was dropped"):
        database_creation(own_server.url, own_server.url)._create_test_db(0, autoclobber=False)
    assert count_tables(used) > 0


def test_a_database_cannot_be_cloned_for_parallel_tests(own_server: Sqld) -> None:
    with pytest.raises(CommandError, match="without --parallel"):
        database_creation(own_server.url, own_server.url)._clone_test_db("1", 0)

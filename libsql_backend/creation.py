"""Test databases on a libSQL server."""

from __future__ import annotations

from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db.backends.sqlite3 import creation

from libsql_backend import dbapi

_TABLES_AND_VIEWS = """
    SELECT type, name FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
      AND name NOT LIKE 'libsql!_%' ESCAPE '!'
"""


class DatabaseCreation(creation.DatabaseCreation):
    """Uses an existing database for tests and drops all its tables before and after them."""

    def _get_test_db_name(self) -> str:
        name = self.connection.settings_dict["TEST"]["NAME"]
        if not name:
            raise ImproperlyConfigured(
                "Running tests drops every table: set TEST['NAME'] to a libSQL database for tests only."
            )
        return str(name)

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        url = self._get_test_db_name()
        if not keepdb:
            self._drop_tables(url, ask=not autoclobber)
        return url

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        self._drop_tables(test_database_name, ask=False)

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> NoReturn:
        raise CommandError("A libSQL database cannot be cloned: run the tests without --parallel.")

    def _drop_tables(self, url: str, *, ask: bool) -> None:
        connection = dbapi.connect(url, self.connection.settings_dict["PASSWORD"], autocommit=True)
        try:
            tables = connection.execute(_TABLES_AND_VIEWS).fetchall()
            if (
                tables
                and ask
                and input(f"Type 'yes' to drop {len(tables)} tables and views of {url}: ") != "yes"
            ):
                raise CommandError("Tests cancelled: no table was dropped.")
            _drop(connection, tables)
        finally:
            connection.close()


def _drop(connection: dbapi.Connection, tables: list[tuple[str, str]]) -> None:
    connection.foreign_keys = False
    for kind, name in tables:
        quoted = name.replace('"', '""')
        # Dropping a virtual table also drops its shadow tables, hence IF EXISTS.
        connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')

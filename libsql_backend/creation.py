from __future__ import annotations

from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db.backends.sqlite3 import creation

from libsql_backend import dbapi

_OWN_TABLES = """
    SELECT type, name FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
      AND name NOT LIKE 'libsql!_%' ESCAPE '!'
"""


class DatabaseCreation(creation.DatabaseCreation):
    """A test database on a server is a database kept for tests, emptied before and after."""

    def _get_test_db_name(self) -> str:
        name = self.connection.settings_dict["TEST"]["NAME"]
        if not name:
            raise ImproperlyConfigured(
                "Tests would empty the libSQL database: name one that is kept for tests in TEST['NAME']."
            )
        return str(name)

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        url = self._get_test_db_name()
        if not keepdb:
            self._empty(url, ask=not autoclobber)
        return url

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        self._empty(test_database_name, ask=False)

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> NoReturn:
        raise CommandError("A libSQL server holds one database: run the tests in one process.")

    def _empty(self, url: str, *, ask: bool) -> None:
        connection = dbapi.connect(url, self.connection.settings_dict["PASSWORD"], autocommit=True)
        try:
            found = connection.execute(_OWN_TABLES).fetchall()
            if found and ask and input(f"Type 'yes' to delete all {len(found)} tables of {url}: ") != "yes":
                raise CommandError("The test database has tables; nothing was deleted.")
            _drop(connection, found)
        finally:
            connection.close()


def _drop(connection: dbapi.Connection, found: list[tuple[str, str]]) -> None:
    connection.foreign_keys = False
    for kind, name in found:
        quoted = name.replace('"', '""')
        # A virtual table takes its shadow tables with it, hence IF EXISTS.
        connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')

"""Django's sqlite3 backend, connected to a libSQL server instead of a file.

`vendor` remains "sqlite", so Django compiles every expression to SQLite's dialect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from libsql_backend import dbapi
from libsql_backend.client import DatabaseClient
from libsql_backend.creation import DatabaseCreation
from libsql_backend.features import DatabaseFeatures
from libsql_backend.operations import DatabaseOperations

# The converters that Django's sqlite3 backend registers, by declared column type.
CONVERTERS: dbapi.Converters = {
    "bool": bool,
    "date": parse_date,
    "time": parse_time,
    "datetime": parse_datetime,
    "timestamp": parse_datetime,
}


class CursorWrapper(dbapi.Cursor):
    """A cursor that accepts Django's %s and %(name)s placeholders."""

    def execute(self, sql: str, params: dbapi.Params | None = None) -> dbapi.Cursor:
        if params is None:
            return super().execute(sql)
        return super().execute(_placeholders(sql, params), params)

    def executemany(self, sql: str, param_list: Iterable[dbapi.Params]) -> dbapi.Cursor:
        remaining = iter(param_list)
        first = next(remaining, None)
        if first is None:
            return self
        return super().executemany(_placeholders(sql, first), chain([first], remaining))


def _placeholders(sql: str, params: Sequence[object] | Mapping[str, object]) -> str:
    if isinstance(params, Mapping):
        return sql % {name: f":{name}" for name in params}
    return base.FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    display_name = "libSQL"
    # DatabaseOperations.regex_lookup() generates the SQL for iregex.
    operators = {k: v for k, v in base.DatabaseWrapper.operators.items() if k != "iregex"}

    Database = dbapi
    client_class = DatabaseClient  # type: ignore[assignment]  # not a subclass of sqlite3's
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    connection: dbapi.Connection

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()  # checks NAME and the transaction mode
        unknown = self.settings_dict["OPTIONS"].keys() - {"timeout", "transaction_mode"}
        if unknown:
            raise ImproperlyConfigured(
                f"Unsupported database OPTIONS: {sorted(unknown)}. "
                "The libSQL backend accepts timeout and transaction_mode."
            )
        return {
            "url": self.settings_dict["NAME"],
            "auth_token": self.settings_dict["PASSWORD"],
            "timeout": params.get("timeout", dbapi.DEFAULT_TIMEOUT),
        }

    def get_database_version(self) -> tuple[int, ...]:
        with self.temporary_connection() as cursor:
            cursor.execute("SELECT sqlite_version()")
            return tuple(int(part) for part in cursor.fetchone()[0].split("."))

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> dbapi.Connection:
        return dbapi.connect(**conn_params, converters=CONVERTERS)

    def create_cursor(self, name: str | None = None) -> CursorWrapper:
        return CursorWrapper(self.connection)

    def is_usable(self) -> bool:
        try:
            self.connection.execute("SELECT 1")
        except dbapi.Error:
            return False
        return True

    def disable_constraint_checking(self) -> bool:
        """Stop checking foreign keys from the next transaction; SQLite cannot change this inside one."""
        self.ensure_connection()
        if not self.connection.in_transaction:
            self.connection.foreign_keys = False
        return not self.connection.foreign_keys

    def enable_constraint_checking(self) -> None:
        self.ensure_connection()
        if not self.connection.in_transaction:
            self.connection.foreign_keys = True

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            self.connection.autocommit = autocommit

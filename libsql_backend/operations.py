"""SQL for the operations that Django's sqlite3 backend implements with Python functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, NotSupportedError, models
from django.db.backends.sqlite3 import operations
from django.utils.functional import cached_property

from libsql_backend import temporal_sql

Params = Sequence[Any]
Sql = tuple[str, Params]

_UNSUPPORTED_AGGREGATES = (
    models.StdDev,
    models.Variance,
)


class DatabaseOperations(operations.DatabaseOperations):
    """Replaces Python functions with plain SQL that returns the same results.

    Raises NotSupportedError for operations that plain SQL cannot express.
    """

    def check_expression_support(self, expression: Any) -> None:
        super().check_expression_support(expression)
        if isinstance(expression, _UNSUPPORTED_AGGREGATES):
            name = type(expression).__name__
            raise NotSupportedError(f"libSQL servers do not support {name}: compute it in Python.")

    # The stubs still have the signatures of an older Django for some of these, hence the ignores.
    def date_extract_sql(self, lookup_type: str, sql: str, params: Params) -> Sql:
        return self._render(_template(temporal_sql.EXTRACT, lookup_type), sql, params)

    def time_extract_sql(self, lookup_type: str, sql: str, params: Params) -> Sql:  # type: ignore[override]
        return _render_time(_template(temporal_sql.EXTRACT, lookup_type), sql, params)

    def datetime_extract_sql(self, lookup_type: str, sql: str, params: Params, tzname: str | None) -> Sql:
        return self._render(_template(temporal_sql.EXTRACT, lookup_type), sql, params, tzname)

    def date_trunc_sql(self, lookup_type: str, sql: str, params: Params, tzname: str | None = None) -> Sql:
        return self._render(_template(temporal_sql.TRUNC_DATE, lookup_type), sql, params, tzname)

    def time_trunc_sql(  # type: ignore[override]
        self, lookup_type: str, sql: str, params: Params, tzname: str | None = None
    ) -> Sql:
        template = _template(temporal_sql.TRUNC_TIME, lookup_type)
        if tzname:  # passed for datetimes only
            return self._render(template, sql, params, tzname)
        return _render_time(template, sql, params)

    def datetime_trunc_sql(  # type: ignore[override]
        self, lookup_type: str, sql: str, params: Params, tzname: str | None
    ) -> Sql:
        return self._render(_template(temporal_sql.TRUNC_DATETIME, lookup_type), sql, params, tzname)

    def datetime_cast_date_sql(self, sql: str, params: Params, tzname: str | None) -> Sql:
        return self._render(temporal_sql.CAST_DATE, sql, params, tzname)

    def datetime_cast_time_sql(self, sql: str, params: Params, tzname: str | None) -> Sql:
        return self._render(temporal_sql.CAST_TIME, sql, params, tzname)

    def subtract_temporals(self, internal_type: str, lhs: Sql, rhs: Sql) -> tuple[str, tuple[Any, ...]]:
        (lhs_sql, lhs_params), (rhs_sql, rhs_params) = lhs, rhs
        sql = temporal_sql.SUBTRACT_TEMPORALS.format(lhs=lhs_sql, rhs=rhs_sql)
        return sql, (*lhs_params, *rhs_params)

    def combine_duration_expression(self, connector: str, sub_expressions: list[str]) -> str:
        lhs, rhs = sub_expressions
        if connector in ("*", "/"):
            return f"({lhs} {connector} {rhs})"
        if connector not in ("+", "-"):
            raise DatabaseError(f"Invalid connector for timedelta: {connector}.")
        return temporal_sql.COMBINE_DURATION.format(lhs=lhs, rhs=rhs, sign=connector)

    def combine_expression(self, connector: str, sub_expressions: list[str]) -> str:
        if connector == "#":
            lhs, rhs = sub_expressions
            return f"(SELECT (lhs | rhs) - (lhs & rhs) FROM (SELECT {lhs} AS lhs, {rhs} AS rhs))"
        return str(super().combine_expression(connector, sub_expressions))

    def regex_lookup(self, lookup_type: str) -> str:
        """SQL for iregex: regexpi() takes the pattern first, but Django passes the text first."""
        return "(SELECT regexpi(pattern, value) FROM (SELECT %s AS value, %s AS pattern))"

    def force_group_by(self) -> list[str]:
        return ["GROUP BY TRUE"]  # the server's parser rejects HAVING without GROUP BY

    @cached_property
    def _references_graph(self) -> Callable[[str], list[str]]:
        """A function that lists a table and all tables that reference it, directly or indirectly.

        Django's version is SQL with a regular expression in Python's syntax.
        """
        return lru_cache(maxsize=512)(self._referencing)

    def _referencing(self, table_name: str) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
            definitions: dict[str, str] = dict(cursor.fetchall())
        found = [table_name]
        for table in found:  # grows during the loop
            pattern = re.compile(rf"\sreferences\s+[\"'`\[]?{re.escape(table)}[\"'`\]]?\s*\(", re.IGNORECASE)
            found += [name for name, sql in definitions.items() if name not in found and pattern.search(sql)]
        return found

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """`sql` with its parameters inserted, for logs. Django's version would make the server quote them."""
        if not params:
            return sql
        if isinstance(params, Mapping):
            return sql % {name: _quote(value) for name, value in params.items()}
        return sql % tuple(_quote(value) for value in params)

    def _render(self, template: str, sql: str, params: Params, tzname: str | None = None) -> Sql:
        """Fill in `template` for the date or datetime `sql`, converted to the time zone `tzname`."""
        whole = temporal_sql.WHOLE_DATETIME.format(sql)
        if shift := self._timezone_shift(tzname):
            whole = f"datetime({whole}, '{shift:+d} seconds')"
        times = template.count("{0}") + template.count("{1}")
        return template.format(sql, whole), tuple(params) * times

    def _timezone_shift(self, tzname: str | None) -> int:
        """Seconds to add to a stored datetime to convert it to `tzname`."""
        stored = self.connection.timezone_name
        if not (tzname and settings.USE_TZ) or tzname == stored:
            return 0
        shift = temporal_sql.fixed_offset(tzname) - temporal_sql.fixed_offset(stored)
        return int(shift.total_seconds())


def _render_time(template: str, sql: str, params: Params) -> Sql:
    """Fill in `template` for the time `sql`, which occurs twice in each {1}."""
    whole = temporal_sql.WHOLE_TIME.format(sql)
    return template.format(sql, whole), tuple(params) * 2 * template.count("{1}")


def _template(templates: Mapping[str, str], lookup_type: str) -> str:
    try:
        return templates[lookup_type.lower()]
    except KeyError:
        raise ValueError(f"Unsupported lookup type: {lookup_type!r}") from None


def _quote(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int() | float():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return f"X'{bytes(value).hex()}'"
        case _:
            return "'{}'".format(str(value).replace("'", "''"))

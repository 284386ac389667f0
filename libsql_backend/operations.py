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

_NO_FUNCTION = (
    models.StdDev,
    models.Variance,
)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's operations for sqlite3 without the functions that it defines in Python.

    What plain SQL can say gives the same; what it cannot is refused with NotSupportedError.
    """

    def check_expression_support(self, expression: Any) -> None:
        super().check_expression_support(expression)
        if isinstance(expression, _NO_FUNCTION):
            name = type(expression).__name__
            raise NotSupportedError(f"{name} cannot be computed on a libSQL server: compute it in Python.")

    # The stubs still have the types of an older Django for some of these, hence the ignores.
    def date_extract_sql(self, lookup_type: str, sql: str, params: Params) -> Sql:
        return self._written(_template(temporal_sql.EXTRACT, lookup_type), sql, params)

    def time_extract_sql(self, lookup_type: str, sql: str, params: Params) -> Sql:  # type: ignore[override]
        return _time_written(_template(temporal_sql.EXTRACT, lookup_type), sql, params)

    def datetime_extract_sql(self, lookup_type: str, sql: str, params: Params, tzname: str | None) -> Sql:
        return self._written(_template(temporal_sql.EXTRACT, lookup_type), sql, params, tzname)

    def date_trunc_sql(self, lookup_type: str, sql: str, params: Params, tzname: str | None = None) -> Sql:
        return self._written(_template(temporal_sql.TRUNC_DATE, lookup_type), sql, params, tzname)

    def time_trunc_sql(  # type: ignore[override]
        self, lookup_type: str, sql: str, params: Params, tzname: str | None = None
    ) -> Sql:
        template = _template(temporal_sql.TRUNC_TIME, lookup_type)
        if tzname:  # so the value is a datetime and not a time
            return self._written(template, sql, params, tzname)
        return _time_written(template, sql, params)

    def datetime_trunc_sql(  # type: ignore[override]
        self, lookup_type: str, sql: str, params: Params, tzname: str | None
    ) -> Sql:
        return self._written(_template(temporal_sql.TRUNC_DATETIME, lookup_type), sql, params, tzname)

    def datetime_cast_date_sql(self, sql: str, params: Params, tzname: str | None) -> Sql:
        return self._written(temporal_sql.DATE, sql, params, tzname)

    def datetime_cast_time_sql(self, sql: str, params: Params, tzname: str | None) -> Sql:
        return self._written(temporal_sql.TIME, sql, params, tzname)

    def subtract_temporals(self, internal_type: str, lhs: Sql, rhs: Sql) -> tuple[str, tuple[Any, ...]]:
        (lhs_sql, lhs_params), (rhs_sql, rhs_params) = lhs, rhs
        sql = temporal_sql.DIFFERENCE.format(lhs=lhs_sql, rhs=rhs_sql)
        return sql, (*lhs_params, *rhs_params)

    def combine_duration_expression(self, connector: str, sub_expressions: list[str]) -> str:
        lhs, rhs = sub_expressions
        if connector in ("*", "/"):
            return f"({lhs} {connector} {rhs})"
        if connector not in ("+", "-"):
            raise DatabaseError(f"Invalid connector for timedelta: {connector}.")
        return temporal_sql.SHIFTED.format(lhs=lhs, rhs=rhs, sign=connector)

    def combine_expression(self, connector: str, sub_expressions: list[str]) -> str:
        if connector == "#":
            lhs, rhs = sub_expressions
            return f"(SELECT (lhs | rhs) - (lhs & rhs) FROM (SELECT {lhs} AS lhs, {rhs} AS rhs))"
        return str(super().combine_expression(connector, sub_expressions))

    def regex_lookup(self, lookup_type: str) -> str:
        """iregex; regexpi() takes the pattern first and Django gives the text first."""
        return "(SELECT regexpi(pattern, value) FROM (SELECT %s AS value, %s AS pattern))"

    def force_group_by(self) -> list[str]:
        return ["GROUP BY TRUE"]  # the server's parser takes no HAVING without GROUP BY

    @cached_property
    def _references_graph(self) -> Callable[[str], list[str]]:
        """The tables that reference a table, over any number of steps, and the table itself.

        Django asks with a regular expression in SQL that only Python's understands.
        """
        return lru_cache(maxsize=512)(self._referencing)

    def _referencing(self, table_name: str) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
            definitions: dict[str, str] = dict(cursor.fetchall())
        found = [table_name]
        for table in found:  # grows while it is walked
            pattern = re.compile(rf"\sreferences\s+[\"'`\[]?{re.escape(table)}[\"'`\]]?\s*\(", re.IGNORECASE)
            found += [name for name, sql in definitions.items() if name not in found and pattern.search(sql)]
        return found

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """`sql` with its parameters written in, for logs; Django would ask the server to quote them."""
        if not params:
            return sql
        if isinstance(params, Mapping):
            return sql % {name: _quoted(value) for name, value in params.items()}
        return sql % tuple(_quoted(value) for value in params)

    def _written(self, template: str, sql: str, params: Params, tzname: str | None = None) -> Sql:
        """`template` for the date or datetime `sql`, as the clocks in `tzname` show it."""
        whole = temporal_sql.WHOLE_DATETIME.format(sql)
        if shift := self._shift(tzname):
            whole = f"datetime({whole}, '{shift:+d} seconds')"
        times = template.count("{0}") + template.count("{1}")
        return template.format(sql, whole), tuple(params) * times

    def _shift(self, tzname: str | None) -> int:
        """Seconds from the zone that datetimes are stored in to the zone asked for."""
        stored = self.connection.timezone_name
        if not (tzname and settings.USE_TZ) or tzname == stored:
            return 0
        shift = temporal_sql.fixed_offset(tzname) - temporal_sql.fixed_offset(stored)
        return int(shift.total_seconds())


def _time_written(template: str, sql: str, params: Params) -> Sql:
    """`template` for the time `sql`, which stands twice in the place of its whole seconds."""
    whole = temporal_sql.WHOLE_TIME.format(sql)
    return template.format(sql, whole), tuple(params) * 2 * template.count("{1}")


def _template(templates: Mapping[str, str], lookup_type: str) -> str:
    try:
        return templates[lookup_type.lower()]
    except KeyError:
        raise ValueError(f"Unsupported lookup type: {lookup_type!r}") from None


def _quoted(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int() | float():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return f"X'{bytes(value).hex()}'"
        case _:
            return "'{}'".format(str(value).replace("'", "''"))

"""Compares the SQL of the operations with the Python functions of Django's sqlite3 backend."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import NotSupportedError, models
from django.db.backends.sqlite3 import _functions as python  # type: ignore[attr-defined]  # not in stubs
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from libsql_backend import temporal_sql
from libsql_backend.base import DatabaseWrapper

DATE_PARTS = sorted(set(temporal_sql.EXTRACT) - {"hour", "minute", "second"})
TIME_PARTS = ["hour", "minute", "second"]
ZONES = [None, "UTC", "UTC+05:30", "UTC-03:00", "+0530", "-10"]

# A margin of days keeps time zones and weeks within the years that SQLite and Python support.
moments = st.datetimes(dt.datetime(1, 1, 9), dt.datetime(9999, 12, 22))  # noqa: DTZ001  stored without a time zone
# SQLite rounds this to the millisecond, which is in the next year.
ALMOST_MIDNIGHT = dt.datetime(2023, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001  as above
properties = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def ops(wrapper: DatabaseWrapper) -> Any:
    """The operations, untyped because the stubs have the signatures of an older Django."""
    return wrapper.ops


def selected(wrapper: DatabaseWrapper, *columns: tuple[str, Any]) -> list[Any]:
    """The server's value of each SQL expression with its parameters."""
    sql = ", ".join(column for column, _ in columns)
    params = [param for _, column_params in columns for param in column_params]
    with wrapper.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", params)
        return list(cursor.fetchone())


@given(moment=moments, zone=st.sampled_from(ZONES))
@example(moment=ALMOST_MIDNIGHT, zone=None)
@properties
def test_parts_of_a_datetime_match_python(
    wrapper: DatabaseWrapper, moment: dt.datetime, zone: str | None
) -> None:
    text = str(moment)
    found = selected(
        wrapper,
        *(ops(wrapper).datetime_extract_sql(part, "%s", (text,), zone) for part in temporal_sql.EXTRACT),
    )
    expected = [
        python._sqlite_datetime_extract(part, text, _python_zone(zone), "UTC")
        for part in temporal_sql.EXTRACT
    ]
    assert found == expected


@given(moment=moments, zone=st.sampled_from(ZONES))
@example(moment=ALMOST_MIDNIGHT, zone=None)
@properties
def test_truncated_datetimes_match_python(
    wrapper: DatabaseWrapper, moment: dt.datetime, zone: str | None
) -> None:
    text = str(moment)
    parts = list(temporal_sql.TRUNC_DATETIME)
    found = selected(wrapper, *(ops(wrapper).datetime_trunc_sql(part, "%s", (text,), zone) for part in parts))
    assert found == [python._sqlite_datetime_trunc(part, text, _python_zone(zone), "UTC") for part in parts]


@given(moment=moments, zone=st.sampled_from(ZONES))
@example(moment=ALMOST_MIDNIGHT, zone=None)
@properties
def test_the_date_and_time_of_a_datetime_match_python(
    wrapper: DatabaseWrapper, moment: dt.datetime, zone: str | None
) -> None:
    text = str(moment)
    found = selected(
        wrapper,
        ops(wrapper).datetime_cast_date_sql("%s", (text,), zone),
        ops(wrapper).datetime_cast_time_sql("%s", (text,), zone),
        *(ops(wrapper).time_trunc_sql(part, "%s", (text,), zone or "UTC") for part in TIME_PARTS),
    )
    python_zone = _python_zone(zone)
    assert found == [
        python._sqlite_datetime_cast_date(text, python_zone, "UTC"),
        python._sqlite_datetime_cast_time(text, python_zone, "UTC"),
        *(python._sqlite_time_trunc(part, text, python_zone or "UTC", "UTC") for part in TIME_PARTS),
    ]


@given(moment=moments)
@example(moment=ALMOST_MIDNIGHT)
@properties
def test_parts_of_a_date_and_of_a_time_match_python(wrapper: DatabaseWrapper, moment: dt.datetime) -> None:
    date, time = str(moment.date()), str(moment.time())
    found = selected(
        wrapper,
        *(ops(wrapper).date_extract_sql(part, "%s", (date,)) for part in DATE_PARTS),
        *(ops(wrapper).date_trunc_sql(part, "%s", (date,)) for part in temporal_sql.TRUNC_DATE),
        *(ops(wrapper).time_extract_sql(part, "%s", (time,)) for part in TIME_PARTS),
        *(ops(wrapper).time_trunc_sql(part, "%s", (time,)) for part in TIME_PARTS),
    )
    assert found == [
        *(python._sqlite_datetime_extract(part, date) for part in DATE_PARTS),
        *(python._sqlite_date_trunc(part, date, None, None) for part in temporal_sql.TRUNC_DATE),
        *(python._sqlite_time_extract(part, time) for part in TIME_PARTS),
        *(python._sqlite_time_trunc(part, time, None, None) for part in TIME_PARTS),
    ]


@given(lhs=moments, rhs=moments)
@properties
def test_a_difference_is_exact_to_the_microsecond(
    wrapper: DatabaseWrapper, lhs: dt.datetime, rhs: dt.datetime
) -> None:
    def minus(kind: str, left: object, right: object) -> tuple[str, Any]:
        sql, params = ops(wrapper).subtract_temporals(kind, ("%s", (str(left),)), ("%s", (str(right),)))
        return sql, params

    assert selected(
        wrapper,
        minus("DateTimeField", lhs, rhs),
        minus("DateField", lhs.date(), rhs.date()),
        minus("TimeField", lhs.time(), rhs.time()),
    ) == [
        python._sqlite_timestamp_diff(str(lhs), str(rhs)),
        python._sqlite_timestamp_diff(str(lhs.date()), str(rhs.date())),
        python._sqlite_time_diff(str(lhs.time()), str(rhs.time())),
    ]


@given(
    moment=st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(3000, 1, 1)),  # noqa: DTZ001  as above
    duration=st.integers(-(10**16), 10**16),
)
@properties
def test_a_datetime_plus_or_minus_a_duration_matches_python(
    wrapper: DatabaseWrapper, moment: dt.datetime, duration: int
) -> None:
    def moved(lhs: object, connector: str, rhs: object) -> tuple[str, Any]:
        return ops(wrapper).combine_duration_expression(connector, ["%s", "%s"]), (lhs, rhs)

    text, date = str(moment), str(moment.date())
    assert selected(
        wrapper,
        moved(text, "+", duration),
        moved(text, "-", duration),
        moved(duration, "+", text),
        moved(date, "+", duration),
        moved(date, "-", duration),
    ) == [
        python._sqlite_format_dtdelta("+", text, duration),
        python._sqlite_format_dtdelta("-", text, duration),
        python._sqlite_format_dtdelta("+", duration, text),
        python._sqlite_format_dtdelta("+", date, duration),
        python._sqlite_format_dtdelta("-", date, duration),
    ]


def _python_zone(zone: str | None) -> str | None:
    """The zone in the format of Django's Python functions, which need a colon and minutes."""
    return {"+0530": "+05:30", "-10": "-10:00"}.get(zone or "", zone)


@pytest.mark.parametrize("part", ["century", "year'; DROP TABLE t; --"])
def test_an_unknown_part_is_refused(wrapper: DatabaseWrapper, part: str) -> None:
    with pytest.raises(ValueError, match="Unsupported lookup type"):
        ops(wrapper).datetime_extract_sql(part, "%s", (), None)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "Nowhere/Land"])
def test_a_time_zone_without_a_fixed_offset_is_refused_and_not_approximated(
    wrapper: DatabaseWrapper, zone: str
) -> None:
    with pytest.raises(NotSupportedError, match=zone):
        ops(wrapper).datetime_trunc_sql("day", "%s", ("2026-07-01 00:00:00",), zone)


def test_null_remains_null(wrapper: DatabaseWrapper) -> None:
    assert (
        selected(
            wrapper,
            ops(wrapper).datetime_extract_sql("week", "%s", (None,), None),
            ops(wrapper).datetime_trunc_sql("quarter", "%s", (None,), None),
            ops(wrapper).datetime_cast_time_sql("%s", (None,), None),
            ops(wrapper).subtract_temporals("DateField", ("%s", (None,)), ("%s", ("2026-01-01",))),
            (ops(wrapper).combine_duration_expression("+", ["%s", "%s"]), (None, 5)),
        )
        == [None] * 5
    )


def test_variance_and_standard_deviation_are_refused(wrapper: DatabaseWrapper) -> None:
    for aggregate in (models.Variance("n"), models.StdDev("n", sample=True)):
        with pytest.raises(NotSupportedError, match="compute it in Python"):
            ops(wrapper).check_expression_support(aggregate)


def test_bitwise_xor_matches_python(wrapper: DatabaseWrapper) -> None:
    sql = ops(wrapper).combine_expression("#", ["%s", "%s"])
    assert selected(wrapper, (sql, (0b1100, 0b1010)), (sql, (-1, 5)), (sql, (None, 5))) == [6, ~5, None]


def test_iregex_ignores_case(wrapper: DatabaseWrapper) -> None:
    sql = ops(wrapper).regex_lookup("iregex") % ("%s", "%s")
    assert selected(wrapper, (sql, ("Compute", "^comp.*e$")), (sql, ("Compute", "^x"))) == [1, 0]


def test_the_last_executed_query_contains_its_parameters(wrapper: DatabaseWrapper) -> None:
    shown = ops(wrapper).last_executed_query(None, "SELECT %s, %s, %s", ("it's", None, b"\x01"))
    assert shown == "SELECT 'it''s', NULL, X'01'"
    assert ops(wrapper).last_executed_query(None, "SELECT %(n)s", {"n": 1.5}) == "SELECT 1.5"
    assert ops(wrapper).last_executed_query(None, "SELECT '%s'", None) == "SELECT '%s'"


def test_references_graph_lists_direct_and_indirect_references(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE parent_x (id INTEGER PRIMARY KEY)")
        cursor.execute('CREATE TABLE "middle" (id INTEGER PRIMARY KEY REFERENCES "parent_x" ("id"))')
        cursor.execute("CREATE TABLE leaf (m_id INTEGER references middle(id))")
        cursor.execute("CREATE TABLE parentyx (id INTEGER PRIMARY KEY)")
        assert sorted(ops(wrapper)._references_graph("parent_x")) == ["leaf", "middle", "parent_x"]
        for table in ("leaf", "middle", "parent_x", "parentyx"):
            cursor.execute(f"DROP TABLE {table}")

"""The SQL that stands in for the functions of Django's sqlite3 backend, against those functions."""

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

# A day within the range, so that no zone or week leaves the years that SQLite and Python share.
moments = st.datetimes(dt.datetime(1, 1, 9), dt.datetime(9999, 12, 22))  # noqa: DTZ001  stored without zone
# SQLite rounds to the millisecond, and so to the next year.
ALMOST_MIDNIGHT = dt.datetime(2023, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001  as above
properties = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def ops(wrapper: DatabaseWrapper) -> Any:
    """The operations without their types, which the stubs have from an older Django."""
    return wrapper.ops


def selected(wrapper: DatabaseWrapper, *columns: tuple[str, Any]) -> list[Any]:
    """What the server makes of each SQL expression with its parameters."""
    sql = ", ".join(column for column, _ in columns)
    params = [param for _, column_params in columns for param in column_params]
    with wrapper.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", params)
        return list(cursor.fetchone())


@given(moment=moments, zone=st.sampled_from(ZONES))
@example(moment=ALMOST_MIDNIGHT, zone=None)
@properties
def test_parts_of_a_datetime_are_those_that_python_finds(
    wrapper: DatabaseWrapper, moment: dt.datetime, zone: str | None
) -> None:
    text = str(moment)
    found = selected(
        wrapper,
        *(ops(wrapper).datetime_extract_sql(part, "%s", (text,), zone) for part in temporal_sql.EXTRACT),
    )
    expected = [
        python._sqlite_datetime_extract(part, text, _named(zone), "UTC") for part in temporal_sql.EXTRACT
    ]
    assert found == expected


@given(moment=moments, zone=st.sampled_from(ZONES))
@example(moment=ALMOST_MIDNIGHT, zone=None)
@properties
def test_a_datetime_is_truncated_as_python_truncates_it(
    wrapper: DatabaseWrapper, moment: dt.datetime, zone: str | None
) -> None:
    text = str(moment)
    parts = list(temporal_sql.TRUNC_DATETIME)
    found = selected(wrapper, *(ops(wrapper).datetime_trunc_sql(part, "%s", (text,), zone) for part in parts))
    assert found == [python._sqlite_datetime_trunc(part, text, _named(zone), "UTC") for part in parts]


@given(moment=moments, zone=st.sampled_from(ZONES))
@example(moment=ALMOST_MIDNIGHT, zone=None)
@properties
def test_the_date_and_the_time_of_a_datetime_are_those_that_python_finds(
    wrapper: DatabaseWrapper, moment: dt.datetime, zone: str | None
) -> None:
    text = str(moment)
    found = selected(
        wrapper,
        ops(wrapper).datetime_cast_date_sql("%s", (text,), zone),
        ops(wrapper).datetime_cast_time_sql("%s", (text,), zone),
        *(ops(wrapper).time_trunc_sql(part, "%s", (text,), zone or "UTC") for part in TIME_PARTS),
    )
    named = _named(zone)
    assert found == [
        python._sqlite_datetime_cast_date(text, named, "UTC"),
        python._sqlite_datetime_cast_time(text, named, "UTC"),
        *(python._sqlite_time_trunc(part, text, named or "UTC", "UTC") for part in TIME_PARTS),
    ]


@given(moment=moments)
@example(moment=ALMOST_MIDNIGHT)
@properties
def test_a_date_and_a_time_alone_are_read_as_python_reads_them(
    wrapper: DatabaseWrapper, moment: dt.datetime
) -> None:
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
def test_the_difference_of_two_moments_is_exact_to_the_microsecond(
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
    moment=st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(3000, 1, 1)),  # noqa: DTZ001  stored so
    duration=st.integers(-(10**16), 10**16),
)
@properties
def test_a_moment_moved_by_a_duration_is_where_python_puts_it(
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


def _named(zone: str | None) -> str | None:
    """The zone as Django's own function for sqlite3 reads it, which wants minutes and a colon."""
    return {"+0530": "+05:30", "-10": "-10:00"}.get(zone or "", zone)


@pytest.mark.parametrize("part", ["century", "year'; DROP TABLE t; --"])
def test_a_part_that_does_not_exist_is_refused(wrapper: DatabaseWrapper, part: str) -> None:
    with pytest.raises(ValueError, match="Unsupported lookup type"):
        ops(wrapper).datetime_extract_sql(part, "%s", (), None)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "Nowhere/Land"])
def test_a_zone_whose_offset_ever_changed_is_refused_and_not_approximated(
    wrapper: DatabaseWrapper, zone: str
) -> None:
    with pytest.raises(NotSupportedError, match=zone):
        ops(wrapper).datetime_trunc_sql("day", "%s", ("2026-07-01 00:00:00",), zone)


def test_null_stays_null(wrapper: DatabaseWrapper) -> None:
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


def test_variance_is_refused_since_the_server_cannot_compute_it(wrapper: DatabaseWrapper) -> None:
    for aggregate in (models.Variance("n"), models.StdDev("n", sample=True)):
        with pytest.raises(NotSupportedError, match="compute it in Python"):
            ops(wrapper).check_expression_support(aggregate)


def test_bits_are_combined_by_exclusive_or(wrapper: DatabaseWrapper) -> None:
    sql = ops(wrapper).combine_expression("#", ["%s", "%s"])
    assert selected(wrapper, (sql, (0b1100, 0b1010)), (sql, (-1, 5)), (sql, (None, 5))) == [6, ~5, None]


def test_a_regular_expression_may_ignore_case(wrapper: DatabaseWrapper) -> None:
    sql = ops(wrapper).regex_lookup("iregex") % ("%s", "%s")
    assert selected(wrapper, (sql, ("Compute", "^comp.*e$")), (sql, ("Compute", "^x"))) == [1, 0]


def test_the_last_query_is_shown_with_its_parameters(wrapper: DatabaseWrapper) -> None:
    shown = ops(wrapper).last_executed_query(None, "SELECT %s, %s, %s", ("it's", None, b"\x01"))
    assert shown == "SELECT 'it''s', NULL, X'01'"
    assert ops(wrapper).last_executed_query(None, "SELECT %(n)s", {"n": 1.5}) == "SELECT 1.5"
    assert ops(wrapper).last_executed_query(None, "SELECT '%s'", None) == "SELECT '%s'"


def test_a_flush_finds_the_tables_that_reference_a_table(wrapper: DatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE parent_x (id INTEGER PRIMARY KEY)")
        cursor.execute('CREATE TABLE "middle" (id INTEGER PRIMARY KEY REFERENCES "parent_x" ("id"))')
        cursor.execute("CREATE TABLE leaf (m_id INTEGER references middle(id))")
        cursor.execute("CREATE TABLE parentyx (id INTEGER PRIMARY KEY)")
        assert sorted(ops(wrapper)._references_graph("parent_x")) == ["leaf", "middle", "parent_x"]
        for table in ("leaf", "middle", "parent_x", "parentyx"):
            cursor.execute(f"DROP TABLE {table}")

from __future__ import annotations

import datetime as dt
import enum
import math
import struct
from decimal import Decimal

import pytest
from django.utils.safestring import mark_safe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libsql_backend import dbapi, values

STORABLE = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
)


@given(values_sent=st.lists(STORABLE, min_size=1, max_size=50))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_value_survives_a_round_trip_to_the_server(
    connection: dbapi.Connection, values_sent: list[object]
) -> None:
    placeholders = ", ".join("?" * len(values_sent))
    row = connection.execute(f"SELECT {placeholders}", values_sent).fetchone()
    assert row is not None
    assert list(map(_exact, row)) == list(map(_exact, values_sent))


def _exact(value: object) -> tuple[type, object]:
    """A form in which -0.0 differs from 0.0 and 1 from 1.0."""
    return type(value), struct.pack("d", value) if isinstance(value, float) else value


def test_text_with_a_nul_character_is_stored_whole(connection: dbapi.Connection) -> None:
    connection.execute("INSERT INTO t VALUES (1, ?)", ["before\0after"])
    assert connection.execute("SELECT name FROM t").fetchone() == ("before\0after",)


def test_the_largest_integers_remain_integers(connection: dbapi.Connection) -> None:
    row = connection.execute("SELECT ?, typeof(?)", [2**63 - 1, -(2**63)]).fetchone()
    assert row == (2**63 - 1, "integer")


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**30])
def test_an_integer_beyond_64_bits_is_refused(value: int) -> None:
    with pytest.raises(dbapi.DataError, match="64 bits"):
        values.encode(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_refused_and_not_stored_as_null(value: float) -> None:
    with pytest.raises(dbapi.DataError, match="NaN and infinity"):
        values.encode(value)


def test_an_infinity_computed_by_the_database_is_refused_and_not_read_as_null(
    connection: dbapi.Connection,
) -> None:
    with pytest.raises(dbapi.DataError, match="infinity"):
        connection.execute("SELECT 9e999")


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (True, 1),
        (False, 0),
        (Level.HIGH, 3),
        (mark_safe("safe"), "safe"),
        (Decimal("12345678901.123456"), "12345678901.123456"),
        (dt.date(2026, 2, 28), "2026-02-28"),
        (dt.datetime(2026, 2, 28, 12, 30, 0, 5, dt.UTC), "2026-02-28 12:30:00.000005+00:00"),
        (bytearray(b"\x00\xff"), b"\x00\xff"),
        (memoryview(b"\x00\xff"), b"\x00\xff"),
        (b"", b""),
    ],
)
def test_a_python_value_is_stored_as_the_sqlite3_module_stores_it(
    connection: dbapi.Connection, value: object, stored: object
) -> None:
    assert connection.execute("SELECT ?", [value]).fetchone() == (stored,)


def test_a_value_of_an_unsupported_type_is_refused() -> None:
    with pytest.raises(dbapi.ProgrammingError, match="dict"):
        values.encode({"a": 1})


def test_a_value_of_unknown_type_from_the_server_is_an_error() -> None:
    with pytest.raises(dbapi.InterfaceError, match="vector"):
        values.decode({"type": "vector", "value": []})

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.iso8601 import parse


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("20261120", date(2026, 11, 20)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-11-20T12:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20 12:00Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("20261120T120000+0200", datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ],
)
def test_dates_and_times_are_read_in_utc(text: str, read: date) -> None:
    parsed = parse(text)

    assert (parsed, type(parsed)) == (read, type(read))


def why_refused(text: str) -> str | None:
    try:
        parse(text)
    except ValueError as error:
        return f"{error}"
    return None


FORM = "must be a date or time in ISO 8601, such as 2026-11-20"
WEEK = "must be a day, not a week: give YYYY-MM-DD"
DAY_OF_YEAR = "must not be a day of the year: give YYYY-MM-DD"
YEARS = "must be between the years 1 and 9999 in UTC"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", FORM),
        ("yesterday", FORM),
        ("2026", FORM),
        ("2026-11", FORM),
        ("20.11.2026", FORM),
        ("11/20/2026", FORM),
        ("2026-11-20T", FORM),
        ("2026-11-20T12:00 CET", FORM),
        ("2026-W48", WEEK),
        ("2026W48", WEEK),
        ("2026-w48", WEEK),
        ("2026-W48-1", WEEK),
        ("2026-W48-1T12:00", WEEK),
        ("2026-332", DAY_OF_YEAR),
        ("2026332", DAY_OF_YEAR),
        ("2026-332T12:00", DAY_OF_YEAR),
        ("2026-02-30", "2026-02-30 does not exist"),
        ("20260230", "20260230 does not exist"),
        ("2026-13-01", "2026-13-01 does not exist"),
        ("0000-01-01", "0000-01-01 does not exist"),
        ("2026-02-30T12:00Z", "2026-02-30 does not exist"),
        ("2026-11-20T25:00", "25:00 is not a time of day"),
        ("2026-11-20T12:60:00Z", "12:60:00 is not a time of day"),
        ("2026-11-20T12:00+25:00", "+25:00 is not an offset from UTC"),
        ("2026-11-20T12:00:00-9999", "-9999 is not an offset from UTC"),
        ("0001-01-01T00:00:00+10:00", YEARS),
        ("9999-12-31T23:59:59-10:00", YEARS),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert why_refused(text) == reason


@given(st.dates())
def test_every_day_is_read_in_both_forms(day: date) -> None:
    assert parse(day.isoformat()) == parse(day.isoformat().replace("-", "")) == day


@given(st.datetimes(timezones=st.timezones()))
def test_every_time_is_read_or_is_beyond_the_years(time: datetime) -> None:
    try:
        expected = time.astimezone(UTC)
    except OverflowError:
        return

    assert parse(time.isoformat()) == expected


FORMS = r"\A\d{4}-?(W\d\d|\d{3}|\d\d-?\d\d)([T ]\d\d:\d\d([+-]\d\d:\d\d)?)?\Z"


@given(st.text(max_size=40) | st.from_regex(FORMS))
def test_any_text_is_read_or_refused_with_a_reason_of_our_own(text: str) -> None:
    reason = why_refused(text)

    assert reason in {None, FORM, WEEK, DAY_OF_YEAR, YEARS} or reason.endswith(
        ("does not exist", "is not a time of day", "is not an offset from UTC")
    )

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.periods import Time
from assistant.reading.times import TimeReader
from assistant.reading.words import split
from costs.query.periods import Window
from tests.assistant.made_up import TODAY

DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


def time(text: str, today: date = TODAY) -> Time | None:
    """The time that a whole text says."""
    words = split(text)
    found = TimeReader(words, today).at(0)
    return found[1] if found and found[0] == len(words) else None


def days(text: str, today: date = TODAY) -> tuple[str, str] | None:
    found = time(text, today)
    return (f"{found.window.start}", f"{found.window.end}") if found else None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("yesterday", "2026-11-28", "2026-11-29"),
        ("the day before yesterday", "2026-11-27", "2026-11-28"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("this week", "2026-11-23", "2026-11-30"),
        ("past week", "2026-11-22", "2026-11-29"),
        ("the last 7 days", "2026-11-22", "2026-11-29"),
        ("last three months", "2026-08-01", "2026-11-01"),
        ("past two weeks", "2026-11-15", "2026-11-29"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("month to date", "2026-11-01", "2026-11-30"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("Q2", "2026-04-01", "2026-07-01"),
        ("second quarter of 2025", "2025-04-01", "2025-07-01"),
        ("H1 2026", "2026-01-01", "2026-07-01"),
        ("October", "2026-10-01", "2026-11-01"),
        ("December", "2025-12-01", "2026-01-01"),
        ("October 2025", "2025-10-01", "2025-11-01"),
        ("2026-10", "2026-10-01", "2026-11-01"),
        ("2026-10-03", "2026-10-03", "2026-10-04"),
        ("Oct 3", "2026-10-03", "2026-10-04"),
        ("the 3rd of October, 2026", "2026-10-03", "2026-10-04"),
        ("October 3rd, 2026", "2026-10-03", "2026-10-04"),
        ("since the 3rd", "2026-11-03", "2026-11-30"),
        ("since the start of October", "2026-10-01", "2026-11-30"),
        ("since the 30th", "2026-10-30", "2026-11-30"),
        ("from October 3 to October 10", "2026-10-03", "2026-10-11"),
        ("Nov 3-10", "2026-11-03", "2026-11-11"),
        ("3 to 10 November", "2026-11-03", "2026-11-11"),
        ("between 3 and 10 November", "2026-11-03", "2026-11-11"),
        ("from the 1st to the 15th of November", "2026-11-01", "2026-11-16"),
        ("from September to October", "2026-09-01", "2026-11-01"),
        ("first week of October", "2026-10-01", "2026-10-08"),
        ("last 3 days of last month", "2026-10-29", "2026-11-01"),
        ("first half of October", "2026-10-01", "2026-10-16"),
        ("second half of 2025", "2025-07-01", "2026-01-01"),
        ("week of 11 November", "2026-11-09", "2026-11-16"),
        ("Friday", "2026-11-27", "2026-11-28"),
        ("Sunday", "2026-11-22", "2026-11-23"),
        ("last weekend", "2026-11-21", "2026-11-23"),
        ("two months ago", "2026-09-01", "2026-10-01"),
        ("3 days ago", "2026-11-26", "2026-11-27"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("before October", "None", "2026-10-01"),
        ("all time", "None", "None"),
    ],
)
def test_a_time_is_its_days_in_utc(text: str, start: str, end: str) -> None:
    assert days(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["31/31", "31.02.", "February 30", "2026-13", "Q5", "the 32nd", "mid October", "Mondays"]
)
def test_what_is_no_time_or_may_be_two_is_none(text: str) -> None:
    assert days(text) is None


def test_a_month_that_is_another_word_needs_something_to_say_so() -> None:
    assert TimeReader(split("may I ask"), TODAY).at(0) is None
    assert TimeReader(split("costs in may"), TODAY).at(2) is not None


def test_the_past_month_may_be_of_days_or_the_month_before() -> None:
    found = time("past month")

    assert found
    assert found.window == Window(date(2026, 10, 29), TODAY)
    assert [each.window for each in found.also] == [Window(date(2026, 10, 1), date(2026, 11, 1))]


@pytest.mark.parametrize(
    ("text", "live", "minutes"),
    [
        ("right now", "now", 0),
        ("last 30 minutes", "minutes", 30),
        ("this hour", "hour", 0),
        ("today", "day", 0),
    ],
)
def test_what_no_bill_has_yet_is_live(text: str, live: str, minutes: int) -> None:
    found = time(text)

    assert found
    assert (found.live, found.minutes) == (live, minutes)


@given(day=DAYS, today=DAYS)
def test_a_date_is_that_day_on_every_day(day: date, today: date) -> None:
    for written in (f"{day}", f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}"):
        assert days(written, today) == (f"{day}", f"{date.fromordinal(day.toordinal() + 1)}")


@given(
    today=DAYS, text=st.sampled_from(["last month", "last week", "Friday", "October", "last 7 days", "Q3"])
)
def test_a_time_without_a_year_is_never_ahead(today: date, text: str) -> None:
    found = time(text, today)

    assert found
    assert found.window.start
    assert found.window.start <= today
    assert found.window.end
    assert found.window.end > found.window.start

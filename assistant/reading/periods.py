"""Calendar periods around a day, in UTC: weeks begin on Monday, and an end is the day after the last one."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from costs.query.periods import DAY, Window, add_months

WEEK_DAYS = 7
# Calendar months of the units that are made of months.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
DAYS = {"day": 1, "week": WEEK_DAYS, "fortnight": 2 * WEEK_DAYS, "weekend": WEEK_DAYS}


@dataclass(frozen=True, slots=True)
class Time:
    """A time that words say.

    Args:
        window: its days; open ends are None.
        unit: the calendar unit that it is one of; "" if of none.
        live: "now", "minutes" or "day" if it is asked of what is used now.
        minutes: how many, if it is the last minutes.
        parts: the two times of "from A to B".
        before: the unit of "the week before", which is relative to another time; "period" if none is said.
        also: what else the words may mean.
        is_running: whether it is a calendar unit that is not over.
        is_end: whether only its end is meant, as by "by the end of the month".
        told: what was taken for granted in it, as a sentence.
        is_until: whether that is said with "until", so that all days before are meant of bills.
    """

    window: Window = field(default_factory=Window)
    unit: str = ""
    live: str = ""
    minutes: int = 0
    parts: tuple[Time, ...] = ()
    before: str = ""
    also: tuple[Time, ...] = ()
    is_running: bool = False
    is_end: bool = False
    is_until: bool = False
    told: str = ""


def unit_of(day: date, unit: str) -> Window:
    """The calendar unit that a day is in."""
    if unit in MONTHS:
        count = MONTHS[unit]
        start = date(day.year, (day.month - 1) // count * count + 1, 1)
        return Window(start, add_months(start, count))
    if unit == "week":
        start = day - timedelta(days=day.weekday())
        return Window(start, start + timedelta(days=WEEK_DAYS))
    if unit == "weekend":
        start = day - timedelta(days=(day.weekday() - calendar.SATURDAY) % WEEK_DAYS)
        return Window(start, start + 2 * DAY)
    return Window(day, day + DAY)


def moved(window: Window, unit: str, count: int) -> Window:
    """A window moved by so many units. A month that begins and ends a window stays whole."""
    return Window(
        window.start and _moved(window.start, unit, count), window.end and _end_moved(window.end, unit, count)
    )


def _end_moved(end: date, unit: str, count: int) -> date:
    if unit in MONTHS and end.day > 1:
        # The last day moves, lest 31 October become the first of a month.
        return _moved(end - DAY, unit, count) + DAY
    return _moved(end, unit, count)


def _moved(day: date, unit: str, count: int) -> date:
    if unit in MONTHS:
        return add_months(day, count * MONTHS[unit])
    return day + timedelta(days=count * DAYS[unit])


def calendar_unit(today: date, unit: str, offset: int) -> Time:
    """The unit that today is in (0), until today, or an earlier (-1) or later one, which is whole."""
    if offset == 0:
        whole = unit_of(today, unit)
        return Time(Window(whole.start, min(whole.end or today, today + DAY)), unit=unit, is_running=True)
    return Time(moved(unit_of(today, unit), unit, offset), unit=unit)


def latest(today: date, make: Callable[[int], date | None]) -> date | None:
    """The latest day, of those that a year gives, that is not after today."""
    found = (make(today.year - back) for back in range(9))
    return next((day for day in found if day and day <= today), None)


def a_day(year: int, month: int, day: int) -> date | None:
    """A date, or None if there is no such day."""
    if 1 <= month <= MONTHS["year"] and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None

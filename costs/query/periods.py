"""Windows of days and months, in UTC; the end of a window is the first day after it."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a dimension of time counts in."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `start` to the day before `end`; None where it is open."""

    start: date | None = None
    end: date | None = None

    def months(self) -> Iterator[str]:
        """The months that it touches, as 2026-10. Both ends must be known."""
        if self.start is None or self.end is None:
            raise ValueError("an open window has no list of months")
        month = self.start.replace(day=1)
        while month < self.end:
            yield month_of(month)
            month = add_months(month, 1)

    def touches(self, month: str) -> bool:
        """Whether a day of it is in the month."""
        first = first_day(month)
        starts = self.start is None or self.start < add_months(first, 1)
        return starts and (self.end is None or first < self.end)

    def before(self) -> Window:
        """The window of the same length that ends where this starts: as many whole months, else days.

        A month before October is September, although it is a day shorter, since bills have monthly charges.
        """
        if self.start is None or self.end is None:
            raise ValueError("nothing is before an open window")
        if self.start.day == self.end.day == 1:
            months = sum(1 for _ in self.months())
            return Window(add_months(self.start, -months), self.start)
        return Window(self.start - (self.end - self.start), self.start)

    def back(self, unit: Unit) -> Window:
        """The window moved back by a day or a month; a day that the month before lacks becomes its last."""
        if self.start is None or self.end is None:
            raise ValueError("an open window cannot be moved")
        return Window(_earlier(self.start, unit), _earlier(self.end - DAY, unit) + DAY)

    def without_same_days_before(self) -> frozenset[str]:
        """Its months with days that the month before lacks, as 30 March does, unless they are whole."""
        if self.start is None or self.end is None:
            raise ValueError("nothing is before an open window")
        last = self.end - DAY
        cut = {last} if self.end.day > 1 else set[date]()
        return frozenset(month_of(day) for day in {self.start, *cut} if add_months(day, -1).day < day.day)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def after(time: str, unit: Unit) -> str:
    """The day or month after one, both as text."""
    if unit is Unit.DAY:
        return (date.fromisoformat(time) + DAY).isoformat()
    return month_of(add_months(first_day(time), 1))


def month_before(time: str, unit: Unit) -> str:
    """The month of the day before a day, or the month before a month."""
    if unit is Unit.DAY:
        return month_of(date.fromisoformat(time) - DAY)
    return month_of(add_months(first_day(time), -1))


def add_months(day: date, count: int) -> date:
    """The same day `count` months later, or the last of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _earlier(day: date, unit: Unit) -> date:
    return day - DAY if unit is Unit.DAY else add_months(day, -1)
